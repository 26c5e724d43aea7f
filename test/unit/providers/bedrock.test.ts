/** Anthropic's models on Bedrock: the wire lane against Anthropic's and Amazon's own SDKs on the same bytes. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { AnthropicBedrock } from '@anthropic-ai/bedrock-sdk';
import { BedrockRuntimeClient, InvokeModelWithResponseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sample } from '../../../src/main/core/providers/bedrock/sample.ts';
import { joined, type SampleFrame } from '../../../src/main/core/providers/sample/format.ts';
import { scenarioFor } from '../../../src/main/core/samples/scenarios.ts';
import { lint } from '../../../src/shared/compare/lint.ts';
import { detectApi } from '../../../src/shared/providers/detect.ts';
import { requestOf } from '../../../src/shared/providers/request-of.ts';
import { laneSetup, runLane } from '../../support/lanes.ts';
import { inPieces } from '../../support/pieces.ts';
import { runWire } from '../../support/wire.ts';

const API = 'bedrock';
const CREDENTIALS = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' };

const framesOf = (model: string): readonly SampleFrame[] => {
  const scenario = scenarioFor(model, API)!;
  return sample.answer(scenario, sample.request(scenario)).frames;
};
const cutsOf = (bytes: Uint8Array, size: number): number[] =>
  Array.from({ length: Math.floor(bytes.length / size) }, (_, i) => (i + 1) * size);

let body: readonly Uint8Array[] = [];
function answer(_request: unknown, response: Pick<ServerResponse, 'writeHead' | 'write' | 'end'>): void {
  response.writeHead(200, { 'content-type': sample.contentType });
  for (const piece of body) response.write(piece);
  response.end();
}
const server = createServer(answer);
/** Amazon's client speaks HTTP/2 only. */
const second = createHttp2Server((request, response) => answer(request, response as unknown as ServerResponse));
const urls: string[] = [];
beforeAll(async () => {
  for (const one of [server, second]) {
    one.listen(0, '127.0.0.1');
    await once(one, 'listening');
    urls.push(`http://127.0.0.1:${(one.address() as AddressInfo).port}`);
  }
});
afterAll(() => {
  server.close();
  second.close();
});

describe.each(['plain-text', 'reasoning', 'parallel-tools'])('the sample %s', (model) => {
  const bytes = joined(framesOf(model));

  test("adds up to the message of Anthropic's SDK for Bedrock", async () => {
    body = inPieces(bytes, 101);
    const sdk = new AnthropicBedrock({
      baseURL: urls[0]!,
      awsRegion: 'us-east-1',
      awsAccessKey: CREDENTIALS.accessKeyId,
      awsSecretKey: CREDENTIALS.secretAccessKey,
      maxRetries: 0,
    });
    const stream = sdk.messages.stream({ model, max_tokens: 10, messages: [{ role: 'user', content: 'Hello' }] });
    const message = await stream.finalMessage();
    const { outcome } = runWire(API, bytes, cutsOf(bytes, 101));
    expect(outcome.accumulated).toMatchObject(JSON.parse(JSON.stringify({ ...message, parsed_output: undefined })));
    expect(outcome.terminated).toBe(true);
  });

  test("has the events that Amazon's own client gives out", async () => {
    body = inPieces(bytes, 77);
    const client = new BedrockRuntimeClient({ endpoint: urls[1]!, region: 'us-east-1', credentials: CREDENTIALS });
    const answer = await client.send(
      new InvokeModelWithResponseStreamCommand({ modelId: model, body: '{}', contentType: 'application/json' }),
    );
    const events: unknown[] = [];
    for await (const { chunk } of answer.body!) events.push(JSON.parse(Buffer.from(chunk!.bytes!).toString('utf8')));
    client.destroy();
    const { frames } = runWire(API, bytes, cutsOf(bytes, 77));
    expect(frames.map(({ payload }) => payload.ok && payload.value)).toEqual(events);
  });

  test('has no remark, and both adapters read it to its end', () => {
    const run = runWire(API, bytes);
    expect(lint(run)).toEqual([]);
    for (const lane of ['legacy', 'simple'])
      expect(runLane(lane, laneSetup(API), bytes).outcome).toMatchObject({ outcome: { error: null, finished: true } });
  });

  test('is known by its events', () => expect(detectApi(bytes)?.api).toBe(API));
});

describe('an exception of the service in mid-stream', () => {
  const error = sample.error('rate', 'Too many requests, please wait before trying again.');
  const frames = framesOf('plain-text').slice(0, 8);
  const bytes = joined([...frames, ...sample.errorFrames(error, frames)]);

  test('is an error with its name and sentence', () => {
    const { outcome, summaries } = runWire(API, bytes);
    expect(outcome.errors).toMatchObject([{ type: 'throttlingException', message: error.message, event: 8 }]);
    expect(outcome.terminated).toBe(false);
    expect(summaries.at(-1)).toMatchObject({ kind: 'error', type: 'throttlingException' });
  });

  test.each(['legacy', 'simple'])('ends %s', (lane) => {
    const { outcome } = runLane(lane, laneSetup(API), bytes);
    expect(outcome).toMatchObject({ outcome: { error: { stage: 'stream', event: 8 }, finished: false } });
  });
});

test('what is in an envelope beside its event is told, and one without an event is kept', () => {
  const [start] = framesOf('plain-text');
  const run = runWire(API, joined([start!, sample.malformed]));
  const { summaries, messages } = run;
  expect(summaries[0]!.notes).toBeUndefined();
  expect(JSON.stringify(messages)).toContain('no base64');
  expect(lint(run).map(({ rule }) => rule)).toContain('bedrock-envelope');
});

test('the model of a request stands in its address', () => {
  const address =
    'https://bedrock-runtime.us-east-1.amazonaws.com/model/anthropic.claude-v1%3A0/invoke-with-response-stream';
  expect(requestOf(API, address, { max_tokens: 1 })).toEqual({ model: 'anthropic.claude-v1:0', max_tokens: 1 });
});
