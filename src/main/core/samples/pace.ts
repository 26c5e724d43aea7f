/** When which bytes of a sample are written: a first wait, uneven gaps, bursts and torn events, all drawn from a seed. */
import type { PacedWrite } from '../answering/reply.ts';
import type { Random } from '../providers/sample/random.ts';
import { joined, type SampleFrame } from '../providers/sample/format.ts';

const FIRST_WAIT_MS = [260, 480] as const;
const PAUSE_MS = [120, 420] as const;
/** Several events that leave together, as a busy server or a proxy does. */
const BURST = { chance: 0.1, least: 2, most: 6 } as const;
/** An event that arrives in two reads; more often where that tears a character, which is what readers get wrong. */
const TORN = { chance: 0.05, insideCharacter: 0.4, waitMs: [1, 9] } as const;
/** A model that hesitates between two words. */
const HESITATION = { chance: 0.02, times: 8 } as const;

const between = (random: Random, [least, most]: readonly [number, number]): number =>
  least + random.next() * (most - least);

export function paced(frames: readonly SampleFrame[], random: Random, eventsPerSecond: number): readonly PacedWrite[] {
  const writes: PacedWrite[] = [];
  const gapMs = 1000 / eventsPerSecond;
  for (let i = 0; i < frames.length;) {
    const size = random.chance(BURST.chance) ? BURST.least + random.below(BURST.most - BURST.least + 1) : 1;
    const together = frames.slice(i, i + size);
    const waitMs = i === 0 ? between(random, FIRST_WAIT_MS) : waitBefore(together, random, gapMs);
    writes.push(...torn(joined(together), waitMs, random));
    i += together.length;
  }
  return writes;
}

function waitBefore(together: readonly SampleFrame[], random: Random, gapMs: number): number {
  if (together.some(({ pause }) => pause)) return between(random, PAUSE_MS);
  const hesitates = random.chance(HESITATION.chance) ? HESITATION.times : 1;
  // A skewed draw with mean 1: mostly short gaps, now and then a long one.
  return together.length * gapMs * hesitates * -Math.log(1 - random.next());
}

function torn(bytes: Uint8Array, waitMs: number, random: Random): readonly PacedWrite[] {
  const inside = [...bytes.keys()].filter((at) => isContinuation(bytes[at]!));
  if (bytes.length < 2 || !random.chance(inside.length > 0 ? TORN.insideCharacter : TORN.chance))
    return [{ waitMs, bytes }];
  const at = inside.length > 0 ? random.pick(inside) : 1 + random.below(bytes.length - 1);
  return [
    { waitMs, bytes: bytes.subarray(0, at) },
    { waitMs: between(random, TORN.waitMs), bytes: bytes.subarray(at) },
  ];
}

/** A byte of UTF-8 that is not the first of its character. */
const isContinuation = (byte: number): boolean => (byte & 0xc0) === 0x80;
