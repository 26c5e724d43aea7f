/** A stream says by its own events which API it follows. */
import { describe, expect, test } from 'vitest';
import { apiOfUrl, detectApi, foreignIn, undetected } from '../../../src/shared/providers/detect.ts';
import { recognize } from '../../../src/main/core/imports/recognize.ts';
import { framesOf } from '../../../src/main/core/samples/answers.ts';
import { sampleFormatOf } from '../../../src/main/core/providers/registry.ts';
import { joined } from '../../../src/main/core/providers/sample/format.ts';
import { apisOf, SCENARIOS } from '../../../src/main/core/samples/scenarios.ts';
import { APIS } from '../../support/apis.ts';
import { allStreams } from '../../support/fixtures.ts';
import { bytesOf } from '../../support/framing.ts';

describe('detectApi', () => {
  test('knows every stream we have', () => {
    for (const { name, api, bytes } of allStreams())
      expect({ name, api: detectApi(bytes)?.api }).toEqual({ name, api });
  });

  test('knows every sample, also from its end alone', () => {
    for (const scenario of SCENARIOS) {
      for (const api of apisOf(scenario)) {
        const format = sampleFormatOf(api);
        const frames = framesOf(scenario, format, format.request(scenario));
        expect(detectApi(joined(frames))?.api).toBe(api);
        expect(detectApi(joined(frames.slice(-3)))?.api).toBe(api);
      }
    }
  });

  test('says of what is no event at all what it is', () => {
    expect(undetected(bytesOf(': keep-alive\n\n: keep-alive\n\n'))).toMatchObject({
      code: 'no-event',
      sentence: expect.stringMatching(/only comments and blank lines/),
    });
    const settings = Uint8Array.of(0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 100);
    expect(undetected(settings).sentence).toMatch(/data of an HTTP\/2 connection/);
    const { error, errorFrames } = sampleFormatOf('bedrock');
    const message = joined(errorFrames(error('overloaded', 'Too much.'), []));
    expect(undetected(new TextEncoder().encode(new TextDecoder().decode(message))).sentence).toMatch(
      /decoded as text: its bytes are lost/,
    );
  });

  test('takes the events of the Realtime API for those of no API, however much their items look like answers', () => {
    const item = { id: 'item_1', object: 'realtime.item', type: 'message', role: 'assistant', content: [] };
    const events = [
      { type: 'response.created', response: { id: 'r', object: 'realtime.response', status: 'in_progress' } },
      { type: 'response.output_item.added', response_id: 'r', output_index: 0, item },
      { type: 'response.output_text.delta', response_id: 'r', item_id: 'item_1', output_index: 0, delta: 'Hi' },
      { type: 'response.done', response: { id: 'r', status: 'completed', output: [item] } },
    ].map((event, at) => ({ event_id: `event_${at}`, ...event }));
    const body = bytesOf(events.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''));
    expect(detectApi(body)).toBeNull();
    expect(foreignIn(body, 'sse')).toBe("OpenAI's Realtime API");
    const lines = bytesOf(events.map((event) => `${JSON.stringify(event)}\n`).join(''));
    expect(() => recognize('log.jsonl', lines)).toThrow(/Realtime API/);
  });

  test('knows an API by its errors', () => {
    for (const api of APIS) {
      const { errorFrames, error } = sampleFormatOf(api);
      expect(detectApi(joined(errorFrames(error('overloaded', 'Too much.'), [])))?.api).toBe(api);
    }
  });

  test.each(['{"error":"no slot","error_type":"overloaded"}', '{"object":"error","message":"too long"}'])(
    'takes server-sent events with nothing but %s for those of a server that speaks OpenAI’s API',
    (data) => {
      expect(detectApi(bytesOf(`data: ${data}\n\n`))?.api).toBe('chat_completions');
      expect(detectApi(bytesOf('{"error":"no slot"}\n'))?.api).toBe('ollama_chat');
    },
  );

  test('reads an event that was given whole to a framework', () => {
    const body = 'data: data: {"object":"chat.completion.chunk"}\ndata: \ndata: \n\n';
    expect(detectApi(bytesOf(body))?.api).toBe('chat_completions');
  });

  test('reads over comments and what is no JSON', () => {
    expect(
      detectApi(bytesOf(': ping\n\ndata: oops\n\ndata: 7\n\ndata: {}\n\ndata: {"type":"response.created"}\n\n'))?.api,
    ).toBe('responses');
  });

  test('goes by what fits one API alone, even where something before it fits another', () => {
    const body = 'data: {"type":"ping"}\n\ndata: {"object":"chat.completion.chunk"}\n\n';
    expect(detectApi(bytesOf(body))).toEqual({
      api: 'chat_completions',
      why: 'Its payloads are chat.completion.chunk objects.',
    });
  });

  test('says nothing where no event does', () => {
    for (const text of ['', 'Hello', '{"choices":[]}', 'data: {"a":1}\n\n', 'data: {"choices":[]}'])
      expect(detectApi(bytesOf(text))).toBeNull();
  });
});

describe('apiOfUrl', () => {
  test.each([
    ['https://api.openai.com/v1/chat/completions', 'chat_completions'],
    ['https://x.openai.azure.com/openai/deployments/d/chat/completions?api-version=2026-01-01', 'chat_completions'],
    ['https://api.openai.com/v1/responses', 'responses'],
    ['https://api.anthropic.com/v1/messages?beta=true', 'messages'],
    ['http://localhost:11434/api/chat', 'ollama_chat'],
    ['https://g.example/v1beta/models/gemini-x:streamGenerateContent?alt=sse', 'gemini'],
    ['https://bedrock-runtime.us-east-1.amazonaws.com/model/a.b%3A0/invoke-with-response-stream', 'bedrock'],
    ['https://api.openai.com/v1/models', null],
    ['https://api.anthropic.com/v1/messages/count_tokens', null],
    ['no address', null],
  ])('%s', (url, api) => expect(apiOfUrl(url)).toBe(api));
});
