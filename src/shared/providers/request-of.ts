/** A request as traces keep it, and back: some APIs name the model in the address, where a reader would not look for it. */
import { objectOf } from '../json/json-object.ts';
import type { Api } from '../model/stream.ts';
import type { RequestHead } from '../model/trace.ts';
import { endpointKinds, PROVIDERS } from './registry.ts';

/** The JSON body of a request to `url`, with the model that the address names in front of it. */
export function requestOf(api: Api, url: string, body: unknown): unknown {
  const model = PROVIDERS.get(api)?.request.modelInUrl?.(url) ?? null;
  const fields = objectOf(body);
  return model === null || fields === null ? body : { model, ...fields };
}

/** Whether a request asks for a stream, as the API has it. */
export function asksForStream(api: Api, url: string, request: unknown): boolean {
  const streams = PROVIDERS.get(api)?.request.streams;
  return streams ? streams(url, request) : objectOf(request)?.['stream'] === true;
}

/** Headers that carry a key whatever kind of server it is sent to, lower case. */
const KEY_HEADERS = ['authorization', 'x-api-key', 'api-key'];

/** Whether a request brought a key along, whose value may be redacted: in a header, or in its address. */
export function carriesKey({ url, headers }: Pick<RequestHead, 'url' | 'headers'>): boolean {
  const names = new Set([...KEY_HEADERS, ...endpointKinds().flatMap(({ credential }) => credential?.header ?? [])]);
  return headers.some(([name]) => names.has(name.toLowerCase())) || /[?&](?:api[-_]?)?key=/i.test(url);
}
