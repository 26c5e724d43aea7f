/** How long the body of a message is, as its head says (RFC 9112, 6.3). */
import { MalformedHead, tokensOf, valuesOf, type Head } from './head.ts';

export type BodyLength =
  | { readonly type: 'none' }
  | { readonly type: 'length'; readonly bytes: number }
  | { readonly type: 'chunked' }
  /** Until the connection is closed: answers only. */
  | { readonly type: 'close' };

const NONE: BodyLength = { type: 'none' };
const CHUNKED: BodyLength = { type: 'chunked' };
const CLOSE: BodyLength = { type: 'close' };

/** Throws MalformedHead for a length that two readers could take for two: that is how requests are smuggled. */
export function requestLength(head: Head, version: string): BodyLength {
  const codings = tokensOf(head, 'transfer-encoding');
  const lengths = valuesOf(head, 'content-length');
  if (codings.length > 0) {
    if (lengths.length > 0) throw new MalformedHead('The request has both a length and a transfer encoding.');
    if (version === '1.0') throw new MalformedHead('An HTTP/1.0 request cannot have a transfer encoding.');
    if (codings.at(-1) !== 'chunked' || codings.filter((coding) => coding === 'chunked').length > 1)
      throw new MalformedHead('The last transfer encoding of the request is not chunked.');
    return CHUNKED;
  }
  if (lengths.length === 0) return NONE;
  const bytes = lengthIn(lengths);
  if (bytes === null) throw new MalformedHead('The request has no valid content-length.');
  return bytes === 0 ? NONE : { type: 'length', bytes };
}

/** As a client reads it. `method`: of the request. */
export function answerLength(head: Head, status: number, method: string): BodyLength {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304) return NONE;
  const codings = tokensOf(head, 'transfer-encoding');
  if (codings.length > 0) return codings.at(-1) === 'chunked' ? CHUNKED : CLOSE;
  const lengths = valuesOf(head, 'content-length');
  const bytes = lengths.length === 0 ? null : lengthIn(lengths);
  if (bytes === null) return CLOSE;
  return bytes === 0 ? NONE : { type: 'length', bytes };
}

/** One number, said as often as it is. */
function lengthIn(values: readonly string[]): number | null {
  const said = new Set(values.flatMap((value) => value.split(',')).map((value) => value.trim()));
  const [only = ''] = said;
  if (said.size !== 1 || !/^\d{1,15}$/.test(only)) return null;
  return Number(only);
}
