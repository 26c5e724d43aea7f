/**
 * The half of the double in the test's process. It starts the built program with `electron` replaced, gives it a browser,
 * and shows the test both: the page as Playwright drives it, and the program's side as data.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext, Download, Page, Request, Route } from 'playwright/test';
import { createClient, type Client } from '../../../src/shared/rpc/client.ts';
import { CONNECT } from '../../../src/shared/rpc/handshake.ts';
import { Inbox } from '../../../src/shared/rpc/inbox.ts';
import type { Port } from '../../../src/shared/rpc/port.ts';
import type { ShellApp } from '../shell-app.ts';
import { link, type Remote } from './link.ts';
import { inBrowser, inProgram, STAND_IN } from './origin.ts';
import { WindowPage, type FromPage, type ToPage } from './page.ts';
import type { BrowserSide, FrameInfo, Inspection, ProgramSide } from './protocol.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const hook = new URL('hook.ts', import.meta.url).href;

type WindowSetup = Parameters<BrowserSide['openWindow']>[1];

export interface LaunchSetup {
  readonly browser: Browser;
  readonly dataDir: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Of the program's command line. */
  readonly args?: readonly string[];
  /** The program's module. */
  readonly main: string;
}

/** Electron's names of the permissions that Playwright can grant, with Playwright's. */
const PERMISSIONS = {
  'clipboard-sanitized-write': 'clipboard-write',
  'clipboard-read': 'clipboard-read',
  geolocation: 'geolocation',
  notifications: 'notifications',
  media: 'camera',
} as const;

export class DoubleApp implements ShellApp {
  readonly dialogs: string[] = [];
  /** What each question says beside itself. */
  readonly details: string[] = [];
  /** Windows that the program allowed a page to open, and requests that nothing stopped on their way out. */
  readonly escaped: string[] = [];
  /** What the program printed. */
  output = '';
  readonly program: Remote<ProgramSide>;
  readonly #opened: string[] = [];
  readonly #child: ChildProcess;
  readonly #context: BrowserContext;
  readonly #windows = new Map<number, WindowPage>();
  readonly #setups = new Map<number, WindowSetup>();
  readonly #opening = new Map<number, Promise<void>>();
  readonly #exited: Promise<number | null>;
  readonly #shown = Promise.withResolvers<void>();
  /** Pages that the program or a test sends somewhere: no guard is asked about that. */
  readonly #sent = new Set<Page>();
  readonly #foreign = new Map<string, string>();
  readonly #clients = new Map<number, (port: number) => void>();
  readonly #ends = new Map<number, Inbox>();
  readonly #closers: (() => void)[] = [];
  #expectedPages = 0;
  #ended = false;

  static async launch({ browser, dataDir, env, args = [], main }: LaunchSetup): Promise<DoubleApp> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const child = spawn(process.execPath, ['--expose-gc', '--import', hook, main, ...args], {
      cwd: root,
      env: { ...process.env, TRACELANE_DATA_DIR: dataDir, ...env },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      serialization: 'advanced',
    });
    const app = new DoubleApp(child, context);
    await context.route('**/*', (route) => app.#whileItRuns(app.#route(route)));
    context.on('page', (page) => app.#newPage(page));
    quietly(app.program.start());
    return app;
  }

  private constructor(child: ChildProcess, context: BrowserContext) {
    this.#child = child;
    this.#context = context;
    this.#exited = once(child, 'exit').then(([code]) => {
      this.#ended = true;
      for (const end of this.#ends.values()) end.close();
      return code as number | null;
    });
    for (const stream of [child.stdout, child.stderr])
      stream?.setEncoding('utf8').on('data', (text: string) => (this.output += text));
    this.program = link<ProgramSide>(child, this.#browserSide());
  }

  // For tests.

  /** The window's page, once it was loaded. One that crashed is replaced, so ask again after that. */
  async page(): Promise<Page> {
    const ended = await Promise.race([this.#shown.promise, this.#exited.then(() => 'ended')]);
    if (ended !== undefined) throw new Error(`The program ended:\n${this.output}`);
    return this.#only().page;
  }

  inspect(): Promise<Inspection> {
    return this.program.inspect();
  }

  async webPreferences(): Promise<Readonly<Record<string, unknown>>> {
    const { windows } = await this.inspect();
    return windows[0]?.webPreferences ?? {};
  }

  opened(): Promise<readonly string[]> {
    return Promise.resolve(this.#opened);
  }

  async windowCount(): Promise<number> {
    return (await this.inspect()).windows.length;
  }

  clickMenu(id: string): Promise<void> {
    return this.program.clickMenu(id);
  }

  /** The exit code, once it has ended. */
  exited(): Promise<number | null> {
    return this.#exited;
  }

  quit(): Promise<number | null> {
    quietly(this.program.quit());
    return this.#exited;
  }

  closeWindow(): Promise<number | null> {
    quietly(this.program.closeWindow(this.#onlyId()));
    return this.#exited;
  }

  /** A client of the test's own beside the page, through the same channel and the same kind of port. */
  client(): Client {
    const client = createClient(async () => {
      const contents = await this.program.openClient();
      const port = Promise.withResolvers<Port>();
      // Taken at once: the first frame comes right behind it.
      this.#clients.set(contents, (id) => port.resolve(this.#portOf(id)));
      await this.program.ipc(contents, { id: 'client', url: 'app://tracelane/', parent: null }, CONNECT, [
        'of the test',
      ]);
      return port.promise;
    });
    this.#closers.push(() => client.close());
    return client;
  }

  /** Loads another site, as nothing in the app could: what stands there has the preload and may try its luck. */
  async goToForeign(url: string, html: string): Promise<void> {
    this.#foreign.set(url, html);
    await this.#go(this.#only(), url);
  }

  /** Sends as a preload in that frame would: the main one, or the first within it. */
  async sendFrom(frame: 'main' | 'child', channel: string, message: unknown): Promise<void> {
    const window = this.#only();
    const id = frame === 'main' ? window.mainFrame() : window.childFrames()[0];
    if (id === undefined) throw new Error('The page has no frame in it.');
    await window.evaluate(id, `ipcRenderer.postMessage(${JSON.stringify(channel)}, ${JSON.stringify(message)})`);
  }

  async crashRenderer(): Promise<void> {
    const again = this.reloadedAfterCrash();
    this.#only().crash();
    await again;
  }

  /** Resolves once a page that crashed was loaded again. */
  reloadedAfterCrash(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#afterCrash = resolve;
    return promise;
  }

  /** Ends it whatever it does: for the end of a test. */
  async dispose(): Promise<void> {
    for (const close of this.#closers.splice(0)) close();
    this.#ended = true;
    this.#child.kill('SIGKILL');
    await this.#exited;
    await this.#context.close();
  }

  #afterCrash: () => void = () => undefined;

  // What the program asks of the browser.

  #browserSide(): BrowserSide {
    return {
      openWindow: (contents, setup) => {
        this.#setups.set(contents, setup);
        return this.#openPage(contents);
      },
      load: async (contents, url) => this.#go(await this.#window(contents), inBrowser(url)),
      reload: async (contents) => {
        const window = await this.#window(contents);
        await this.#go(window, window.url);
      },
      closeWindow: async (contents) => {
        const window = this.#windows.get(contents);
        this.#windows.delete(contents);
        await window?.page.close();
      },
      crash: async (contents) => (await this.#window(contents)).crash(),
      send: (contents, frame, channel, args, ports) => {
        const client = this.#clients.get(contents);
        if (client) {
          client(ports[0]!);
          return;
        }
        const sent = this.#windows.get(contents)?.send(frame, { type: 'ipc', channel, args, ports }) ?? false;
        if (!sent) this.#loseAll(ports);
      },
      portMessage: (port, data) => this.#toPort(port, { type: 'portMessage', port, data }),
      portClosed: (port) => this.#toPort(port, { type: 'portClosed', port }),
      record: (what, value) => {
        ({ opened: this.#opened, dialog: this.dialogs, detail: this.details })[what].push(value);
      },
    };
  }

  #toPort(port: number, message: ToPage): void {
    const end = this.#ends.get(port);
    if (end) {
      if (message.type === 'portMessage') end.deliver(String(message.data));
      else end.close();
      return;
    }
    for (const window of this.#windows.values()) if (window.sendToPort(port, message)) return;
  }

  /** The end of a channel that came to a client of the test. */
  #portOf(id: number): Port {
    const inbox = new Inbox();
    this.#ends.set(id, inbox);
    return {
      send: (frame) => quietly(this.program.portMessage(id, frame)),
      onMessage: (listener) => inbox.onMessage(listener),
      onClose: (listener) => inbox.onClose(listener),
      close: () => {
        inbox.close();
        quietly(this.program.portClosed(id));
      },
    };
  }

  async #window(contents: number): Promise<WindowPage> {
    await this.#opening.get(contents);
    const window = this.#windows.get(contents);
    if (!window) throw new Error(`The window ${contents} has closed.`);
    return window;
  }

  #openPage(contents: number): Promise<void> {
    const opening = this.#openNow(contents);
    this.#opening.set(contents, opening);
    return opening;
  }

  async #openNow(contents: number): Promise<void> {
    const { preload, width, height } = this.#setups.get(contents)!;
    this.#expectedPages++;
    const window = await WindowPage.open(this.#context, preload, {
      said: (message, frame) => this.#said(contents, message, frame),
      portsLost: (ports) => this.#loseAll(ports),
      navigated: (url) => quietly(this.program.navigated(contents, url)),
      windowOpened: (url) => void this.#whileItRuns(this.#windowOpened(contents, url)),
    });
    const { page } = window;
    page.on('load', () => {
      quietly(this.program.loaded(contents));
      this.#shown.resolve();
    });
    page.on('download', (download) => void this.#whileItRuns(this.#download(download)));
    page.on('crash', () => void this.#whileItRuns(this.#crashed(contents, window)));
    await page.setViewportSize({ width, height });
    await this.#grant(contents);
    this.#windows.set(contents, window);
  }

  /** Chromium asks nobody in a test, so each permission is asked for beforehand, and the rest is denied. */
  async #grant(contents: number): Promise<void> {
    const granted: string[] = [];
    for (const [name, playwrightName] of Object.entries(PERMISSIONS))
      if (await this.program.permissionAllowed(contents, name, inProgram(STAND_IN))) granted.push(playwrightName);
    await this.#context.grantPermissions(granted, { origin: STAND_IN });
  }

  async #go(window: WindowPage, url: string): Promise<void> {
    this.#sent.add(window.page);
    window.url = url;
    try {
      await window.page.goto(url);
    } finally {
      this.#sent.delete(window.page);
    }
  }

  /** A crashed page is of no more use to Playwright: another takes its place before the program hears of it. */
  async #crashed(contents: number, window: WindowPage): Promise<void> {
    window.loseAll();
    await this.#openPage(contents);
    this.#windows.get(contents)!.url = window.url;
    await window.page.close();
    this.#windows.get(contents)!.page.once('load', () => this.#afterCrash());
    await this.program.rendererGone(contents);
  }

  // What the page does.

  #said(contents: number, message: FromPage, frame: FrameInfo): void {
    if (message.type === 'ipc') quietly(this.program.ipc(contents, frame, message.channel, message.args));
    else if (message.type === 'portMessage') quietly(this.program.portMessage(message.port, message.data));
    else quietly(this.program.portClosed(message.port));
  }

  #loseAll(ports: readonly number[]): void {
    for (const port of ports) quietly(this.program.portClosed(port));
  }

  async #windowOpened(contents: number, url: string): Promise<void> {
    if (await this.program.windowOpenAllowed(contents, url)) this.escaped.push(url);
  }

  async #download(download: Download): Promise<void> {
    if (!(await this.program.downloadAllowed(inProgram(download.url())))) await download.cancel();
  }

  /** A page that a page opened has nothing to live for. */
  #newPage(page: Page): void {
    if (this.#expectedPages > 0) this.#expectedPages--;
    else void page.close();
  }

  async #route(route: Route): Promise<void> {
    const request = route.request();
    const contents = this.#contentsOf(request);
    if (contents === undefined) {
      await route.abort();
      return;
    }
    const url = request.url();
    const sent = this.#sent.has(this.#windows.get(contents)!.page) && isMainNavigation(request);
    const foreign = sent ? this.#foreign.get(url) : undefined;
    if (foreign !== undefined) {
      await route.fulfill({ contentType: 'text/html', body: foreign });
      return;
    }
    if (
      request.isNavigationRequest() &&
      !sent &&
      !(await this.program.navigationAllowed(contents, inProgram(url), frameOf(request)))
    ) {
      await route.abort('aborted');
      return;
    }
    if (!(await this.program.requestAllowed(inProgram(url)))) {
      await route.abort('blockedbyclient');
      return;
    }
    const answer = await this.program.fetch(inProgram(url), request.method());
    if (answer) {
      await route.fulfill({ status: answer.status, headers: { ...answer.headers }, body: Buffer.from(answer.body) });
      return;
    }
    this.escaped.push(url);
    await route.abort('internetdisconnected');
  }

  /** Undefined for a page that a page opened. */
  #contentsOf(request: Request): number | undefined {
    try {
      const page = request.frame().page();
      for (const [contents, window] of this.#windows) if (window.page === page) return contents;
    } catch {
      // Playwright knows no frame yet of a page that is only being opened.
    }
    return undefined;
  }

  /** What the browser still asks for while the program goes is answered by nobody. */
  async #whileItRuns(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      // Its channel closes a moment before it has ended.
      if (!this.#ended && this.#child.connected) throw error;
    }
  }

  #only(): WindowPage {
    const window = this.#windows.get(this.#onlyId());
    if (!window) throw new Error('No window is open.');
    return window;
  }

  #onlyId(): number {
    return [...this.#windows.keys()][0] ?? 0;
  }
}

function isMainNavigation(request: Request): boolean {
  return request.isNavigationRequest() && request.frame().parentFrame() === null;
}

function frameOf(request: Request): FrameInfo {
  const main: FrameInfo = { id: 'main', url: inProgram(request.frame().page().url()), parent: null };
  return isMainNavigation(request) ? main : { id: 'child', url: inProgram(request.frame().url()), parent: main };
}

/** For what is told to a program that may have ended. */
function quietly(told: Promise<unknown>): void {
  told.catch(() => undefined);
}
