/** What only a double can stage: foreign senders, crashes, faults, a second start, key stores that refuse. */
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'playwright/test';
import { COMMANDS, type Command } from '../../src/renderer/commands/commands.ts';
import { CONNECT, PORT } from '../../src/shared/rpc/handshake.ts';
import { endlessStream } from '../support/endless-stream.ts';
import { expected, shown, startSample, wholeTrace } from '../support/page.ts';
import { runSample } from './app-scenarios.ts';
import type { MenuEntry } from './double/protocol.ts';
import type { DoubleApp } from './double/driver.ts';
import { test } from './double-test.ts';

const MARKER = 'sk-marker-0123456789abcdefWXYZ';
const LONG = ['long-answer', 'messages'] as const;
/** So slow that a stream goes on through whatever a test does to it. */
const SLOW = { TRACELANE_SAMPLE_PACE: '0.3' };

test.describe('the port', () => {
  test('J1 is refused to a frame in the page, to another site, and to what is no nonce', async ({ shell }) => {
    const page = await shell.page();
    await expect.poll(async () => (await shell.inspect()).ports).toBe(1);
    await page.evaluate(() => document.body.append(document.createElement('iframe')));
    await shell.sendFrom('child', CONNECT, 'of a frame');
    await expect.poll(() => shell.output).toContain('A port was refused to about:blank');
    for (const nonce of [7, null, { nonce: 'x' }, 'x'.repeat(101)]) await shell.sendFrom('main', CONNECT, nonce);
    await expect.poll(() => shell.output.split('A port was refused to app://tracelane/').length - 1).toBe(4);

    // No such frame can be loaded, by the content policy; it would be refused all the same.
    const { id } = (await shell.inspect()).windows[0]!;
    await shell.program.ipc(
      id,
      { id: 'own', url: 'app://tracelane/own.html', parent: { id: 'main', url: 'app://tracelane/', parent: null } },
      CONNECT,
      ['x'],
    );
    await expect.poll(() => shell.output).toContain('A port was refused to app://tracelane/own.html');
    expect((await shell.inspect()).ports).toBe(1);

    await shell.goToForeign('https://elsewhere.invalid/', '<title>elsewhere</title>');
    const answered = page.evaluate(
      ({ connect, port }) =>
        new Promise<boolean>((resolve) => {
          addEventListener('message', ({ data, ports }) => {
            const { type } = data as { readonly type?: unknown };
            if (type === port && ports.length > 0) resolve(true);
            // Messages of a window come in order: this one was posted after the preload had its chance to refuse.
            if (type === 'asked long ago') resolve(false);
          });
          postMessage({ type: connect, nonce: 'x' }, location.origin);
          setTimeout(() => postMessage({ type: 'asked long ago' }, location.origin), 2000);
        }),
      { connect: CONNECT, port: PORT },
    );
    await expect.poll(() => shell.output).toContain('A port was refused to https://elsewhere.invalid/');
    expect(await answered).toBe(false);
    expect((await shell.inspect()).ports).toBe(0);
  });

  test('is one for each page load; that of a page that has gone is closed', async ({ shell }) => {
    const page = await shell.page();
    for (let load = 0; load < 3; load++) {
      await expect.poll(async () => (await shell.inspect()).ports).toBe(1);
      await page.reload();
    }
    await expect(page.getByText('Ready')).toBeVisible();
    expect((await shell.inspect()).ports).toBe(1);
  });

  test('outlives the collection of garbage', async ({ launch }) => {
    const app = await launch({ env: SLOW });
    const page = await app.page();
    await runSample(app, page, 'long-answer');
    await expect.poll(async () => (await shown(page)).events).toBeGreaterThan(3);
    for (let n = 0; n < 5; n++) await app.program.collectGarbage();
    const before = (await shown(page)).events;
    await expect.poll(async () => (await shown(page)).events).toBeGreaterThan(before);
    expect((await app.inspect()).ports).toBe(1);
  });
});

test.describe('a page that crashes', () => {
  test('J3 is loaded again, and the stream goes on from the store without a gap or a repeat', async ({
    launch,
    dataDir,
  }) => {
    const endless = await endlessStream();
    const app = await launch();
    const first = await app.page();
    const client = app.client();
    const id = await endless.start(client);
    const whole = wholeTrace(client, id);
    await first.locator(`#run-${id}`).click();
    await expect.poll(async () => (await shown(first)).events).toBeGreaterThan(100);
    const before = await shown(first);
    await app.crashRenderer();
    const second = await app.page();
    await expect.poll(async () => (await shown(second)).events).toBeGreaterThan(before.events + 100);
    endless.finish();
    const all = expected(await whole);
    await expect.poll(() => shown(second)).toEqual(all);
    await endless.close();
    expect(readFileSync(join(dataDir, 'faults.log'), 'utf8')).toContain('The window crashed');
  });

  test('again and again ends the app, with what was recorded', async ({ shell, dataDir }) => {
    await shell.page();
    for (let n = 0; n < 3; n++) await shell.crashRenderer();
    void shell.crashRenderer();
    expect(await shell.exited()).toBe(1);
    expect(shell.dialogs).toEqual([expect.stringContaining('The Tracelane window keeps crashing')]);
    expect(leftOpen(dataDir)).toEqual([]);
  });

  test('or hangs is asked about, and loaded again when that is chosen', async ({ shell }) => {
    const page = await shell.page();
    const { id } = (await shell.inspect()).windows[0]!;
    await shell.program.hangs(id, true);
    await expect.poll(() => shell.dialogs).toEqual(['The window is not responding.']);
    expect(page.isClosed()).toBe(false);
    await shell.program.answerDialogs(1);
    const again = shell.reloadedAfterCrash();
    await shell.program.hangs(id, true);
    await again;
    await expect((await shell.page()).getByText('Ready')).toBeVisible();
  });
});

test.describe('the end', () => {
  test('of the last window is that of the app: the run is cancelled, the store closed', async ({ launch, dataDir }) => {
    const app = await launch({ env: SLOW });
    await app.page();
    const id = await startSample(app.client(), ...LONG);
    await expect.poll(async () => (await app.client().call('traces.get', { id })).metrics.events).toBeGreaterThan(10);
    expect(await app.closeWindow()).toBe(0);
    expect(leftOpen(dataDir)).toEqual([]);

    const again = await launch();
    await again.page();
    const detail = await again.client().call('traces.get', { id });
    expect(detail.ending?.state).toBe('cancelled');
    expect(await again.quit()).toBe(0);
  });

  test('after a fault of the program comes with a sentence, a log and a closed store', async ({ shell, dataDir }) => {
    await shell.page();
    // The program may end before it has answered.
    await shell.program.throwLater('made for the test').catch(() => undefined);
    expect(await shell.exited()).toBe(1);
    expect(shell.dialogs).toEqual([
      expect.stringMatching(
        /^Tracelane had an internal error and is closing\nEverything recorded until now is saved\. Restart the app\./,
      ),
    ]);
    expect(readFileSync(join(dataDir, 'faults.log'), 'utf8')).toContain('made for the test');
    expect(statSync(join(dataDir, 'faults.log')).mode & 0o077).toBe(0);
    expect(leftOpen(dataDir)).toEqual([]);
  });

  test('comes at once where nothing can be saved, with the reason', async ({ launch, dataDir }) => {
    await mkdir(join(dataDir, '..'), { recursive: true });
    writeFileSync(dataDir, 'a file in its place');
    const app = await launch();
    expect(await app.exited()).toBe(1);
    expect(app.dialogs).toEqual([
      expect.stringMatching(/^Tracelane cannot save anything\n.*cannot be created \((EEXIST|ENOTDIR)\)/),
    ]);
  });
});

test('a second start brings the window of the first to the front, and ends', async ({ shell, launch }) => {
  await shell.page();
  const { id } = (await shell.inspect()).windows[0]!;
  await shell.program.minimize(id);
  const second = await launch();
  expect(await second.exited()).toBe(0);
  await expect.poll(async () => (await shell.inspect()).windows).toMatchObject([{ minimized: false, focused: true }]);
});

test.describe('J8 files that the system opens', () => {
  const EVENTS =
    'data: {"id":"c","object":"chat.completion.chunk","model":"m","choices":[{"index":0,"delta":{"content":"Hello"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n';
  // The first screen plays a sample by itself.
  const rows = async (app: DoubleApp) =>
    (await app.client().call('traces.list', { limit: 10 })).rows.filter(({ source }) => source !== 'sample');

  test('J8 are asked about, and opened by the one app that runs; names that are none of a file are nothing', async ({
    launch,
    dataDir,
  }, info) => {
    const folder = info.outputPath('files');
    await mkdir(folder, { recursive: true });
    const named = join(folder, '--inspect \u202egnp.sse');
    const other = join(folder, 'other.sse');
    for (const file of [named, other]) writeFileSync(file, EVENTS);
    const shell = await launch({
      args: [named, folder, join(folder, 'none.sse'), '--remote-debugging-port=1', '/dev/zero', ''],
    });
    await shell.page();
    await expect.poll(() => shell.dialogs).toEqual(['Open this file in Tracelane?']);
    expect(shell.details).toEqual([join(folder, '--inspect \uFFFDgnp.sse')]);
    expect(await rows(shell)).toEqual([]);

    await shell.program.answerDialogs(1);
    const second = await launch({ args: ['--no-sandbox', other] });
    expect(await second.exited()).toBe(0);
    await expect.poll(async () => (await rows(shell)).map(({ source }) => source)).toEqual(['import']);
    expect(await shell.windowCount()).toBe(1);
    expect(shell.details.at(-1)).toBe(other);
    expect(statSync(dataDir).isDirectory()).toBe(true);
  });
});

test.describe('the window', () => {
  test('hears what was chosen while it was loading', async ({ shell }) => {
    const page = await shell.page();
    await expect(page.getByText('Ready')).toBeVisible();
    const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
    const before = await theme();
    const reloaded = page.reload({ waitUntil: 'commit' });
    await reloaded;
    await shell.clickMenu('theme.next');
    await expect.poll(theme).not.toBe(before);
  });

  test('opens where it was closed, as long as a screen shows that place', async ({ launch, dataDir }) => {
    const state = join(dataDir, 'electron', 'window.json');
    const first = await launch();
    await first.page();
    expect(await first.quit()).toBe(0);
    expect(JSON.parse(readFileSync(state, 'utf8'))).toEqual({
      bounds: { x: 100, y: 100, width: 1280, height: 800 },
      maximized: false,
    });

    const kept = { x: 300, y: 200, width: 1000, height: 700 };
    for (const [content, bounds] of [
      [JSON.stringify({ bounds: kept, maximized: false }), kept],
      [JSON.stringify({ bounds: { ...kept, x: 5000 }, maximized: false }), { width: 1280, height: 800 }],
      ['{"bounds":', { width: 1280, height: 800 }],
    ] as const) {
      writeFileSync(state, content);
      const next = await launch();
      await next.page();
      expect((await next.inspect()).windows[0]!.bounds).toMatchObject(bounds);
      expect(await next.quit()).toBe(0);
    }
  });

  test('carries out what the menu offers, under the same ids and keys', async ({ shell }) => {
    const page = await shell.page();
    await expect(page.getByText('Ready')).toBeVisible();
    const all = (entries: readonly MenuEntry[]): readonly MenuEntry[] =>
      entries.flatMap((entry) => [entry, ...all(entry.submenu ?? [])]);
    const offered = all((await shell.inspect()).menu).filter(({ id }) => id !== undefined);
    expect(offered.length).toBeGreaterThan(3);
    for (const { id, accelerator, registerAccelerator } of offered) {
      const command = (COMMANDS as readonly Command[]).find((one) => one.id === id);
      expect(command, id).toBeDefined();
      // The page handles keys: shown in the menu, registered nowhere.
      if (accelerator !== undefined) expect(command?.keys, id).toContain(accelerator.replace('CmdOrCtrl', 'Mod'));
      expect(registerAccelerator, id).toBe(false);
    }
    const theme = () => page.evaluate(() => document.documentElement.dataset['theme']);
    const before = await theme();
    await shell.clickMenu('theme.next');
    await expect.poll(theme).not.toBe(before);
  });
});

test.describe('the vault', () => {
  const MINE = { name: 'Mine', baseUrl: 'https://models.example/v1', type: 'openai', provider_name: 'openai' } as const;

  test('keeps a key encrypted, gives it back after a restart, and writes it anew when the key store says so', async ({
    launch,
    dataDir,
  }) => {
    const first = await launch();
    await first.page();
    const client = first.client();
    const { id } = await client.call('endpoints.save', MINE);
    expect((await client.call('endpoints.setKey', { id, key: MARKER })).key).toEqual({
      configured: true,
      last4: 'WXYZ',
    });
    expect(await first.quit()).toBe(0);
    const file = join(dataDir, 'keys-encrypted.json');
    const written = readFileSync(file, 'utf8');
    expect(statSync(file).mode & 0o077).toBe(0);
    for (const path of filesUnder(dataDir)) expect(readFileSync(path).includes(MARKER), path).toBe(false);

    const second = await launch();
    await second.page();
    await second.program.rotateStorageKey();
    const again = second.client();
    const own = (await again.call('endpoints.list', {})).find((endpoint) => endpoint.id === id);
    expect(own?.key).toEqual({ configured: true, last4: 'WXYZ' });
    await expect.poll(() => readFileSync(file, 'utf8')).not.toBe(written);
    expect((await again.call('endpoints.setKey', { id, key: '' })).key).toEqual({ configured: false });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ keys: {} });
    expect(await second.quit()).toBe(0);
  });

  test('refuses where the system protects nothing, and says what to do', async ({ launch, dataDir }) => {
    const app = await launch({ env: { DOUBLE_KEY_STORE: 'basic_text' } });
    await app.page();
    const client = app.client();
    const { id } = await client.call('endpoints.save', MINE);
    await expect(client.call('endpoints.setKey', { id, key: MARKER })).rejects.toThrow(
      /no unlocked key store, so the key was not saved\. Set up or unlock one/,
    );
    expect((await client.call('endpoints.list', {})).find((endpoint) => endpoint.id === id)?.key).toEqual({
      configured: false,
    });
    expect(await app.quit()).toBe(0);
    for (const path of filesUnder(dataDir)) expect(readFileSync(path).includes(MARKER), path).toBe(false);
  });
});

/** Files that SQLite leaves only where a store was not closed. */
const leftOpen = (folder: string): readonly string[] =>
  readdirSync(folder).filter((name) => /-(?:wal|shm|journal)$/.test(name));

const filesUnder = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
