/** The models that fail, over each API, as a client and the program's own rule of endings see them. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { describe, expect, test } from 'vitest';
import { FAULT_MODELS } from '../../../src/main/core/samples/faults.ts';
import { decideEnding, type BodyEnd } from '../../../src/shared/metrics/ending.ts';
import { APIS, type Api } from '../../support/apis.ts';
import type { HttpHead, TerminalState } from '../../../src/shared/model/trace.ts';
import { runWire } from '../../support/wire.ts';
import { asking, useProvider } from '../../support/samples.ts';

const provider = useProvider();
const requestFor = (model: string, api: Api): Record<string, unknown> => ({
  ...asking('plain-text', api).request,
  model,
});

/** They say nothing more, however long one waits: a short wait is then as good as a long one. */
const SILENT: readonly string[] = ['fault-no-answer', 'fault-stall-first', 'fault-stall'];
const SILENCE_MS = 300;
const TERMINATOR = /data: \[DONE\]\n\n|event: (?:message_stop|response\.completed)\n.*\n\n/;

/** Reads an answer to its end, to its terminator, or into its silence; and decides how it ended. */
async function state(
  model: string,
  api: Api,
): Promise<{ readonly state: TerminalState; readonly rule: string; readonly text: string }> {
  const stop = new AbortController();
  let head: HttpHead | null = null;
  let end: BodyEnd = { how: 'end' };
  let text = '';
  const patience = SILENT.includes(model) ? setTimeout(() => stop.abort(), SILENCE_MS) : undefined;
  try {
    const response = await fetch(provider.url + asking('plain-text', api).format.path('plain-text'), {
      method: 'POST',
      signal: stop.signal,
      headers: { 'anthropic-version': '2023-06-01' },
      body: JSON.stringify(requestFor(model, api)),
    });
    head = { status: response.status, statusText: response.statusText, headers: [...response.headers] };
    for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part;
      patience?.refresh();
      if (TERMINATOR.test(text)) break;
    }
  } catch (error) {
    const reason = String((error as { cause?: { code?: string } }).cause?.code ?? error);
    end = stop.signal.aborted
      ? { how: 'stalled', seconds: SILENCE_MS / 1000, silence: 'byte' }
      : { how: 'reset', reason };
  } finally {
    clearTimeout(patience);
  }
  const wire = runWire(api, text);
  const facts = {
    framing: 'sse' as const,
    head,
    end,
    bytes: Buffer.byteLength(text),
    events: wire.frames.length,
    bodyStart: new TextEncoder().encode(text.slice(0, 400)),
    unfinished: wire.unfinished,
    faults: wire.faults,
  };
  return { ...decideEnding(api, facts, wire.outcome), text };
}

const STATES: Readonly<Record<string, TerminalState>> = {
  'fault-400': 'http-error',
  'fault-401': 'http-error',
  'fault-403': 'http-error',
  'fault-404': 'http-error',
  'fault-413': 'http-error',
  'fault-429': 'http-error',
  'fault-500-html': 'http-error',
  'fault-503': 'http-error',
  'fault-200-json': 'not-a-stream',
  'fault-200-html': 'not-a-stream',
  'fault-204': 'not-a-stream',
  'fault-empty': 'truncated',
  'fault-comments': 'truncated',
  'fault-error-first': 'provider-error',
  'fault-malformed-event': 'complete',
  'fault-no-terminator': 'truncated',
  'fault-open-end': 'complete',
  'fault-no-answer': 'stalled',
  'fault-stall-first': 'stalled',
  'fault-stall': 'stalled',
  'fault-reset-first': 'reset',
  'fault-reset': 'reset',
  'fault-cut': 'reset',
};

/** Never silent for long: what it sends is looked at by itself below. */
const ENDLESS = ['fault-stall-comments'];

test('each fault has its ending here', () => {
  expect(Object.keys(STATES).toSorted()).toEqual(FAULT_MODELS.filter((model) => !ENDLESS.includes(model)).toSorted());
});

describe.each(Object.entries(STATES))('%s ends as %s', (model, expected) => {
  test.each(APIS)('over %s', async (api) => {
    const ended = await state(model, api);
    expect(ended.state, ended.rule).toBe(expected);
  });
});

test.each(APIS)('silence filled with comments goes on for as long as somebody reads, over %s', async (api) => {
  const response = await provider.post(api, requestFor('fault-stall-comments', api));
  let text = '';
  for await (const part of response.body!.pipeThrough(new TextDecoderStream())) {
    text += part;
    if (text.endsWith(': keep-alive\n\n: keep-alive\n\n')) break;
  }
  expect(text).toContain('data: {');
});

describe('the SDKs’ own errors', () => {
  const chat = (model: string): Promise<unknown> =>
    provider.openai.chat.completions.create(requestFor(model, 'chat_completions') as never);
  const messages = (model: string): Promise<unknown> =>
    provider.anthropic.messages.create(requestFor(model, 'messages') as never);

  test('a refused key', async () => {
    await expect(chat('fault-401')).rejects.toThrow(OpenAI.AuthenticationError);
    await expect(chat('fault-401')).rejects.toMatchObject({ code: 'invalid_api_key' });
    await expect(messages('fault-401')).rejects.toThrow(Anthropic.AuthenticationError);
  });

  test('too many requests, and when to come again', async () => {
    const [openai, anthropic] = await Promise.all(
      [chat('fault-429'), messages('fault-429')].map((asked) => asked.catch((error: unknown) => error)),
    );
    expect(openai).toBeInstanceOf(OpenAI.RateLimitError);
    expect((openai as InstanceType<typeof OpenAI.APIError>).headers?.get('retry-after')).toBe('7');
    expect(anthropic).toBeInstanceOf(Anthropic.RateLimitError);
    expect(anthropic).toMatchObject({ error: { error: { type: 'rate_limit_error' } } });
  });

  test('an overloaded provider', async () => {
    await expect(chat('fault-503')).rejects.toMatchObject({ status: 503 });
    await expect(messages('fault-503')).rejects.toMatchObject({
      status: 529,
      error: { error: { type: 'overloaded_error' } },
    });
  });

  test('a gateway’s page', async () => {
    await expect(chat('fault-500-html')).rejects.toThrow(OpenAI.InternalServerError);
    await expect(messages('fault-500-html')).rejects.toThrow(Anthropic.InternalServerError);
  });
});

test.each(APIS)('an event that is no JSON stands between others that are, over %s', async (api) => {
  const { text } = await state('fault-malformed-event', api);
  const frames = text.split('\n\n');
  const at = frames.findIndex((frame) => frame === 'data: {"id": oops}');
  expect(at).toBeGreaterThan(5);
  expect(frames.length).toBeGreaterThan(at + 20);
});

test.each(APIS)('a stream that breaks has begun an event, over %s', async (api) => {
  for (const model of ['fault-reset', 'fault-cut']) expect((await state(model, api)).text).toMatch(/data: \{[^\n]+$/);
});
