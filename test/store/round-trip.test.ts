/** What goes into the store comes out of it as it was, after a restart too: every field, every byte, every time. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { openReadOnly } from '../../src/main/core/store/read-only.ts';
import type { CaptureFacts } from '../../src/shared/model/capture.ts';
import { endpointId, traceId } from '../../src/shared/model/ids.ts';
import { Random } from '../../src/main/core/providers/sample/random.ts';
import { allStreams } from '../support/fixtures.ts';
import { allReads, cut, cutEvenly, dataFolder, joined, open, plain, sha256 } from './support.ts';
import { COMPLETE, newTrace, NO_METRICS } from './traces.ts';

const HEAD = {
  status: 200,
  statusText: 'OK',
  headers: [
    ['content-type', 'text/event-stream'],
    ['x-Twice', 'a'],
    ['x-Twice', 'b'],
  ],
} as const;

describe('a trace', () => {
  test('comes back field by field after a restart', async () => {
    const dataDir = dataFolder();
    const trace = newTrace({
      title: 'Grüße 🦊 \u0000 "quoted"',
      renamed: true,
      starred: true,
      source: 'sample',
      api: 'messages',
      model: null,
      timed: false,
      endpoint: { type: 'anthropic', provider_name: '', model: 'x' },
      options: { use_assistant_message: false, put_inner_thoughts_in_kwarg: true, requires_approval_tools: ['a', 'b'] },
      request: { __proto__x: [null, 0, '', { deep: [1.5, -0.25, 1e300] }], lone: '\ud800' },
    });
    const result = {
      endedAtNs: 9_007_199_254_740_991,
      ending: { state: 'provider-error', rule: 'It said so.', advice: 'Ask again.' },
      metrics: {
        ...NO_METRICS,
        firstByteNs: 1.5,
        totalNs: 2e9,
        events: 3,
        reads: 2,
        bytes: 9,
        textChars: 4,
        tokensPerSecond: 12.25,
        gaps: [1, 2, 3],
      },
      model: 'said-by-the-wire',
      usage: { input: null, output: 0, raw: [{ prompt_tokens: null }] },
      finish: { unified: 'tool_use', raw: null },
      cost: 0.000125,
    } as const;
    const store = await open(dataDir);
    await store.createTrace(trace);
    store.setHead(trace.id, HEAD, 123_456_789.25);
    store.appendReads(trace.id, cut(Buffer.from('some body'), [4]));
    const document = { request_json: { a: null }, response_json: [1, 'ü'] };
    store.addProviderTrace({ trace: trace.id, lane: 'legacy', stepId: 'step-1', document });
    store.addProviderTrace({
      trace: trace.id,
      lane: 'simple',
      stepId: 'step-1',
      document: { request_json: 1, response_json: null },
    });
    await store.finishTrace(trace.id, result);
    await store.close();

    const again = await open(dataDir);
    const { messageId, stepId, ...detail } = trace;
    const { endedAtNs: _, ...ended } = result;
    expect(await again.get(trace.id)).toStrictEqual({
      ...detail,
      nr: 1,
      ...ended,
      httpStatus: 200,
      responseHead: HEAD,
      messageId,
      stepId,
      storedReads: 2,
      storedBytes: 9,
      size: expect.any(Number),
    });
    expect(await again.head(trace.id)).toStrictEqual({ head: HEAD, tNs: 123_456_789.25 });
    expect(await again.providerTraces(trace.id)).toStrictEqual([
      { trace: trace.id, lane: 'legacy', stepId: 'step-1', document },
      { trace: trace.id, lane: 'simple', stepId: 'step-1', document: { request_json: 1, response_json: null } },
    ]);
    const { rows } = await again.list({ limit: 10 });
    const { framing: _f, endpoint: _n, options: _o, lanes: _l, request: _r, requestHead: _h, ...row } = detail;
    expect(rows).toStrictEqual([{ ...row, nr: 1, ...ended, httpStatus: 200, size: expect.any(Number) }]);
  });

  test('keeps what is known of an exchange, and the last of it that was said', async () => {
    const dataDir = dataFolder();
    const capture: CaptureFacts = {
      route: 'openai',
      connection: 3,
      userAgent: 'OpenAI/JS 7.0.0',
      session: 's1',
      requestChanges: [{ field: 'Host', change: 'replaced' }],
      answerChanges: [],
      encoding: null,
      encodedBytes: 0,
      informational: [{ status: 103, statusText: 'Early Hints', tNs: 5 }],
      trailers: [['x-sum', '1']],
      requestBytes: 12,
      certificate: null,
    };
    const trace = newTrace({ source: 'capture', capture });
    const store = await open(dataDir);
    await store.createTrace(trace);
    expect((await store.get(trace.id)).capture).toEqual(capture);
    await store.finishTrace(trace.id, COMPLETE);
    store.setCapture(trace.id, { ...capture, encodedBytes: 9 });
    await store.close();
    expect((await (await open(dataDir)).get(trace.id)).capture).toEqual({ ...capture, encodedBytes: 9 });
  });

  test('has what was never said absent, not null', async () => {
    const store = await open(dataFolder());
    const { endpointId: _e, requestHead: _h, ...trace } = newTrace();
    await store.createTrace(trace);
    await store.finishTrace(trace.id, COMPLETE);
    const stored = await store.get(trace.id);
    for (const key of ['endpointId', 'requestHead', 'responseHead', 'httpStatus', 'usage', 'finish', 'cost'])
      expect(stored).not.toHaveProperty(key);
    expect(stored.model).toBe('a-model');
    expect(await store.head(trace.id)).toBeUndefined();
  });

  test('is there, unfinished, once it is created', async () => {
    const store = await open(dataFolder());
    const trace = newTrace();
    await store.createTrace(trace);
    const stored = await store.get(trace.id);
    expect(stored).not.toHaveProperty('ending');
    expect(stored.storedReads).toBe(0);
    expect(await store.reads(trace.id, 0)).toEqual([]);
    expect(await store.bytes(trace.id, 0, 100)).toEqual({ start: 0, bytes: new Uint8Array(), total: 0 });
  });

  test('may have a request that nests deeper than a thread’s messages can', async () => {
    const store = await open(dataFolder());
    let request: unknown = 'bottom';
    for (let i = 0; i < 3000; i++) request = [request];
    const trace = newTrace({ request });
    await store.createTrace(trace);
    expect(JSON.stringify((await store.get(trace.id)).request)).toBe(JSON.stringify(request));
  });

  test('that is not there is a not-found', async () => {
    const store = await open(dataFolder());
    const id = traceId('nobody');
    for (const asked of [
      store.get(id),
      store.head(id),
      store.reads(id, 0),
      store.bytes(id, 0, 1),
      store.rename(id, 'x'),
      store.star([id], true),
    ]) {
      await expect(asked).rejects.toMatchObject({ name: 'ServiceError', code: 'not-found' });
    }
  });
});

describe('reads', () => {
  /** Lengths around everything that is cut: nothing, a few bytes, and up to several segments. */
  const lengths = fc.array(
    fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 400 }) },
      { weight: 2, arbitrary: fc.integer({ min: 20_000, max: 70_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: 65_530, max: 200_000 }) },
    ),
    { minLength: 1, maxLength: 60 },
  );
  const time = fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 10_000_000_000_000 }) },
    { weight: 1, arbitrary: fc.double({ min: 0, max: 1e15, noNaN: true }) },
  );

  test(
    'come back byte-equal with exact times from any batching, page size and range',
    { timeout: 240_000 },
    async () => {
      const dataDir = dataFolder();
      const store = await open(dataDir);
      const reader = openReadOnly(dataDir);
      await fc.assert(
        fc.asyncProperty(
          lengths,
          fc.infiniteStream(time),
          fc.integer(),
          fc.integer({ min: 1, max: 300_000 }),
          async (sizes, times, seed, pageBytes) => {
            const random = new Random(seed);
            const trace = newTrace();
            const body = randomText(
              random,
              sizes.reduce((sum, size) => sum + size, 0),
            );
            const reads = cut(
              body,
              sizes,
              sizes.map(() => times.next().value as number),
            );
            await store.createTrace(trace);
            for (let at = 0; at < reads.length;) {
              const count = 1 + random.below(10);
              store.appendReads(trace.id, reads.slice(at, at + count));
              at += count;
              if (random.chance(0.3)) await store.flush();
            }
            if (random.chance(0.5)) await store.finishTrace(trace.id, COMPLETE);
            else await store.flush();

            expect(plain(await allReads(store, trace.id, pageBytes))).toEqual(plain(reads));
            expect(plain(reader.reads(trace.id, 0, body.length + 1))).toEqual(plain(reads));
            const from = random.below(reads.length);
            expect(plain(await store.reads(trace.id, from, body.length + 1))).toEqual(plain(reads.slice(from)));
            for (let i = 0; i < 4; i++) {
              const [start, end] = [random.below(body.length + 10), random.below(body.length + 10)];
              const low = Math.min(start, body.length);
              const asked = await store.bytes(trace.id, start, end);
              expect([asked.start, asked.total]).toEqual([low, body.length]);
              expect(Buffer.from(body.subarray(low, Math.max(low, end))).equals(asked.bytes)).toBe(true);
              expect(reader.bytes(trace.id, start, end)).toEqual(asked);
            }
            const stored = await store.get(trace.id);
            expect([stored.storedReads, stored.storedBytes]).toEqual([reads.length, body.length]);
          },
        ),
        { numRuns: 40 },
      );
      reader.close();
    },
  );

  test('of real streams have the SHA-256 of what came in, at every read size', { timeout: 240_000 }, async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir);
    const streams = allStreams()
      .filter(({ bytes }) => bytes.length > 0 && bytes.length < 300_000)
      .slice(0, 20);
    expect(streams.length).toBeGreaterThanOrEqual(5);
    const stored: { readonly id: ReturnType<typeof traceId>; readonly sha: string }[] = [];
    for (const { bytes } of streams) {
      for (const size of [1, 7, 256, 4096, 65_536, 1_000_000]) {
        // A read a byte is a case for the small ones.
        if (size === 1 && bytes.length > 20_000) continue;
        const trace = newTrace();
        await store.createTrace(trace);
        store.appendReads(trace.id, cutEvenly(bytes, size));
        await store.finishTrace(trace.id, COMPLETE);
        stored.push({ id: trace.id, sha: sha256(bytes) });
      }
    }
    await store.close();
    const again = await open(dataDir);
    for (const { id, sha } of stored) expect(sha256(joined(await allReads(again, id)))).toBe(sha);
  });

  test('are pages of whole segments', async () => {
    const store = await open(dataFolder());
    const trace = newTrace();
    await store.createTrace(trace);
    store.appendReads(trace.id, cutEvenly(randomText(new Random(1), 1_000_000), 1000));
    await store.finishTrace(trace.id, COMPLETE);
    const page = await store.reads(trace.id, 0, 100_000);
    expect(joined(page).length).toBeGreaterThanOrEqual(100_000);
    expect(joined(page).length).toBeLessThan(100_000 + 66_000);
    expect(await store.reads(trace.id, 1000)).toEqual([]);
  });

  test('that leave a gap are refused and told, and what was before stays', async () => {
    const store = await open(dataFolder());
    const trace = newTrace();
    const told: (string | undefined)[] = [];
    store.onWriteProblem((sentence) => told.push(sentence));
    await store.createTrace(trace);
    const reads = cutEvenly(randomText(new Random(2), 1000), 100);
    store.appendReads(trace.id, reads.slice(0, 3));
    await store.flush();
    store.appendReads(trace.id, reads.slice(5));
    await store.flush();
    expect(plain(await allReads(store, trace.id))).toEqual(plain(reads.slice(0, 3)));
    expect(told).toEqual([expect.stringContaining(trace.title)]);
  });

  test('that come twice are stored once', async () => {
    const store = await open(dataFolder());
    const trace = newTrace();
    await store.createTrace(trace);
    const reads = cutEvenly(randomText(new Random(3), 200_000), 500);
    store.appendReads(trace.id, reads.slice(0, 200));
    await store.flush();
    store.appendReads(trace.id, reads.slice(100));
    await store.flush();
    expect(plain(await allReads(store, trace.id))).toEqual(plain(reads));
  });
});

describe('the file', () => {
  test('keeps the reads of real streams of 64 KB and more, with their times, in at most 0.12 of their bytes', async () => {
    const streams = allStreams()
      .filter(({ bytes }) => bytes.length >= 65_536)
      .map(({ bytes }) => bytes);
    // Without the corpus one of our own stands in, long enough.
    const bodies =
      streams.length > 0 ? streams : [Buffer.concat(Array.from({ length: 200 }, () => allStreams()[0]!.bytes))];
    const dataDir = dataFolder();
    const store = await open(dataDir);
    let raw = 0;
    for (const body of bodies) {
      const trace = newTrace({ request: {} });
      await store.createTrace(trace);
      // A read for each event, with times that have nothing regular about them.
      const random = new Random(raw);
      const text = Buffer.from(body).toString('latin1');
      const ends = [...text.matchAll(/\n\n/g)].map(({ index }) => index + 2);
      let at = 0;
      const reads = cut(
        body,
        ends.map((end, i) => end - (ends[i - 1] ?? 0)),
        ends.map(() => (at += 1 + random.below(30_000_000))),
      );
      store.appendReads(trace.id, reads);
      await store.finishTrace(trace.id, COMPLETE);
      raw += body.length;
    }
    await store.close();
    const db = new Database(join(dataDir, 'tracelane.db'), { readonly: true });
    const kept = db
      .prepare<[], { bytes: number }>('SELECT sum(length(body) + length(places)) AS bytes FROM segments')
      .get()!.bytes;
    db.close();
    expect(kept / raw).toBeLessThanOrEqual(0.12);
  });

  test('L10 and its folder are for the user only', async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir);
    const trace = newTrace();
    await store.createTrace(trace);
    expect(statSync(dataDir).mode & 0o777).toBe(0o700);
    for (const name of ['tracelane.db', 'tracelane.db-wal', 'tracelane.db-shm', 'tracelane.lock', 'tracelane.pid']) {
      expect([name, statSync(join(dataDir, name)).mode & 0o777]).toEqual([name, 0o600]);
    }
    expect(Number(readFileSync(join(dataDir, 'tracelane.pid'), 'utf8'))).toBe(process.pid);
  });

  test('G16 may lie where names are unusual', async () => {
    const dataDir = join(dataFolder(), 'mit #, ? und % und ü');
    const store = await open(dataDir);
    expect(store.problem).toBeUndefined();
    const trace = newTrace();
    await store.createTrace(trace);
    expect(statSync(join(dataDir, 'tracelane.db')).size).toBeGreaterThan(0);
    expect(openReadOnly(dataDir).get(trace.id).title).toBe(trace.title);
  });
});

describe('settings and endpoints', () => {
  test('survive a restart, and are changed key by key', async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir);
    expect(await store.settings()).toEqual({});
    await store.saveSettings({ theme: 'dark', singleKeys: false });
    await store.saveSettings({ theme: 'light' });
    const one = {
      id: endpointId('one'),
      name: 'One',
      baseUrl: 'http://127.0.0.1:1',
      type: 'openai',
      provider_name: 'openai',
      limits: { answer: 600, silence: null },
    } as const;
    await store.saveEndpoint(one);
    await store.saveEndpoint({
      ...one,
      id: endpointId('two'),
      name: 'Two',
      type: 'anthropic',
      limits: { answer: 1, silence: 30 },
    });
    await store.saveEndpoint({ ...one, name: 'One again', lendsKey: true });
    await store.saveEndpoint({ ...one, id: endpointId('three') });
    await store.removeEndpoint(endpointId('three'));
    await store.close();
    const again = await open(dataDir);
    expect(await again.settings()).toEqual({ theme: 'light', singleKeys: false });
    expect(await again.endpoints()).toEqual([
      { ...one, name: 'One again', lendsKey: true },
      { ...one, id: 'two', name: 'Two', type: 'anthropic', limits: { answer: 1, silence: 30 } },
    ]);
  });
});

function randomText(random: Random, length: number): Uint8Array {
  const bytes = Buffer.alloc(length);
  for (let i = 0; i < length; i++) bytes[i] = random.below(256);
  return bytes;
}
