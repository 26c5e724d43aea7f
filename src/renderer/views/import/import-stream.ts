/** Streams from outside: pasted text and dropped files. */
import type { ParamsOf } from '../../../shared/rpc/contract.ts';
import { MAX_IMPORT } from '../../../shared/rpc/frames.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { base64Of } from '../../../shared/text/base64.ts';
import { client } from '../../client/client.ts';
import { openOverlay, selectTrace } from '../../stores/app.ts';
import { toastError } from '../../stores/toasts.ts';

export const PASTED = 'Pasted stream';

/** Makes a trace of it and shows it. Rejects with the program's sentence. */
export async function importStream(stream: ParamsOf<'traces.import'>): Promise<void> {
  const { id } = await client().call('traces.import', stream);
  selectTrace(id, true);
}

/** A dropped file whose API shows is opened at once; for text that does not say it, the dialog asks. */
export async function openFile(file: File): Promise<void> {
  try {
    if (file.size > MAX_IMPORT) throw new Error('it is larger than the limit of 64 MB.');
    const bytes = new Uint8Array(await file.arrayBuffer());
    try {
      await importStream({ name: file.name, base64: base64Of(bytes) });
    } catch (error) {
      if (!(error instanceof ServiceError && error.code === 'unknown-api')) throw error;
      openOverlay('paste', { name: file.name, text: new TextDecoder().decode(bytes) });
    }
  } catch (error) {
    toastError(`${file.name} could not be read`, error);
  }
}
