/** A request as traces keep it, and back: some APIs name the model in the address, where a reader would not look for it. */
import { objectOf } from '../json/json-object.ts';
import type { Api } from '../model/stream.ts';
import { PROVIDERS } from './registry.ts';

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
