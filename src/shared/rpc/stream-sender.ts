/**
 * Sends one stream: pulls a batch when the watcher has room and the last batch left long enough ago, and cuts large ones
 * into frames. What is produced meanwhile stays with its source, so that no queue grows here and nothing waits there.
 */
import { BATCH_MS, FRAME_SIZE, WINDOW_SIZE } from './frames.ts';
import type { Port } from './port.ts';

export class StreamSender {
  readonly #port: Port;
  readonly #id: number;
  readonly #batchMs: number;
  readonly #abort = new AbortController();
  /** Number of the next item. */
  #at: number;
  /** Sent and not acknowledged yet. */
  #unacknowledged = 0;
  /** Set while the window is full: goes on sending. */
  #goOn: (() => void) | undefined;

  /** `batchMs`: how long at least between two batches. */
  constructor(port: Port, id: number, from: number, batchMs: number = BATCH_MS) {
    this.#port = port;
    this.#id = id;
    this.#at = from;
    this.#batchMs = batchMs;
  }

  /** Aborts when the watcher has gone. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Resolves with true after the last item, with false once stopped; rejects when the source does. */
  async run(source: AsyncIterable<readonly unknown[]>): Promise<boolean> {
    const batches = source[Symbol.asyncIterator]();
    let leftAt = -Infinity;
    while (!this.signal.aborted) {
      await this.#room();
      await delay(leftAt + this.#batchMs - performance.now(), this.signal);
      if (this.signal.aborted) break;
      const next = await batches.next();
      if (next.done) return !this.signal.aborted;
      await this.#sendBatch(next.value);
      leftAt = performance.now();
    }
    // Not waited for: a source that hangs must not hold what has ended.
    batches.return?.().catch(() => undefined);
    return false;
  }

  acknowledge(size: number): void {
    this.#unacknowledged = Math.max(0, this.#unacknowledged - size);
    if (this.#unacknowledged < WINDOW_SIZE) this.#goOn?.();
  }

  stop(): void {
    this.#abort.abort();
    this.#goOn?.();
  }

  async #sendBatch(items: readonly unknown[]): Promise<void> {
    let texts: string[] = [];
    let size = 0;
    for (const item of items) {
      const text = JSON.stringify(item);
      if (texts.length > 0 && size + text.length > FRAME_SIZE) {
        await this.#send(texts);
        texts = [];
        size = 0;
      }
      texts.push(text);
      size += text.length;
    }
    if (texts.length > 0) await this.#send(texts);
  }

  async #send(texts: readonly string[]): Promise<void> {
    await this.#room();
    if (this.signal.aborted) return;
    // As an `items` frame, with the items' own texts put in.
    const frame = `{"t":"items","id":${this.#id},"at":${this.#at},"items":[${texts.join(',')}]}`;
    this.#at += texts.length;
    this.#unacknowledged += frame.length;
    this.#port.send(frame);
  }

  /** Waits until the window has room, or until stopped. */
  async #room(): Promise<void> {
    if (this.#unacknowledged < WINDOW_SIZE || this.signal.aborted) return;
    await new Promise<void>((resolve) => (this.#goOn = resolve));
    this.#goOn = undefined;
  }
}

/** Waits so many milliseconds, if any, or until the signal. */
async function delay(ms: number, signal: AbortSignal): Promise<void> {
  if (ms <= 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    // Timers cut fractions off, and would ring too early.
    const timer = setTimeout(done, Math.ceil(ms));
    signal.addEventListener('abort', done);
  });
}
