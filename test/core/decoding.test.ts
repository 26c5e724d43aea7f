/** What every reading of a trace holds: item for item the same list, from any item on, live or stored, with any options. */
import fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { storedInputs, type ViewInput } from '../../src/main/core/decoding/view.ts';
import { KeptViews } from '../../src/main/core/decoding/kept-views.ts';
import { eventDetail, EventIndex } from '../../src/main/core/decoding/event-detail.ts';
import { traceItems, type LiveTrace } from '../../src/main/core/traces/trace-items.ts';
import { tasksOver } from '../../src/main/core/decoding/tasks/registry.ts';
import { TaskContext } from '../../src/main/core/decoding/tasks/task.ts';
import { RecordedItems } from '../../src/main/core/recording/recorded-items.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';
import { DEFAULT_OPTIONS, type AdapterOptions } from '../../src/shared/model/trace.ts';
import { EVENT_BYTES } from '../../src/shared/rpc/agreed.ts';
import { FULL_BATCH } from '../../src/shared/rpc/frames.ts';
import type { StreamService } from '../../src/shared/rpc/services.ts';
import { wireFixtures } from '../support/fixtures.ts';
import { threadForFile } from '../support/lane-thread.ts';
import { bytesOf, readsOf } from '../support/framing.ts';
import { liveItems, memorySource, memoryTrace, type MemoryTrace } from '../support/trace-source.ts';

const never = new AbortController().signal;
const OTHER: AdapterOptions = {
  use_assistant_message: false,
  put_inner_thoughts_in_kwarg: true,
  requires_approval_tools: ['get_weather', 'send_message'],
};
const streams = wireFixtures();
const thread = threadForFile();

async function collect(
  service: StreamService<'traces.items'>,
  params: Parameters<typeof service>[0],
  signal = never,
): Promise<TraceItem[]> {
  const items: TraceItem[] = [];
  for await (const batch of service(params, signal)) {
    expect(batch.length).toBeGreaterThan(0);
    items.push(...batch);
  }
  return items;
}

const stored = (trace: MemoryTrace) => traceItems({ source: memorySource([trace]), live: () => undefined, thread });

describe('a stored trace', () => {
  test('gives item for item what its live stream gave, with its own options and with others', async () => {
    for (const { api, bytes } of streams) {
      const trace = memoryTrace(api, readsOf(bytes, [7, 300, 64]));
      const service = stored(trace);
      const { id } = trace.trace;
      expect(await collect(service, { id, from: 0, options: undefined })).toEqual(liveItems(trace));
      expect(await collect(service, { id, from: 0, options: OTHER })).toEqual(liveItems(trace, OTHER));
    }
  });

  test('goes on at any item', async () => {
    const { api, bytes } = streams[0]!;
    const trace = memoryTrace(api, readsOf(bytes, [50]));
    const all = liveItems(trace);
    await fc.assert(
      fc.asyncProperty(fc.nat(all.length + 2), async (from) => {
        expect(await collect(stored(trace), { id: trace.trace.id, from, options: undefined })).toEqual(all.slice(from));
      }),
      { numRuns: 50 },
    );
  });

  test('is decoded once for each decoding, when it was read whole', async () => {
    const { api, bytes } = streams[0]!;
    const trace = memoryTrace(api, readsOf(bytes, [50]));
    const { id } = trace.trace;
    const source = memorySource([trace]);
    let readings = 0;
    const head: typeof source.head = (of) => {
      readings++;
      return source.head(of);
    };
    const service = traceItems({ source: { ...source, head }, live: () => undefined, thread });
    for await (const batch of service({ id, from: 0, options: undefined }, never)) if (batch.length > 0) break;
    for (const [options, after] of [
      [undefined, 2],
      [undefined, 2],
      [OTHER, 3],
      [OTHER, 3],
    ] as const) {
      expect(await collect(service, { id, from: 0, options })).toEqual(liveItems(trace, options));
      expect(readings).toBe(after);
    }
    expect(await collect(service, { id, from: 3, options: undefined })).toEqual(liveItems(trace).slice(3));
    expect(readings).toBe(3);
  });

  test('of which more was stored meanwhile is read again: another program may still record it', async () => {
    const { api, bytes } = streams[0]!;
    const whole = memoryTrace(api, readsOf(bytes, [50]));
    const views = new KeptViews();
    for (const reads of [whole.reads.slice(0, 3), whole.reads]) {
      const storedBytes = reads.reduce((sum, read) => sum + read.bytes.length, 0);
      const stored = { ...whole, reads, trace: { ...whole.trace, storedReads: reads.length, storedBytes } };
      const { trace } = stored;
      const inputs = () => storedInputs(memorySource([stored]), trace);
      const items: TraceItem[] = [];
      for await (const batch of views.view({ thread, trace, decoding: {}, inputs })) items.push(...batch);
      expect(items).toEqual(liveItems(stored));
    }
  });

  test('that is too large to be kept is decoded each time', async () => {
    const { api, bytes } = streams[0]!;
    const trace = memoryTrace(api, readsOf(bytes, [50]));
    let readings = 0;
    const inputs = () => {
      readings++;
      return storedInputs(memorySource([trace]), trace.trace);
    };
    const views = new KeptViews(100);
    for (const after of [1, 2]) {
      const items: TraceItem[] = [];
      for await (const batch of views.view({ thread, trace: trace.trace, decoding: {}, inputs })) items.push(...batch);
      expect(items).toEqual(liveItems(trace));
      expect(readings).toBe(after);
    }
  });

  test('comes in batches that are full, but for the last', async () => {
    const delta = (n: number): string => `data: {"choices":[{"index":0,"delta":{"content":"word ${n} "}}]}\n\n`;
    const body = `${Array.from({ length: 6_000 }, (_, n) => delta(n)).join('')}data: [DONE]\n\n`;
    const trace = memoryTrace('chat_completions', readsOf(new TextEncoder().encode(body), [4_000]));
    const inputs = () => storedInputs(memorySource([trace]), trace.trace);
    const sizes: number[] = [];
    const items: TraceItem[] = [];
    for await (const batch of new KeptViews().view({ thread, trace: trace.trace, decoding: {}, inputs })) {
      sizes.push(batch.parts.reduce((sum, part) => sum + ('text' in part ? part.text.length : Infinity), 0));
      items.push(...batch);
    }
    expect(items).toEqual(liveItems(trace));
    expect(sizes.length).toBeGreaterThan(2);
    expect(Math.min(...sizes.slice(0, -1))).toBeGreaterThanOrEqual(FULL_BATCH);
  });

  test('that cannot be read to its end gives what could be read', async () => {
    const { api, bytes } = streams[0]!;
    const trace = memoryTrace(api, readsOf(bytes, [50]));
    async function* inputs(): AsyncGenerator<ViewInput> {
      yield { type: 'head', ...trace.head! };
      await Promise.resolve();
      throw new Error('The rest is damaged.');
    }
    const items: TraceItem[] = [];
    const reading = async (): Promise<void> => {
      for await (const batch of new KeptViews().view({ thread, trace: trace.trace, decoding: {}, inputs }))
        items.push(...batch);
    };
    await expect(reading()).rejects.toThrow('The rest is damaged.');
    expect(items.map(({ k }) => k)).toContain('head');
  });

  test('without a head, a read or an ending is read as far as it goes', async () => {
    const whole = memoryTrace('messages', []);
    const { ending: _ending, ...unended } = whole.trace;
    const items = await collect(
      stored({ trace: { ...unended, metrics: { ...unended.metrics, totalNs: null } }, head: undefined, reads: [] }),
      { id: unended.id, from: 0, options: undefined },
    );
    expect(items.filter(({ k }) => k === 'outcome')).toHaveLength(3);
    expect(items.at(-1)).toMatchObject({ k: 'ending', tNs: 0, ending: { state: 'truncated' } });
  });

  test('ends when its watcher goes', async () => {
    const { api, bytes } = streams[0]!;
    const trace = memoryTrace(api, readsOf(bytes, [50]));
    const watcher = new AbortController();
    watcher.abort();
    expect(await collect(stored(trace), { id: trace.trace.id, from: 0, options: undefined }, watcher.signal)).toEqual(
      [],
    );
  });
});

describe('a live run', () => {
  test('gives its watchers what came and what comes; a watcher that goes over to the store misses nothing and gets nothing twice', async () => {
    const { api, bytes } = streams[0]!;
    const trace = memoryTrace(api, readsOf(bytes, [40]));
    const all = liveItems(trace);
    const source = memorySource([trace]);
    const run = new RecordedItems();
    let live: ReturnType<LiveTrace> = {
      trace: trace.trace,
      items: run,
      inputs: () => storedInputs(source, trace.trace),
    };
    const service = traceItems({ source, live: () => live, thread });
    run.add(all.slice(0, 5));
    const watcher = new AbortController();
    const first: TraceItem[] = [];
    for await (const batch of service({ id: trace.trace.id, from: 2, options: undefined }, watcher.signal)) {
      first.push(...batch);
      if (first.length === 3) run.add(all.slice(5, 9));
      else watcher.abort();
    }
    run.add(all.slice(9));
    run.end();
    live = undefined;
    const rest = await collect(service, { id: trace.trace.id, from: 2 + first.length, options: undefined });
    expect([...first, ...rest]).toEqual(all.slice(2));
  });

  test('is read with other options as it comes', async () => {
    for (const { api, bytes } of streams) {
      const trace = memoryTrace(api, readsOf(bytes, [90]));
      const source = memorySource([trace]);
      const came = storedInputs(source, trace.trace);
      const live = { trace: trace.trace, items: new RecordedItems(), inputs: () => came };
      const service = traceItems({ source, live: () => live, thread });
      expect(await collect(service, { id: trace.trace.id, from: 0, options: OTHER })).toEqual(liveItems(trace, OTHER));
    }
  });

  test('R6 its items are not asked for while nobody watches, and a watcher that comes misses nothing', async () => {
    const { api, bytes } = streams[0]!;
    const trace = memoryTrace(api, readsOf(bytes, [40]));
    const source = memorySource([trace]);
    const all = liveItems(trace);
    const run = new RecordedItems(10);
    const live = { trace: trace.trace, items: run, inputs: () => storedInputs(source, trace.trace) };
    const service = traceItems({ source, live: () => live, thread });
    run.add(all.slice(0, 9));
    expect(run.wanted).toBe(true);
    run.add(all.slice(9, 12));
    expect(run.wanted).toBe(false);
    run.addUnwanted(8);
    const late = new AbortController();
    const watching = run.watch(20, late.signal);
    const next = watching.next();
    expect(run.wanted).toBe(true);
    run.add(all.slice(20, 22));
    expect([...(await next).value!]).toEqual(all.slice(20, 22));
    late.abort();
    await watching.next();
    expect(run.wanted).toBe(false);
    run.addUnwanted(all.length - 22);
    run.end();
    for (const from of [0, 15, 21])
      expect(await collect(service, { id: trace.trace.id, from, options: undefined })).toEqual(all.slice(from));
  });

  test('goes on for a watcher that is behind by more than is held, without a gap or a repeat', async () => {
    const { api, bytes } = streams[0]!;
    const trace = memoryTrace(api, readsOf(bytes, [40]));
    const source = memorySource([trace]);
    const all = liveItems(trace);
    const run = new RecordedItems(10);
    const live = { trace: trace.trace, items: run, inputs: () => storedInputs(source, trace.trace) };
    const service = traceItems({ source, live: () => live, thread });
    run.add(all.slice(0, 6));
    const items: TraceItem[] = [];
    for await (const batch of service({ id: trace.trace.id, from: 0, options: undefined }, never)) {
      if (items.length === 0) for (const item of all.slice(6)) run.add([item]);
      items.push(...batch);
    }
    expect(items).toEqual(all);
  });
});

describe('an event', () => {
  const body = bytesOf(
    ': hello\r\n\r\ndata: {"choices":[{"index":0,"delta":{"content":"a"}}],"n":1.50,"n":12345678901234567890}\r\n\r\nid: 7\ndata: {"choices":\ndata: []}\n\ndata: {oops\n\n\uFEFFdata: {}\ndata: [1]\n\n',
  );
  const trace = memoryTrace('chat_completions', readsOf(body, [11]));
  const source = memorySource([trace]);
  const event = (index: number, options?: AdapterOptions) =>
    tasksOver(new TaskContext(source, '0', undefined))['traces.event']({ id: trace.trace.id, index, options });

  test('comes with its bytes, those around it, and its JSON as it came', async () => {
    const detail = await event(0);
    const { start, end } = detail.event;
    expect(Buffer.from(detail.bytes, 'base64').equals(Buffer.from(body.subarray(start, end)))).toBe(true);
    expect(Buffer.from(detail.around, 'base64').equals(Buffer.from(body.subarray(0, end + 256)))).toBe(true);
    expect(detail.aroundStart).toBe(0);
    expect(detail.json).toContain('"n": 1.50,\n  "n": 12345678901234567890');
    expect(detail.emissions.map(({ lane }) => lane)).toEqual(expect.arrayContaining(['wire', 'simple']));
    expect(detail.emissions.every((emission) => emission.event === 0)).toBe(true);
  });

  test('of megabytes comes with the beginning of its bytes, and all of its JSON', async () => {
    const text = 'x'.repeat(2 * EVENT_BYTES);
    const long = memoryTrace(
      'chat_completions',
      readsOf(bytesOf(`data: ${JSON.stringify({ choices: [], text })}\n\n`), []),
    );
    const tasks = tasksOver(new TaskContext(memorySource([long]), '0', undefined));
    const detail = await tasks['traces.event']({ id: long.trace.id, index: 0, options: undefined });
    expect(Buffer.from(detail.bytes, 'base64')).toHaveLength(EVENT_BYTES);
    expect(Buffer.from(detail.around, 'base64').length).toBeLessThan(EVENT_BYTES + 1_000);
    expect(detail.json).toContain(text);
  });

  test('of several data lines is joined; of no JSON has none; a mark in mid-body hides the line it stands before', async () => {
    expect((await event(1)).json).toBe('{\n  "choices": []\n}');
    expect((await event(2)).json).toBeNull();
    expect((await event(3)).json).toBe('[\n  1\n]');
  });

  test('that is not there is said so', async () => {
    await expect(event(99)).rejects.toThrow('There is no event 99: the stream has 4 events so far.');
  });

  test('tells what the lanes made of it with other options, and is the same from a live run', async () => {
    const stream = streams.find(({ api }) => api === 'messages')!;
    const mixed = memoryTrace('messages', readsOf(stream.bytes, [100]));
    const tasks = tasksOver(new TaskContext(memorySource([mixed]), '0', undefined));
    for (const options of [undefined, OTHER]) {
      const index = new EventIndex();
      const items = liveItems(mixed, options);
      index.add(items);
      for (const item of items) {
        if (item.k !== 'event') continue;
        const detail = await tasks['traces.event']({ id: mixed.trace.id, index: item.event.index, options });
        expect(detail).toEqual(
          await eventDetail(index.find(item.event.index), mixed.trace, (start, end) =>
            memorySource([mixed]).bytes(mixed.trace.id, start, end),
          ),
        );
        expect(detail.emissions).toEqual(
          items.flatMap((one) =>
            one.k === 'message' && one.emission.event === item.event.index ? [one.emission] : [],
          ),
        );
      }
    }
  });

  test('of a run that goes on is told from what was decoded before, and each read is decoded once', async () => {
    const stream = streams.find(({ api }) => api === 'messages')!;
    const whole = memoryTrace('messages', readsOf(stream.bytes, [90]));
    const { ending: _, ...running } = whole.trace;
    let [come, over] = [0, false];
    const given: number[] = [];
    const all = memorySource([whole]);
    const tasks = tasksOver(
      new TaskContext(
        {
          ...all,
          get: async () => (over ? whole.trace : running),
          reads: async (id, from, most) => {
            const page = (await all.reads(id, from, most)).filter(({ n }) => n < come);
            given.push(...page.map(({ n }) => n));
            return page;
          },
        },
        '0',
        undefined,
      ),
    );
    const items = liveItems(whole);
    const read = (event: number) => items.flatMap((item) => (item.k === 'event' ? [item.event.read] : []))[event];
    const emitted = (event: number) =>
      items.flatMap((item) => (item.k === 'message' && item.emission.event === event ? [item.emission] : []));
    const event = (index: number) => tasks['traces.event']({ id: whole.trace.id, index, options: undefined });
    for (const index of [0, 2, 1, 5]) {
      come = Math.max(come, read(index)! + 1);
      expect((await event(index)).emissions).toEqual(emitted(index));
    }
    await expect(event(6)).rejects.toThrow('events so far');
    [come, over] = [whole.reads.length, true];
    const last = items.filter(({ k }) => k === 'event').length - 1;
    for (const index of [last, 3]) expect((await event(index)).emissions).toEqual(emitted(index));
    expect(given).toEqual(whole.reads.map(({ n }) => n));
  });

  test('options that give the same reading are the recorded ones', async () => {
    const run = new RecordedItems();
    run.add([{ k: 'note', start: 0, end: 0, tNs: 0, type: 'live', text: 'from the run itself' }]);
    run.end();
    const live = { trace: trace.trace, items: run, inputs: () => storedInputs(source, trace.trace) };
    const service = traceItems({ source, live: () => live, thread });
    expect(await collect(service, { id: trace.trace.id, from: 0, options: { ...DEFAULT_OPTIONS } })).toHaveLength(1);
  });
});
