/**
 * A request as a cURL command for a POSIX shell: what was sent, with the key as a reference to an environment variable,
 * since the stored one is redacted and a copied one would be pasted everywhere. Pure.
 */
import type { TraceDetail } from '../../../shared/model/trace.ts';

/** Headers that carry a key, with the variable that providers' own tools read it from. */
const KEY_HEADERS: ReadonlyMap<string, string> = new Map([
  ['authorization', 'Bearer '],
  ['x-api-key', ''],
  ['api-key', ''],
  ['x-goog-api-key', ''],
]);
/** Set by curl itself, or about the client that sent it; secrets that have no variable. */
const LEFT_OUT =
  /^(?:host|connection|content-length|transfer-encoding|accept-encoding|user-agent|cookie|proxy-.*|x-stainless-.*|sec-.*)$/;

/** null when the trace has no request that could be sent again. */
export function curlOf({
  api,
  requestHead,
  request,
}: Pick<TraceDetail, 'api' | 'requestHead' | 'request'>): string | null {
  if (!requestHead) return null;
  const { method, url, headers } = requestHead;
  const variable = api === 'messages' ? 'ANTHROPIC_API_KEY' : 'OPENAI_API_KEY';
  const parts = [`curl -N -X ${quote(method)} ${quote(url)}`];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    const prefix = KEY_HEADERS.get(lower);
    if (prefix !== undefined) parts.push(`-H "${lower}: ${prefix}$${variable}"`);
    else if (!LEFT_OUT.test(lower)) parts.push(`-H ${quote(`${name}: ${value}`)}`);
  }
  if (request !== undefined && request !== null) parts.push(`--data-raw ${quote(JSON.stringify(request))}`);
  return parts.join(' \\\n  ');
}

/** In single quotes nothing is special but the quote itself. */
const quote = (text: string): string => (/^[A-Za-z]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
