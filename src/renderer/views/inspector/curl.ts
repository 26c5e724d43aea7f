/**
 * A request as a cURL command for a POSIX shell: what was sent, with the key as a reference to an environment variable,
 * since the stored one is redacted and a copied one would be pasted everywhere. Pure.
 */
import type { RequestHead, TraceDetail } from '../../../shared/model/trace.ts';
import { sentBody } from '../../../shared/providers/sent-body.ts';
import type { ProvidersInfo } from '../../../shared/rpc/contract.ts';

/** Headers that carry a key at servers that speak another provider's API, with what stands before the key. */
const KEY_HEADERS: ReadonlyMap<string, string> = new Map([
  ['authorization', 'Bearer '],
  ['x-api-key', ''],
  ['api-key', ''],
]);
/** For a kind of server that names none. */
const ANY_KEY = 'API_KEY';
/** Set by curl itself, or about the client that sent it; secrets that have no variable. */
const LEFT_OUT =
  /^(?:host|connection|content-length|transfer-encoding|accept-encoding|user-agent|cookie|proxy-.*|x-stainless-.*|sec-.*)$/;

/** null when the trace has no request that could be sent again. `known`: what the program knows of its provider and server. */
export function curlOf(
  { api, endpoint, requestHead, request }: Pick<TraceDetail, 'api' | 'endpoint' | 'requestHead' | 'request'>,
  known: ProvidersInfo,
): string | null {
  if (!requestHead) return null;
  const { method, url, headers } = requestHead;
  const kind = known.endpointKinds.find(({ id }) => id === endpoint.type);
  const variable = kind?.keyVariables[0] ?? ANY_KEY;
  const parts = [`curl -N -X ${quote(method)} ${quote(url)}`];
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    const own = kind?.credential;
    const prefix = own?.header === lower ? own.prefix : KEY_HEADERS.get(lower);
    if (prefix !== undefined) parts.push(`-H "${lower}: ${prefix}$${variable}"`);
    else if (!LEFT_OUT.test(lower)) parts.push(`-H ${quote(`${name}: ${value}`)}`);
  }
  const body = bodyOf(known.providers.find(({ id }) => id === api)?.modelInUrl ?? false, request, requestHead);
  if (body !== null) parts.push(`--data-raw ${quote(body)}`);
  return parts.join(' \\\n  ');
}

/** To the character as it was sent, where that is known. */
function bodyOf(modelInUrl: boolean, request: unknown, { written, changes = [] }: RequestHead): string | null {
  if (written !== undefined) return sentBody(written, changes);
  if (request === undefined || request === null) return null;
  // What JSON leaves out is undefined.
  return JSON.stringify(modelInUrl ? { ...request, model: undefined } : request);
}

/** In single quotes nothing is special but the quote itself. */
const quote = (text: string): string => (/^[A-Za-z]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
