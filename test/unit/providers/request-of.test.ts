/** What a request asks for, as its API has it. */
import { expect, test } from 'vitest';
import { asksForStream } from '../../../src/shared/providers/request-of.ts';

test.each([
  ['chat_completions', 'https://a.example/v1/chat/completions', { stream: true }, true],
  ['chat_completions', 'https://a.example/v1/chat/completions', {}, false],
  ['responses', 'https://a.example/v1/responses', { stream: true }, true],
  ['messages', 'https://a.example/v1/messages', { stream: false }, false],
  ['ollama_chat', 'http://a.example/api/chat', {}, true],
  ['ollama_chat', 'http://a.example/api/chat', { stream: false }, false],
  ['gemini', 'https://a.example/v1beta/models/m:streamGenerateContent?alt=sse', {}, true],
  ['gemini', 'https://a.example/v1beta/models/m:generateContent', { stream: true }, false],
  ['bedrock', 'https://a.example/model/m/invoke-with-response-stream', {}, true],
  ['bedrock', 'https://a.example/model/m/invoke', {}, false],
  ['chat_completions', 'https://a.example/', null, false],
  ['other', 'https://a.example/', { stream: true }, true],
])('%s at %s with %j', (api, url, request, expected) => {
  expect(asksForStream(api, url, request)).toBe(expected);
});
