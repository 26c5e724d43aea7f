/** Which API a pasted stream follows, read off its first payloads; nothing is guessed without a sign. */
import type { Api } from '../../../shared/model/stream.ts';

export interface Guess {
  readonly api: Api;
  /** The sign, as a sentence. */
  readonly why: string;
}

/** As much of the text as holds the first events of any stream. */
const LOOKED_AT = 64 * 1024;
const PAYLOADS = 20;

/** Pure. Undefined: the person has to say it. */
export function guessApi(text: string): Guess | undefined {
  for (const payload of payloads(text.slice(0, LOOKED_AT))) {
    const guess = guessOf(payload);
    if (guess) return guess;
  }
  return undefined;
}

/** Whether a text may be a stream at all: it has a line that starts like a field of one. */
export const looksLikeStream = (text: string): boolean => /^(?:data|event):/m.test(text.slice(0, LOOKED_AT));

function payloads(text: string): readonly unknown[] {
  const lines = text.match(/^data:.*$/gm) ?? [];
  return lines.slice(0, PAYLOADS).flatMap((line) => {
    try {
      return [JSON.parse(line.slice('data:'.length)) as unknown];
    } catch {
      return [];
    }
  });
}

/** Types of Messages events; each stands in its payload as well as in the event's name. */
const MESSAGES_TYPES: ReadonlySet<string> = new Set(['message_start', 'content_block_start', 'content_block_delta', 'content_block_stop', 'message_delta', 'message_stop']);

function guessOf(payload: unknown): Guess | undefined {
  if (typeof payload !== 'object' || payload === null) return undefined;
  const { type, object, choices } = payload as Readonly<Record<string, unknown>>;
  if (object === 'chat.completion.chunk') return { api: 'chat_completions', why: 'Its payloads are chat.completion.chunk objects.' };
  if (typeof type === 'string' && type.startsWith('response.')) return { api: 'responses', why: `It has ${type} events.` };
  if (typeof type === 'string' && MESSAGES_TYPES.has(type)) return { api: 'messages', why: `It has ${type} events.` };
  if (Array.isArray(choices)) return { api: 'chat_completions', why: 'Its payloads have choices.' };
  return undefined;
}
