/** The core as a whole, as a host serves it: what is run is kept, read again, played, compared, changed and still there after a restart. */
import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { appServices } from '../../src/main/core/app-info.ts';
import type { Core } from '../../src/main/core/core.ts';
import { differingLanes } from '../../src/shared/compare/cell-standing.ts';
import { endpointId, traceId, type TraceId } from '../../src/shared/model/ids.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';
import { usualEndpoint } from '../../src/shared/providers/registry.ts';
import { DEFAULT_OPTIONS, type AdapterOptions } from '../../src/shared/model/trace.ts';
import {
  contract,
  type AppInfo,
  type Cleared,
  type ListChange,
  type SampleInfo,
} from '../../src/shared/rpc/contract.ts';
import { allItems } from '../support/all-items.ts';
import { cores } from '../support/core.ts';

const OTHER: AdapterOptions = {
  use_assistant_message: false,
  put_inner_thoughts_in_kwarg: true,
  requires_approval_tools: ['get_weather', 'send_message'],
};

interface Ran {
  readonly sample: SampleInfo;
  readonly id: TraceId;
  readonly items: readonly TraceItem[];
}

async function startSample(
  { services }: Core,
  { api, request, options }: Pick<SampleInfo, 'api' | 'request' | 'options'>,
): Promise<TraceId> {
  const endpoint = endpointId(`sample-${usualEndpoint(api).type}`);
  const { id } = await services['runs.start']({
    endpoint,
    api,
    request: request as Record<string, unknown>,
    options,
    source: 'sample',
  });
  return id;
}

const allRows = async ({ services }: Core) => {
  const rows = [];
  for (let after: string | undefined; ;) {
    const page = await services['traces.list']({ limit: 7, after });
    rows.push(...page.rows);
    if (page.next === null) return { rows, total: page.total };
    after = page.next;
  }
};

describe('the core', () => {
  const { open, dataDir } = cores();

  test('runs every sample over every API, and gives the same items live, stored, played and after a restart', async () => {
    let core = await open();
    expect(Object.keys(core.services).toSorted()).toEqual(Object.keys(contract).toSorted());
    expect(await core.services['app.info']({})).toMatchObject({
      host: 'memory',
      version: '0.0.0',
      sampleUrl: core.sampleUrl,
    });
    expect(await allRows(core)).toEqual({ rows: [], total: 0 });
    const samples = await core.services['samples.list']({});
    expect(samples.length).toBeGreaterThan(20);

    const runs: Ran[] = [];
    for (const sample of samples) {
      const id = await startSample(core, sample);
      const items = await allItems(core.services, id);
      expect(items.at(-1)?.k).toBe('ending');
      runs.push({ sample, id, items });
    }
    for (const { id, items } of runs) {
      expect(await allItems(core.services, id)).toEqual(items);
      const from = items.length >> 1;
      expect(await allItems(core.services, id, { from })).toEqual(items.slice(from));
    }
    const { rows, total } = await allRows(core);
    expect(total).toBe(samples.length);
    expect(rows.map(({ id }) => id)).toEqual(runs.map(({ id }) => id).toReversed());
    const details = await Promise.all(runs.map(({ id }) => core.services['traces.get']({ id })));
    await core.close();

    core = await open();
    expect(await allRows(core)).toEqual({ rows, total });
    for (const [at, { id, items, sample }] of runs.entries()) {
      expect(await allItems(core.services, id)).toEqual(items);
      expect(await core.services['traces.get']({ id })).toEqual(details[at]);
      const compared = await core.services['compare.lanes']({ id, options: undefined });
      expect(compared.options).toEqual(sample.options);
      expect(compared.bytes).toBe(sample.bytes);
      // What the first screen says of a sample is what comparing a run of it finds.
      expect(differingLanes(compared)).toEqual(sample.differing);
    }
  });

  test('tells of each event its bytes and what each lane made of it, and gives the body in pieces', async () => {
    const core = await open();
    const [sample] = await core.services['samples.list']({});
    const id = await startSample(core, sample!);
    const items = await allItems(core.services, id);
    const { total } = await core.services['traces.bytes']({ id, start: 0, end: 0 });
    const body = Buffer.from((await core.services['traces.bytes']({ id, start: 0, end: total + 100 })).bytes, 'base64');
    expect(body).toHaveLength(total);
    expect(total).toBe(sample!.bytes);
    for (const item of items) {
      if (item.k !== 'event') continue;
      const { event } = item;
      const detail = await core.services['traces.event']({ id, index: event.index, options: undefined });
      expect(detail.event).toEqual(event);
      expect(Buffer.from(detail.bytes, 'base64').equals(body.subarray(event.start, event.end))).toBe(true);
      expect(detail.emissions).toEqual(
        items.flatMap((one) => (one.k === 'message' && one.emission.event === event.index ? [one.emission] : [])),
      );
    }
    await expect(core.services['traces.event']({ id, index: 100_000, options: undefined })).rejects.toThrow(
      'There is no event 100000',
    );
    const traces = await core.services['traces.providerTraces']({ id });
    expect(traces.map(({ lane }) => lane)).toContain('simple');
  });

  test('renames, stars, deletes and takes back, and tells whoever watches the list', async () => {
    let core = await open();
    const changes: ListChange[] = [];
    const watcher = new AbortController();
    const { services } = core;
    const watching = (async () => {
      for await (const batch of services['traces.changes']({}, watcher.signal)) changes.push(...batch);
    })();
    const [sample] = await core.services['samples.list']({});
    const id = await startSample(core, sample!);
    await allItems(core.services, id);
    expect(await core.services['traces.rename']({ id, title: 'Mine' })).toMatchObject({
      id,
      title: 'Mine',
      renamed: true,
    });
    await core.services['traces.star']({ ids: [id], starred: true });
    await expect
      .poll(() => changes.at(-1))
      .toMatchObject({ type: 'upsert', row: { id, title: 'Mine', starred: true, ending: { state: 'complete' } } });
    await core.services['traces.delete']({ ids: [id] });
    await expect.poll(() => changes.at(-1)).toEqual({ type: 'delete', id, nr: expect.any(Number) });
    expect((await allRows(core)).rows.map((row) => row.id)).not.toContain(id);
    await core.services['traces.restore']({ ids: [id] });
    expect((await allRows(core)).rows[0]).toMatchObject({ id, title: 'Mine', starred: true });
    watcher.abort();
    await watching;
    await core.close();
    core = await open();
    expect(await core.services['traces.get']({ id })).toMatchObject({ title: 'Mine', renamed: true, starred: true });
  });

  test('keeps settings and endpoints', async () => {
    let core = await open();
    await core.services['settings.set']({ theme: 'dark', options: OTHER });
    const saved = await core.services['endpoints.save']({
      name: 'Mine',
      baseUrl: 'http://127.0.0.1:9/v1',
      type: 'openai',
      provider_name: '',
      limits: { answer: 5, silence: null },
    });
    await core.close();
    core = await open();
    expect(await core.services['settings.get']({})).toMatchObject({ theme: 'dark', options: OTHER });
    expect(await core.services['endpoints.list']({})).toContainEqual(saved);
    await core.services['endpoints.remove']({ id: saved.id });
    expect((await core.services['endpoints.list']({})).every(({ builtIn }) => builtIn)).toBe(true);
    await core.services['settings.set']({ options: DEFAULT_OPTIONS });
  });

  test('compares two traces, all options at once, and as a file', async () => {
    const core = await open();
    const samples = await core.services['samples.list']({});
    const [a, b] = [await startSample(core, samples[0]!), await startSample(core, samples[1]!)];
    for (const id of [a, b]) await allItems(core.services, id);
    const sides = await core.services['compare.traces']({ a, b });
    expect([sides.a.id, sides.b.id]).toEqual([a, b]);
    expect(sides.request.some(({ change }) => change === 'changed')).toBe(true);
    const matrix = await core.services['compare.matrix']({ id: a });
    expect(new Set(matrix.rows.map(({ lane }) => lane))).toEqual(new Set(['legacy', 'simple']));
    const { name, html } = await core.services['compare.html']({ id: a, options: undefined });
    expect(name).toMatch(/^[\p{L}\p{N}-]+-comparison\.html$/u);
    expect(html.startsWith('<!doctype html>')).toBe(true);
    await expect(core.services['compare.lanes']({ id: traceId('nowhere'), options: undefined })).rejects.toMatchObject({
      name: 'ServiceError',
      code: 'not-found',
    });
  });

  test('ends live runs as cancelled when it closes, and every stream with them', async () => {
    const first = await open();
    const id = await startSample(first, {
      api: 'chat_completions',
      request: { model: 'fault-stall', messages: [{ role: 'user', content: 'Hello' }] },
      options: DEFAULT_OPTIONS,
    });
    const watched = allItems(first.services, id);
    const seen: TraceItem[] = [];
    const other = (async () => {
      const asked = { id, from: 0, options: OTHER };
      for await (const batch of first.services['traces.items'](asked, new AbortController().signal))
        seen.push(...batch);
    })();
    const list = (async () => {
      for await (const _ of first.services['traces.changes']({}, new AbortController().signal));
    })();
    const row = async () => (await first.services['traces.get']({ id })).metrics.events;
    await expect.poll(row).toBeGreaterThan(5);
    await expect.poll(() => seen.length).toBeGreaterThan(5);
    // A live event is told of, and compared what came so far.
    expect((await first.services['traces.event']({ id, index: 2, options: undefined })).json).toContain('"choices"');
    expect((await first.services['traces.event']({ id, index: 2, options: OTHER })).json).toContain('"choices"');
    expect((await first.services['compare.lanes']({ id, options: undefined })).bytes).toBeGreaterThan(0);
    await first.close();
    const items = await watched;
    expect(items.at(-1)).toMatchObject({ k: 'ending', ending: { state: 'cancelled' } });
    await list;
    const second = await open();
    expect(await allItems(second.services, id)).toEqual(items);
    // A reading with other options may be closed before it has caught up; what it gave is what the store gives.
    await other;
    expect((await allItems(second.services, id, { options: OTHER })).slice(0, seen.length)).toEqual(seen);
  });

  test('works in memory where there is no place for a file, and says so', async () => {
    const file = join(dataDir, 'a-file');
    writeFileSync(file, 'This is no folder.');
    const core = await open(file);
    const info = await core.services['app.info']({});
    expect(info.storeProblem?.sentence).toContain(file);
    const [sample] = await core.services['samples.list']({});
    const id = await startSample(core, sample!);
    const items = await allItems(core.services, id);
    expect(await allItems(core.services, id)).toEqual(items);
    expect((await core.services['compare.lanes']({ id, options: undefined })).bytes).toBe(sample!.bytes);
    expect((await core.services['traces.event']({ id, index: 0, options: undefined })).event).toEqual(
      items.find((item) => item.k === 'event')!.event,
    );
    expect((await allRows(core)).total).toBe(1);
  });

  test('R1 says what is lost when its folder is moved away during a run and a file put in its place', async () => {
    const folder = join(dataDir, 'moved');
    const core = await open(folder);
    const id = await startSample(core, {
      api: 'chat_completions',
      request: { model: 'fault-stall', messages: [{ role: 'user', content: 'Hello' }] },
      options: DEFAULT_OPTIONS,
    });
    await expect.poll(async () => (await core.services['traces.get']({ id })).metrics.events).toBeGreaterThan(5);
    renameSync(folder, `${folder}.away`);
    writeFileSync(folder, 'of nobody');
    expect(await core.close()).toMatch(
      /was moved or deleted while Tracelane was using it\. What was not written yet is lost/,
    );
  });

  test('deletes a run that is still live: it ends, and does not come back', async () => {
    const core = await open();
    const id = await startSample(core, {
      api: 'messages',
      request: { model: 'fault-stall', max_tokens: 10, messages: [{ role: 'user', content: 'Hello' }] },
      options: DEFAULT_OPTIONS,
    });
    await core.services['traces.delete']({ ids: [id] });
    expect((await allRows(core)).rows.map((row) => row.id)).not.toContain(id);
  });
});

describe('app.changes', () => {
  test('tells of trouble with the store when it comes and when it goes, and of what limits deleted', async () => {
    const told: ((sentence: string | undefined) => void)[] = [];
    const cleared: ((now: Cleared) => void)[] = [];
    const services = appServices(
      { version: '0.0.0', host: 'memory', dataDir: '/data', sampleUrl: 'http://127.0.0.1:1', commandLine: 'tracelane' },
      { problem: undefined, onWriteProblem: (listener) => told.push(listener) },
      (listener) => cleared.push(listener),
    );
    const watcher = new AbortController();
    const changes: AppInfo[] = [];
    const watching = (async () => {
      for await (const batch of services['app.changes']({}, watcher.signal)) changes.push(...batch);
    })();
    for (const [at, sentence] of ['The disk is full.', undefined, 'The file is gone.'].entries()) {
      for (const tell of told) tell(sentence);
      await expect.poll(() => changes).toHaveLength(at + 1);
      expect(await services['app.info']({})).toEqual(changes.at(-1));
    }
    const went: Cleared = { traces: 12, retention: { days: 30, megabytes: null } };
    for (const tell of cleared) tell(went);
    await expect.poll(() => changes.at(-1)?.cleared).toEqual(went);
    expect((await services['app.info']({})).cleared).toEqual(went);
    watcher.abort();
    await watching;
    expect(changes.slice(0, 3).map(({ storeProblem }) => storeProblem)).toEqual([
      { sentence: 'The disk is full.', readable: true },
      undefined,
      { sentence: 'The file is gone.', readable: true },
    ]);
  });
});
