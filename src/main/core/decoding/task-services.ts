/** `compare.*` and `exports.*`: each is a task of the same name, run in a thread of its own; of a live run, on what came so far. */
import { contract } from '../../../shared/rpc/contract.ts';
import type { Services } from '../../../shared/rpc/services.ts';
import type { DecodeWorker } from './decode-worker.ts';

export interface TaskServicesSetup {
  readonly worker: DecodeWorker;
  /** Resolves once what a live run gave so far can be read from the store. */
  readonly flush: () => Promise<void>;
}

type ServedName = Extract<keyof Services, `compare.${string}` | `exports.${string}`>;
export type TaskServices = Pick<Services, ServedName>;

export function taskServices({ worker, flush }: TaskServicesSetup): TaskServices {
  const service = (name: ServedName) => [
    name,
    async (params: Parameters<TaskServices[ServedName]>[0], signal?: AbortSignal) => {
      await flush();
      return worker.run(name, params, signal);
    },
  ];
  return Object.fromEntries(Object.keys(contract).filter(isServed).map(service)) as TaskServices;
}

const isServed = (name: string): name is ServedName => /^(?:compare|exports)\./.test(name);
