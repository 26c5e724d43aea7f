/** Which API a stream follows, told by its own events: for bytes that came without their request. */
import type { Api, SseFrame } from '../model/stream.ts';
import { SseFramer } from '../sse/framer.ts';
import { objectOf, stringOf } from './wire/json-object.ts';

/** The first events say it; what does not in so many never will. */
const MAX_FRAMES = 200;
/** Bytes that are framed to find them. */
const MAX_BYTES = 4 * 1024 * 1024;

const MESSAGES_TYPES: ReadonlySet<string> = new Set(['message_start', 'message_delta', 'message_stop', 'content_block_start', 'content_block_delta', 'content_block_stop', 'ping']);

/** Null when no event says which. */
export function guessApi(body: Uint8Array): Api | null {
  const framed = new SseFramer().feed({ n: 0, tNs: 0, offset: 0, bytes: body.subarray(0, MAX_BYTES) });
  let frames = 0;
  for (const one of framed) {
    if (one.type !== 'frame') continue;
    const api = apiOf(one.frame);
    if (api !== null) return api;
    if (++frames === MAX_FRAMES) return null;
  }
  return null;
}

function apiOf({ data, payload }: SseFrame): Api | null {
  if (data === '[DONE]') return 'chat_completions';
  const event = payload.ok ? objectOf(payload.value) : null;
  if (!event) return null;
  const type = stringOf(event['type']);
  if (type?.startsWith('response.')) return 'responses';
  if (type !== null && MESSAGES_TYPES.has(type)) return 'messages';
  // Each API has an error of its own shape, and a stream may consist of nothing else.
  if (type === 'error') return objectOf(event['error']) ? 'messages' : 'responses';
  if (event['object'] === 'chat.completion.chunk' || Array.isArray(event['choices']) || objectOf(event['error'])) return 'chat_completions';
  return null;
}
