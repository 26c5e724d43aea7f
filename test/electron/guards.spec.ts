/** The guards on the double: the scenarios that the real binary runs, too, and what only a double can stage. */
import { expect } from 'playwright/test';
import { test } from './double-test.ts';
import { guardScenarios } from './guard-scenarios.ts';

guardScenarios(test);

test('the scheme is registered once with what a window needs, and every renderer is sandboxed', async ({ shell }) => {
  await shell.page();
  const { schemes, sandboxed } = await shell.inspect();
  expect(sandboxed).toBe(true);
  expect(schemes).toEqual([
    { scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
});

test('only files of the window are served, each with its type and the policies', async ({ shell }) => {
  await shell.page();
  const page = (await shell.program.fetch('app://tracelane/', 'GET'))!;
  expect(page.status).toBe(200);
  expect(page.headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'x-content-type-options': 'nosniff',
  });
  const policy = page.headers['content-security-policy']!;
  expect(policy).toContain("default-src 'none'");
  expect(policy).not.toMatch(/unsafe|\*/);
  for (const path of [
    '../main/index.js',
    '..%2fmain%2findex.js',
    '%2e%2e/main/index.js',
    '..\\main\\index.js',
    '/etc/passwd',
    '//etc/passwd',
    'index.html%00.js',
    '%',
    'assets',
    'assets/',
    'none.html',
  ]) {
    const answer = (await shell.program.fetch(`app://tracelane/${path}`, 'GET'))!;
    expect([path, answer.status, answer.body.length]).toEqual([path, 404, 0]);
    expect(answer.headers['content-security-policy']).toBe(policy);
  }
  expect((await shell.program.fetch('app://elsewhere/', 'GET'))!.status).toBe(404);
  expect((await shell.program.fetch('app://tracelane/', 'POST'))!.status).toBe(405);
});

test('R26 J6 I13 a link opens in the browser by a click and after a question, one for each click, and nothing else does', async ({
  shell,
}) => {
  const page = await shell.page();
  const { id } = (await shell.inspect()).windows[0]!;
  const open = (...urls: readonly string[]): Promise<void> =>
    page.evaluate((all) => {
      for (const url of all) window.open(url, '_blank');
    }, urls);
  const click = (): Promise<void> => shell.program.input(id, 'mouseUp');

  await shell.program.input(id, 'mouseMove');
  await open('https://docs.example/nobody-clicked');
  await click();
  await open('https://docs.example/refused');
  await expect.poll(() => shell.dialogs).toEqual(['Open this address in your browser?']);
  expect(shell.details).toEqual(['https://docs.example/refused']);

  await shell.program.answerDialogs(1);
  for (const url of [
    'http://docs.example/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    'https://user:word@docs.example/',
    'about:blank',
    'app://tracelane/',
    'ms-settings:x',
    'smb://host/share',
  ]) {
    await click();
    await open(url);
  }
  await click();
  await open('https://docs.example/page?q=1#part', 'https://docs.example/second-of-one-click');
  await expect.poll(() => shell.opened()).toEqual(['https://docs.example/page?q=1#part']);
  expect(shell.dialogs).toHaveLength(2);
  expect(await shell.windowCount()).toBe(1);
});

test('J6 redirects and webviews are prevented', async ({ shell }) => {
  await shell.page();
  const id = (await shell.inspect()).windows[0]!.id;
  expect(await shell.program.emit(id, 'will-redirect', { url: 'https://elsewhere.invalid/', isMainFrame: true })).toBe(
    true,
  );
  expect(await shell.program.emit(id, 'will-attach-webview', {})).toBe(true);
});

test('J7 what the window made itself may be saved, and nothing else; no device and no power of a page is granted', async ({
  shell,
}) => {
  await shell.page();
  expect(await shell.program.downloadAllowed('blob:app://tracelane/0f8f')).toBe(true);
  for (const url of [
    'https://elsewhere.invalid/x.html',
    'blob:https://elsewhere.invalid/0f8f',
    'data:text/html,x',
    'file:///etc/passwd',
    'app://tracelane/index.html',
  ]) {
    expect([url, await shell.program.downloadAllowed(url)]).toEqual([url, false]);
  }
  const id = (await shell.inspect()).windows[0]!.id;
  const own = 'app://tracelane';
  for (const name of [
    'bluetooth',
    'clipboard-read',
    'display-capture',
    'fileSystem',
    'geolocation',
    'hid',
    'idle-detection',
    'media',
    'midiSysex',
    'notifications',
    'openExternal',
    'serial',
    'usb',
  ])
    expect([name, await shell.program.permissionAllowed(id, name, own)]).toEqual([name, false]);
  expect(await shell.program.permissionAllowed(id, 'clipboard-sanitized-write', own)).toBe(true);
  expect(await shell.program.permissionAllowed(id, 'clipboard-sanitized-write', 'https://elsewhere.invalid')).toBe(
    false,
  );
});

test('no request passes that is not for the window itself', async ({ shell }) => {
  await shell.page();
  for (const url of [
    'app://tracelane/assets/x.js',
    'blob:app://tracelane/0f8f',
    'data:image/png;base64,',
    'devtools://devtools/bundled/x.js',
  ]) {
    expect([url, await shell.program.requestAllowed(url)]).toEqual([url, true]);
  }
  for (const url of [
    'https://elsewhere.invalid/',
    'http://127.0.0.1:1/',
    'ws://127.0.0.1:1/',
    'file:///etc/passwd',
    'app://elsewhere/',
    'app://tracelane.elsewhere/',
    'blob:https://elsewhere.invalid/1',
  ]) {
    expect([url, await shell.program.requestAllowed(url)]).toEqual([url, false]);
  }
});
