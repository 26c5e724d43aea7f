/** Streams from outside: pasted text and dropped files. */
import type { Api } from '../../../shared/model/stream.ts';
import { client } from '../../client/client.ts';
import { openOverlay, selectTrace } from '../../stores/app.ts';
import { toastError } from '../../stores/toasts.ts';
import { detectText } from './detect-text.ts';

export const PASTED = 'Pasted stream';
/** As the contract has it. */
const MAX_CHARS = 64 * 1024 * 1024;

/** Makes a trace of it and shows it. Rejects with the program's sentence. */
export async function importStream(name: string, text: string, api: Api): Promise<void> {
  const { id } = await client().call('traces.import', { name, text, api });
  selectTrace(id, true);
}

/** A dropped file whose API shows is opened at once; else the dialog asks for it. */
export async function openFile(file: File): Promise<void> {
  try {
    if (file.size > MAX_CHARS) throw new Error('it is larger than 64 MB, the most that can be read.');
    const text = await file.text();
    const detected = detectText(text);
    if (detected) await importStream(file.name, text, detected.api);
    else openOverlay('paste', { name: file.name, text });
  } catch (error) {
    toastError(`${file.name} could not be read`, error);
  }
}
