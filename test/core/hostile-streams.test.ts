/** What one stream can do to another: nothing. Lanes are ended where a stream is too much for them; its bytes are kept. */
import type { Worker } from 'node:worker_threads';
import { afterEach, expect, test } from 'vitest';
import { decodeSetup } from '../../src/main/core/decoding/decode-setup.ts';
import { LiveRecording } from '../../src/main/core/recording/live-recording.ts';
import { newTrace } from '../../src/main/core/recording/new-trace.ts';
import { LaneThread, type LaneThreadSetup } from '../../src/main/core/decoding/lane-thread.ts';
import { DecodePass, type DecodeSetup } from '../../src/shared/lanes/decode-pass.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';
import type { Read } from '../../src/shared/model/stream.ts';
import { DEFAULT_OPTIONS } from '../../src/shared/model/trace.ts';
import '../fixtures/with-trial-lane.ts';
import { bytesOf, readsOf } from '../support/framing.ts';
import { laneSetup } from '../support/lanes.ts';
import { storeForFile } from '../support/store.ts';

const fixture = storeForFile();
const threads: LaneThread[] = [];
/** The number of a thread that has ended, as Node gives it. */
const GONE = -1;
afterEach(async () => {
  for (const thread of threads.splice(0)) await thread.close();
});

function threadWithTrial(limits: Pick<LaneThreadSetup, 'timeLimitMs' | 'memoryLimitMb'>): LaneThread {
  const module = new URL('../fixtures/decode-worker-with-trial-lane.ts', import.meta.url);
  const thread = new LaneThread({ module, ...limits });
  threads.push(thread);
  return thread;
}

const event = (content: string): string =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'm', choices: [{ index: 0, delta: { content } }] })}\n\n`;
const DONE = 'data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
const PLAIN = readsOf(bytesOf(event('One ') + event('by ') + event('one.') + DONE), [40]);
const SPINS = readsOf(bytesOf(event('One ') + event('spin') + event('more') + DONE), [40]);
const EATS = readsOf(bytesOf(event('One ') + event('eat') + event('more') + DONE), [40]);

async function recording(thread: LaneThread, lanes: readonly string[] = ['wire', 'legacy', 'simple', 'trial']) {
  const { endpoint, request } = laneSetup('chat_completions');
  const trace = newTrace({
    title: 'A trace',
    source: 'run',
    api: 'chat_completions',
    model: 'm',
    timed: true,
    endpoint,
    options: DEFAULT_OPTIONS,
    lanes,
    request,
  });
  const made = new LiveRecording({ store: fixture.store, thread, trace });
  await made.begin();
  return made;
}

async function watched(made: LiveRecording): Promise<readonly TraceItem[]> {
  const items: TraceItem[] = [];
  for await (const batch of made.items.watch(0, new AbortController().signal)) items.push(...batch);
  return items;
}

function read(made: LiveRecording, reads: readonly Read[], more: Pick<DecodeSetup, 'cuts'> = {}): readonly TraceItem[] {
  const pass = new DecodePass({ ...decodeSetup(made.trace), ...more });
  const items = [...pass.begin(), ...reads.flatMap((one) => pass.feed(one))];
  return [...items, ...pass.end(1, () => made.trace.ending!)];
}

test('a thread that holds much is ended when its last stream is over, and the next stream has another', async () => {
  const started: Worker[] = [];
  const note = (worker: Worker): void => void started.push(worker);
  process.on('worker', note);
  const thread = new LaneThread({ module: new URL('../fixtures/decode-worker-that-holds-much.ts', import.meta.url) });
  threads.push(thread);
  for (let streams = 1; streams <= 2; streams++) {
    const made = await recording(thread, ['wire']);
    made.reads(PLAIN);
    made.end({ how: 'end' }, 1);
    await made.finished;
    expect(made.trace.ending).toMatchObject({ state: 'complete' });
    expect(started).toHaveLength(streams);
    await expect.poll(() => started.at(-1)!.threadId).toBe(GONE);
  }
  process.off('worker', note);
});

test('D10 while a lane never ends, the reads of all streams are taken and stored', async () => {
  const thread = threadWithTrial({ timeLimitMs: 3_600_000 });
  const hostile = await recording(thread);
  hostile.reads(SPINS);
  const other = await recording(thread);
  for (const one of PLAIN) {
    other.reads([one]);
    await fixture.store.flush();
    expect((await fixture.store.get(other.id)).storedReads).toBe(one.n + 1);
  }
  other.end({ how: 'end' }, 1);
  expect((await fixture.store.get(hostile.id)).storedReads).toBe(SPINS.length);
  expect(hostile.trace.ending).toBeUndefined();
  // A program that closes does not wait for it either.
  await thread.close();
  await Promise.all([hostile.finished, other.finished]);
});

test('D10 J5 a lane that never ends is ended at the event, and every other lane of every stream has all', async () => {
  const thread = threadWithTrial({ timeLimitMs: 900 });
  const [hostile, other] = [await recording(thread), await recording(thread)];
  const all = Promise.all([watched(hostile), watched(other)]);
  for (const at of PLAIN.keys()) {
    hostile.reads(SPINS.slice(at, at + 1));
    other.reads(PLAIN.slice(at, at + 1));
  }
  hostile.reads(SPINS.slice(PLAIN.length));
  for (const made of [hostile, other]) made.end({ how: 'end' }, 1);
  const [items, plain] = await all;
  const note = items.find((item) => item.k === 'note' && item.type === 'lane-limit');
  expect(note).toMatchObject({ text: expect.stringMatching(/^The Trial lane took longer than .* Its bytes are kept/) });
  const { text } = note as Extract<TraceItem, { k: 'note' }>;
  expect(items).toEqual(read(hostile, SPINS, { cuts: [{ lane: 'trial', unit: 2, text }] }));
  expect(hostile.trace.ending).toMatchObject({ state: 'complete' });
  expect(plain).toEqual(read(other, PLAIN));
  await Promise.all([hostile.finished, other.finished]);
  expect(await hostile.isStored()).toBe(true);
});

test.each([
  ['throw', 'Thrown by a lane.'],
  ['reject', 'Rejected by a lane.'],
])('J5 a lane that %ss: its stream says so and is kept, and the others have all', async (word, said) => {
  const thread = threadWithTrial({});
  const bad = readsOf(bytesOf(event('One ') + event(word) + event('more') + DONE), [40]);
  const [hostile, other] = [await recording(thread), await recording(thread)];
  const all = Promise.all([watched(hostile), watched(other)]);
  other.reads(PLAIN.slice(0, 2));
  hostile.reads(bad);
  for (const one of PLAIN.slice(2)) other.reads([one]);
  for (const made of [hostile, other]) made.end({ how: 'end' }, 1);
  const [items, plain] = await all;
  const notes = items.flatMap((item) => (item.k === 'note' ? [item.text] : []));
  expect(notes).toEqual([expect.stringContaining(said)]);
  expect(plain).toEqual(read(other, PLAIN));
  await Promise.all([hostile.finished, other.finished]);
  expect(await fixture.store.get(hostile.id)).toMatchObject({
    storedReads: bad.length,
    metrics: { reads: bad.length },
  });
  expect(await hostile.isStored()).toBe(true);
});

test('J5 where no thread can be started, each stream ends with the reason, and is kept', async () => {
  const thread = new LaneThread({ module: new URL('data:text/javascript,throw new Error("No module.")') });
  threads.push(thread);
  const made = await recording(thread);
  made.reads(PLAIN);
  made.end({ how: 'end' }, 1);
  await made.finished;
  expect(made.trace.ending).toMatchObject({ state: 'limit', rule: expect.stringContaining('No module.') });
  expect(await made.isStored()).toBe(true);
});

test('R25 of a flood of small events the core holds no items, and what is watched of it later is whole', async () => {
  const thread = threadWithTrial({});
  const flood = readsOf(bytesOf('data: {}\n\n'.repeat(60_000)), [64 * 1024]);
  const made = await recording(thread, ['wire']);
  made.reads(flood);
  made.end({ how: 'end' }, 1);
  await made.finished;
  expect(made.items.length).toBeGreaterThan(60_000);
  const held = made.items.watch(0, new AbortController().signal);
  expect(await held.next()).toEqual({ value: undefined, done: true });
  expect(made.items.given(0)).toBe(false);
  expect(await made.isStored()).toBe(true);
  expect(await fixture.store.get(made.id)).toMatchObject({ metrics: { events: 60_000, reads: flood.length } });
});

test('R2 J5 a stream that takes all memory is decoded no further, and its ending says so; the others have all', async () => {
  const thread = threadWithTrial({ memoryLimitMb: 128, timeLimitMs: 120_000 });
  const [hostile, other] = [await recording(thread), await recording(thread)];
  const all = Promise.all([watched(hostile), watched(other)]);
  other.reads(PLAIN.slice(0, 2));
  hostile.reads(EATS);
  for (const one of PLAIN.slice(2)) other.reads([one]);
  for (const made of [hostile, other]) made.end({ how: 'end' }, 1);
  const [items, plain] = await all;
  expect(items.at(-1)).toMatchObject({
    k: 'ending',
    ending: { state: 'limit', rule: expect.stringMatching(/memory/) },
  });
  expect(plain).toEqual(read(other, PLAIN));
  await Promise.all([hostile.finished, other.finished]);
  expect(await fixture.store.get(hostile.id)).toMatchObject({
    ending: { state: 'limit' },
    storedReads: EATS.length,
    metrics: { reads: EATS.length },
  });
});
