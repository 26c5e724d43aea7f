/** What playing holds: the items of the trace in order whatever is done to it, at their times, with a playhead that says where it is. */
import fc from 'fast-check';
import { setImmediate, setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { PlayClock } from '../../src/main/core/playback/clock.ts';
import { Player } from '../../src/main/core/playback/player.ts';
import { threadForFile } from '../support/lane-thread.ts';
import { playServices } from '../../src/main/core/playback/plays.ts';
import { decodeStored } from '../../src/main/core/decoding/decode-stored.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';
import type { AdapterOptions } from '../../src/shared/model/trace.ts';
import type { PlaybackAction, PlaybackItem } from '../../src/shared/rpc/contract.ts';
import { wireFixtures } from '../support/fixtures.ts';
import { readsOf } from '../support/framing.ts';
import { liveItems, memorySource, memoryTrace, type MemoryTrace } from '../support/trace-source.ts';

const MS = 1e6;
const OTHER: AdapterOptions = {
  use_assistant_message: false,
  put_inner_thoughts_in_kwarg: true,
  requires_approval_tools: ['get_weather'],
};
const streams = wireFixtures();

/** Time stands still until it is turned. */
class HandClock implements PlayClock {
  #now = 1_000_000 * MS;
  readonly #waiting = new Map<() => void, number>();

  now(): number {
    return this.#now;
  }

  async until(ns: number, signal: AbortSignal): Promise<void> {
    if (ns <= this.#now || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#waiting.delete(done);
        resolve();
      };
      this.#waiting.set(done, ns);
      signal.addEventListener('abort', done, { once: true });
    });
  }

  /** To the next time that somebody waits for, again and again, up to `ns` from now. */
  async turn(ns: number): Promise<void> {
    const end = this.#now + ns;
    for (;;) {
      await settle();
      const next = Math.min(end, ...this.#waiting.values());
      this.#now = Math.max(this.#now, next);
      for (const [done, at] of this.#waiting) if (at <= this.#now) done();
      if (next >= end) return settle();
    }
  }
}

/** Until nothing more happens without the clock. */
async function settle(): Promise<void> {
  for (let i = 0; i < 40; i++) await setImmediate();
}

/** A playing with all that it gave so far. */
class Playing {
  readonly clock = new HandClock();
  readonly items: TraceItem[] = [];
  readonly states: Extract<PlaybackItem, { type: 'state' }>[] = [];
  readonly player: Player;

  constructor(trace: MemoryTrace, options?: AdapterOptions) {
    this.player = new Player({
      groups: decodeStored(memorySource([trace]), trace.trace, { decoding: { options } }),
      clock: this.clock,
    });
    void this.#watch();
  }

  get state(): Extract<PlaybackItem, { type: 'state' }> {
    return this.states.at(-1)!;
  }

  async do(...actions: readonly PlaybackAction[]): Promise<void> {
    for (const action of actions) {
      this.player.control(action);
      await settle();
    }
  }

  async #watch(): Promise<void> {
    for await (const batch of this.player.watch(new AbortController().signal)) {
      for (const item of batch) {
        if (item.type === 'items') this.items.push(...item.items);
        else this.states.push(item);
      }
    }
  }
}

/** A read every 50 ms, each with an event or more, so that times can be reckoned in the head. */
const spaced = (api: MemoryTrace['trace']['api'], bytes: Uint8Array, size: number, gapNs = 50 * MS): MemoryTrace =>
  memoryTrace(
    api,
    readsOf(bytes, [size]).map((read, n) => ({ ...read, tNs: (n + 1) * gapNs })),
    { afterNs: gapNs },
  );

const lastNs = (items: readonly TraceItem[]): number =>
  items.reduce((last, item) => (item.k === 'read' ? item.tNs : last), 0);

describe('a playing', () => {
  const { api, bytes } = streams[0]!;
  const trace = spaced(api, bytes, 60);
  const all = liveItems(trace);

  test('starts paused, at the beginning, with nothing shown', async () => {
    const playing = new Playing(trace);
    await playing.clock.turn(1_000 * MS);
    expect(playing.items).toEqual([]);
    expect(playing.state).toEqual({ type: 'state', playing: false, speed: 1, positionNs: 0, event: -1, done: false });
  });

  test('gives each read at its time and none before', async () => {
    const playing = new Playing(trace);
    await playing.do({ type: 'play' });
    for (let at = 0; at < 5; at++) {
      expect(lastNs(playing.items)).toBe(at * 50 * MS);
      await playing.clock.turn(50 * MS);
    }
    await playing.clock.turn(trace.trace.metrics.totalNs!);
    expect(playing.items).toEqual(all);
    expect(playing.state).toMatchObject({ playing: false, done: true, positionNs: trace.trace.metrics.totalNs });
  });

  test('stands still while it is paused, and goes on where it stood', async () => {
    const playing = new Playing(trace);
    await playing.do({ type: 'play' });
    await playing.clock.turn(120 * MS);
    await playing.do({ type: 'pause' });
    expect(playing.state).toMatchObject({ playing: false, positionNs: 120 * MS });
    await playing.clock.turn(10_000 * MS);
    expect(lastNs(playing.items)).toBe(100 * MS);
    await playing.do({ type: 'play' });
    await playing.clock.turn(29 * MS);
    expect(lastNs(playing.items)).toBe(100 * MS);
    await playing.clock.turn(1 * MS);
    expect(lastNs(playing.items)).toBe(150 * MS);
  });

  test('changes its speed in mid-play without moving the playhead', async () => {
    const playing = new Playing(trace);
    await playing.do({ type: 'play' });
    await playing.clock.turn(75 * MS);
    await playing.do({ type: 'speed', speed: 0.25 });
    expect(playing.state).toMatchObject({ playing: true, speed: 0.25, positionNs: 75 * MS });
    await playing.clock.turn(99 * MS);
    expect(lastNs(playing.items)).toBe(50 * MS);
    await playing.clock.turn(1 * MS);
    expect(lastNs(playing.items)).toBe(100 * MS);
    await playing.do({ type: 'speed', speed: 16 });
    await playing.clock.turn((100 * MS) / 16);
    expect(lastNs(playing.items)).toBe(200 * MS);
  });

  test('tells some ten times a second where it is, also through a long silence', async () => {
    const quiet = spaced(api, bytes, 60, 3_000 * MS);
    const playing = new Playing(quiet);
    await playing.do({ type: 'play' });
    const before = playing.states.length;
    await playing.clock.turn(2_000 * MS);
    const told = playing.states.slice(before);
    expect(told).toHaveLength(20);
    expect(told.map(({ positionNs }) => positionNs / MS)).toEqual(Array.from({ length: 20 }, (_, n) => (n + 1) * 100));
  });

  test('as fast as possible needs no clock', async () => {
    const playing = new Playing(trace);
    await playing.do({ type: 'speed', speed: null }, { type: 'play' });
    await expect.poll(() => playing.state.done).toBe(true);
    expect(playing.items).toEqual(all);
  });

  test('steps to the end of each next event, also inside a read, and pauses there', async () => {
    const one = memoryTrace(api, readsOf(bytes));
    const playing = new Playing(one);
    const items = liveItems(one);
    const events = items.filter(({ k }) => k === 'event').length;
    expect(events).toBeGreaterThan(3);
    for (let event = 0; event < events; event++) {
      await playing.do({ type: 'step' });
      expect(playing.state).toMatchObject({ playing: false, event, done: false });
      expect(playing.items.filter(({ k }) => k === 'event')).toHaveLength(event + 1);
      // All that the event caused is there, and nothing of the next.
      const next = items[playing.items.length]!;
      expect(next.k === 'message' && next.emission.event === event).toBe(false);
    }
    await playing.do({ type: 'step' });
    expect(playing.state).toMatchObject({ done: true, event: events - 1 });
    expect(playing.items).toEqual(items);
    await playing.do({ type: 'step' }, { type: 'play' });
    expect(playing.state).toMatchObject({ done: true, playing: false });
    expect(playing.items).toEqual(items);
  });

  test('gives the items of the trace whatever sequence of steps, pauses, speeds and waits it is put through', async () => {
    const action: fc.Arbitrary<PlaybackAction | number> = fc.oneof(
      fc.constantFrom<PlaybackAction>(
        { type: 'play' },
        { type: 'pause' },
        { type: 'step' },
        { type: 'step' },
        { type: 'speed', speed: null },
      ),
      fc.constantFrom(0.25, 0.5, 1, 4, 16).map((speed): PlaybackAction => ({ type: 'speed', speed })),
      fc.integer({ min: 1, max: 400 }),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.nat(streams.length - 1),
        fc.integer({ min: 20, max: 2_000 }),
        fc.boolean(),
        fc.array(action, { maxLength: 25 }),
        async (stream, size, other, actions) => {
          const file = streams[stream]!;
          const options = other ? OTHER : undefined;
          const played = spaced(file.api, file.bytes, size);
          const expected = liveItems(played, options);
          const playing = new Playing(played, options);
          for (const one of actions) {
            if (typeof one === 'number') await playing.clock.turn(one * MS);
            else playing.player.control(one);
            expect(playing.items).toEqual(expected.slice(0, playing.items.length));
          }
          await playing.do({ type: 'speed', speed: null }, { type: 'play' });
          await expect.poll(() => playing.state.done).toBe(true);
          expect(playing.items).toEqual(expected);
          const positions = playing.states.map(({ positionNs }) => positionNs);
          expect(positions).toEqual(positions.toSorted((a, b) => a - b));
          playing.player.close();
        },
      ),
      { numRuns: 40 },
    );
  });
});

describe('play.open and play.control', () => {
  const { api, bytes } = streams[0]!;
  const trace = memoryTrace(
    api,
    readsOf(bytes, [60]).map((read, n) => ({ ...read, tNs: n * 2 * MS })),
  );
  const { id } = trace.trace;
  const services = playServices({
    source: memorySource([trace]),
    thread: threadForFile(),
    recordings: { get: () => undefined, settled: async () => undefined },
  });

  test('play in real time, two of one trace beside each other, in order and whole', async () => {
    const play = async (name: string, first: PlaybackAction): Promise<TraceItem[]> => {
      const items: TraceItem[] = [];
      for await (const batch of services['playback.open'](
        { play: name, id, options: undefined },
        new AbortController().signal,
      )) {
        for (const item of batch) {
          if (item.type === 'items') items.push(...item.items);
          else if (item.done) return items;
          else if (items.length === 0 && !item.playing)
            for (const action of [first, { type: 'play' } as const])
              await services['playback.control']({ play: name, action });
        }
      }
      throw new Error('The playing ended before it was done.');
    };
    const [one, two] = await Promise.all([play('one', { type: 'speed', speed: 4 }), play('two', { type: 'step' })]);
    expect(one).toEqual(liveItems(trace));
    expect(two).toEqual(liveItems(trace));
    await setTimeout(0);
    expect(() => services['playback.control']({ play: 'one', action: { type: 'play' } })).toThrow(
      'This playback has ended.',
    );
  });

  test('refuse a trace that is not there, and a name that is taken', async () => {
    const open = (play: string, trace: typeof id) =>
      services['playback.open']({ play, id: trace, options: undefined }, new AbortController().signal)[
        Symbol.asyncIterator
      ]();
    await expect(open('three', 'nowhere' as typeof id).next()).rejects.toThrow('There is no trace nowhere.');
    const first = open('four', id);
    await first.next();
    await expect(open('four', id).next()).rejects.toThrow('already open');
    await first.return?.();
  });
});
