/** A pasted or dropped stream is a trace like any other, without times; no stream, however odd, ends more than its lanes. */
import { describe, expect, test } from 'vitest';
import { sampleFormats } from '../../src/main/core/providers/registry.ts';
import { bodyOf } from '../../src/main/core/samples/answers.ts';
import { apisOf, SCENARIOS } from '../../src/main/core/samples/scenarios.ts';
import { ServiceError } from '../../src/shared/rpc/services.ts';
import { allItems } from '../support/all-items.ts';
import { cores } from '../support/core.ts';
import { CORPUS, corpusFiles, testWith } from '../support/corpus.ts';
import { wireFixtures } from '../support/fixtures.ts';

describe('traces.import', () => {
  const { open } = cores();
  const text = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

  test('keeps the bytes, names the API, and knows order only', async () => {
    const { services } = await open();
    for (const { name, api, bytes } of wireFixtures()) {
      const { id } = await services['traces.import']({ name, text: text(bytes), api: undefined });
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
      expect(items.at(-1)).toEqual({ k: 'ending', tNs: 0, ending: detail.ending });
      expect((await services['compare.lanes']({ id, options: undefined })).laneMap.timed).toBe(false);
    }
  });

  test('ends by what the bytes say', async () => {
    const { services } = await open();
    const ending = async (content: string, api?: 'chat_completions') => {
      const { id } = await services['traces.import']({ name: '', text: content, api });
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
    const { id } = await services['traces.import']({ name: '', base64: bytes.toString('base64') });
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
      const { id } = await services['traces.import']({ name: '', base64 });
      expect(await services['traces.get']({ id })).toMatchObject({ api, ending: { state: 'complete' } });
    },
  );

  test('says what to do with a text that is no stream of a known API', async () => {
    const { services } = await open();
    const refused = async (content: string) =>
      Promise.resolve(services['traces.import']({ name: 'x', text: content, api: undefined })).catch(
        (error: unknown) => error,
      );
    expect(await refused('')).toMatchObject({ code: 'empty' });
    const error = await refused('Hello');
    expect(error).toBeInstanceOf(ServiceError);
    expect(error).toMatchObject({ code: 'unknown-api' });
  });

  testWith(
    CORPUS,
    'takes every stream of the corpus through the three lanes, the comparison and the store',
    async () => {
      const { services } = await open();
      for (const { name, api, bytes } of corpusFiles()) {
        const { id } = await services['traces.import']({ name, text: text(bytes), api: undefined });
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
