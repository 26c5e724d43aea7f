/**
 * Sends one stream: pulls a batch when the watcher has room and the last batch left long enough ago or was a full one, and cuts
 * large ones into frames. What is produced meanwhile stays with its source, so that no queue grows here and nothing waits there.
 */
import { unpackItems, type PackedItems } from '../model/packed-items.ts';
import { BATCH_MS, FRAME_SIZE, FULL_BATCH, WINDOW_SIZE } from './frames.ts';
import { frameText, pieceFrames } from './pieces.ts';
import type { Port } from './port.ts';

/** Items, or parts of a list of them that are packed. */
export type SentBatch = readonly unknown[] | { readonly parts: readonly PackedItems[] };

export class StreamSender {
  readonly #port: Port;
  readonly #id: number;
  readonly #batchMs: number;
  readonly #abort = new AbortController();
  /** Number of the next item. */
  #at: number;
  /** All that was sent. */
  #sent = 0;
  /** Sent and not acknowledged yet. */
  #unacknowledged = 0;
  /** Set while the window is full: goes on sending. */
  #goOn: (() => void) | undefined;

  /** `batchMs`: how long at least between two batches that are not full. */
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
  async run(source: AsyncIterable<SentBatch>): Promise<boolean> {
    const batches = source[Symbol.asyncIterator]();
    let leftAt = -Infinity;
    while (!this.signal.aborted) {
      await this.#room();
      await delay(leftAt + this.#batchMs - performance.now(), this.signal);
      if (this.signal.aborted) break;
      const next = await batches.next();
      if (next.done) return !this.signal.aborted;
      const before = this.#sent;
      if ('parts' in next.value) await this.#sendParts(next.value.parts);
      else await this.#sendBatch(next.value);
      leftAt = this.#sent - before < FULL_BATCH ? performance.now() : -Infinity;
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
      const length = group.text?.length ?? Infinity;
      if (count > 0 && size + length > FRAME_SIZE) {
        await this.#sendTexts('items', texts, count);
        texts = [];
        [count, size] = [0, 0];
      }
      if (group.text === undefined) await this.#sendInPieces([group.item]);
      else {
        texts.push(group.text);
        count += group.count;
        size += length;
      }
    }
    if (count > 0) await this.#sendTexts('items', texts, count);
  }

  async #sendParts(parts: readonly PackedItems[]): Promise<void> {
    let texts: string[] = [];
    let [count, size] = [0, 0];
    const send = async (): Promise<void> => {
      if (count > 0) await this.#sendTexts('columns', texts, count);
      texts = [];
      [count, size] = [0, 0];
    };
    for (const part of parts) {
      const length = 'text' in part ? part.text.length : Infinity;
      if (size + length > FRAME_SIZE) await send();
      if ('text' in part && length <= FRAME_SIZE) {
        texts.push(part.text);
        count += part.count;
        size += length;
      } else await this.#sendInPieces(unpackItems(part));
    }
    await send();
  }

  /** `texts`: of so many items, with commas between them. */
  async #sendTexts(type: 'items' | 'columns', texts: readonly string[], count: number): Promise<void> {
    // A frame, with texts that are JSON already put in.
    const list = type === 'items' ? 'items' : 'parts';
    await this.#send(`{"t":"${type}","id":${this.#id},"at":${this.#at},"${list}":[${texts.join(',')}]}`);
    this.#at += count;
  }

  async #sendInPieces(items: readonly unknown[]): Promise<void> {
    for (const frame of pieceFrames(this.#id, items, this.#at)) {
      await this.#send(frame);
      if (this.signal.aborted) return;
    }
    this.#at += items.length;
  }

  async #send(frame: string): Promise<void> {
    await this.#room();
    if (this.signal.aborted) return;
    this.#sent += frame.length;
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

/** Items with their text, with commas between them; or one that is too long for a frame. */
type Group = { readonly text: string; readonly count: number } | { readonly text?: undefined; readonly item: unknown };

function* groupsOf(items: readonly unknown[]): Generator<Group> {
  for (let at = 0; at < items.length; at += TOGETHER) {
    const some = items.slice(at, at + TOGETHER);
    const text = frameText(some)?.slice(1, -1);
    if (text !== undefined) yield { text, count: some.length };
    else
      for (const item of some) {
        const own = frameText(item);
        yield own === undefined ? { item } : { text: own, count: 1 };
      }
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
