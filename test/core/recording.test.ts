/** One way from bytes to a trace: whoever feeds a recording, a sender, a server of one's own, a file or the store, gets one result. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { decodeSetup } from '../../src/main/core/decoding/decode-setup.ts';
import { recordIn } from '../../src/main/core/decoding/record.ts';
import { LiveRecording } from '../../src/main/core/recording/live-recording.ts';
import { newTrace } from '../../src/main/core/recording/new-trace.ts';
import { RecentReads } from '../../src/main/core/recording/recent-reads.ts';
import { recoverTraces } from '../../src/main/core/recording/recover.ts';
import { Recording } from '../../src/main/core/decoding/recording.ts';
import type { NewTrace, StoredTrace } from '../../src/main/core/store/store.ts';
import { DecodePass } from '../../src/shared/lanes/decode-pass.ts';
import { isWireResult } from '../../src/shared/model/messages.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';
import type { Api } from '../../src/shared/model/stream.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import { allStreams, wireFixtures } from '../support/fixtures.ts';
import { bytesOf, readsOf } from '../support/framing.ts';
import { laneSetup } from '../support/lanes.ts';
import { threadForFile } from '../support/lane-thread.ts';
import { storeForFile } from '../support/store.ts';

const fixture = storeForFile();
const thread = threadForFile();
const HEAD = { status: 200, statusText: 'OK', headers: [['content-type', 'text/event-stream']] } as const;
const MS = 1_000_000;

function traceOf(api: Api, more: Partial<NewTrace> = {}): NewTrace {
  const { endpoint, request } = laneSetup(api);
  return newTrace({
    title: 'A trace',
    source: 'run',
    api,
    model: 'asked-for',
    timed: true,
    endpoint,
    options: DEFAULT_OPTIONS,
    lanes: ['wire', 'legacy', 'simple'],
    request,
    ...more,
  });
}

const timed = (bytes: Uint8Array) => readsOf(bytes, [64, 9, 300]).map((read) => ({ ...read, tNs: (read.n + 2) * MS }));

/** What belongs to the answer and not to who was there. */
const answered = ({ metrics, usage, finish, cost, model, ending }: StoredTrace) => ({
  metrics,
  usage,
  finish,
  cost,
  model,
  state: ending?.state,
});

test('a recording that was watched and one that the next start made of its bytes say the same', async () => {
  const { store } = fixture;
  for (const { api, bytes } of wireFixtures()) {
    const reads = timed(bytes);
    const requestHead = { method: 'POST', url: 'https://api.openai.com/v1/chat/completions', headers: [] };
    const [live, abandoned] = [traceOf(api, { requestHead }), traceOf(api, { requestHead })];
    const recording = new LiveRecording({ store, thread, trace: live });
    await recording.begin();
    recording.head(HEAD, MS);
    for (const read of reads) recording.reads([read]);
    recording.end({ how: 'end' }, recording.lastNs);
    await recording.finished;
    const { terminated } = recording;
    expect(await recording.isStored()).toBe(true);

    await store.createTrace(abandoned);
    store.setHead(abandoned.id, HEAD, MS);
    store.appendReads(abandoned.id, reads);
    await store.flush();
    // As after a crash: this program no longer knows that it records it.
    await recoverTraces({ ...bound(store), unfinished: async () => [abandoned.id] }, recordIn(thread));

    const [one, other] = [await store.get(live.id), await store.get(abandoned.id)];
    expect(answered(other)).toEqual(answered(one));
    if (terminated) expect(other.ending!.rule).toMatch(/saved it at the next start\.$/);
  }
});

test('its items are those of a decode pass over the same bytes, its result is told before the ending is seen', async () => {
  const { store } = fixture;
  for (const { api, bytes } of wireFixtures()) {
    const trace = traceOf(api);
    const recording = new LiveRecording({ store, thread, trace });
    await recording.begin();
    recording.head(HEAD, MS);
    const reads = timed(bytes);
    recording.reads(reads);
    const watching = collect(recording, () => recording.trace.ending);
    recording.end({ how: 'end' }, 9_000 * MS);
    const { items, atEnding } = await watching;
    const pass = new DecodePass(decodeSetup(trace));
    expect(items).toEqual([
      ...pass.begin(),
      ...pass.head(HEAD, MS),
      ...reads.flatMap((read) => pass.feed(read)),
      ...pass.end(9_000 * MS, () => recording.trace.ending!),
    ]);
    expect(atEnding).toBeDefined();
    await recording.finished;
    await store.flush();
    expect((await store.providerTraces(trace.id)).length).toBe(
      items.filter((item) => item.k === 'outcome' && !isWireResult(item.result) && item.result.outcome.provider_trace)
        .length,
    );
  }
});

test('D13 a machine that slept, with a clock on the wall that jumps: durations are those of the monotonic clock, and the ending notes the sleep', async () => {
  const { store } = fixture;
  const { api, bytes } = wireFixtures()[0]!;
  const reads = timed(bytes);
  let up = 0;
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
  try {
    const clocks = { running: () => 0, up: () => up, computed: () => 0 };
    const recording = new LiveRecording({ store, thread, trace: traceOf(api), clocks });
    const { startedAt } = recording.trace;
    await recording.begin();
    recording.head(HEAD, MS);
    recording.reads(reads.slice(0, 2));
    up += 8 * 3_600_000;
    vi.advanceTimersByTime(1_000);
    vi.setSystemTime(startedAt - 3_600_000);
    recording.reads(reads.slice(2));
    recording.end({ how: 'end' }, recording.lastNs);
    await recording.finished;
    const { ending, metrics, ...stored } = await store.get(recording.id);
    expect(ending).toMatchObject({
      state: 'complete',
      rule: expect.stringMatching(/ This machine was suspended, .* for 8 hours after byte 73: /),
    });
    expect(stored.startedAt).toBe(startedAt);
    expect(metrics.totalNs).toBe(reads.at(-1)!.tNs);
    expect(Math.min(...metrics.gaps)).toBeGreaterThanOrEqual(0);
  } finally {
    vi.useRealTimers();
  }
});

test('without times it knows none, and all the rest as with them', () => {
  for (const { api, bytes } of allStreams()) {
    const [with_, without] = [true, false].map((timed) => {
      const recording = new Recording({ trace: traceOf(api, { timed }), lanes: ['wire'] });
      recording.begin();
      for (const read of readsOf(bytes, [1_000])) recording.read(read);
      recording.end({ how: 'end' }, 0);
      return recording.result!;
    });
    const { events, reads, bytes: length, textChars } = with_!.metrics;
    expect(without).toEqual({
      ...with_,
      metrics: {
        firstByteNs: null,
        firstEventNs: null,
        firstReasoningNs: null,
        firstTextNs: null,
        firstToolNs: null,
        totalNs: null,
        events,
        reads,
        bytes: length,
        textChars,
        lastContentNs: null,
        gaps: [],
      },
    });
  }
});

test('a body that is no stream is told by as much of it as a provider says in an error, whoever recorded it', async () => {
  const { store } = fixture;
  const said = `The model is gone. ${'It was here. '.repeat(100)}`;
  const body = bytesOf(JSON.stringify({ padding: ' '.repeat(2_000), error: { message: said } }));
  const trace = traceOf('chat_completions');
  await store.createTrace(trace);
  store.setHead(trace.id, { ...HEAD, status: 404, statusText: 'Not Found' }, MS);
  store.appendReads(trace.id, timed(body));
  await store.flush();
  await recoverTraces({ ...bound(store), unfinished: async () => [trace.id] }, recordIn(thread));
  expect((await store.get(trace.id)).ending).toMatchObject({
    state: 'http-error',
    rule: expect.stringContaining('The model is gone.'),
  });
});

test('it is read from its beginning while it goes on, also where its reads are no longer held', async () => {
  const { store } = fixture;
  const { api, bytes } = wireFixtures()[0]!;
  const recording = new LiveRecording({ store, thread, trace: traceOf(api) });
  await recording.begin();
  recording.head(HEAD, MS);
  const stream = timed(bytes);
  const offset = stream.at(-1)!.offset + stream.at(-1)!.bytes.length;
  // Each weighs something beside its bytes: more than is held.
  const comments = Array.from({ length: 50_000 }, (_, at) => ({
    n: stream.length + at,
    offset: offset + at,
    tNs: 1_000 * MS,
    bytes: bytesOf('\n'),
  }));
  recording.reads(stream);
  recording.reads(comments);
  const viewing = allOf(recording.inputs(new AbortController().signal));
  recording.end({ how: 'end' }, 9_000 * MS);
  await recording.finished;
  const inputs = await viewing;
  expect(inputs[0]).toMatchObject({ type: 'head', tNs: MS });
  expect(inputs.at(-1)).toMatchObject({ type: 'ending', ending: recording.trace.ending });
  const reads = inputs.flatMap((input) => (input.type === 'reads' ? input.reads : []));
  expect(reads.map(({ n }) => n)).toEqual([...stream, ...comments].map(({ n }) => n));
});

test('D11 a minute of 5,000 events a second, made by a clock of its own: all are stored and decoded, each with its time', async () => {
  const { store } = fixture;
  const [perSecond, seconds, batch] = [5_000, 60, 500];
  const event = bytesOf('data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n');
  const end = bytesOf('data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n');
  const count = perSecond * seconds;
  const stepNs = 1e9 / perSecond;
  const recording = new LiveRecording({
    store,
    thread,
    trace: traceOf('chat_completions', { lanes: ['wire'] }),
  });
  await recording.begin();
  recording.head(HEAD, 0);
  for (let n = 0; n < count; n += batch) {
    const reads = Array.from({ length: batch }, (_, i) => ({
      n: n + i,
      tNs: (n + i + 1) * stepNs,
      offset: (n + i) * event.length,
      bytes: event,
    }));
    recording.reads(reads);
    // A sender waits no longer than that for anything.
    await new Promise((resolve) => setImmediate(resolve));
  }
  recording.reads([{ n: count, tNs: seconds * 1e9, offset: count * event.length, bytes: end }]);
  recording.end({ how: 'end' }, seconds * 1e9);
  await recording.finished;
  expect(await recording.isStored()).toBe(true);
  const { metrics, ending, storedReads, storedBytes } = await store.get(recording.id);
  expect(ending?.state).toBe('complete');
  expect([storedReads, storedBytes]).toEqual([count + 1, count * event.length + end.length]);
  expect(metrics).toMatchObject({ reads: count + 1, textChars: count, firstByteNs: stepNs, totalNs: seconds * 1e9 });
  expect(metrics.lastContentNs).toBe(count * stepNs);
});

describe('what nobody watches', () => {
  /** A recording of which the first read is decoded and others have come, with a clock that stands still. Gives when the decoded reads came. */
  async function unwatched() {
    const decoded: number[] = [];
    const some = Promise.withResolvers<void>();
    const recording = new LiveRecording({
      store: fixture.store,
      thread,
      trace: traceOf('chat_completions'),
      onDecoded({ decodedNs }) {
        if (decodedNs === null) return;
        decoded.push(decodedNs);
        some.resolve();
      },
    });
    await recording.begin();
    recording.head(HEAD, MS);
    const reads = readsOf(new Uint8Array(100).fill(0x0a), [10]).map((read) => ({ ...read, tNs: (read.n + 2) * MS }));
    recording.reads(reads.slice(0, 1));
    await some.promise;
    for (const read of reads.slice(1)) {
      recording.reads([read]);
      await nextTurn();
    }
    await allAnswered();
    expect(decoded).toEqual([2 * MS]);
    return { recording, decoded, lastNs: reads.at(-1)!.tNs };
  }

  /** The thread has answered all that it was asked before. */
  async function allAnswered(): Promise<void> {
    const session = thread.open(traceOf('chat_completions'), { type: 'record' });
    await session.begin();
    session.close();
  }

  beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
  afterEach(() => vi.useRealTimers());

  test('is decoded now and then, many reads at a time', async () => {
    const { recording, decoded, lastNs } = await unwatched();
    vi.advanceTimersByTime(1000);
    await expect.poll(() => decoded).toEqual([2 * MS, lastNs]);
    recording.end({ how: 'end' }, lastNs);
    await recording.finished;
  });

  test('is decoded at once when somebody comes, and as it comes from then on', async () => {
    const { recording, decoded, lastNs } = await unwatched();
    const watching = collect(recording, () => true);
    await expect.poll(() => decoded).toEqual([2 * MS, lastNs]);
    const more = { n: 10, tNs: lastNs + MS, offset: 100, bytes: Uint8Array.of(0x0a) };
    recording.reads([more]);
    await expect.poll(() => decoded.at(-1)).toBe(more.tNs);
    recording.end({ how: 'end' }, more.tNs);
    await recording.finished;
    expect((await watching).atEnding).toBe(true);
  });

  test('is decoded at once when it ends, or when much of it waits', async () => {
    const { recording, decoded, lastNs } = await unwatched();
    recording.reads([{ n: 10, tNs: lastNs + MS, offset: 100, bytes: new Uint8Array(1_000_000).fill(0x0a) }]);
    await expect.poll(() => decoded.at(-1)).toBe(lastNs + MS);
    recording.reads([{ n: 11, tNs: lastNs + 2 * MS, offset: 1_000_100, bytes: Uint8Array.of(0x0a) }]);
    recording.end({ how: 'end' }, lastNs + 2 * MS);
    await recording.finished;
    expect(decoded.at(-1)).toBe(lastNs + 2 * MS);
  });
});

test('the latest reads are held up to so many bytes, and those before are said to be gone', () => {
  const reads = readsOf(new Uint8Array(10_000), [100]);
  const recent = new RecentReads(3_000);
  expect(recent.from(0)).toEqual([]);
  for (const read of reads) recent.add([read]);
  expect(recent.from(0)).toBeUndefined();
  expect(recent.from(89)).toBeUndefined();
  expect(recent.from(90)).toEqual(reads.slice(90));
  expect(recent.from(97)).toEqual(reads.slice(97));
  expect(recent.from(100)).toEqual([]);
});

async function allOf<Value>(values: AsyncIterable<Value>): Promise<readonly Value[]> {
  const all: Value[] = [];
  for await (const value of values) all.push(value);
  return all;
}

/** The store's own methods, to be spread. */
function bound(store: typeof fixture.store): Omit<Parameters<typeof recoverTraces>[0], 'unfinished'> {
  return {
    get: (id) => store.get(id),
    head: (id) => store.head(id),
    reads: (id, from, maxBytes) => store.reads(id, from, maxBytes),
    finishTrace: (id, result) => store.finishTrace(id, result),
    delete: (ids) => store.delete(ids),
  };
}

async function collect<T>(
  recording: LiveRecording,
  look?: () => T,
): Promise<{ readonly items: readonly TraceItem[]; readonly atEnding: T | undefined }> {
  const items: TraceItem[] = [];
  let atEnding: T | undefined;
  for await (const batch of recording.items.watch(0, new AbortController().signal)) {
    items.push(...batch);
    if ([...batch].some(({ k }) => k === 'ending')) atEnding = look?.();
  }
  return { items, atEnding };
}
