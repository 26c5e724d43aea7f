/** `samples.list`: worked out once, beside everything else, when first asked. */
import type { MethodService } from '../../../shared/rpc/services.ts';
import type { TaskTypes } from '../decoding/tasks.ts';
import type { DecodeWorker } from '../decoding/decode-worker.ts';

export function listedSamples(reader: DecodeWorker): MethodService<'samples.list'> {
  let listed: Promise<TaskTypes['samples']['result']> | undefined;
  return () => {
    listed ??= reader.run('samples', null).catch((error: unknown) => {
      listed = undefined;
      throw error;
    });
    return listed;
  };
}
