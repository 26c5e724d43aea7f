/** `samples.list`: worked out once, by the build or beside everything else when first asked. */
import type { SampleInfo } from '../../shared/rpc/contract.ts';
import type { MethodService } from '../../shared/rpc/services.ts';
import type { DecodeWorker } from './decoding/decode-worker.ts';

export function listedSamples(worker: DecodeWorker): MethodService<'samples.list'> {
  let listed: Promise<readonly SampleInfo[]> | undefined;
  return () => {
    listed ??= list(worker).catch((error: unknown) => {
      listed = undefined;
      throw error;
    });
    return listed;
  };
}

async function list(worker: DecodeWorker): Promise<readonly SampleInfo[]> {
  const { BUILT_LIST } = await import('./samples/built-list.ts');
  return BUILT_LIST ?? worker.run('samples.list', {});
}
