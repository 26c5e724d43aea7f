/**
 * Bits that flipped, rows and pages that are gone, tables that are lacking: what is damaged is said to be, and hides nothing else.
 * Damage of one row leaves the file in use; damage of the file's structure leaves it readable as far as it can be read.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import { toRepair } from '../../src/main/core/command-line/typed.ts';
import { repair } from '../../src/main/core/repair/repair.ts';
import { openReadOnly } from '../../src/main/core/store/read-only.ts';
import type { Store } from '../../src/main/core/store/store.ts';
import type { TraceId } from '../../src/shared/model/ids.ts';
import { TERMINAL_STATES, TRACE_SOURCES } from '../../src/shared/model/trace.ts';
import { Random } from '../../src/main/core/providers/sample/random.ts';
import { change, fileIn, filled } from './filled.ts';
import { madeReads } from './made-reads.ts';
import { allReads, dataFolder, open, openWithBundledWorker, plain } from './support.ts';
import { newTrace, NO_METRICS } from './traces.ts';

await openWithBundledWorker();

const listed = async (store: Store): Promise<readonly string[]> =>
  (await store.list({ limit: 100 })).rows.map(({ id, damaged }) => `${id}${damaged === undefined ? '' : ' damaged'}`);

/** All that a window asks about a trace, without an error of the program's own. */
async function useAll(store: Store, id: TraceId): Promise<void> {
  const outcomes = await Promise.allSettled([
    store.get(id),
    store.head(id),
    store.reads(id, 0),
    store.bytes(id, 0, 1e6),
    store.providerTraces(id),
  ]);
  for (const outcome of outcomes)
    if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ name: 'ServiceError' });
}

/** Of one that the traces of the file have, with a number that some have beside them. */
const NUMBERS = { ...NO_METRICS, reads: 20, bytes: 100_000, events: 4, tokensPerSecond: 4 };

describe('R14 a damaged field of one trace', () => {
  const fields: Readonly<Record<string, readonly unknown[]>> = {
    metrics: [
      '{"events":',
      '{"events":"4"}',
      '[]',
      'null',
      '{"gaps":{"a":1}}',
      '{"gaps":[{}]}',
      '{"firstByteNs":{"a":1}}',
      // One bit of a name: all else is as it was written.
      ...['evenps', 'evants', 'ev\u{fffd}nts'].map((name) => JSON.stringify(NUMBERS).replace('events', name)),
      JSON.stringify(NUMBERS).replace('tokensPerSecond', 'tokensPerSekond'),
    ],
    usage: ['{', '{"input":"3"}', '3', '{"raw":{}}', '{"inpus":3,"output":4,"raw":[]}'],
    finish: ['stop', '{"unified":"stpp","raw":null}', '{}'],
    endpoint: ['{"type":', '{}', '[]'],
    options: ['{"use_assistant_message":1}', ''],
    lanes: ['["wire"', '{}', '["UPPER"]'],
    state: ['complftf', ''],
    source: ['imporu'],
    framing: ['ssf'],
    started_at: [2 ** 62],
    title: ['\u{fffd}\u0000'],
    api: ['mesrages'],
  };

  test.each(Object.entries(fields).flatMap(([column, values]) => values.map((value) => [column, value] as const)))(
    '%s = %j: the list has it and the others',
    async (column, value) => {
      const dataDir = dataFolder();
      const [first, hit, last] = await filled(dataDir);
      change(dataDir, `UPDATE traces SET ${column} = ? WHERE id = ?`, value, hit!);
      const store = await open(dataDir);
      expect(store.problem).toBeUndefined();
      const rows = (await store.list({ limit: 10 })).rows;
      expect(rows.map(({ id }) => id)).toEqual([last, hit, first]);
      const inList = rows[1]!;
      const detail = await store.get(hit!);
      if (!['title', 'api'].includes(column)) expect(detail.damaged).toContain(toRepair(dataDir));
      expect(TERMINAL_STATES).toContain(inList.ending?.state);
      expect(TRACE_SOURCES).toContain(inList.source);
      expect(() => new Date(inList.startedAt).toISOString()).not.toThrow();
      await useAll(store, hit!);
      expect(plain(await allReads(store, hit!))).toEqual(plain(madeReads(hit!, 20, 5000)));
      // A search looks at every row.
      for (const filter of ['trace', 'openai', '-has:star', 'state:complete', 'tokens>1 or gap>1s'])
        await store.list({ limit: 10, filter });
      expect(rows[0]).not.toHaveProperty('damaged');
      // It can be named, starred and deleted like any other.
      await store.rename(hit!, 'Mine');
      await store.star([hit!], true);
      await store.delete([hit!]);
      expect(await listed(store)).toEqual([last, first]);
    },
  );

  test('G8 a digit of a number is not noticed, and of the bytes nothing is lost by it', async () => {
    const dataDir = dataFolder();
    const [, hit] = await filled(dataDir);
    change(dataDir, 'UPDATE traces SET metrics = ? WHERE id = ?', JSON.stringify({ ...NUMBERS, events: 5 }), hit!);
    const store = await open(dataDir);
    const { damaged, metrics } = await store.get(hit!);
    expect([damaged, metrics.events]).toEqual([undefined, 5]);
    expect(plain(await allReads(store, hit!))).toEqual(plain(madeReads(hit!, 20, 5000)));
  });

  test.each(['request', 'request_head', 'response_head', 'capture', 'imported'])('%s', async (column) => {
    const dataDir = dataFolder();
    const [first, hit, last] = await filled(dataDir);
    for (const value of ['{"method":', '[1,2]']) {
      // The index of imports takes no text that is no JSON.
      if (column === 'imported' && value === '{"method":') continue;
      change(dataDir, `UPDATE trace_documents SET ${column} = ? WHERE trace = 2`, value);
      const store = await open(dataDir);
      expect(await listed(store)).toEqual([last, hit, first]);
      const { damaged } = await store.get(hit!);
      if (column !== 'request' || value !== '[1,2]') expect(damaged).toContain(toRepair(dataDir));
      await useAll(store, hit!);
      await store.close();
    }
  });

  test('a document of a provider trace costs only itself', async () => {
    const dataDir = dataFolder();
    const [first, hit] = await filled(dataDir);
    change(dataDir, "UPDATE provider_traces SET document = '{' WHERE trace = 2");
    const store = await open(dataDir);
    await expect(store.providerTraces(hit!)).rejects.toMatchObject({
      code: 'damaged',
      message: expect.stringContaining(toRepair(dataDir)) as unknown,
    });
    expect(await store.providerTraces(first!)).toHaveLength(1);
  });

  test('its row of documents gone', async () => {
    const dataDir = dataFolder();
    const [, hit] = await filled(dataDir);
    change(dataDir, 'DELETE FROM trace_documents WHERE trace = 2');
    const store = await open(dataDir);
    expect((await store.get(hit!)).damaged).toMatch(/request and headers/);
    expect(await store.head(hit!)).toBeUndefined();
    await useAll(store, hit!);
  });

  test('an endpoint and a setting', async () => {
    const dataDir = dataFolder();
    await filled(dataDir);
    change(dataDir, "UPDATE endpoints SET limits = '{', base_url = 'htup//'");
    change(dataDir, `UPDATE settings SET value = '"datk"' WHERE key = 'theme'`);
    change(dataDir, `INSERT INTO settings VALUES ('lanes', '{"')`);
    const store = await open(dataDir);
    expect(await store.endpoints()).toMatchObject([{ name: 'Lab', limits: { answer: null, silence: null } }]);
    expect(await store.settings()).toEqual({});
  });
});

test('G8 a segment that is gone is said to be, and what is around it does not close up', async () => {
  const dataDir = dataFolder();
  const [hit] = await filled(dataDir, 1);
  change(dataDir, 'DELETE FROM segments WHERE nr = 1');
  const store = await open(dataDir);
  await expect(store.reads(hit!, 0)).rejects.toMatchObject({ code: 'damaged' });
  await expect(store.bytes(hit!, 0, 100)).rejects.toMatchObject({ code: 'damaged' });
  await expect(store.bytes(hit!, 60_000, 90_000)).rejects.toMatchObject({ code: 'damaged' });
  expect((await store.bytes(hit!, 80_000, 90_000)).bytes).toHaveLength(10_000);
});

test(
  'R14 G8 one flipped bit anywhere never ends the program, and every trace that can be read is listed',
  { timeout: 300_000 },
  async () => {
    const dataDir = dataFolder();
    const ids = await filled(dataDir, 6);
    const bytes = readFileSync(fileIn(dataDir));
    const random = new Random(Number(process.env['TRACELANE_TEST_SEED'] ?? 11));
    for (let flip = 0; flip < 60; flip++) {
      const at = random.below(bytes.length);
      const bit = 1 << random.below(8);
      const hit = Buffer.from(bytes);
      hit[at]! ^= bit;
      const other = dataFolder();
      mkdirSync(other);
      writeFileSync(fileIn(other), hit);
      const store = await open(other);
      const said = store.problem?.sentence ?? '';
      expect(said).not.toMatch(/Install|Reinstall|at Object|\n/);
      const list = await store.list({ limit: 100 }).catch((error: unknown) => error);
      if (list instanceof Error) expect(list).toMatchObject({ name: 'ServiceError' });
      else {
        const known = (list as Awaited<ReturnType<Store['list']>>).rows.map(({ id }) => id);
        // In the file that is in use, or in what can be read of it: all of them, but for the name of the one that was hit.
        if (store.problem === undefined || store.problem.readable)
          expect(
            ids.filter((id) => known.includes(id)).length,
            `byte ${at}, bit ${bit}: ${said}`,
          ).toBeGreaterThanOrEqual(5);
        const { groups } = await store.groups({ by: 'model' });
        expect(groups.reduce((sum, { steps }) => sum + steps.length, 0)).toBe(known.length);
      }
      for (const id of ids) await useAll(store, id);
      await store.close();
    }
  },
);

describe('G8 a page of the list that cannot be read', () => {
  test('hides only the traces in it, and those are listed as damaged', async () => {
    const dataDir = dataFolder();
    const ids = await filled(dataDir, 60);
    const db = new Database(fileIn(dataDir));
    const leaves = db
      .prepare<[], { pageno: number }>(
        "SELECT pageno FROM dbstat WHERE name = 'traces' AND pagetype = 'leaf' ORDER BY pageno",
      )
      .all();
    db.close();
    expect(leaves.length).toBeGreaterThan(3);
    const bytes = readFileSync(fileIn(dataDir));
    bytes.fill(0, (leaves[1]!.pageno - 1) * 4096, leaves[1]!.pageno * 4096);
    writeFileSync(fileIn(dataDir), bytes);
    const store = await open(dataDir);
    expect(store.problem).toMatchObject({
      readable: true,
      sentence: expect.stringMatching(/damaged .*tracelane (?:-- )?repair/),
    });
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.list({ limit: 7, ...(after !== undefined && { after }) });
      expect(page.total).toBe(60);
      seen.push(...page.rows.map(({ id, damaged }) => `${id}${damaged === undefined ? '' : ' damaged'}`));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen.map((row) => row.replace(' damaged', ''))).toEqual(ids.toReversed());
    const damaged = seen.filter((row) => row.endsWith(' damaged'));
    expect(damaged.length).toBeGreaterThan(0);
    expect(damaged.length).toBeLessThan(30);
    for (const by of ['model', 'endpoint', 'conversation'] as const) {
      const { groups, older } = await store.groups({ by });
      // The first row number of each, and the steps down from it.
      const grouped = groups.reduce((sum, { steps }) => sum + steps.length, older.length);
      expect([by, grouped]).toEqual([by, 60]);
    }
    const whole = seen.find((row) => !row.endsWith(' damaged')) as TraceId;
    expect(plain(await allReads(store, whole))).toEqual(plain(madeReads(whole, 20, 5000)));
    // What is recorded now stands above them, in memory.
    const trace = newTrace();
    await store.createTrace(trace);
    expect((await store.list({ limit: 1 })).rows[0]?.id).toBe(trace.id);
    await expect(store.star([whole], true)).rejects.toMatchObject({ code: 'read-only' });
  });
});

test.each(['traces_sizes', 'traces_filtered'])(
  'G8 a page of the index %s that cannot be read hides no trace, and no filter finds others',
  async (index) => {
    const dataDir = dataFolder();
    const ids = await filled(dataDir, 60);
    const db = new Database(fileIn(dataDir));
    const pages = db.prepare('SELECT pageno FROM dbstat WHERE name = ?').pluck().all(index) as number[];
    db.close();
    const bytes = readFileSync(fileIn(dataDir));
    for (const page of pages) bytes.fill(0, (page - 1) * 4096, page * 4096);
    writeFileSync(fileIn(dataDir), bytes);
    const store = await open(dataDir);
    expect(store.problem?.sentence).toMatch(/damaged .*tracelane (?:-- )?repair/);
    for (const filter of ['', 'state:complete', 'input:3 bytes>1', 'status:200 finish:stop', '-has:text', 'o']) {
      const { rows, total } = await store.list({ filter, limit: 100 });
      expect([filter, total, ...rows.map(({ id }) => id)]).toEqual([filter, 60, ...ids.toReversed()]);
      expect(rows.filter(({ damaged }) => damaged !== undefined)).toEqual([]);
      const { groups } = await store.groups({ by: 'endpoint', filter });
      expect(groups.map(({ steps }) => steps.length)).toEqual([60]);
    }
    expect((await store.values('state')).map(({ traces }) => traces)).toEqual([60]);
    expect((await store.values('endpoint')).map(({ traces }) => traces)).toEqual([60]);
    expect((await store.list({ filter: 'gap>1s', limit: 100 })).total).toBe(0);
    await store.close();
    const repaired = repair(dataDir);
    expect(repaired.traces.map(({ id, lost }) => [id, lost])).toEqual(ids.map((id) => [id, []]));
    const again = await open(dataDir);
    expect(again.problem).toBeUndefined();
    expect((await again.list({ filter: 'input:3 bytes>1', limit: 100 })).total).toBe(60);
  },
);

describe('R15 a file that lacks something', () => {
  const faults: Readonly<Record<string, readonly string[]>> = {
    'the table segments': ['DROP TABLE segments'],
    'the table traces': ['DROP TABLE traces'],
    'the table settings': ['DROP TABLE settings'],
    'the table endpoints': ['DROP TABLE endpoints'],
    'the table open_reads': ['DROP TABLE open_reads'],
    'the table trace_documents': ['DROP TABLE trace_documents'],
    'the table provider_traces': ['DROP TABLE provider_traces'],
    'a column': ['DROP INDEX traces_filtered', 'ALTER TABLE traces DROP COLUMN usage'],
    'a column by its name': ['ALTER TABLE segments RENAME COLUMN crc TO crd'],
    'an index': ['DROP INDEX segments_by_read'],
  };
  test.each(Object.keys(faults))('%s: said with the next step, and no stack', async (what) => {
    const dataDir = dataFolder();
    await filled(dataDir);
    for (const sql of faults[what]!) change(dataDir, sql);
    const store = await open(dataDir);
    expect(store.problem?.sentence).toMatch(
      /^The trace file .* is damaged: .* Nothing in it was changed\. Close Tracelane and run .*tracelane (?:-- )?repair /,
    );
    await store.list({ limit: 5 });
    await store.createTrace(newTrace());
    await store.close();
  });

  test('a view in place of a table, and a trigger that nobody made', async () => {
    for (const sql of [
      ['ALTER TABLE traces RENAME TO others', 'CREATE VIEW traces AS SELECT * FROM others'],
      ['CREATE TRIGGER t AFTER UPDATE ON traces BEGIN DELETE FROM traces; END'],
    ]) {
      const dataDir = dataFolder();
      await filled(dataDir);
      for (const text of sql) change(dataDir, text);
      const store = await open(dataDir);
      expect(store.problem?.sentence).toMatch(/traces is a view instead of a table|the trigger t was added/);
      await store.close();
    }
  });

  test.each(['tracelane.db', 'tracelane.db-wal', 'tracelane.db-shm', 'tracelane.lock', 'tracelane.pid'])(
    'a pipe in place of %s is not waited for',
    async (name) => {
      const dataDir = dataFolder();
      mkdirSync(dataDir);
      execFileSync('mkfifo', [join(dataDir, name)]);
      const store = await open(dataDir);
      expect(store.problem?.sentence).toMatch(/a folder, a pipe or a device/);
      expect(() => openReadOnly(dataDir)).toThrow(expect.objectContaining({ name: 'ServiceError', code: 'store' }));
      await store.createTrace(newTrace());
      expect((await store.list({ limit: 1 })).total).toBe(1);
    },
  );
});
