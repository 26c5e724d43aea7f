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
    let [count, size] = [0, 0];
    for (const group of groupsOf(items)) {
      if (count > 0 && size + group.text.length > FRAME_SIZE) {
        await this.#send(texts, count);
        texts = [];
        [count, size] = [0, 0];
      }
      texts.push(group.text);
      count += group.count;
      size += group.text.length;
    }
    if (count > 0) await this.#send(texts, count);
  }

  /** `texts`: of so many items, with commas between them. */
  async #send(texts: readonly string[], count: number): Promise<void> {
    await this.#room();
    if (this.signal.aborted) return;
    // As an `items` frame, with the items' own texts put in.
    const frame = `{"t":"items","id":${this.#id},"at":${this.#at},"items":[${texts.join(',')}]}`;
    this.#at += count;
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

/** Items that are made a text together, which takes half as long as one by one; a text that is too large is made again one by one. */
const TOGETHER = 32;

interface Group {
  /** Of its items, with commas between them. */
  readonly text: string;
  readonly count: number;
}

function* groupsOf(items: readonly unknown[]): Generator<Group> {
  for (let at = 0; at < items.length; at += TOGETHER) {
    const some = items.slice(at, at + TOGETHER);
    const text = textOf(some);
    if (text !== undefined) yield { text, count: some.length };
    else for (const item of some) yield { text: JSON.stringify(item), count: 1 };
  }
}

/** Undefined where it is larger than a frame, or than any text may be. */
function textOf(items: readonly unknown[]): string | undefined {
  try {
    const text = JSON.stringify(items);
    return text.length - 2 <= FRAME_SIZE ? text.slice(1, -1) : undefined;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
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
