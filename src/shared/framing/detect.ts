/** Which framing a body has, told by its first bytes, which decide, or else by its content type. */
import type { Framing } from '../model/stream.ts';
import { startsWithPrelude } from './aws-eventstream.ts';
import { FRAMINGS } from './registry.ts';
import { lossyText } from './utf8.ts';

/** The first bytes tell it; what does not in so many never will. */
const LOOKED_AT = 16 * 1024;
/** A field of server-sent events, or a comment. */
const SSE_LINE = /^(?::|(?:data|event|id|retry)(?::|\s|$))/;
/** An object, a line end, an object. In an object or a list over several lines a comma or a bracket is between. */
const TWO_LINES = /^\{[^]*?\}[ \t\r]*\n\s*\{/;

/**
 * Null when neither says it. `contentType`: the header as it came. `firstBytes`: some hundreds or more, or the whole of
 * a short body; a blank beginning does not count.
 */
export function framingOf(contentType: string | null, firstBytes: Uint8Array): Framing | null {
  if (startsWithPrelude(firstBytes)) return 'aws-eventstream';
  const text = lossyText(firstBytes.subarray(0, LOOKED_AT))
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (SSE_LINE.test(text)) return 'sse';
  if (TWO_LINES.test(text)) return 'json-lines';
  const mediaType = (contentType ?? '').split(';')[0]!.trim().toLowerCase();
  const named = Object.entries(FRAMINGS).find(([, { mediaTypes }]) => mediaTypes.includes(mediaType));
  return named === undefined ? null : (named[0] as Framing);
}
