/** The tests' own reader of recorded streams. */
import { expect, it } from 'vitest';
import { apiOf } from '../support/corpus.ts';

it('takes the API of a recorded stream from its name, and refuses a name without one', () => {
  expect(apiOf('openai-chat_completions-text.sse')).toBe('chat_completions');
  expect(apiOf('anthropic-messages-text.1.sse')).toBe('messages');
  expect(() => apiOf('google-generate_content-text.sse')).toThrow(/names no API/);
  expect(() => apiOf('messages.sse')).toThrow(/names no API/);
});
