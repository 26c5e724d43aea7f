/** What the window may and may not do, whatever runs in it: the same on the double and on the real binary. */
import { expect, type TestType } from 'playwright/test';
import type { ShellApp } from './shell-app.ts';

export interface ShellFixtures {
  /** A started app. */
  readonly shell: ShellApp;
}

// A page cannot say what it was denied, so each of these tries it the way a hostile script would and looks at what came of it.
export function guardScenarios(test: TestType<ShellFixtures, object>): void {
  test('J9 the page has no powers: sandboxed, isolated, without Node, and sees one constant', async ({ shell }) => {
    const page = await shell.page();
    expect(await shell.webPreferences()).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
    });
    const seen = await page.evaluate(() => {
      const { tracelane } = window as { readonly tracelane?: unknown };
      const globals = ['require', 'process', 'module', 'Buffer', 'electron', 'ipcRenderer'].filter(
        (name) => name in window,
      );
      try {
        Object.assign(window, { tracelane: { host: 'elsewhere' } });
      } catch {
        // Read-only throws here and is silent elsewhere; the value says it.
      }
      return {
        tracelane,
        after: (window as { readonly tracelane?: unknown }).tracelane,
        globals,
        frozen: Object.isFrozen(tracelane),
      };
    });
    expect(seen).toEqual({ tracelane: { host: 'electron' }, after: { host: 'electron' }, globals: [], frozen: true });
  });

  test('J6 the page does not leave: not by location, by link, by form, by a frame', async ({ shell }) => {
    const page = await shell.page();
    const home = page.url();
    await page.evaluate(() => {
      location.href = 'https://elsewhere.invalid/location';
    });
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = 'https://elsewhere.invalid/link';
      document.body.append(link);
      link.click();
    });
    await page.evaluate(() => {
      const form = document.createElement('form');
      form.action = 'https://elsewhere.invalid/form';
      document.body.append(form);
      form.submit();
    });
    const framed = await page.evaluate(async () => {
      const frame = document.createElement('iframe');
      frame.src = 'https://elsewhere.invalid/frame';
      const settled = new Promise<void>((resolve) => {
        frame.addEventListener('load', () => resolve());
        frame.addEventListener('error', () => resolve());
      });
      document.body.append(frame);
      await settled;
      return frame.contentDocument === null ? 'another origin, or an error page' : frame.contentDocument.location.href;
    });
    expect(framed).not.toContain('elsewhere');
    expect(page.url()).toBe(home);
    expect(await page.evaluate(() => document.querySelector('#root') !== null)).toBe(true);
    expect(await shell.opened()).toEqual([]);
  });

  test('the page reaches no network: not by fetch, image, script, socket, beacon', async ({ shell }) => {
    const page = await shell.page();
    const reached = await page.evaluate(async () => {
      const address = 'https://elsewhere.invalid/';
      const element = (tag: 'img' | 'script') =>
        new Promise<string | undefined>((resolve) => {
          const node = document.createElement(tag);
          node.addEventListener('load', () => resolve(tag));
          node.addEventListener('error', () => resolve(undefined));
          node.src = address;
          document.body.append(node);
        });
      const socket = new Promise<string | undefined>((resolve) => {
        try {
          const opened = new WebSocket('wss://elsewhere.invalid/');
          opened.addEventListener('open', () => resolve('socket'));
          opened.addEventListener('error', () => resolve(undefined));
        } catch {
          resolve(undefined);
        }
      });
      const fetched = fetch(address, { mode: 'no-cors' }).then(
        () => 'fetch',
        () => undefined,
      );
      return (await Promise.all([fetched, element('img'), element('script'), socket])).filter(
        (way) => way !== undefined,
      );
    });
    expect(reached).toEqual([]);
  });

  test('no script or style in the text of a page runs', async ({ shell }) => {
    const page = await shell.page();
    const ran = await page.evaluate(async () => {
      const script = document.createElement('script');
      script.textContent = 'window.ranInline = true';
      document.body.append(script);
      const holder = document.createElement('div');
      holder.innerHTML =
        '<img src="data:," onerror="window.ranHandler = true"><p id="styled" style="position: fixed">x</p>';
      document.body.append(holder);
      await new Promise((resolve) => {
        setTimeout(resolve, 0);
      });
      let evaluated = true;
      try {
        // eslint-disable-next-line no-eval -- whether it can is the question
        (0, eval)('1');
      } catch {
        evaluated = false;
      }
      return {
        inline: 'ranInline' in window,
        handler: 'ranHandler' in window,
        evaluated,
        position: getComputedStyle(document.querySelector('#styled')!).position,
      };
    });
    expect(ran).toEqual({ inline: false, handler: false, evaluated: false, position: 'static' });
  });

  test('J6 no second window opens, and no address that nobody clicked', async ({ shell }) => {
    const page = await shell.page();
    await page.evaluate(() => {
      for (const url of [
        'https://docs.example/page?q=1#part',
        'http://docs.example/',
        'file:///etc/passwd',
        'javascript:alert(1)',
        'https://user:word@docs.example/',
        'about:blank',
        'app://tracelane/',
      ]) {
        window.open(url, '_blank');
      }
    });
    expect(await shell.windowCount()).toBe(1);
    expect(await shell.opened()).toEqual([]);
  });

  test('J7 permissions are denied, but for writing text to the clipboard', async ({ shell }) => {
    const page = await shell.page();
    const states = await page.evaluate(async () => {
      const names = ['geolocation', 'notifications', 'camera', 'microphone', 'clipboard-read'] as PermissionName[];
      return Promise.all(names.map(async (name) => `${name} ${(await navigator.permissions.query({ name })).state}`));
    });
    for (const state of states) expect(state).toMatch(/ denied$/);
    await page.evaluate(() => navigator.clipboard.writeText('kept'));
  });
}
