/** `samples.list`: worked out once, beside everything else, when first asked. */
import type { SampleInfo } from '../../shared/rpc/contract.ts';
import type { MethodService } from '../../shared/rpc/services.ts';
import type { DecodeWorker } from './decoding/decode-worker.ts';

export function listedSamples(worker: DecodeWorker): MethodService<'samples.list'> {
  let listed: Promise<readonly SampleInfo[]> | undefined;
  return () => {
    listed ??= worker.run('samples.list', {}).catch((error: unknown) => {
      listed = undefined;
      throw error;
    });
    return listed;
  };
}
