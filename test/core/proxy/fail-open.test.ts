/**
 * What goes wrong where exchanges are recorded is no business of the programs that exchange: the client's bytes are complete, and
 * the trace says what it lacks. Row E5 of the reliability list.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, describe, expect, test } from 'vitest';
import type { Core } from '../../../src/main/core/core.ts';
import type { TapEvent } from '../../../src/main/core/proxy/forward/tap.ts';
import { SentAgain } from '../../../src/main/core/proxy/record/sent-again.ts';
import { CapturedExchange, type CapturedExchangeSetup } from '../../../src/main/core/proxy/record/captured-exchange.ts';
import { unpacked, type Batch } from '../../../src/main/core/worker/batch.ts';
import { TapSender } from '../../../src/main/core/proxy/thread/tap-sender.ts';
import { Recordings } from '../../../src/main/core/recording/recordings.ts';
import { DEFAULT_SETTINGS } from '../../../src/main/core/settings.ts';
import { canMount, smallDisk } from '../../store/small-disk.ts';
import { captured, proxyUrl } from '../../support/captured.ts';
import { cores } from '../../support/core.ts';
import { threadForFile } from '../../support/lane-thread.ts';
import { storeForFile } from '../../support/store.ts';

const thread = threadForFile();
const { open, dataDir } = cores({ storeWorker: new URL('../../store/dying-worker.ts', import.meta.url) });

const EVENT = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: 'x'.repeat(20_000) } }] })}\n\n`;
const DONE = 'data: [DONE]\n\n';

/** Programs of their own: a provider that says its port, and a client that says what it gets. */
const SERVER = `
  const server = require('node:http').createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let n = 0; n < 20; n++) response.write(${JSON.stringify(EVENT)});
    response.end(${JSON.stringify(DONE)});
  }).listen(0, '127.0.0.1', () => process.stdout.write(String(server.address().port)));`;
const CLIENT = `fetch(process.argv[1], { method: 'POST', body: '{"stream":true,"model":"m"}' })
  .then((answer) => answer.text())
  .then((text) => process.stdout.write(text));`;

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** Asks for a stream of so many events over the proxy; `middle` happens when half of them are out. */
async function streamed(core: Core, events: number, middle: () => void, all = EVENT.repeat(events)): Promise<string> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(all.slice(0, all.length / 2));
    middle();
    response.write(all.slice(all.length / 2));
    response.end(DONE);
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const { url } = await core.proxy.openSession({ routes: [{ name: 'up', baseUrl: `http://127.0.0.1:${port}/v1` }] });
  expect(url.startsWith(proxyUrl(core))).toBe(true);
  const answer = await fetch(`${url}/up/chat/completions`, { method: 'POST', body: '{"stream":true,"model":"m"}' });
  return answer.text();
}

test.each(['before it writes', 'after it wrote, before it said so'])('the store’s thread dies %s', async (moment) => {
  const core = await open(join(dataDir, moment.split(' ', 1)[0]!));
  const { dataDir: folder } = await core.services['app.info']({});
  const text = await streamed(core, 20, () => writeFileSync(join(folder, 'die'), moment));
  expect(text).toBe(EVENT.repeat(20) + DONE);
  expect((await captured(core))[0]).toMatchObject({ ending: { state: 'complete' }, metrics: { bytes: text.length } });
});

test('E5 the store’s thread dies for good', async () => {
  const core = await open(join(dataDir, 'for good'));
  const told: (string | undefined)[] = [];
  const watching = (async () => {
    for await (const changes of core.services['app.changes']({}, new AbortController().signal))
      told.push(...changes.map(({ storeProblem }) => storeProblem?.sentence));
  })();
  const { dataDir: folder } = await core.services['app.info']({});
  const text = await streamed(core, 20, () => writeFileSync(join(folder, 'die'), 'always'));
  expect(text).toBe(EVENT.repeat(20) + DONE);
  // The next one passes as well.
  expect(await streamed(core, 4, () => undefined)).toBe(EVENT.repeat(4) + DONE);
  await expect
    .poll(async () => (await core.services['app.info']({})).storeProblem?.sentence)
    .toMatch(/store.*(?:restart|start)/i);
  await core.close();
  await watching;
  expect(told).toEqual([(await core.services['app.info']({})).storeProblem?.sentence]);
});

test('E5 the program is busy, and does not come to record', async () => {
  const core = await open(join(dataDir, 'busy'));
  const server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(server.stdout, 'data')) as [Buffer];
  const { url } = await core.proxy.openSession({
    routes: [{ name: 'up', baseUrl: `http://127.0.0.1:${String(port)}` }],
  });
  // This thread stands still until the other program has its whole answer.
  const { stdout } = spawnSync(process.execPath, ['-e', CLIENT, `${url}/up/v1/chat/completions`], { encoding: 'utf8' });
  server.kill();
  expect(stdout).toBe(EVENT.repeat(20) + DONE);
  expect((await captured(core))[0]).toMatchObject({ ending: { state: 'complete' }, metrics: { bytes: stdout.length } });
});

test('E5 the database is locked by another program', async () => {
  const core = await open(join(dataDir, 'locked'));
  const { dataDir: folder } = await core.services['app.info']({});
  const other = new Database(join(folder, 'tracelane.db'));
  other.exec('BEGIN IMMEDIATE');
  const text = await streamed(core, 20, () => undefined);
  expect(text).toBe(EVENT.repeat(20) + DONE);
  other.exec('ROLLBACK');
  other.close();
  // What waited is kept when the other program lets go.
  expect((await captured(core))[0]).toMatchObject({ ending: { state: 'complete' }, metrics: { bytes: text.length } });
});

describe.skipIf(!canMount('what a full disk does to captured streams is'))('the disk is full', () => {
  test('E5 and the trace says so, or the program does', async () => {
    const core = await open(smallDisk('3m'));
    // Nothing that compresses.
    const all = Array.from({ length: 200 }, () => `data: ${randomBytes(40_000).toString('base64')}\n\n`).join('');
    const text = await streamed(core, 200, () => undefined, all);
    expect(text === all + DONE).toBe(true);
    await core.proxy.close();
    const { rows } = await core.services['traces.list']({ limit: 1 });
    const { storeProblem } = await core.services['app.info']({});
    expect(rows[0]?.ending?.advice ?? storeProblem?.sentence).toMatch(/is full|incomplete/);
  });
});

describe('the program takes nothing', () => {
  const stored = storeForFile();
  const read = (n: number, bytes = 1_000): TapEvent => ({ id: 1, tNs: n, type: 'read', bytes: new Uint8Array(bytes) });
  const begun: TapEvent = {
    id: 1,
    tNs: 0,
    type: 'begun',
    begun: {
      route: 'up',
      session: null,
      connection: 1,
      startedAt: 0,
      method: 'POST',
      url: 'http://a.example/v1/chat/completions',
      fields: [],
      changes: [],
    },
  };

  test('then what is told is bounded, without holes, and what is lost is counted', async () => {
    const batches: Batch<TapEvent>[] = [];
    const taken = Promise.withResolvers<void>();
    const sender = new TapSender((batch) => {
      batches.push(batch);
      return taken.promise;
    }, 10_000);
    sender.event(begun);
    for (let n = 1; n <= 20; n++) sender.event(read(n));
    // Room for it again, but not after a hole.
    sender.event({ id: 1, tNs: 21, type: 'end', end: { how: 'end' }, trailers: [] });
    taken.resolve();
    await sender.flushed();
    const events = batches.flatMap((batch) => unpacked(batch));
    const reads = events.filter(({ type }) => type === 'read');
    expect(reads.map(({ tNs }) => tNs)).toEqual(reads.map((_, i) => i + 1));
    const lost = events.find((event) => event.type === 'lost')!;
    expect(lost).toMatchObject({ of: 'read', bytes: (20 - reads.length) * 1_000 });
    expect(reads.length).toBeGreaterThan(3);
    expect(events.at(-1)!.type).toBe('end');
  });

  const bytes = Buffer.from('data: {"choices":[]}\n\n');
  const exchanged = (middle: readonly TapEvent[] = []): readonly TapEvent[] => [
    { id: 1, tNs: 0, type: 'request', bytes: Buffer.from('{"stream":true}') },
    { id: 1, tNs: 1, type: 'request-end' },
    { id: 1, tNs: 2, type: 'head', head: { status: 200, statusText: 'OK', fields: [] }, changes: [] },
    { id: 1, tNs: 3, type: 'read', bytes },
    ...middle,
    { id: 1, tNs: 4, type: 'end', end: { how: 'end' }, trailers: [] },
    { id: 1, tNs: 5, type: 'closed', certificate: null },
  ];
  const exchangeOf = (other: Partial<CapturedExchangeSetup> = {}): CapturedExchange =>
    new CapturedExchange({
      begun: (begun as Extract<TapEvent, { readonly type: 'begun' }>).begun,
      store: stored.store,
      recordings: new Recordings(thread),
      settings: async () => DEFAULT_SETTINGS,
      endpoint: undefined,
      sentAgain: new SentAgain(),
      lighter: () => undefined,
      onWatched: () => undefined,
      ...other,
    });

  test('then the trace says how many bytes it lacks', async () => {
    const exchange = exchangeOf();
    for (const event of exchanged([{ id: 1, tNs: 4, type: 'lost', of: 'read', bytes: 77 }])) exchange.take(event);
    expect(await exchange.finished).toEqual({ bytes: bytes.length, complete: false });
    const { rows } = await stored.store.list({ limit: 1 });
    expect(rows[0]!.ending).toMatchObject({ state: 'limit', rule: expect.stringContaining('The last 77 bytes') });
    expect((await stored.store.get(rows[0]!.id)).capture!.missing).toContain('77 bytes');
  });

  test('a recording that cannot be begun as it should is begun without what is known of it, and says so', async () => {
    const exchange = exchangeOf({ settings: () => Promise.reject(new Error('no settings')) });
    for (const event of exchanged()) exchange.take(event);
    expect(await exchange.finished).toEqual({ bytes: bytes.length, complete: false });
    const { rows } = await stored.store.list({ limit: 1 });
    expect(rows[0]).toMatchObject({
      api: 'other',
      ending: { state: 'limit', rule: expect.stringContaining('no settings') },
    });
  });

  test.each(['before its answer', 'after its answer'])(
    'a recording that cannot be begun at all is over, and is said to lack everything: %s',
    async (when) => {
      const failure = Promise.withResolvers<typeof DEFAULT_SETTINGS>();
      const recordings = new Recordings(thread);
      recordings.open = () => {
        throw new Error('no recording');
      };
      const exchange = exchangeOf({ recordings, settings: () => failure.promise });
      const fail = (): void => failure.resolve(DEFAULT_SETTINGS);
      if (when === 'before its answer') fail();
      for (const event of exchanged()) {
        exchange.take(event);
        if (when === 'before its answer') await failure.promise;
      }
      fail();
      expect(await exchange.finished).toEqual({ bytes: 0, complete: false });
      await expect.poll(() => exchange.waiting).toBe(0);
    },
  );
});
