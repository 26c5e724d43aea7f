/** `compare.*`: comparisons of stored streams, worked out in a thread of their own; of a live run, of what came so far. */
import type { Services } from '../../../shared/rpc/services.ts';
import type { DecodeWorker } from '../decoding/decode-worker.ts';

export interface CompareSetup {
  readonly reader: DecodeWorker;
  /** Resolves once what a live run gave so far can be read from the store. */
  readonly flush: () => Promise<void>;
}

export type CompareServices = Pick<Services, Extract<keyof Services, `compare.${string}`>>;

export function compareServices({ reader, flush }: CompareSetup): CompareServices {
  return {
    'compare.lanes': async ({ id, options }) => {
      await flush();
      return reader.run('lanes', { id, options });
    },
    'compare.traces': async ({ a, b }) => {
      await flush();
      return reader.run('traces', { a, b });
    },
    'compare.matrix': async ({ id }) => {
      await flush();
      return reader.run('matrix', { id });
    },
    'compare.html': async ({ id, options }) => {
      await flush();
      return reader.run('html', { id, options });
    },
    'compare.fixture': async ({ id, options }) => {
      await flush();
      return reader.run('fixture', { id, options });
    },
  };
}
