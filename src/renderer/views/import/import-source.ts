/** A file of the person's as the program takes it. */
import { MAX_IMPORT } from '../../../shared/model/import-limit.ts';
import { base64Of } from '../../../shared/text/base64.ts';
import type { ImportInput } from '../../stores/app.ts';

export type ImportSource = NonNullable<ImportInput['source']>;

/** Throws a sentence that goes on after the name of the file. */
export async function sourceOf(file: File): Promise<ImportSource> {
  if (file.size > MAX_IMPORT)
    throw new Error(
      `it is larger than the limit of ${MAX_IMPORT / 1024 / 1024} MB. Cut out the exchange that matters.`,
    );
  try {
    return { name: file.name, base64: base64Of(new Uint8Array(await file.arrayBuffer())) };
  } catch (error) {
    // What browsers say of it speaks of permissions only.
    if (error instanceof DOMException && error.name === 'NotReadableError')
      throw new Error('it was changed since it was chosen, or may not be read. Choose it again.', { cause: error });
    throw error;
  }
}
