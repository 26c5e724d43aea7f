/** The reply of a server of this program, the sample provider or the replay server, to one request: written at a model's pace, for as long as somebody reads. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../providers/sample/random.ts';
import type { Format, Json, ProviderError } from '../providers/sample/format.ts';
import { seedOf } from '../providers/sample/ids.ts';

/** Data that was sent must reach the client before a reset discards it. */
const RESET_GRACE_MS = 60;
/** Node's timers take no more, and fire at once where they are given more. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** One write to the socket, and how long the model took before it, in milliseconds at pace 1. */
export interface PacedWrite {
  readonly waitMs: number;
  readonly bytes: Uint8Array;
}

export class Reply {
  readonly format: Format;
  readonly request: Json;
  /** The model that is asked for; 'undefined' where the request names none. */
  readonly model: string;
  /** The answer is to be a stream. */
  readonly isStreamed: boolean;
  readonly #response: ServerResponse;
  readonly #pace: number;
  readonly #gone = new AbortController();

  /** `pace`: how many times faster than the times that are given; 0 is as fast as the client reads. */
  constructor(incoming: IncomingMessage, response: ServerResponse, format: Format, request: Json, pace: number) {
    this.format = format;
    this.request = request;
    const path = pathOf(incoming);
    this.model = format.modelOf(request, path);
    this.isStreamed = format.isStreamed(request, path);
    this.#response = response;
    this.#pace = pace;
    response.on('close', () => this.#gone.abort());
    if (incoming.destroyed && response.destroyed) this.#gone.abort();
  }

  /** Aborts when the answer is over, or the client has gone. */
  get over(): AbortSignal {
    return this.#gone.signal;
  }

  /** The same for the same model over the same API. */
  random(purpose: string): Random {
    return new Random(seedOf(`${purpose} ${this.format.api} ${this.model}`));
  }

  head(status: number, contentType: string | null, headers: Readonly<Record<string, string>> = {}): void {
    this.#response.writeHead(status, {
      ...this.format.headers(this.random('head')),
      ...(contentType !== null && { 'content-type': contentType }),
      ...headers,
    });
  }

  /** The head of a stream; it leaves with the first bytes, as a provider's does. */
  streamHead(): void {
    this.head(200, this.format.contentType, { 'cache-control': 'no-cache' });
  }

  /** Sends the head by itself, before there is anything to say. */
  flushHead(): void {
    this.#response.flushHeaders();
  }

  async json(status: number, body: Json, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    this.head(status, 'application/json', headers);
    await this.end(JSON.stringify(body));
  }

  async error(error: ProviderError, headers: Readonly<Record<string, string>> = {}): Promise<void> {
    await this.json(error.status, this.format.errorBody(error), headers);
  }

  /** Writes in time and no faster than the client reads. Ends early, without an error, when the client has gone. */
  async write(writes: readonly PacedWrite[]): Promise<void> {
    // Times count from the start, so that a late timer does not delay all that follows.
    const start = performance.now();
    let dueMs = 0;
    for (const { waitMs, bytes } of writes) {
      dueMs += this.#paced(waitMs);
      const leftMs = start + dueMs - performance.now();
      if (leftMs > 1) await this.wait(leftMs);
      if (this.over.aborted) return;
      if (!this.#response.write(bytes)) await this.#drained();
    }
  }

  async end(text?: string): Promise<void> {
    if (this.over.aborted) return;
    this.#response.end(text);
    await this.#untilGone();
  }

  /** Waits, or until nobody is there any more. */
  async wait(ms: number): Promise<void> {
    for (let left = ms; left > 0 && !this.over.aborted; left -= LONGEST_TIMER_MS)
      await sleep(Math.min(left, LONGEST_TIMER_MS), undefined, { signal: this.over }).catch(() => {});
  }

  /** The same of a time of the model's. */
  async pause(ms: number): Promise<void> {
    await this.wait(this.#paced(ms));
  }

  /** Keeps the connection open and says nothing more, until the client goes. */
  async hold(): Promise<void> {
    await this.#untilGone();
  }

  /** Closes the connection without the end that HTTP asks for. */
  async drop(): Promise<void> {
    await this.wait(RESET_GRACE_MS);
    this.#response.socket?.destroy();
  }

  /** Breaks the connection (RST). */
  async reset(): Promise<void> {
    await this.wait(RESET_GRACE_MS);
    this.#response.socket?.resetAndDestroy();
  }

  #paced(ms: number): number {
    return this.#pace === 0 ? 0 : ms / this.#pace;
  }

  async #untilGone(): Promise<void> {
    if (!this.over.aborted) await once(this.over, 'abort');
  }

  async #drained(): Promise<void> {
    await once(this.#response, 'drain', { signal: this.over }).catch(() => {});
  }
}

/** The path of a request, without its query. */
export const pathOf = (incoming: IncomingMessage): string => (incoming.url ?? '').split('?', 1)[0]!;
