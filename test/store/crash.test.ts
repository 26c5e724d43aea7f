/**
 * What a crash leaves: processes are killed in mid-write, logs are cut as a power loss cuts them. All that was acknowledged is
 * there, nothing is half there, and the next start ends what was left open.
 */
import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, realpathSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { afterAll, expect, test } from 'vitest';
import { Random } from '../../src/main/core/providers/sample/random.ts';
import { openDatabase } from '../../src/main/core/store/database.ts';
import { openStore } from '../../src/main/core/store/open-store.ts';
import { Connection } from '../../src/main/core/store/connection.ts';
import { openReadOnly, queriesOn } from '../../src/main/core/store/read-only.ts';
import { traceId } from '../../src/shared/model/ids.ts';
import { wireFixture } from '../support/fixtures.ts';
import { diskLibrary } from './disk-faults.ts';
import { checkMade } from './made-reads.ts';
import { cutEvenly, dataFolder, start } from './support.ts';
import { newTrace, STORE_WORKER } from './traces.ts';

const KILLS = 30;

/** Runs the recording program until it has acknowledged so many flushes, then kills it. Acknowledged reads by trace. */
async function recordAndKill(
  dataDir: string,
  name: string,
  acknowledgements: number,
  env: Readonly<Record<string, string>> = {},
): Promise<ReadonlyMap<string, number>> {
  const child = spawn(
    process.execPath,
    [fileURLToPath(new URL('killed-child.ts', import.meta.url)), dataDir, name, String(acknowledgements)],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, ...env } },
  );
  let text = '';
  let lines = 0;
  child.stdout.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
    lines += piece.split('\n').length - 1;
    if (lines >= acknowledgements) child.kill('SIGKILL');
  });
  const signal = await new Promise((resolve) => child.on('close', (_code, by) => resolve(by)));
  expect(signal).toBe('SIGKILL');
  const whole = text.slice(0, text.lastIndexOf('\n')).split('\n');
  return new Map(whole.map((line) => [line.split(' ')[0]!, Number(line.split(' ')[1])]));
}

test(
  `G1 killed ${KILLS} times in mid-write, nothing acknowledged is lost and nothing is half there`,
  { timeout: 300_000 },
  async () => {
    const dataDir = dataFolder();
    const random = new Random(17);
    const all = new Map<string, number>();
    // One file for all of them, so that most kills meet a file with a past. The next program ends what the last one left.
    for (let kill = 0; kill < KILLS; kill++) {
      const acknowledged = await recordAndKill(dataDir, `run-${kill}`, 3 + random.below(120));
      const reader = openReadOnly(dataDir);
      for (const [name, reads] of acknowledged) {
        const id = traceId(name);
        const stored = reader.reads(id, 0, Number.MAX_SAFE_INTEGER);
        checkMade(id, stored);
        // A batch that was committed but not acknowledged any more may be there as well.
        expect(stored.length).toBeGreaterThanOrEqual(reads);
        expect(stored.length).toBeLessThanOrEqual(reads + 20);
        all.set(name, stored.length);
      }
      reader.close();
      expectWhole(dataDir);
    }
    const store = await start(dataDir);
    expect(store.problem).toBeUndefined();
    for (const [name, reads] of all) {
      const trace = await store.get(traceId(name));
      expect(trace.storedReads).toBe(reads);
      if (trace.ending?.state === 'complete') continue;
      expect(trace.ending).toMatchObject({
        state: 'truncated',
        rule: expect.stringContaining('stopped in mid-stream'),
      });
      expect([trace.metrics.reads, trace.metrics.bytes]).toEqual([reads, trace.storedBytes]);
    }
  },
);

test(
  'G3 a log cut anywhere, as by a power loss, leaves a whole file and a part of the reads',
  { timeout: 120_000 },
  async () => {
    const dataDir = dataFolder();
    await recordAndKill(dataDir, 'power', 60);
    const wal = join(dataDir, 'tracelane.db-wal');
    const size = statSync(wal).size;
    expect(size).toBeGreaterThan(0);
    const random = new Random(3);
    for (let i = 0; i < 10; i++) {
      const other = dataFolder();
      mkdirSync(other);
      for (const name of ['tracelane.db', 'tracelane.db-wal']) copyFileSync(join(dataDir, name), join(other, name));
      // From nothing of it to nearly all of it; the first ones made the tables.
      truncateSync(join(other, 'tracelane.db-wal'), i === 0 ? 0 : random.below(size));
      expectWhole(other);
      const { db, problem, lock } = openDatabase(other);
      expect(problem).toBeUndefined();
      const queries = queriesOn(new Connection(db), other);
      for (const { id } of queries.list({ limit: 100 }).rows)
        checkMade(id, queries.reads(id, 0, Number.MAX_SAFE_INTEGER));
      db.close();
      lock?.release();
    }
  },
);

const library = diskLibrary(mkdtempSync(join(tmpdir(), 'tracelane-power-')));
afterAll(() => library !== null && rmSync(dirname(library), { recursive: true }));
if (library === null)
  console.warn('SKIPPED: no Linux or no C compiler here, so a power loss is shown by cut logs alone.');

test.runIf(library)(
  'G3 without all that was not synced, what had ended is whole, and the one that ran says what is there of it',
  { timeout: 120_000 },
  async () => {
    const random = new Random(5);
    for (let loss = 0; loss < 4; loss++) {
      const [dataDir, left] = [dataFolder(), dataFolder()];
      mkdirSync(left);
      const acknowledged = await recordAndKill(dataDir, `loss-${loss}`, 45 + random.below(120), {
        LD_PRELOAD: library!,
        FAULT_UNDER: realpathSync(dirname(dataDir)),
        FAULT_SYNCED: left,
      });
      expectWhole(left);
      const ended = [...acknowledged.keys()].slice(0, -1);
      expect(ended.length).toBeGreaterThan(0);
      const store = await start(left);
      expect(store.problem).toBeUndefined();
      for (const id of ended)
        expect(await store.get(traceId(id))).toMatchObject({
          storedReads: acknowledged.get(id),
          ending: { state: 'complete' },
        });
      for (const { id } of (await store.list({ limit: 100 })).rows) {
        const trace = await store.get(id);
        checkMade(id, await store.reads(id, 0));
        if (ended.includes(id)) continue;
        expect(trace.ending?.rule).toMatch(/stopped in mid-stream.*(bytes stored|No bytes)/);
      }
      await store.close();
    }
  },
);

test('what is ended at the next start has the numbers of what is stored of it', async () => {
  const dataDir = dataFolder();
  const body = wireFixture('chat-text.sse');
  const child = await abandon(dataDir, body, body.length - 40);
  const store = await start(dataDir);
  const trace = await store.get(child);
  expect(trace.ending).toEqual({
    state: 'truncated',
    rule: expect.stringMatching(
      /^Tracelane stopped in mid-stream.* bytes stored up to that point, in [\d,]+ reads, are kept\.$/,
    ),
    advice: expect.any(String),
  });
  expect(trace.metrics).toMatchObject({
    bytes: body.length - 40,
    reads: Math.ceil((body.length - 40) / 50),
    firstByteNs: 1_000_000,
  });
  expect(trace.metrics.events).toBeGreaterThan(1);
  expect(trace.metrics.textChars).toBeGreaterThan(0);
  expect(trace.metrics.totalNs).toBe(trace.metrics.reads * 1_000_000);
});

test('a stream that was over when the program was stopped is complete, and says when it was found to be', async () => {
  const dataDir = dataFolder();
  const body = wireFixture('chat-text.sse');
  const id = await abandon(dataDir, body, body.length);
  const store = await start(dataDir);
  expect((await store.get(id)).ending).toMatchObject({
    state: 'complete',
    rule: expect.stringContaining('at the next start'),
  });
});

test('a trace without a byte is truncated too', async () => {
  const dataDir = dataFolder();
  const id = await abandon(dataDir, new Uint8Array(), 0);
  const store = await start(dataDir);
  expect((await store.get(id)).ending).toMatchObject({
    state: 'truncated',
    rule: expect.stringContaining('No bytes of the response had been stored.'),
  });
});

test('after that they are as any other: a second start changes nothing', async () => {
  const dataDir = dataFolder();
  const id = await abandon(dataDir, wireFixture('chat-text.sse'), 200);
  const first = await start(dataDir);
  const before = await first.get(id);
  await first.close();
  const second = await start(dataDir);
  expect(await second.get(id)).toEqual(before);
});

test('an import that was stopped half-way is not there at the next start', async () => {
  const dataDir = dataFolder();
  const id = await abandon(dataDir, wireFixture('chat-text.sse'), 200, { source: 'import' });
  const store = await start(dataDir);
  await expect(store.get(id)).rejects.toMatchObject({ code: 'not-found' });
  expect((await store.list({ limit: 10 })).total).toBe(0);
});

function expectWhole(dataDir: string): void {
  const db = new Database(join(dataDir, 'tracelane.db'), { readonly: true });
  expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
  expect(db.pragma('foreign_key_check')).toEqual([]);
  db.close();
}

/** Leaves a trace behind as a program does that stops in mid-stream: with no result. */
async function abandon(
  dataDir: string,
  body: Uint8Array,
  length: number,
  more: Parameters<typeof newTrace>[0] = {},
): Promise<ReturnType<typeof traceId>> {
  const store = await openStore({ dataDir, worker: STORE_WORKER });
  const trace = newTrace(more);
  await store.createTrace(trace);
  if (length > 0) store.appendReads(trace.id, cutEvenly(body.subarray(0, length), 50));
  await store.close();
  return trace.id;
}
