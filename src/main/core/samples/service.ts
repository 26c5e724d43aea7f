/** `samples.list`: worked out once, beside everything else, when first asked. */
import type { MethodService } from '../../../shared/rpc/services.ts';
import type { JobTypes } from '../decoding/tasks.ts';
import type { Reader } from '../decoding/decode-worker.ts';

export function listedSamples(reader: Reader): MethodService<'samples.list'> {
  let listed: Promise<JobTypes['samples']['result']> | undefined;
  return () => {
    listed ??= reader.run('samples', null).catch((error: unknown) => {
      listed = undefined;
      throw error;
    });
    return listed;
  };
}
