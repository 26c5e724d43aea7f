/**
 * Requests, responses and notifications over a message port: how the core and its worker threads talk. Both sides are the
 * same: each serves functions by name and may call those of the other. Messages of one side arrive in the order in which they
 * were sent; a response may overtake another.
 */
import { ServiceError } from '../../../shared/rpc/services.ts';
import { monotonicMs } from './monotonic.ts';

/** What one side serves. Arguments and results are what the structured clone algorithm takes. */
export type Handlers = Readonly<Record<string, (...args: never[]) => unknown>>;

/** A result whose buffers move to the other side instead of being copied. */
export class Transferred<Value> {
  readonly value: Value;
  readonly buffers: readonly ArrayBuffer[];

  constructor(value: Value, buffers: readonly ArrayBuffer[]) {
    this.value = value;
    this.buffers = buffers;
  }
}

/** What a handler returns where the other side needs no response any more: none is sent. */
export const UNTOLD = Symbol('untold');

type Received<Result> = Result extends Transferred<infer Value> ? Value : Exclude<Result, typeof UNTOLD>;
/** What a request for it resolves with. */
export type ResponseOf<Handler extends (...args: never[]) => unknown> = Received<Awaited<ReturnType<Handler>>>;

/** What a channel needs of a worker, or of a worker's port to its parent. */
export interface ChannelPort {
  postMessage(message: unknown, transfer?: readonly ArrayBuffer[]): void;
  on(event: 'message', listener: (message: ChannelMessage) => void): unknown;
  on(event: 'messageerror', listener: (error: Error) => void): unknown;
}

export type ChannelMessage =
  | {
      readonly type: 'request';
      readonly id: number;
      readonly name: string;
      readonly args: readonly unknown[];
      /** When whoever asked stops waiting, see monotonicMs; nothing is begun after it. */
      readonly deadline?: number;
    }
  | { readonly type: 'response'; readonly id: number; readonly outcome: Outcome }
  | { readonly type: 'notification'; readonly name: string; readonly args: readonly unknown[] }
  /** A message of the other side could not be read; which one it was is not known. */
  | { readonly type: 'unread'; readonly reason: string };

/** Errors lose their class on the way; a ServiceError is known by its code. */
type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code?: string; readonly message: string; readonly stack?: string };

export interface RequestOptions {
  /** Buffers within the arguments that move to the other side. */
  readonly transfer?: readonly ArrayBuffer[];
  /** After so long the request rejects with code `too-long`; if the other side has not begun it by then, it never does. */
  readonly timeLimitMs?: number;
  /** Once it aborts, the response is not waited for any more, and the request rejects with its reason. */
  readonly signal?: AbortSignal;
}

interface Pending {
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly timer: NodeJS.Timeout | undefined;
}

export class Channel<Remote extends Handlers> {
  readonly #port: ChannelPort;
  readonly #handlers: Handlers;
  readonly #unread: (reason: string) => void;
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  /**
   * `serve` gives what this side serves; it may ask the other side through the channel, once that is there. `unread`: a message was
   * lost, of this side or of the other, since it could not be read; unless said, all requests that wait reject.
   */
  constructor(
    port: ChannelPort,
    serve: (channel: Channel<Remote>) => Handlers,
    unread: (reason: string) => void = (reason) => this.fail(new Error(`A message could not be read (${reason}).`)),
  ) {
    this.#port = port;
    this.#handlers = serve(this);
    this.#unread = unread;
    port.on('message', (message) => void this.#take(message));
    // It may have been what the other side waits for.
    port.on('messageerror', ({ message: reason }) => {
      this.#post({ type: 'unread', reason });
      unread(reason);
    });
  }

  /** Rejects with what the handler threw, with what `fail` was given, or as the options say. */
  request<Name extends keyof Remote & string>(
    name: Name,
    args: Parameters<Remote[Name]>,
    { transfer, timeLimitMs, signal }: RequestOptions = {},
  ): Promise<ResponseOf<Remote[Name]>> {
    const id = ++this.#lastId;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer =
      timeLimitMs === undefined
        ? undefined
        : setTimeout(() => this.#settle(id, { ok: false, ...tooLong(timeLimitMs) }), timeLimitMs);
    this.#pending.set(id, { resolve, reject, timer });
    signal?.addEventListener('abort', () => this.#forget(id, signal.reason));
    const deadline = timeLimitMs === undefined ? {} : { deadline: monotonicMs() + timeLimitMs };
    try {
      this.#post({ type: 'request', id, name, args, ...deadline }, transfer);
    } catch (error) {
      // An argument that cannot be cloned.
      this.#settle(id, failure(error));
    }
    return promise as Promise<ResponseOf<Remote[Name]>>;
  }

  /** Calls without waiting for an answer: there is none. `transfer`: as of a request. */
  notify<Name extends keyof Remote & string>(
    name: Name,
    args: Parameters<Remote[Name]>,
    transfer?: readonly ArrayBuffer[],
  ): void {
    this.#post({ type: 'notification', name, args }, transfer);
  }

  /** Rejects all requests that wait: the other side is gone. */
  fail(error: Error): void {
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(error);
    }
    this.#pending.clear();
  }

  async #take(message: ChannelMessage): Promise<void> {
    switch (message.type) {
      case 'response':
        this.#settle(message.id, message.outcome);
        return;
      case 'notification':
        this.#handler(message.name)(...(message.args as never[]));
        return;
      case 'unread':
        return this.#unread(message.reason);
      case 'request': {
        if (message.deadline !== undefined && monotonicMs() >= message.deadline) return;
        this.#respond(message.id, await this.#outcome(message.name, message.args));
      }
    }
  }

  async #outcome(name: string, args: readonly unknown[]): Promise<Outcome> {
    try {
      return { ok: true, value: await this.#handler(name)(...(args as never[])) };
    } catch (error) {
      return failure(error);
    }
  }

  #respond(id: number, outcome: Outcome): void {
    try {
      if (outcome.ok && outcome.value === UNTOLD) return;
      if (outcome.ok && outcome.value instanceof Transferred) {
        const { value, buffers } = outcome.value as Transferred<unknown>;
        this.#post({ type: 'response', id, outcome: { ok: true, value } }, buffers);
      } else this.#post({ type: 'response', id, outcome });
    } catch (error) {
      // A value that cannot be cloned; who asked must not wait for ever.
      this.#post({ type: 'response', id, outcome: failure(error) });
    }
  }

  #handler(name: string): Handlers[string] {
    const handler = Object.hasOwn(this.#handlers, name) ? this.#handlers[name] : undefined;
    if (!handler) throw new Error(`There is no handler for ${name}.`);
    return handler;
  }

  #forget(id: number, reason: unknown): void {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    clearTimeout(pending?.timer);
    pending?.reject(reason);
  }

  /** A response that nobody waits for any more is dropped. */
  #settle(id: number, outcome: Outcome): void {
    const pending = this.#pending.get(id);
    if (!pending) return;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (outcome.ok) pending.resolve(outcome.value);
    else pending.reject(errorOf(outcome));
  }

  #post(message: ChannelMessage, transfer: readonly ArrayBuffer[] = []): void {
    this.#port.postMessage(message, transfer);
  }
}

/** Functions that ask the other side, as if they were here. */
export function remote<Remote extends Handlers, Name extends keyof Remote & string>(
  channel: Channel<Remote>,
  names: readonly Name[],
): { readonly [Each in Name]: (...args: Parameters<Remote[Each]>) => Promise<ResponseOf<Remote[Each]>> } {
  const calls = names.map(
    (name) => [name, (...args: Parameters<Remote[Name]>) => channel.request(name, args)] as const,
  );
  return Object.fromEntries(calls) as ReturnType<typeof remote<Remote, Name>>;
}

const tooLong = (timeLimitMs: number): { readonly code: string; readonly message: string } => ({
  code: 'too-long',
  message: `There was no response within ${Math.round(timeLimitMs / 1000)} seconds.`,
});

function failure(error: unknown): Outcome {
  if (error instanceof ServiceError) return { ok: false, code: error.code, message: error.message };
  return error instanceof Error
    ? { ok: false, message: error.message, ...(error.stack !== undefined && { stack: error.stack }) }
    : { ok: false, message: String(error) };
}

function errorOf({ code, message, stack }: Extract<Outcome, { ok: false }>): Error {
  if (code !== undefined) return new ServiceError(code, message);
  return Object.assign(new Error(message), stack !== undefined && { stack });
}
