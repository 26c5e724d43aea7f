/** `compare.*`: each is a task of the same name, run in a thread of its own; of a live run, on what came so far. */
import { contract } from '../../../shared/rpc/contract.ts';
import type { Services } from '../../../shared/rpc/services.ts';
import type { DecodeWorker } from '../decoding/decode-worker.ts';

export interface CompareSetup {
  readonly worker: DecodeWorker;
  /** Resolves once what a live run gave so far can be read from the store. */
  readonly flush: () => Promise<void>;
}

type CompareName = Extract<keyof Services, `compare.${string}`>;
export type CompareServices = Pick<Services, CompareName>;

export function compareServices({ worker, flush }: CompareSetup): CompareServices {
  const service = (name: CompareName) => [
    name,
    async (params: Parameters<CompareServices[CompareName]>[0]) => {
      await flush();
      return worker.run(name, params);
    },
  ];
  return Object.fromEntries(Object.keys(contract).filter(isCompare).map(service)) as CompareServices;
}

const isCompare = (name: string): name is CompareName => name.startsWith('compare.');
