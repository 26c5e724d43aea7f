/**
 * Exchanges between a client and a provider of plain TCP, over the capture proxy: nothing of them is changed. The client uses an
 * address of the proxy, or a tunnel whose encryption is undone.
 */
import fc from 'fast-check';
import { ExchangeRig } from '../support/exchange-rig.ts';
import { madeConnection } from '../support/made-exchanges.ts';
import type { Fuzzer } from './fuzzer.ts';

const SEEDS = 2 ** 31;

export const PROXY_FUZZERS: readonly Fuzzer[] = [
  fuzzerOf('proxy:exchanges', () => ExchangeRig.open()),
  fuzzerOf('proxy:tunnels', () => ExchangeRig.openEncrypted()),
];

function fuzzerOf(id: string, open: () => Promise<ExchangeRig>): Fuzzer {
  /** One for all rounds, so that its proxy serves as many connections as a proxy does in days. */
  let rig: Promise<ExchangeRig> | undefined;
  return {
    id,
    round: (random) => {
      const seed = random.below(SEEDS);
      const [made] = fc.sample(madeConnection, { seed, numRuns: 1, unbiased: random.chance(0.8) });
      return {
        get input() {
          return new Uint8Array(Buffer.from(JSON.stringify(made, bytesAsText, 2)));
        },
        run: async () => {
          await (await (rig ??= open())).run(made!);
          return `${made!.exchanges.length} over one connection`;
        },
      };
    },
    close: async () => (await rig)?.close(),
  };
}

/** Buffers have become objects before a replacer sees them. */
function bytesAsText(_: string, value: unknown): unknown {
  const isBuffer = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer';
  return isBuffer && 'data' in value ? Buffer.from(value.data as number[]).toString('latin1') : value;
}
