/** The list of traces: pages that stay put while rows are added, changes as they are committed, deleting and taking it back. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { Store } from '../../src/main/core/store/store.ts';
import { endpointId, type TraceId } from '../../src/shared/model/ids.ts';
import { noFacts } from '../../src/shared/compare/facts.ts';
import type { ListChange } from '../../src/shared/rpc/contract.ts';
import { Random } from '../../src/main/core/providers/sample/random.ts';
import { cut, cutEvenly, dataFolder, next, open } from './support.ts';
import { COMPLETE, newTrace, NO_METRICS } from './traces.ts';

const NO_FACTS = noFacts('');

async function fill(store: Store, startedAts: readonly number[]): Promise<TraceId[]> {
  const traces = startedAts.map((startedAt) => newTrace({ startedAt }));
  await Promise.all(traces.map((trace) => store.createTrace(trace)));
  return traces.map(({ id }) => id);
}

describe('pages', () => {
  test('R8 go through all traces once, the last one made first, whatever the clock said', async () => {
    const store = await open(dataFolder());
    const random = new Random(5);
    const ids = await fill(
      store,
      Array.from({ length: 60 }, () => 1_800_000_000_000 + random.below(10)),
    );
    const seen: TraceId[] = [];
    let after: string | undefined;
    do {
      const page = await store.list({ limit: 7, ...(after !== undefined && { after }) });
      expect(page.total).toBe(60);
      seen.push(...page.rows.map(({ id }) => id));
      after = page.next ?? undefined;
    } while (after !== undefined);
    expect(seen).toEqual(ids.toReversed());
  });

  test('do not shift when traces come and go in front of them', async () => {
    const store = await open(dataFolder());
    const ids = await fill(store, [1, 2, 3, 4, 5, 6]);
    const first = await store.list({ limit: 2 });
    await fill(store, [7, 8]);
    await store.delete([ids[5]!]);
    const second = await store.list({ limit: 2, after: first.next! });
    expect([...first.rows, ...second.rows].map(({ startedAt }) => startedAt)).toEqual([6, 5, 4, 3]);
    expect(second.total).toBe(7);
    const last = await store.list({ limit: 2, after: second.next! });
    expect(last.rows.map(({ startedAt }) => startedAt)).toEqual([2, 1]);
    expect(last.next).toBeNull();
  });

  test('are had from anywhere: behind and in front of another, at a place, around a trace; with a filter, and in a damaged file', async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir);
    const ids = await fill(store, [...Array(30).keys()]);
    for (const id of ids.filter((_, n) => n % 3 === 0)) await store.star([id], true);
    await store.delete([ids[4]!, ids[20]!]);
    const asIs = async (read: Store): Promise<void> => {
      for (const filter of [undefined, 'has:star', 'has:star has:cost']) {
        const all = (await read.list({ filter, limit: 100 })).rows;
        for (const limit of [1, 4, 100])
          for (let at = 0; at <= all.length + 1; at += 3) {
            const page = await read.list({ filter, limit, at });
            const from = Math.max(0, Math.min(at, all.length - limit));
            expect(page, `${filter} ${limit} ${at}`).toEqual({
              rows: all.slice(from, from + limit),
              at: from,
              previous: from > 0 ? expect.any(String) : null,
              next: from + limit < all.length ? expect.any(String) : null,
              total: all.length,
            });
            if (page.next !== null)
              expect(await read.list({ filter, limit, after: page.next })).toMatchObject({
                rows: all.slice(from + limit, from + 2 * limit),
                at: from + limit,
              });
            if (page.previous !== null)
              expect(await read.list({ filter, limit, before: page.previous })).toMatchObject({
                rows: all.slice(Math.max(0, from - limit), from),
                at: Math.max(0, from - limit),
              });
            const { nr } = all[at] ?? { nr: 0 };
            const around = await read.list({ filter, limit, around: nr });
            expect(around.at).toBe(
              Math.max(0, Math.min((nr === 0 ? all.length : at) - Math.floor(limit / 2), all.length - limit)),
            );
          }
      }
    };
    await asIs(store);
    await store.close();
    const db = new Database(join(dataDir, 'tracelane.db'));
    db.pragma(`user_version = 999`);
    db.close();
    // Two layers: what is recorded now lies over what is read.
    const above = await open(dataDir);
    const more = await fill(above, [100, 101, 102, 103, 104]);
    for (const id of [more[0]!, more[4]!]) await above.star([id], true);
    expect((await above.list({ limit: 100 })).total).toBe(33);
    await asIs(above);
  });

  test('refuse a place that is none', async () => {
    const store = await open(dataFolder());
    await expect(store.list({ limit: 2, after: 'nowhere' })).rejects.toMatchObject({ code: 'bad-page' });
  });
});

describe('groups', () => {
  const fieldsOf = ({ groups, older }: Awaited<ReturnType<Store['groups']>>) => ({
    groups: groups.map(({ key, title, steps }) => [key, title, ...steps]),
    older,
  });

  test('have all traces that fit, the group with the newest first, by what it is called now', async () => {
    const store = await open(dataFolder());
    const endpoint = { type: 'openai', provider_name: 'lab', model: 'm' };
    const lab = {
      id: endpointId('lab'),
      name: 'Lab server',
      baseUrl: 'http://127.0.0.1:1',
      limits: { answer: null, silence: null },
      type: 'openai',
      provider_name: 'lab',
    } as const;
    await store.saveEndpoint(lab);
    const made = [
      newTrace({ title: 'a', model: 'one', endpointId: lab.id }),
      newTrace({ title: 'b', model: 'two', endpoint }),
      newTrace({ title: 'c', model: 'one', endpoint }),
      newTrace({ title: 'd', model: null, endpointId: lab.id }),
      newTrace({ title: 'e', model: 'two', endpointId: lab.id }),
    ];
    for (const trace of made) await store.createTrace(trace);
    expect(fieldsOf(await store.groups({ by: 'model' }))).toEqual({
      groups: [
        ['two', 'e', 5, 3],
        [null, 'd', 4],
        ['one', 'c', 3, 2],
      ],
      older: [],
    });
    expect(fieldsOf(await store.groups({ by: 'endpoint' })).groups).toEqual([
      ['Lab server', 'e', 5, 1, 3],
      ['lab', 'c', 3, 1],
    ]);
    await store.delete([made[4]!.id]);
    await store.setFacts(made[0]!.id, { ...NO_FACTS, conversation: 'x' });
    await store.setFacts(made[2]!.id, { ...NO_FACTS, conversation: 'x' });
    expect(fieldsOf(await store.groups({ by: 'conversation', filter: 'model:one or model:two' })).groups).toEqual([
      ['x', 'c', 3, 2],
      [null, 'b', 2],
    ]);
    await expect(store.groups({ by: 'model', filter: 'nosuch:x' })).rejects.toThrow('There is no field');
  });

  test('of which there are too many are given as one', async () => {
    const store = await open(dataFolder());
    for (let n = 0; n < 2003; n++) void store.createTrace(newTrace({ model: `m${n}` }));
    await store.createTrace(newTrace({ model: 'm1' }));
    const { groups, older } = await store.groups({ by: 'model' });
    expect(groups).toHaveLength(2000);
    expect(groups[0]).toMatchObject({ key: 'm1', steps: [2004, 2002] });
    expect(older).toEqual([4, 1, 2]);
  });
});

describe('a filter', () => {
  const titles = async (store: Store, filter: string): Promise<readonly string[]> => {
    const { rows, total } = await store.list({ filter, limit: 100 });
    expect(total).toBe(rows.length);
    return rows.map(({ title }) => title);
  };

  test('finds each trace by its words, wherever they are, in capitals or not', async () => {
    const store = await open(dataFolder());
    await store.saveEndpoint({
      id: endpointId('lab'),
      name: 'Lab server',
      baseUrl: 'http://127.0.0.1:1',
      type: 'openai',
      provider_name: 'lmstudio_openai',
      limits: { answer: null, silence: null },
    });
    const endpoint = { type: 'openai', provider_name: 'lmstudio_openai', model: 'm' };
    const ended = newTrace({ title: 'Trains', endpointId: endpointId('lab') });
    await store.createTrace(ended);
    await store.finishTrace(ended.id, { ...COMPLETE, model: 'said' });
    await store.createTrace(newTrace({ title: '100% of_it', model: null, endpoint, source: 'import' }));
    await store.createTrace(newTrace({ title: 'Über die Öfen', model: 'qwen-9', api: 'messages' }));
    expect(await titles(store, 'über')).toEqual(['Über die Öfen']);
    expect(await titles(store, '  ÖFEN messages QWEN ')).toEqual(['Über die Öfen']);
    expect(await titles(store, 'öfen trains')).toEqual([]);
    // No pattern: what SQL would read as a wildcard is itself.
    expect(await titles(store, '0% of_')).toEqual(['100% of_it']);
    expect(await titles(store, '%')).toEqual(['100% of_it']);
    expect(await titles(store, 'live')).toEqual(['Über die Öfen', '100% of_it']);
    expect(await titles(store, 'lmstudio')).toEqual(['100% of_it']);
    expect(await titles(store, 'lab complete')).toEqual(['Trains']);
    expect(await titles(store, ' ')).toHaveLength(3);
    expect(await titles(store, 'complete api:messages')).toEqual([]);
    expect(await titles(store, 'source:import')).toEqual(['100% of_it']);
    expect(await titles(store, 'state:live api:messages')).toEqual(['Über die Öfen']);
    expect(await titles(store, 'state:complete')).toEqual(['Trains']);
    await store.star([ended.id], true);
    expect(await titles(store, 'has:star')).toEqual(['Trains']);
    expect(await titles(store, 'not has:star')).toHaveLength(2);
    await store.delete([ended.id]);
    expect(await titles(store, 'trains')).toEqual([]);
  });

  test('goes through its pages as the whole list does, each with the count of all that fit', async () => {
    const store = await open(dataFolder());
    const random = new Random(6);
    const traces = Array.from({ length: 60 }, (_, n) =>
      newTrace({ startedAt: random.below(8), title: n % 3 === 0 ? `wanted ${n}` : `other ${n}` }),
    );
    await Promise.all(traces.map((trace) => store.createTrace(trace)));
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await store.list({ filter: 'wanted', limit: 7, after });
      expect(page.total).toBe(20);
      seen.push(...page.rows.map(({ title }) => title));
      after = page.next ?? undefined;
    } while (after !== undefined);
    const wanted = traces.filter(({ title }) => title.startsWith('wanted')).map(({ title }) => title);
    expect(seen.toSorted()).toEqual(wanted.toSorted());
  });
});

describe('changes', () => {
  test('tell of everything that alters a row, in order, and none after the listener has gone', async () => {
    const store = await open(dataFolder());
    const changes: ListChange[] = [];
    const stop = store.onChange((change) => changes.push(change));
    const trace = newTrace();
    await store.createTrace(trace);
    store.setHead(trace.id, { status: 200, statusText: 'OK', headers: [] }, 5);
    await store.flush();
    store.setLive(trace.id, { metrics: { ...NO_METRICS, events: 4 }, model: 'said' });
    const renamed = await store.rename(trace.id, 'Another name');
    await store.finishTrace(trace.id, COMPLETE);
    await store.star([trace.id], true);
    await store.delete([trace.id]);
    await store.restore([trace.id]);
    stop();
    await store.star([trace.id], false);

    const rows = changes.map((change) => (change.type === 'delete' ? change.id : change.row));
    expect(rows).toMatchObject([
      { id: trace.id, title: trace.title },
      { httpStatus: 200 },
      { httpStatus: 200, metrics: { events: 4 }, model: 'said' },
      { title: 'Another name', renamed: true, metrics: { events: 4 } },
      { title: 'Another name', ending: COMPLETE.ending, metrics: { events: 0 } },
      { starred: true },
      trace.id,
      { starred: true, title: 'Another name' },
    ]);
    expect(renamed).toEqual(rows[3]);
    expect(rows[1]).not.toHaveProperty('ending');
  });

  test('of a running trace show in the list, but are not in the file', async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir);
    const trace = newTrace();
    await store.createTrace(trace);
    store.setLive(trace.id, { metrics: { ...NO_METRICS, events: 9 } });
    expect((await store.list({ limit: 1 })).rows[0]?.metrics.events).toBe(9);
    expect((await store.get(trace.id)).metrics.events).toBe(9);
    await store.close();
    const again = await open(dataDir);
    expect((await again.get(trace.id)).metrics.events).toBe(0);
  });
});

const SECRETS = ['SECRET-ANSWER', 'SECRET-REQUEST', 'SECRET-DOCUMENT'];

/** Two traces of 400,000 bytes that do not compress; one of them holds words that are looked for in the files. */
async function fillWithSecret(store: Store): Promise<{ readonly gone: TraceId; readonly kept: TraceId }> {
  const gone = newTrace({ request: { secret: 'SECRET-REQUEST' } });
  const kept = newTrace();
  for (const trace of [gone, kept]) {
    await store.createTrace(trace);
    const random = new Random(9);
    const body = Buffer.from(Array.from({ length: 400_000 }, () => random.below(256)));
    for (let at = 0; at < body.length - 100; at += 1000)
      body.write(trace === gone ? 'SECRET-ANSWER' : 'OTHER-ANSWER', at);
    store.appendReads(trace.id, cutEvenly(body, 4000));
    await store.flush();
    store.addProviderTrace({
      trace: trace.id,
      lane: 'legacy',
      stepId: 's',
      document: { request_json: trace === gone ? 'SECRET-DOCUMENT' : '', response_json: null },
    });
    await store.finishTrace(trace.id, COMPLETE);
  }
  return { gone: gone.id, kept: kept.id };
}

/** Which of the words are in any file of the folder. */
function secretsIn(dataDir: string): readonly string[] {
  const files = readdirSync(dataDir).map((name) => readFileSync(join(dataDir, name)));
  return SECRETS.filter((secret) => files.some((bytes) => bytes.includes(secret)));
}

describe('deleting', () => {
  test('hides at once, and can be taken back', async () => {
    const store = await open(dataFolder());
    const [a, b, c] = await fill(store, [1, 2, 3]);
    await store.delete([a!, b!]);
    expect((await store.list({ limit: 9 })).rows.map(({ id }) => id)).toEqual([c]);
    await expect(store.get(a!)).rejects.toMatchObject({ code: 'not-found' });
    await expect(store.reads(a!, 0)).rejects.toMatchObject({ code: 'not-found' });
    await store.restore([a!]);
    expect((await store.list({ limit: 9 })).rows.map(({ id }) => id)).toEqual([c, a]);
    expect(await store.get(a!)).toMatchObject({ id: a });
  });

  test('R19 G12 is for good some time after: gone from the file and its log, byte for byte, and the file is smaller', async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir, { undoMs: 0 });
    const { gone, kept } = await fillWithSecret(store);
    expect(secretsIn(dataDir)).not.toEqual([]);
    await store.delete([gone]);
    await expect.poll(() => secretsIn(dataDir)).toEqual([]);
    expect(statSync(join(dataDir, 'tracelane.db')).size).toBeLessThan(700_000);
    await expect(store.restore([gone])).rejects.toMatchObject({ code: 'not-found' });
    expect((await store.get(kept)).storedBytes).toBe(400_000);
  });

  test('R19 G12 is for good when the program ends', async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir);
    const { gone, kept } = await fillWithSecret(store);
    await store.delete([gone]);
    await store.close();
    expect(secretsIn(dataDir)).toEqual([]);
    const again = await open(dataDir);
    await expect(again.restore([gone])).rejects.toMatchObject({ code: 'not-found' });
    expect((await again.get(kept)).storedBytes).toBe(400_000);
  });

  test('R8 can be taken back though the clock stepped back, or far ahead, meanwhile', async () => {
    const dataDir = dataFolder();
    const store = await open(dataDir, { worker: new URL('stepping-clock-worker.ts', import.meta.url) });
    for (const stepMs of [-120_000, 86_400_000 * 400, -86_400_000 * 400]) {
      const trace = newTrace();
      await store.createTrace(trace);
      writeFileSync(join(dataDir, 'step'), String(stepMs));
      await store.delete([trace.id]);
      await store.restore([trace.id]);
      expect((await store.list({ limit: 1 })).rows[0]?.id).toBe(trace.id);
    }
  });

  test('of a running trace lets it run, and its end does not bring it back', async () => {
    const store = await open(dataFolder());
    const trace = newTrace();
    await store.createTrace(trace);
    await store.delete([trace.id]);
    store.appendReads(trace.id, cut(Buffer.from('more'), []));
    const changes: ListChange[] = [];
    store.onChange((change) => changes.push(change));
    await store.finishTrace(trace.id, COMPLETE);
    expect(changes).toEqual([]);
    await store.restore([trace.id]);
    expect(await store.get(trace.id)).toMatchObject({ ending: COMPLETE.ending, storedBytes: 4 });
  });
});

test('writes of one moment are answered in order, each with its own result', async () => {
  const store = await open(dataFolder());
  const trace = newTrace();
  const changed = next<ListChange>(
    (listener) => store.onChange(listener),
    (change) => change.type === 'upsert' && change.row.title === 'three',
  );
  const made = store.createTrace(trace);
  const answers = await Promise.allSettled([
    made,
    store.rename(trace.id, 'one'),
    store.rename('nobody' as TraceId, 'two'),
    store.rename(trace.id, 'three'),
  ]);
  expect(answers.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'fulfilled']);
  expect(await changed).toMatchObject({ row: { title: 'three' } });
});
