/** One window's page: the preload's world in each of its documents, and who is where in it. */
import { readFileSync } from 'node:fs';
import type { BrowserContext, CDPSession, Page } from 'playwright/test';
import type { FrameInfo } from './protocol.ts';
import { inProgram } from './origin.ts';

const WORLD = 'tracelane-double';
const BINDING = 'tracelaneDouble';
const source = (name: string) => readFileSync(new URL(name, import.meta.url), 'utf8');

/** What a document's world says. */
export type FromPage =
  | { readonly type: 'ipc'; readonly channel: string; readonly args: readonly unknown[] }
  | { readonly type: 'portMessage'; readonly port: number; readonly data: unknown }
  | { readonly type: 'portClosed'; readonly port: number };

export type ToPage =
  | {
      readonly type: 'ipc';
      readonly channel: string;
      readonly args: readonly unknown[];
      readonly ports: readonly number[];
    }
  | { readonly type: 'portMessage'; readonly port: number; readonly data: unknown }
  | { readonly type: 'portClosed'; readonly port: number };

export interface PageEvents {
  said(message: FromPage, frame: FrameInfo): void;
  /** A document has gone, and with it the ports that were sent to it. */
  portsLost(ports: readonly number[]): void;
  navigated(url: string): void;
  windowOpened(url: string): void;
}

interface KnownFrame {
  url: string;
  readonly parent: string | undefined;
}

export class WindowPage {
  readonly page: Page;
  /** Where the program last sent it. */
  url = 'about:blank';
  readonly #session: CDPSession;
  readonly #events: PageEvents;
  readonly #frames = new Map<string, KnownFrame>();
  /** The preload's world by execution context. */
  readonly #worlds = new Map<number, { readonly frame: string; readonly ports: Set<number> }>();

  private constructor(page: Page, session: CDPSession, events: PageEvents) {
    this.page = page;
    this.#session = session;
    this.#events = events;
  }

  static async open(context: BrowserContext, preload: string, events: PageEvents): Promise<WindowPage> {
    const page = await context.newPage();
    const self = new WindowPage(page, await context.newCDPSession(page), events);
    await self.#start(preload);
    return self;
  }

  async #start(preload: string): Promise<void> {
    const session = this.#session;
    session.on('Runtime.executionContextCreated', ({ context }) => {
      const { frameId } = context.auxData as { readonly frameId: string };
      if (context.name === WORLD) this.#worlds.set(context.id, { frame: frameId, ports: new Set() });
    });
    session.on('Runtime.executionContextDestroyed', ({ executionContextId }) => this.#lose(executionContextId));
    session.on('Runtime.executionContextsCleared', () => this.loseAll());
    session.on('Runtime.bindingCalled', ({ name, payload, executionContextId }) => {
      if (name === BINDING) this.#said(JSON.parse(payload) as FromPage, executionContextId);
    });
    session.on('Page.frameAttached', ({ frameId, parentFrameId }) =>
      this.#frames.set(frameId, { url: 'about:blank', parent: parentFrameId }),
    );
    session.on('Page.frameNavigated', ({ frame }) => {
      this.#frames.set(frame.id, { url: frame.url, parent: frame.parentId });
      if (frame.parentId === undefined) this.#events.navigated(inProgram(frame.url));
    });
    session.on('Page.windowOpen', ({ url }) => this.#events.windowOpened(inProgram(url)));
    await session.send('Page.enable');
    await session.send('Runtime.enable');
    await session.send('Runtime.addBinding', { name: BINDING, executionContextName: WORLD });
    await session.send('Page.addScriptToEvaluateOnNewDocument', { source: source('main-world.js') });
    const preloadSource = `startPreload(function (require, module, exports) {\n${readFileSync(preload, 'utf8')}\n})`;
    for (const script of [source('preload-world.js'), preloadSource]) {
      await session.send('Page.addScriptToEvaluateOnNewDocument', { source: script, worldName: WORLD });
    }
  }

  /** Runs a script in the preload's world of a frame, as a preload there would. */
  async evaluate(frame: string, expression: string): Promise<void> {
    const world = this.#worldOf(frame);
    if (world === undefined) throw new Error(`No preload runs in the frame ${frame}.`);
    const { exceptionDetails } = await this.#session.send('Runtime.evaluate', { expression, contextId: world });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }

  /** To a frame, or to the main one; false when it has gone. In order, since commands of one session are. */
  send(frame: string | null, message: ToPage): boolean {
    const world = this.#worldOf(frame ?? this.mainFrame());
    if (world === undefined) return false;
    if (message.type === 'ipc') for (const port of message.ports) this.#worlds.get(world)?.ports.add(port);
    void this.#tell(world, message);
    return true;
  }

  /** Chromium never answers this one. */
  crash(): void {
    this.#session.send('Page.crash').catch(() => undefined);
  }

  /** False when the port is with none of this page's documents. */
  sendToPort(port: number, message: ToPage): boolean {
    for (const [world, { ports }] of this.#worlds) {
      if (!ports.has(port)) continue;
      void this.#tell(world, message);
      return true;
    }
    return false;
  }

  mainFrame(): string {
    for (const [id, { parent }] of this.#frames) if (parent === undefined) return id;
    return '';
  }

  childFrames(): readonly string[] {
    return [...this.#frames].filter(([, { parent }]) => parent !== undefined).map(([id]) => id);
  }

  /** All documents at once: a crash says nothing of each. */
  loseAll(): void {
    for (const id of this.#worlds.keys()) this.#lose(id);
  }

  /** A context may go while a message is on its way to it; then the message is lost, as it would be. */
  async #tell(world: number, message: ToPage): Promise<void> {
    const expression = `fromProgram(${JSON.stringify(message)})`;
    await this.#session.send('Runtime.evaluate', { expression, contextId: world }).catch(() => undefined);
  }

  #worldOf(frame: string): number | undefined {
    let latest: number | undefined;
    for (const [id, world] of this.#worlds) if (world.frame === frame) latest = id;
    return latest;
  }

  #said(message: FromPage, world: number): void {
    const known = this.#worlds.get(world);
    if (!known) return;
    if (message.type === 'portClosed') known.ports.delete(message.port);
    this.#events.said(message, this.#info(known.frame));
  }

  #info(id: string): FrameInfo {
    const frame = this.#frames.get(id);
    return {
      id,
      url: inProgram(frame?.url ?? 'about:blank'),
      parent: frame?.parent === undefined ? null : this.#info(frame.parent),
    };
  }

  #lose(world: number): void {
    const known = this.#worlds.get(world);
    this.#worlds.delete(world);
    if (known && known.ports.size > 0) this.#events.portsLost([...known.ports]);
  }
}
