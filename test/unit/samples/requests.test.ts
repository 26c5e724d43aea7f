/** What the sample provider says of requests that are not right: in the words and forms of the providers. */
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { request as send } from 'node:http';
import { describe, expect, test } from 'vitest';
import { SCENARIOS } from '../../../src/main/core/samples/scenarios.ts';
import { APIS, type Api } from '../../support/apis.ts';
import { asking, useProvider } from '../../support/samples.ts';

const provider = useProvider();
const messageOf = async (response: Response): Promise<string> =>
  ((await response.json()) as { error: { message: string } }).error.message;

describe('each SDK gets its provider’s error for an unknown model, with the models there are', () => {
  test('chat', async () => {
    const asked = provider.openai.chat.completions.create({
      model: 'gpt-9',
      messages: [{ role: 'user', content: 'Hello' }],
      stream: true,
    });
    const error = await asked.catch((error: unknown) => error);
    expect(error).toBeInstanceOf(OpenAI.NotFoundError);
    expect(error).toMatchObject({
      status: 404,
      code: 'model_not_found',
      type: 'invalid_request_error',
      message: expect.stringContaining('plain-text') as string,
    });
  });
  test('responses', async () => {
    await expect(
      provider.openai.responses.create({ model: 'gpt-9', input: 'Hello', stream: true }),
    ).rejects.toMatchObject({
      status: 404,
      code: 'model_not_found',
      message: expect.stringContaining('long-answer') as string,
    });
  });
  test('messages', async () => {
    const error = await provider.anthropic.messages
      .create({ model: 'claude-9', max_tokens: 5, messages: [{ role: 'user', content: 'Hello' }], stream: true })
      .catch((error: unknown) => error);
    expect(error).toBeInstanceOf(Anthropic.NotFoundError);
    expect(error).toMatchObject({
      error: {
        type: 'error',
        error: { type: 'not_found_error', message: expect.stringContaining('web-search') as string },
      },
    });
  });
});

test('a sample of another API says where it is', async () => {
  const response = await provider.post('chat_completions', {
    ...asking('plain-text', 'chat_completions').request,
    model: 'web-search',
  });
  expect(response.status).toBe(404);
  expect(await messageOf(response)).toContain('it is one of messages');
});

describe.each([
  ['chat_completions', { model: undefined }, /Missing required parameter: 'model'/],
  ['chat_completions', { messages: undefined }, /Missing required parameter: 'messages'/],
  [
    'chat_completions',
    { messages: 'Hello' },
    /Invalid type for 'messages': expected an array of objects, but got a string/,
  ],
  ['chat_completions', { messages: [] }, /empty array/],
  ['chat_completions', { model: 7 }, /Invalid type for 'model'/],
  ['chat_completions', { stream: 'yes' }, /Invalid type for 'stream'/],
  ['chat_completions', { tools: ['search'] }, /Invalid type for 'tools'/],
  ['responses', { input: undefined }, /Missing required parameter: 'input'/],
  ['responses', { input: 3 }, /Invalid type for 'input': expected a string or an array of objects, but got a number/],
  ['messages', { max_tokens: undefined }, /^max_tokens: Field required$/],
  ['messages', { max_tokens: 0 }, /^max_tokens: /],
  ['messages', { messages: [] }, /at least one message/],
  ['messages', { messages: [3] }, /^messages\.0: /],
  ['messages', { stream: 1 }, /^stream: /],
] satisfies [Api, Record<string, unknown>, RegExp][])('%s refuses %o', (api, change, message) => {
  test('with status 400 and the reason', async () => {
    const response = await provider.post(api, { ...asking('plain-text', api).request, ...change });
    expect(response.status).toBe(400);
    const { error } = (await response.json()) as { error: { type: string; message: string } };
    expect(error.type).toBe('invalid_request_error');
    expect(error.message).toMatch(message);
  });
});

test('Anthropic’s API asks for its version', async () => {
  const response = await fetch(`${provider.url}/v1/messages`, {
    method: 'POST',
    body: JSON.stringify(asking('plain-text', 'messages').request),
  });
  expect(response.status).toBe(400);
  expect(await messageOf(response)).toContain('anthropic-version');
});

test.each(['{"model": ', '[]', 'null', ''])('a body that is no JSON object (%j) is refused', async (body) => {
  const response = await provider.post('responses', body);
  expect(response.status).toBe(400);
  expect(await messageOf(response)).toContain('JSON');
});

test('a body beyond the limit is refused, and the server goes on', async () => {
  const response = await provider.post('responses', {
    ...asking('plain-text', 'responses').request,
    input: 'x'.repeat(9 * 1024 * 1024),
  });
  expect(response.status).toBe(413);
  expect((await provider.post('responses', asking('plain-text', 'responses').request)).status).toBe(200);
});

test.each(['fast', '-1', 'Infinity', ''])('%j is no pace', async (pace) => {
  const response = await provider.post('messages', asking('plain-text', 'messages').request, { 'x-sample-pace': pace });
  expect(response.status).toBe(400);
});

test('other paths and methods are not there', async () => {
  expect((await fetch(`${provider.url}/v1/embeddings`, { method: 'POST' })).status).toBe(404);
  expect((await fetch(`${provider.url}/v1/messages`)).status).toBe(405);
});

test('the list of models names every sample', async () => {
  const models = (await provider.openai.models.list()).data.map(({ id }) => id);
  expect(models).toEqual(expect.arrayContaining(SCENARIOS.map(({ model }) => model)));
  expect(models).toContain('fault-429');
});

test.each(APIS)('a key is not asked for over %s', async (api) => {
  expect((await provider.post(api, asking('plain-text', api).request)).status).toBe(200);
});

test('web pages are turned away: by their origin, or by the name they came under', async () => {
  expect(
    (
      await provider.post('chat_completions', asking('plain-text', 'chat_completions').request, {
        origin: 'https://page.example',
      })
    ).status,
  ).toBe(403);
  const { port } = new URL(provider.url);
  const status = await new Promise<number | undefined>((resolve, reject) => {
    send({ host: '127.0.0.1', port, path: '/v1/models', headers: { host: `rebound.example:${port}` } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
  expect(status).toBe(403);
});

test('what the request leaves out is left out of the stream', async () => {
  const { request } = asking('plain-text', 'chat_completions');
  const plain = await (
    await provider.post('chat_completions', { ...request, stream_options: { include_obfuscation: false } })
  ).text();
  expect(plain).not.toContain('"usage"');
  expect(plain).not.toContain('"obfuscation"');
  const usual = await (await provider.post('chat_completions', request)).text();
  expect(usual).toContain('"usage":null');
  expect(usual).toContain('"obfuscation"');
});
