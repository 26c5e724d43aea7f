/** `protocol` and the one session: what answers requests, and who may ask for what. */
import { EventEmitter } from 'node:events';
import type { Answer } from '../protocol.ts';
import { app } from './app.ts';
import { emitPreventable } from './preventable.ts';

type Handler = (request: Request) => Response | Promise<Response>;
interface Scheme {
  readonly scheme: string;
  readonly privileges: Readonly<Record<string, boolean>>;
}

const handlers = new Map<string, Handler>();
let schemes: readonly Scheme[] = [];

export const protocol = {
  registerSchemesAsPrivileged(given: readonly Scheme[]): void {
    if (app.isReady()) throw new Error('protocol.registerSchemesAsPrivileged should be called before app is ready');
    if (schemes.length > 0)
      throw new Error('protocol.registerSchemesAsPrivileged was called twice; the second call would undo the first.');
    schemes = given;
  },
  handle(scheme: string, handler: Handler): void {
    if (!app.isReady()) throw new Error('protocol.handle can only be used after the app is ready.');
    if (handlers.has(scheme)) throw new Error(`The scheme '${scheme}' is handled already.`);
    handlers.set(scheme, handler);
  },
};

export const privilegedSchemes = (): readonly Scheme[] => schemes;

export async function answerRequest(url: string, method: string): Promise<Answer | undefined> {
  const handler = handlers.get(new URL(url).protocol.slice(0, -1));
  if (!handler) return undefined;
  const response = await handler(new Request(url, { method }));
  return {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: new Uint8Array(await response.arrayBuffer()),
  };
}

type RequestHandler = (
  contents: unknown,
  permission: string,
  answer: (allowed: boolean) => void,
  details: { readonly requestingUrl: string; readonly isMainFrame: boolean },
) => void;
type CheckHandler = (
  contents: unknown,
  permission: string,
  origin: string,
  details: { readonly isMainFrame: boolean },
) => boolean;
type RequestFilter = (
  details: { readonly url: string },
  answer: (response: { readonly cancel?: boolean }) => void,
) => void;

export class Session extends EventEmitter {
  // Without a handler Electron grants everything.
  #onRequest: RequestHandler = (_contents, _permission, answer) => answer(true);
  #onCheck: CheckHandler = () => true;
  #filter: RequestFilter = (_details, answer) => answer({});
  readonly webRequest = {
    onBeforeRequest: (filter: RequestFilter): void => {
      this.#filter = filter;
    },
  };

  setPermissionRequestHandler(handler: RequestHandler): void {
    this.#onRequest = handler;
  }

  setPermissionCheckHandler(handler: CheckHandler): void {
    this.#onCheck = handler;
  }

  /** Kept by nobody: the double has no devices. */
  setDevicePermissionHandler(): void {}

  requestAllowed(url: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.#filter({ url }, ({ cancel }) => resolve(cancel !== true));
    });
  }

  async permissionAllowed(contents: unknown, permission: string, origin: string): Promise<boolean> {
    const requested = await new Promise<boolean>((resolve) => {
      this.#onRequest(contents, permission, resolve, { requestingUrl: `${origin}/`, isMainFrame: true });
    });
    return requested && this.#onCheck(contents, permission, `${origin}/`, { isMainFrame: true });
  }

  downloadAllowed(url: string): boolean {
    return !emitPreventable(this, 'will-download', {}, { getURL: () => url });
  }
}

export const session = { defaultSession: new Session() };
