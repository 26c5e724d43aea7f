/** Which API a stream follows, told by its own events: for bytes that came without their request. */
import type { Api, Frame } from '../model/stream.ts';
import { createFramer } from '../framing/registry.ts';
import { apiSign } from './api-sign.ts';
import { objectOf, stringOf } from '../json/json-object.ts';

/** The first events say it; what does not in so many never will. */
const MAX_FRAMES = 200;
/** Bytes that are framed to find them. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Null when no event says which. */
export function guessApi(body: Uint8Array): Api | null {
  const framed = createFramer('sse').feed({ n: 0, tNs: 0, offset: 0, bytes: body.subarray(0, MAX_BYTES) });
  let frames = 0;
  for (const one of framed) {
    if (one.type !== 'frame') continue;
    const api = apiOf(one.frame);
    if (api !== null) return api;
    if (++frames === MAX_FRAMES) return null;
  }
  return null;
}

/** Beside the signs of api-sign.ts: what only ends or fails a stream, which may consist of nothing else. */
function apiOf({ data, payload }: Frame): Api | null {
  if (data === '[DONE]') return 'chat_completions';
  const event = payload.ok ? objectOf(payload.value) : null;
  if (!event) return null;
  const sign = apiSign(event);
  if (sign) return sign.api;
  const type = stringOf(event['type']);
  if (type === 'ping') return 'messages';
  // Each API has an error of its own shape.
  if (type === 'error') return objectOf(event['error']) ? 'messages' : 'responses';
  return objectOf(event['error']) ? 'chat_completions' : null;
}
