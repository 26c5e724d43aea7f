/** What a pasted text is, as far as its beginning shows. Pure. */
import { detectApi, type DetectedApi } from '../../../shared/providers/detect.ts';

/** As much of the text as holds the first events of any stream. */
const LOOKED_AT = 64 * 1024;

/** Null: the person has to say it. */
export const detectText = (text: string): DetectedApi | null =>
  detectApi(new TextEncoder().encode(text.slice(0, LOOKED_AT)));

/** Whether a text may be a stream at all: it has a line that starts like a field of an event, or an API is detected. */
export const looksLikeStream = (text: string): boolean =>
  /^(?:data|event):/m.test(text.slice(0, LOOKED_AT)) || detectText(text) !== null;
