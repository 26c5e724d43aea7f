/**
 * The contract over each transport: calls, errors, streams, cancellation, resumption, slow watchers, large values and
 * hostile frames. What a transport may not do is differ.
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { MessageChannel } from 'node:worker_threads';
import fc from '../support/properties.ts';
import { afterEach, describe, expect, test } from 'vitest';
import type { TraceId } from '../../src/shared/model/ids.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';
import type { AppInfo, ListChange } from '../../src/shared/rpc/contract.ts';
import { ItemBatch, packItems } from '../../src/shared/model/packed-items.ts';
import { FRAME_SIZE, MAX_FRAME, WINDOW_SIZE } from '../../src/shared/rpc/frames.ts';
import { messagePort } from '../../src/shared/rpc/message-port.ts';
import { serve } from '../../src/shared/rpc/server.ts';
import { ServiceError, type Services } from '../../src/shared/rpc/services.ts';
import { RecordedItems } from '../../src/main/core/recording/recorded-items.ts';
import { rig, watch, type Rig, type SomeServices } from '../support/contract.ts';
import { TRANSPORTS } from '../support/transports.ts';

const ID = 'trace-1' as TraceId;
const INFO: AppInfo = {
  version: '1',
  host: 'memory',
  platform: 'test',
  dataDir: '/',
  sampleUrl: 'http://127.0.0.1',
  commandLine: 'tracelane',
  lanes: [],
};

/** Item `n` of a stream, told apart from every other. */
const item = (n: number, text = ''): TraceItem => ({
  k: 'note',
  start: n,
  end: n + 1,
  tNs: n,
  type: 'test',
  text: `${n}${text}`,
});
const items = (from: number, to: number, text?: string): TraceItem[] =>
  Array.from({ length: to - from }, (_, i) => item(from + i, text));
const numbers = (got: readonly TraceItem[]): number[] => got.map((one) => (one.k === 'note' ? one.start : -1));
const upTo = (count: number): number[] => Array.from({ length: count }, (_, n) => n);

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

describe.each(Object.keys(TRANSPORTS))('over %s', (transport) => {
  const rigs: Rig[] = [];
  const start = async (services: SomeServices, settings?: Parameters<typeof rig>[2]): Promise<Rig> => {
    const made = await rig(transport, services, settings);
    rigs.push(made);
    return made;
  };
  afterEach(async () => {
    for (const made of rigs.splice(0)) await made.close();
  });

  describe('calls', () => {
    test('give the service checked parameters with defaults, and the client its result', async () => {
      const asked: unknown[] = [];
      const { client } = await start({
        'traces.list': (params) => {
          asked.push(params);
          return { rows: [], at: 0, previous: null, next: null, total: 7 };
        },
      });
      expect(await client.call('traces.list', {})).toEqual({ rows: [], at: 0, previous: null, next: null, total: 7 });
      expect(asked).toEqual([{ limit: 100 }]);
    });

    test('answer as they come, not as they were asked', async () => {
      let release: (value: AppInfo) => void = () => undefined;
      const { client } = await start({
        'app.info': () => new Promise((resolve) => (release = resolve)),
        'samples.list': () => [],
      });
      const slow = client.call('app.info', {});
      expect(await client.call('samples.list', {})).toEqual([]);
      release(INFO);
      expect(await slow).toEqual(INFO);
    });

    test('fail with the sentence and code of a ServiceError', async () => {
      const { client, faults } = await start({
        'traces.get': () => {
          throw new ServiceError('not-found', 'This trace was deleted. Choose another.');
        },
      });
      await expect(client.call('traces.get', { id: ID })).rejects.toMatchObject({
        code: 'not-found',
        message: 'This trace was deleted. Choose another.',
      });
      expect(faults).toEqual([]);
    });

    test('fail with a general sentence when the fault is ours, which is logged and not shown', async () => {
      const fault = new Error('SQLITE_CORRUPT at /home/someone');
      const { client, faults } = await start({ 'traces.get': () => Promise.reject(fault) });
      const failure: unknown = await client.call('traces.get', { id: ID }).catch((error: unknown) => error);
      expect(failure).toMatchObject({ code: 'internal' });
      expect(String(failure)).not.toContain('SQLITE');
      expect(faults).toEqual([{ sentence: 'traces.get failed', error: fault }]);
    });

    test('fail when the result cannot travel', async () => {
      const loop: Record<string, unknown> = {};
      loop['self'] = loop;
      const { client, faults } = await start({ 'app.info': () => loop as unknown as AppInfo });
      await expect(client.call('app.info', {})).rejects.toMatchObject({ code: 'internal' });
      expect(faults).toHaveLength(1);
    });

    test('that are given up reject at once, and their service is told', async () => {
      const told: unknown[] = [];
      const { client, faults } = await start({
        'compare.lanes': (_params, signal) =>
          new Promise((_resolve, reject) =>
            signal!.addEventListener('abort', () => {
              told.push('abort');
              reject(signal!.reason as Error);
            }),
          ),
        'app.info': () => INFO,
      });
      const caller = new AbortController();
      const given = client.call('compare.lanes', { id: ID }, caller.signal);
      await client.call('app.info', {});
      caller.abort('left');
      await expect(given).rejects.toBe('left');
      await expect.poll(() => told).toEqual(['abort']);
      await expect(client.call('compare.lanes', { id: ID }, caller.signal)).rejects.toBe('left');
      expect(await client.call('app.info', {})).toEqual(INFO);
      expect([told, faults]).toEqual([['abort'], []]);
    });

    test('are given up for their services when the connection closes', async () => {
      let isAborted = (): boolean => false;
      const { client } = await start({
        'compare.lanes': (_params, signal) => {
          isAborted = () => signal!.aborted;
          return new Promise(() => undefined);
        },
        'app.info': () => INFO,
      });
      void client.call('compare.lanes', { id: ID });
      await client.call('app.info', {});
      expect(isAborted()).toBe(false);
      client.close();
      await expect.poll(isAborted).toBe(true);
    });

    test('refuse parameters that the schema refuses, naming them', async () => {
      const { client } = await start({});
      await expect(client.call('traces.list', { limit: 1e9 })).rejects.toMatchObject({
        code: 'bad-params',
        message: expect.stringContaining('limit') as string,
      });
      await expect(client.call('traces.list', { extra: 1 } as object)).rejects.toMatchObject({ code: 'bad-params' });
    });

    test('carry values of many megabytes, in answers of no more than a frame each', async () => {
      const bytes = 'AbC/+🙂'.repeat(1_000_000);
      const sizes: number[] = [];
      const { client } = await start(
        {
          'traces.bytes': () => ({ start: 0, bytes, total: bytes.length }),
          'traces.import': ({ text = '' }) => ({ traces: [], others: text.length }),
        },
        {
          tap: {
            toClient(frame) {
              sizes.push(frame.length);
              return frame;
            },
          },
        },
      );
      expect((await client.call('traces.bytes', { id: ID, start: 0, end: 1 })).bytes === bytes).toBe(true);
      expect(await client.call('traces.import', { name: '', text: bytes })).toEqual({
        traces: [],
        others: bytes.length,
      });
      expect(Math.max(...sizes)).toBeLessThan(FRAME_SIZE + 100);
    });
  });

  describe('streams', () => {
    test('give every item in order, then the end', async () => {
      const { client } = await start({
        async *'traces.items'({ from }) {
          for (let at = from; at < 100; at += 10) yield items(at, at + 10);
        },
      });
      const watched = watch(client, 'traces.items', { id: ID });
      await watched.ended;
      expect(numbers(watched.items)).toEqual(upTo(100));
    });

    test('begin at `from`', async () => {
      const { client } = await start({
        async *'traces.items'({ from }) {
          yield items(from, 10);
        },
      });
      const watched = watch(client, 'traces.items', { id: ID, from: 7 });
      await watched.ended;
      expect(numbers(watched.items)).toEqual([7, 8, 9]);
    });

    test('fail with a sentence after the items before it', async () => {
      const { client } = await start({
        async *'traces.items'() {
          yield items(0, 3);
          throw new ServiceError('gone', 'The trace was deleted while it was read.');
        },
      });
      const watched = watch(client, 'traces.items', { id: ID });
      await expect(watched.ended).rejects.toMatchObject({ code: 'gone' });
      expect(watched.items).toHaveLength(3);
    });

    test('end at their source when the watcher stops', async () => {
      const live = new RecordedItems();
      let ended: () => void = () => undefined;
      const over = new Promise<void>((resolve) => (ended = resolve));
      const { client } = await start({
        'traces.items': ({ from }, signal) => {
          signal.addEventListener('abort', ended);
          return live.watch(from, signal);
        },
      });
      const watched = watch(client, 'traces.items', { id: ID });
      live.add(items(0, 2));
      await watched.reached(2);
      watched.stop();
      await over;
    });

    test('end at their source when the connection closes', async () => {
      const live = new RecordedItems();
      const signals: AbortSignal[] = [];
      const made = await start({
        'traces.items': ({ from }, signal) => {
          signals.push(signal);
          return live.watch(from, signal);
        },
      });
      const watched = watch(made.client, 'traces.items', { id: ID });
      live.add(items(0, 2));
      await watched.reached(2);
      made.cut();
      live.add(items(2, 3));
      await watched.reached(3);
      expect(signals.map((signal) => signal.aborted)).toEqual([true, false]);
    });

    test('leave in frames of some 256 KB, so that a call can pass between them', async () => {
      const sizes: number[] = [];
      const { client } = await start(
        {
          async *'traces.items'() {
            yield items(0, 500, 'x'.repeat(10_000));
          },
        },
        {
          tap: {
            toClient(frame) {
              if (frame.startsWith('{"t":"items"')) sizes.push(frame.length);
              return frame;
            },
          },
        },
      );
      const watched = watch(client, 'traces.items', { id: ID });
      await watched.ended;
      expect(numbers(watched.items)).toEqual(upTo(500));
      expect(sizes.length).toBeGreaterThan(15);
      expect(Math.max(...sizes)).toBeLessThan(FRAME_SIZE + 12_000);
    });

    test('carry a single item far larger than a frame, in frames of that size', async () => {
      const text = 'y'.repeat(8 * FRAME_SIZE);
      const sizes: number[] = [];
      const { client } = await start(
        {
          async *'traces.items'() {
            yield [item(0), item(1, text), item(2)];
          },
        },
        {
          tap: {
            toClient(frame) {
              sizes.push(frame.length);
              return frame;
            },
          },
        },
      );
      const watched = watch(client, 'traces.items', { id: ID });
      await watched.ended;
      expect(watched.items).toEqual([item(0), item(1, text), item(2)]);
      expect(Math.max(...sizes)).toBeLessThan(FRAME_SIZE + 100);
    });

    test('give a text that several lanes end with once', async () => {
      const text = 'y'.repeat(2 * FRAME_SIZE);
      const ended = (lane: string) =>
        ({ k: 'outcome', result: { lane, outcome: { content: text } } }) as unknown as TraceItem;
      const all = [item(0), ended('wire'), ended('legacy'), item(1), ended('simple'), item(2)];
      let sent = 0;
      const { client } = await start(
        {
          async *'traces.items'() {
            yield new ItemBatch(packItems(all, FRAME_SIZE));
          },
        },
        {
          tap: {
            toClient(frame) {
              sent += frame.length;
              return frame;
            },
          },
        },
      );
      const watched = watch(client, 'traces.items', { id: ID });
      await watched.ended;
      expect(watched.items).toEqual(all);
      // Once for those that follow each other.
      expect(sent).toBeLessThan(2.1 * text.length);
    });

    test('give an item once and whole where the connection is lost between its pieces', async () => {
      const text = 'y'.repeat(8 * FRAME_SIZE);
      let pieces = 0;
      const made: Rig = await start(
        {
          async *'traces.items'({ from }) {
            yield [item(0), item(1, text), item(2)].slice(from);
          },
        },
        {
          tap: {
            toClient(frame) {
              if (frame.startsWith('{"t":"piece"') && ++pieces === 3) made.cut();
              return frame;
            },
          },
        },
      );
      const watched = watch(made.client, 'traces.items', { id: ID });
      await watched.ended;
      expect(watched.items).toEqual([item(0), item(1, text), item(2)]);
      expect(made.connections).toBe(2);
    });
  });

  test('calls are answered while fifty streams have more to send than there is time for', async () => {
    const flood = new AbortController();
    const { client } = await start({
      'app.info': () => INFO,
      async *'traces.items'({ from }, signal) {
        for (let at = from; !signal.aborted && !flood.signal.aborted; at += 200) yield items(at, at + 200);
      },
    });
    const streams = Array.from({ length: 50 }, () => watch(client, 'traces.items', { id: ID }));
    for (const stream of streams) await stream.reached(400);
    for (let asked = 0; asked < 20; asked++) expect(await client.call('app.info', {})).toEqual(INFO);
    flood.abort();
    for (const stream of streams) {
      await stream.ended;
      expect(numbers(stream.items)).toEqual(upTo(stream.items.length));
    }
  });

  describe('a slow watcher', () => {
    test('gets no more than the window, and then all that came meanwhile', async () => {
      const live = new RecordedItems();
      let sent = 0;
      let acknowledging = false;
      const made = await start(
        { 'app.info': () => INFO, 'traces.items': ({ from }, signal) => live.watch(from, signal) },
        {
          tap: {
            toClient(frame) {
              if (frame.startsWith('{"t":"columns"')) sent += frame.length;
              return frame;
            },
            toServer: (frame) => (frame.startsWith('{"t":"ack"') && !acknowledging ? undefined : frame),
          },
        },
      );
      const text = 'z'.repeat(1000);
      const watched = watch(made.client, 'traces.items', { id: ID });
      live.add(items(0, 5000, text));
      await watched.reached(Math.floor(WINDOW_SIZE / 1200));
      // A call that is answered after the window filled shows that nothing more is on its way.
      await made.client.call('app.info', {});
      const { length } = watched.items;
      for (let at = 5000; at < 20_000; at += 100) live.add(items(at, at + 100, text));
      await made.client.call('app.info', {});
      expect(watched.items).toHaveLength(length);
      expect(sent).toBeGreaterThanOrEqual(WINDOW_SIZE);
      expect(sent).toBeLessThan(WINDOW_SIZE + FRAME_SIZE + 2000);

      acknowledging = true;
      made.cut();
      live.end();
      await watched.ended;
      expect(numbers(watched.items)).toEqual(upTo(20_000));
    });

    test('gets what came between two batches as one', async () => {
      const live = new RecordedItems();
      const { client } = await start({ 'traces.items': ({ from }, signal) => live.watch(from, signal) });
      const watched = watch(client, 'traces.items', { id: ID });
      live.add([item(0)]);
      await watched.reached(1);
      // All within one turn of the loop, so within one batch time.
      for (let n = 1; n < 500; n++) live.add([item(n)]);
      await watched.reached(500);
      expect(watched.batches.length).toBeLessThanOrEqual(4);
      live.end();
      await watched.ended;
    });
  });

  describe('a lost connection', () => {
    test('cut at random places leaves no gap and no repeat, whatever the batches are', async () => {
      await fc.assert(
        fc.asyncProperty(
          fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 12 }),
          fc.array(fc.nat({ max: 200 }), { maxLength: 4 }),
          async (batches, cuts) => {
            const live = new RecordedItems();
            const made = await start({ 'traces.items': ({ from }, signal) => live.watch(from, signal) });
            const due = cuts.toSorted((a, b) => a - b);
            const watched = watch(made.client, 'traces.items', { id: ID }, (count) => {
              while (due[0] !== undefined && due[0] <= count) {
                due.shift();
                made.cut();
              }
            });
            let at = 0;
            for (const batch of batches) {
              live.add(items(at, at + batch));
              at += batch;
              if (batch % 3 === 0) await watched.reached(at);
            }
            live.end();
            await watched.ended;
            expect(numbers(watched.items)).toEqual(upTo(at));
          },
        ),
        { numRuns: 25 },
      );
    });

    test('repeats questions that only read, and fails the rest with a sentence', async () => {
      let asked = 0;
      let deleted: () => void = () => undefined;
      const arrived = new Promise<void>((resolve) => (deleted = resolve));
      const made = await start({
        'app.info': () => (++asked === 1 ? new Promise<AppInfo>(() => undefined) : INFO),
        'traces.delete': () => {
          deleted();
          return new Promise<null>(() => undefined);
        },
      });
      const question = made.client.call('app.info', {});
      const action = made.client.call('traces.delete', { ids: [ID] });
      await arrived;
      made.cut();
      await expect(action).rejects.toMatchObject({
        code: 'lost',
        message: expect.stringContaining('is unknown') as string,
      });
      expect(await question).toEqual(INFO);
      expect(asked).toBe(2);
    });

    test('that loses a frame or turns two around is mended from the last item in order', async () => {
      const live = new RecordedItems();
      let held: string | undefined;
      let seen = 0;
      const made = await start(
        { 'traces.items': ({ from }, signal) => live.watch(from, signal) },
        {
          tap: {
            toClient(frame) {
              if (!frame.startsWith('{"t":"columns"')) return frame;
              seen++;
              if (seen === 2) {
                held = frame;
                return undefined;
              }
              return seen === 4 ? held : frame;
            },
          },
        },
      );
      const watched = watch(made.client, 'traces.items', { id: ID });
      live.add(items(0, 5));
      await watched.reached(5);
      live.add(items(5, 2000, 'w'.repeat(1000)));
      live.end();
      await watched.ended;
      expect(numbers(watched.items)).toEqual(upTo(2000));
      expect(seen).toBeGreaterThan(4);
    });

    test('begins streams that cannot resume anew, and says so', async () => {
      const change: ListChange = { type: 'delete', id: ID, nr: 1 };
      const made = await start({
        async *'traces.changes'(_, signal) {
          yield [change, change];
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        },
      });
      const told: string[] = [];
      let twice: () => void = () => undefined;
      const again = new Promise<void>((resolve) => (twice = resolve));
      made.client.subscribe(
        'traces.changes',
        {},
        {
          items(batch) {
            told.push(...batch.map(() => 'item'));
            if (told.includes('restart')) twice();
            else made.cut();
          },
          restart: () => told.push('restart'),
        },
      );
      await again;
      expect(told).toEqual(['item', 'item', 'restart', 'item', 'item']);
    });

    test('opens what was asked for while it was lost as something new', async () => {
      const change: ListChange = { type: 'delete', id: ID, nr: 1 };
      const made = await start({
        'app.info': () => INFO,
        async *'traces.changes'(_, signal) {
          yield [change];
          await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
        },
      });
      await made.client.call('app.info', {});
      const lost = new Promise<void>((resolve) => made.client.onStatus((status) => status === 'lost' && resolve()));
      made.down = true;
      made.cut();
      await lost;
      const told: string[] = [];
      const came = new Promise<void>((resolve) => {
        made.client.subscribe(
          'traces.changes',
          {},
          { items: () => resolve(void told.push('item')), restart: () => told.push('restart') },
        );
      });
      made.down = false;
      await came;
      expect(told).toEqual(['item']);
    });

    test('is told as lost, then as open again', async () => {
      const made = await start({ 'app.info': () => INFO });
      const told: string[] = [];
      await made.client.call('app.info', {});
      made.client.onStatus((status) => told.push(status));
      made.down = true;
      made.cut();
      const waits = made.client.call('app.info', {});
      await expect(made.client.call('traces.rename', { id: ID, title: 'x' })).rejects.toMatchObject({ code: 'lost' });
      made.down = false;
      expect(await waits).toEqual(INFO);
      expect(told).toEqual(['open', 'lost', 'open']);
    });

    test('lives through garbage collections, as does the one after it', async () => {
      const live = new RecordedItems();
      const made = await start({ 'traces.items': ({ from }, signal) => live.watch(from, signal) });
      const watched = watch(made.client, 'traces.items', { id: ID });
      for (let round = 0; round < 10; round++) {
        live.add(items(round, round + 1));
        await watched.reached(round + 1);
        if (round % 4 === 3) made.cut();
        collectGarbage();
      }
      live.end();
      await watched.ended;
      expect(numbers(watched.items)).toEqual(upTo(10));
      expect(made.connections).toBe(3);
    });

    test('is noticed when it never says that it closed', async () => {
      let dead = false;
      const made = await start(
        { 'app.info': () => INFO },
        {
          beatMs: 5,
          tap: { toClient: (frame) => (dead ? undefined : frame), toServer: (frame) => (dead ? undefined : frame) },
        },
      );
      await made.client.call('app.info', {});
      const lost = new Promise<void>((resolve) => {
        made.client.onStatus((status) => {
          if (status === 'lost') resolve();
        });
      });
      dead = true;
      await lost;
      dead = false;
      expect(await made.client.call('app.info', {})).toEqual(INFO);
      expect(made.connections).toBeGreaterThan(1);
    });

    test('is not seen in a silence that both sides answer', async () => {
      let pings = 0;
      let enough: () => void = () => undefined;
      const many = new Promise<void>((resolve) => (enough = resolve));
      const made = await start(
        { 'app.info': () => INFO },
        {
          beatMs: 5,
          tap: {
            toServer(frame) {
              if (frame.includes('"ping"') && ++pings === 10) enough();
              return frame;
            },
          },
        },
      );
      await made.client.call('app.info', {});
      await many;
      expect(made.connections).toBe(1);
    });
  });

  describe('hostile frames', () => {
    const HOSTILE: readonly string[] = [
      '',
      'null',
      '[]',
      '"call"',
      '{',
      '\u0000',
      '{}',
      '{"t":"call"}',
      '{"t":"call","id":-1,"name":"app.info"}',
      '{"t":"call","id":1e308,"name":"app.info"}',
      '{"t":"call","id":null,"name":"app.info"}',
      '{"t":"call","id":"1","name":"app.info"}',
      '{"t":"call","id":1.5,"name":"app.info"}',
      '{"t":"nothing","id":1}',
      '{"t":"ack","id":1,"size":-1}',
      '{"t":"ack","id":1,"size":"all"}',
      `{"t":"call","id":1,"name":${JSON.stringify('x'.repeat(100))}}`.repeat(2),
    ];
    const REFUSED: readonly string[] = [
      '{"t":"call","id":1,"name":"__proto__","params":{}}',
      '{"t":"call","id":1,"name":"constructor","params":{}}',
      '{"t":"call","id":1,"name":"toString","params":{}}',
      '{"t":"call","id":1,"name":"traces.items","params":{"id":"a"}}',
      '{"t":"open","id":1,"name":"app.info","params":{}}',
      '{"t":"open","id":1,"name":"traces.items","params":{"id":"a","from":-1}}',
      '{"t":"open","id":1,"name":"traces.items","params":{"id":"a","from":1e999}}',
      '{"t":"call","id":1,"name":"app.info"}',
      '{"t":"call","id":1,"name":"app.info","params":[]}',
      '{"t":"call","id":1,"name":"app.info","params":{"__proto__":{"limit":1},"extra":1}}',
      `{"t":"call","id":1,"name":"app.info","params":${'['.repeat(100_000)}${']'.repeat(100_000)}}`,
      `{"t":"call","id":1,"name":"traces.get","params":{"id":${JSON.stringify('x'.repeat(5_000_000))}}}`,
    ];

    test.each(HOSTILE.map((frame) => [frame.slice(0, 60), frame]))(
      '%j is answered as no frame, and the server goes on',
      async (_, frame) => {
        const { raw } = await start({ 'app.info': () => INFO });
        const { port, next } = await raw();
        port.send(frame);
        expect(await next()).toMatchObject({ t: 'error', id: null, code: 'bad-frame' });
        port.send('{"t":"call","id":2,"name":"app.info","params":{}}');
        expect(await next()).toMatchObject({ t: 'result', id: 2 });
        port.close();
      },
    );

    test.each(REFUSED.map((frame) => [frame.slice(0, 60), frame]))(
      '%j is refused, and the server goes on',
      async (_, frame) => {
        const { raw, faults } = await start({ 'app.info': () => INFO });
        const { port, next } = await raw();
        port.send(frame);
        expect(await next()).toMatchObject({ t: 'error', id: 1, message: expect.stringMatching(/.{20}/) as string });
        port.send('{"t":"call","id":2,"name":"app.info","params":{}}');
        expect(await next()).toMatchObject({ t: 'result', id: 2 });
        expect(faults).toEqual([]);
        port.close();
      },
    );

    test('any JSON at all leaves the server answering', async () => {
      const { raw, faults } = await start({ 'app.info': () => INFO });
      const { port, next } = await raw();
      const word = fc.constantFrom('call', 'open', 'close', 'ack', 'ping', 'app.info', 'traces.list', '__proto__');
      const frame = fc.oneof(
        fc.json(),
        fc.string(),
        fc
          .record({
            t: word,
            id: fc.oneof(fc.nat(9), fc.anything()),
            name: word,
            params: fc.anything(),
            size: fc.anything(),
          })
          .map((value) =>
            JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? String(inner) : inner)),
          ),
      );
      let id = 1000;
      await fc.assert(
        fc.asyncProperty(frame, async (text) => {
          port.send(text);
          port.send(JSON.stringify({ t: 'call', id: ++id, name: 'app.info', params: {} }));
          let answer = await next();
          while (answer['id'] !== id) answer = await next();
          expect(answer['t']).toBe('result');
        }),
        { numRuns: 150 },
      );
      // The services that this test does not give are the only faults there may be.
      for (const { error } of faults) expect(String(error)).toContain('is not a function');
      port.close();
    });

    test('more calls than may wait are refused, not queued', async () => {
      const { raw } = await start({ 'app.info': () => new Promise<AppInfo>(() => undefined) });
      const { port, next } = await raw();
      for (let id = 0; id <= 1000; id++) port.send(JSON.stringify({ t: 'call', id, name: 'app.info', params: {} }));
      expect(await next()).toMatchObject({ t: 'error', id: 1000, code: 'busy' });
      port.close();
    });
  });
});

test('J2 what a window posts and is no text is passed over, and a text beyond the limit is answered as no frame', async () => {
  const { port1, port2 } = new MessageChannel();
  const faults: string[] = [];
  serve({ 'app.info': () => INFO } as unknown as Services, messagePort(port2), (sentence) => faults.push(sentence));
  const answers: Record<string, unknown>[] = [];
  port1.on('message', (text: string) => answers.push(JSON.parse(text) as Record<string, unknown>));
  let nested: unknown = {};
  for (let level = 0; level < 2_000; level++) nested = { nested };
  const call = { t: 'call', id: Number.NaN, name: 'app.info', params: {} };
  for (const value of [
    call,
    { ...call, id: 1 },
    nested,
    [call],
    7,
    null,
    undefined,
    new Uint8Array(1e6),
    new Map([[1, call]]),
  ])
    port1.postMessage(value);
  port1.postMessage('x'.repeat(MAX_FRAME + 1));
  port1.postMessage(JSON.stringify({ ...call, id: 2 }));
  await expect
    .poll(() => answers.filter(({ t }) => t !== 'hello' && t !== 'ping'))
    .toMatchObject([
      { t: 'error', id: null, code: 'bad-frame' },
      { t: 'result', id: 2, value: INFO },
    ]);
  expect(faults).toEqual([]);
  port1.close();
});
