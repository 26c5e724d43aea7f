/** The sign by which one payload of a stream tells its API. */
import type { Api } from '../model/stream.ts';
import { objectOf, stringOf } from '../json/json-object.ts';

export interface ApiSign {
  readonly api: Api;
  /** The sign, as a sentence. */
  readonly why: string;
}

/** Types of Messages events; each stands in its payload as well as in the event's name. */
const MESSAGES_TYPES: ReadonlySet<string> = new Set([
  'message_start',
  'message_delta',
  'message_stop',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
]);

/** Null when the payload could be of any API. */
export function apiSign(payload: unknown): ApiSign | null {
  const event = objectOf(payload);
  const type = stringOf(event?.['type']);
  if (event?.['object'] === 'chat.completion.chunk')
    return { api: 'chat_completions', why: 'Its payloads are chat.completion.chunk objects.' };
  if (type?.startsWith('response.')) return { api: 'responses', why: `It has ${type} events.` };
  if (type !== null && MESSAGES_TYPES.has(type)) return { api: 'messages', why: `It has ${type} events.` };
  if (Array.isArray(event?.['choices'])) return { api: 'chat_completions', why: 'Its payloads have choices.' };
  return null;
}
