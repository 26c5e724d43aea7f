/** A pasted or dropped stream is a trace like any other, without times; no stream, however odd, ends more than its lanes. */
import { EventStreamCodec } from '@smithy/eventstream-codec';
import { describe, expect, test } from 'vitest';
import { sampleFormats } from '../../src/main/core/providers/registry.ts';
import { bodyOf } from '../../src/main/core/samples/answers.ts';
import { apisOf, SCENARIOS } from '../../src/main/core/samples/scenarios.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { isWireResult, type LaneOutcome, type WireOutcome } from '../../src/shared/model/messages.ts';
import { ServiceError, type Services } from '../../src/shared/rpc/services.ts';
import { allItems } from '../support/all-items.ts';
import { cores } from '../support/core.ts';
import { CORPUS, corpusFiles, testWith } from '../support/corpus.ts';
import { wireFixtures } from '../support/fixtures.ts';
import { sampleBody } from '../support/sample-bytes.ts';
import { importOne } from '../support/imports.ts';
import { chunk } from '../support/wire.ts';
import { textOf, type Part } from '../../src/main/core/providers/sample/scenario.ts';

/** The counts that an answer of any of the APIs has, which its stream must add up to. */
function countsIn(whole: Readonly<Record<string, unknown>>): { readonly input: number; readonly output: number } {
  const usage = (whole['usage'] ?? whole['usageMetadata'] ?? whole) as Readonly<Record<string, number>>;
  const named = (...names: readonly string[]): number => usage[names.find((name) => name in usage)!]!;
  return {
    input: named('input_tokens', 'promptTokenCount', 'prompt_eval_count'),
    output:
      named('output_tokens', 'candidatesTokenCount', 'eval_count') +
      // Gemini counts thoughts beside the answer.
      (usage['thoughtsTokenCount'] ?? 0),
  };
}

const saidBy = (part: Part): unknown => (part.type === 'tool' ? part : [part.type, 'text' in part ? textOf(part) : '']);
/** The part of the answer that a closed block holds; arguments by their value. */
const partOf = ({ kind, name, text, closed }: WireOutcome['blocks'][number]): unknown =>
  kind === 'tool' ? { type: kind, name, arguments: JSON.parse(text) as unknown } : closed && [kind, text];

async function resultsOf(services: Services, id: TraceId): Promise<readonly LaneOutcome[]> {
  return (await allItems(services, id)).flatMap((item) => (item.k === 'outcome' ? [item.result] : []));
}

/** What the adapters made of it, without what is made up anew each time. */
const adapted = (results: readonly LaneOutcome[]): unknown =>
  results.flatMap((result) => {
    if (isWireResult(result)) return [];
    const { error, finished, content, reasoning_content, tool_call, usage } = result.outcome;
    return [{ lane: result.lane, error, finished, content, reasoning_content, tool_call, usage }];
  });

/** The same answer as Anthropic's own API sends it: in Bedrock's envelopes the adapters must read no other. */
async function resultsOfMessages(services: Services, model: string): Promise<readonly LaneOutcome[]> {
  const { base64 } = sampleBody('messages', model);
  return resultsOf(services, (await importOne(services, { name: '', base64 })).id);
}

describe('traces.import', () => {
  const { open } = cores({ shared: true });
  const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

  test('keeps the bytes, names the API, and knows order only', async () => {
    const { services } = await open();
    for (const { name, api, bytes } of wireFixtures()) {
      const { id } = await importOne(services, { name, text: text(bytes), api: undefined });
      const detail = await services['traces.get']({ id });
      expect(detail).toMatchObject({ title: name, api, source: 'import', timed: false, renamed: false });
      expect(detail.metrics).toMatchObject({
        firstByteNs: null,
        firstTextNs: null,
        totalNs: null,
        bytes: bytes.length,
        gaps: [],
      });
      expect(detail.metrics.events).toBeGreaterThan(0);
      expect(
        Buffer.from((await services['traces.bytes']({ id, start: 0, end: bytes.length })).bytes, 'base64').equals(
          Buffer.from(bytes),
        ),
      ).toBe(true);
      const items = await allItems(services, id);
      expect(items.some(({ k }) => k === 'head')).toBe(false);
      expect(items.at(-1)).toMatchObject({ k: 'ending', tNs: 0, ending: detail.ending });
      expect((await services['compare.lanes']({ id, options: undefined })).laneMap.timed).toBe(false);
    }
  });

  test('ends by what the bytes say', async () => {
    const { services } = await open();
    const ending = async (content: string, api?: 'chat_completions') => {
      const { id } = await importOne(services, { name: '', text: content, api });
      return (await services['traces.get']({ id })).ending?.state;
    };
    const chunk =
      'data: {"object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"a"}}]}\n\n';
    expect(await ending(`${chunk}data: [DONE]\n\n`)).toBe('complete');
    expect(await ending(chunk)).toBe('truncated');
    expect(await ending(`${chunk}data: {"error":{"message":"Overloaded"}}\n\n`)).toBe('provider-error');
    expect(await ending('{"object":"chat.completion"}', 'chat_completions')).toBe('not-a-stream');
  });

  test('keeps bytes that are no text', async () => {
    const { services } = await open();
    const bytes = Buffer.concat([
      Buffer.from('data: {"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":"a'),
      Buffer.from([0xff]),
      Buffer.from('"}}]}\n\ndata: [DONE]\n\n'),
    ]);
    const { id } = await importOne(services, { name: '', base64: bytes.toString('base64') });
    expect(await services['traces.get']({ id })).toMatchObject({
      api: 'chat_completions',
      ending: { state: 'complete' },
      metrics: { bytes: bytes.length },
    });
    const stored = await services['traces.bytes']({ id, start: 0, end: bytes.length });
    expect(Buffer.from(stored.bytes, 'base64')).toEqual(bytes);
  });

  test.each(sampleFormats().map((format) => [format.api, format] as const))(
    'knows a sample over %s by its bytes',
    async (api, format) => {
      const { services } = await open();
      const scenario = SCENARIOS.find((one) => one.ending === undefined && apisOf(one).includes(api))!;
      const body = bodyOf(scenario, format, format.request(scenario));
      const base64 = Buffer.from(body).toString('base64');
      const { id } = await importOne(services, { name: '', base64 });
      expect(await services['traces.get']({ id })).toMatchObject({ api, ending: { state: 'complete' } });
    },
  );

  test('mends what a copy lost, and leaves to the trace what the server did', async () => {
    const { services } = await open();
    const imported = async (text: string) => {
      const { traces } = await services['traces.import']({ name: 'x', text, again: false });
      const [trace] = traces;
      return { ...trace!, detail: await services['traces.get']({ id: trace!.id }) };
    };
    const event = JSON.stringify(chunk({ content: 'Hi' }));
    const copied = await imported(`data: ${event}\ndata: ${event}\ndata: [DONE]\n`);
    expect(copied.repaired).toEqual([expect.stringContaining('2 blank lines between events were missing')]);
    expect(copied.detail.ending?.state).toBe('complete');
    const doubled = await imported(`data: data: ${event}\n\ndata: data: [DONE]\n\n`);
    expect(doubled).toMatchObject({ api: 'chat_completions', repaired: [] });
    expect(doubled.detail.ending?.rule).toContain('begins with another "data:"');
    const misspelt = await imported(`Data: ${event}\n\nData: [DONE]\n\n`);
    expect(misspelt.repaired[0]).toContain('spells a field in another way than the standard');
  });

  test('says what to do with a text that is no stream of a known API', async () => {
    const { services } = await open();
    const refused = async (content: string) =>
      Promise.resolve(importOne(services, { name: 'x', text: content, api: undefined })).catch(
        (error: unknown) => error,
      );
    expect(await refused('')).toMatchObject({ code: 'empty' });
    const error = await refused('Hello');
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({ code: 'unknown-api' });
  });

  describe.each([
    ['ollama_chat', 'json-lines', ['wire']],
    ['gemini', 'sse', ['wire']],
    ['bedrock', 'aws-eventstream', ['wire', 'legacy', 'simple']],
  ] as const)('takes the bytes of %s', (api, framing, lanes) => {
    test.each(['plain-text', 'reasoning', 'parallel-tools'])('%s', async (model) => {
      const { services } = await open();
      const { bytes, base64, scenario, whole } = sampleBody(api, model);
      const { id } = await importOne(services, { name: 'a file', base64 });
      const counted = countsIn(whole);
      expect(await services['traces.get']({ id })).toMatchObject({
        title: 'a file',
        api,
        framing,
        lanes,
        ending: { state: 'complete' },
        metrics: { bytes: bytes.length },
        usage: counted,
      });
      const stored = await services['traces.bytes']({ id, start: 0, end: bytes.length });
      expect(stored.bytes === base64).toBe(true);
      const results = await resultsOf(services, id);
      expect(results.map(({ lane }) => lane)).toEqual(lanes);
      const wire = results.find(isWireResult)!.outcome;
      expect(wire.errors).toEqual([]);
      expect(wire.blocks.map(partOf)).toEqual(scenario.output.map(saidBy));
      const compared = await services['compare.lanes']({ id });
      expect(compared.lint).toEqual([]);
      expect(compared.lanes.map((lane) => lane.id)).toEqual(lanes);
      if (lanes.length > 1) expect(adapted(results)).toEqual(adapted(await resultsOfMessages(services, model)));
    });

    test('names it by its model where the file has no name', async () => {
      const { services } = await open();
      const { base64, scenario } = sampleBody(api, 'plain-text');
      const { id } = await importOne(services, { name: '', base64 });
      expect(await services['traces.get']({ id })).toMatchObject({ title: scenario.model, model: scenario.model });
    });
  });

  test('refuses a file that is no stream, whatever API is named, and says what it is', async () => {
    const { services } = await open();
    const refused = async (bytes: Uint8Array, api?: string) =>
      Promise.resolve(importOne(services, { name: 'x', base64: Buffer.from(bytes).toString('base64'), api })).catch(
        (error: unknown) => error,
      );
    const png = Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47]), Buffer.alloc(100)]);
    for (const api of [undefined, 'messages', 'bedrock'])
      expect(await refused(png, api)).toMatchObject({
        code: 'binary',
        message: expect.stringContaining('a PNG image'),
      });
    expect(await refused(new Uint8Array([0, 1, 2, 3]))).toMatchObject({
      code: 'binary',
      message: expect.stringContaining('This is binary data, not a stream.'),
    });
    expect(await refused(new Uint8Array(0))).toMatchObject({ code: 'empty' });
    await expect(importOne(services, { name: 'x', base64: 'no base64!' })).rejects.toMatchObject({
      code: 'invalid',
    });
  });

  test('takes a stream of an API that it does not know with its events and bytes alone', async () => {
    const { services } = await open();
    const codec = new EventStreamCodec(
      (bytes) => Buffer.from(bytes as Uint8Array).toString(),
      (input) => Buffer.from(input),
    );
    const other = codec.encode({ headers: {}, body: Buffer.from('{"Transcript":{}}') });
    for (const [bytes, framing] of [
      [Buffer.from(other), 'aws-eventstream'],
      [Buffer.from('event: hello\ndata: {"x":1}\n\n'), 'sse'],
    ] as const) {
      const { id } = await importOne(services, { name: 'x', base64: bytes.toString('base64') });
      expect(await services['traces.get']({ id })).toMatchObject({ api: 'other', framing, metrics: { events: 1 } });
    }
  });

  test('of a log has no time that counts from the request', async () => {
    const { services } = await open();
    const events = [{ content: 'Hi' }, { content: '!' }].map((delta) => JSON.stringify(chunk(delta)));
    const log = events.map((event, at) => `2026-11-01T10:00:0${at}.500Z DEBUG data: ${event}`).join('\n');
    const { id } = await importOne(services, { name: 'app.log', text: log });
    const { timed, metrics } = await services['traces.get']({ id });
    expect([timed, metrics.startUnknown, metrics.gaps]).toEqual([true, true, [1e9]]);
    const found = async (filter: string): Promise<number> =>
      (await services['traces.list']({ filter: `title:app.log ${filter}`, limit: 9 })).rows.length;
    for (const filter of ['ttft<1h', 'ttfb<1h', 'duration<1h'])
      expect([filter, await found(filter)]).toEqual([filter, 0]);
    for (const filter of ['has:times', 'has:text', 'gap:1s', 'not ttft<1h'])
      expect([filter, await found(filter)]).toEqual([filter, 1]);
    const made = await services['exports.make']({ ids: [id], format: 'bundle', parts: ['bytes'], secrets: 'redact' });
    const again = await importOne(services, { name: made.name, base64: made.base64 });
    expect((await services['traces.get']({ id: again.id })).metrics).toEqual(metrics);
  });

  test.each([
    ['a damaged first message', (bytes: Uint8Array) => bytes.map((byte, at) => (at === 9 ? byte ^ 1 : byte))],
    ['a cut at its end', (bytes: Uint8Array) => bytes.subarray(0, -5)],
  ])('takes an event stream with %s', async (_what, harm) => {
    const { services } = await open();
    const base64 = Buffer.from(harm(sampleBody('bedrock', 'plain-text').bytes)).toString('base64');
    const { id } = await importOne(services, { name: 'x', base64 });
    expect(await services['traces.get']({ id })).toMatchObject({ api: 'bedrock', framing: 'aws-eventstream' });
  });

  testWith(
    CORPUS,
    'takes every stream of the corpus through the three lanes, the comparison and the store',
    async () => {
      const { services } = await open();
      for (const { name, api, bytes } of corpusFiles()) {
        const { id } = await importOne(services, { name, text: text(bytes), api: undefined });
        const items = await allItems(services, id);
        const lanes = items.flatMap((item) => (item.k === 'outcome' ? [item.result.lane] : []));
        expect({
          name,
          lanes,
          failed: items.filter((item) => item.k === 'note' && item.type === 'lane-failed'),
        }).toEqual({ name, lanes: ['wire', 'legacy', 'simple'], failed: [] });
        expect(await services['traces.get']({ id })).toMatchObject({ api });
        expect((await services['compare.lanes']({ id, options: undefined })).bytes).toBe(bytes.length);
      }
    },
  );
});
