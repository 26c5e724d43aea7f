/** Streams from outside: pasted text and dropped files. */
import { detectApi } from '../../../shared/providers/detect.ts';
import { MAX_IMPORT, type ParamsOf } from '../../../shared/rpc/contract.ts';
import { base64Of } from '../../../shared/text/base64.ts';
import { client } from '../../client/client.ts';
import { openOverlay, selectTrace } from '../../stores/app.ts';
import { toastError } from '../../stores/toasts.ts';

export const PASTED = 'Pasted stream';
/** Bytes that base64 puts into so many characters. */
const MAX_BINARY = (MAX_IMPORT / 4) * 3;
// A byte order mark is kept: it is part of what the server sent.
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Makes a trace of it and shows it. Rejects with the program's sentence. */
export async function importStream(stream: ParamsOf<'traces.import'>): Promise<void> {
  const { id } = await client().call('traces.import', stream);
  selectTrace(id, true);
}

/** A dropped file whose API shows is opened at once, byte for byte; else the dialog asks for it. */
export async function openFile(file: File): Promise<void> {
  const { name } = file;
  try {
    refuseAbove(file.size, MAX_IMPORT);
    const bytes = new Uint8Array(await file.arrayBuffer());
    const text = textOf(bytes);
    const api = detectApi(bytes)?.api;
    if (api === undefined && text !== null) openOverlay('paste', { name, text });
    else if (api === undefined) throw new Error('it is no text, and nothing in it says which API it follows.');
    else if (text !== null) await importStream({ name, api, text });
    else {
      refuseAbove(file.size, MAX_BINARY);
      await importStream({ name, api, base64: base64Of(bytes) });
    }
  } catch (error) {
    toastError(`${name} could not be read`, error);
  }
}

function refuseAbove(size: number, limit: number): void {
  if (size > limit) throw new Error(`it is larger than ${limit / 1024 / 1024} MB, the most that can be read.`);
}

/** Null where the bytes are no UTF-8. */
function textOf(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}
