/** `BrowserWindow` and its contents: the state is here, the page is with the browser's half. */
import { EventEmitter } from 'node:events';
import { cloned } from '../json.ts';
import type { FrameInfo, WindowInfo } from '../protocol.ts';
import { app } from './app.ts';
import { browser, tell } from './browser.ts';
import { emitPreventable } from './preventable.ts';
import { session } from './session.ts';

interface Bounds {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

interface WindowOptions extends Partial<Bounds> {
  readonly show?: boolean;
  readonly webPreferences?: { readonly preload?: string } & Readonly<Record<string, unknown>>;
}

const windows = new Map<number, BrowserWindow>();
let nextId = 1;

/** Contents that stand in no window: clients of a test. */
const clients = new Map<number, WebContents>();

export class WebContents extends EventEmitter {
  readonly id: number;
  readonly session = session.defaultSession;
  #url = '';
  #openHandler: (details: { readonly url: string }) => { readonly action: string } = () => ({ action: 'allow' });

  constructor(id: number) {
    super();
    this.id = id;
  }

  getURL(): string {
    return this.#url;
  }

  isDestroyed(): boolean {
    return !windows.has(this.id) && !clients.has(this.id);
  }

  loadURL(url: string): Promise<void> {
    return browser.load(this.id, url);
  }

  reload(): void {
    tell(browser.reload(this.id));
  }

  send(channel: string, ...args: readonly unknown[]): void {
    tell(browser.send(this.id, null, channel, args.map(cloned), []));
  }

  setWindowOpenHandler(handler: (details: { readonly url: string }) => { readonly action: string }): void {
    this.#openHandler = handler;
  }

  forcefullyCrashRenderer(): void {
    tell(browser.crash(this.id));
  }

  // From here on: what happened to the page.

  navigated(url: string): void {
    this.#url = url;
    this.emit('did-navigate', {}, url);
  }

  windowOpenAllowed(url: string): boolean {
    return this.#openHandler({ url }).action === 'allow';
  }

  navigationAllowed(url: string, frame: FrameInfo): boolean {
    const isMainFrame = frame.parent === null;
    const details = { url, isMainFrame, isSameDocument: false };
    return (
      !emitPreventable(this, 'will-frame-navigate', details) &&
      !(isMainFrame && emitPreventable(this, 'will-navigate', details))
    );
  }

  rendererGone(): void {
    const details = { reason: 'crashed', exitCode: 5 };
    this.emit('render-process-gone', {}, details);
    app.emit('render-process-gone', {}, this, details);
  }
}

export class BrowserWindow extends EventEmitter {
  readonly id = nextId++;
  readonly webContents: WebContents;
  readonly #options: WindowOptions;
  #bounds: Bounds;
  #visible: boolean;
  #focused = false;
  #minimized = false;
  #maximized = false;

  static getAllWindows(): readonly BrowserWindow[] {
    return [...windows.values()];
  }

  constructor(options: WindowOptions = {}) {
    super();
    if (!app.isReady()) throw new Error('Cannot create BrowserWindow before app is ready');
    this.#options = options;
    this.#bounds = {
      x: options.x ?? 100,
      y: options.y ?? 100,
      width: options.width ?? 800,
      height: options.height ?? 600,
    };
    this.#visible = options.show !== false;
    this.webContents = new WebContents(this.id);
    windows.set(this.id, this);
    app.emit('web-contents-created', {}, this.webContents);
    tell(
      browser.openWindow(this.id, {
        preload: options.webPreferences?.preload ?? '',
        width: this.#bounds.width,
        height: this.#bounds.height,
      }),
    );
  }

  loadURL(url: string): Promise<void> {
    return this.webContents.loadURL(url);
  }

  show(): void {
    this.#visible = true;
    this.focus();
  }

  focus(): void {
    for (const window of windows.values()) window.#focused = window === this;
  }

  minimize(): void {
    this.#minimized = true;
    this.#focused = false;
  }

  isMinimized(): boolean {
    return this.#minimized;
  }

  restore(): void {
    this.#minimized = false;
  }

  maximize(): void {
    this.#maximized = true;
  }

  isMaximized(): boolean {
    return this.#maximized;
  }

  getNormalBounds(): Bounds {
    return this.#bounds;
  }

  isDestroyed(): boolean {
    return !windows.has(this.id);
  }

  /** False when a listener kept it open. */
  close(): boolean {
    if (this.isDestroyed()) return true;
    if (emitPreventable(this, 'close')) return false;
    windows.delete(this.id);
    tell(browser.closeWindow(this.id));
    this.webContents.emit('destroyed');
    this.emit('closed');
    if (windows.size === 0) app.allClosed();
    return true;
  }

  info(): WindowInfo {
    return {
      id: this.id,
      url: this.webContents.getURL(),
      visible: this.#visible,
      focused: this.#focused,
      minimized: this.#minimized,
      bounds: this.#bounds,
      webPreferences: this.#options.webPreferences ?? {},
    };
  }
}

export function openClient(): number {
  const id = nextId++;
  clients.set(id, new WebContents(id));
  return id;
}

export function contentsOf(id: number): WebContents {
  return clients.get(id) ?? windowOf(id).webContents;
}

export function windowOf(contents: number): BrowserWindow {
  const window = windows.get(contents);
  if (!window) throw new Error(`There is no window ${contents}.`);
  return window;
}

app.windows = {
  count: () => windows.size,
  close: () => BrowserWindow.getAllWindows().every((window) => window.close()),
};
