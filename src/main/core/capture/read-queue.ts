/**
 * A queue of reads between arrival and delivery: they are delivered in later turns of the event loop, a few at a time, so that a
 * flood of one stream keeps the thread from nothing else.
 */
import type { Read } from '../../../shared/model/stream.ts';

/** How much is delivered in one turn. */
const TURN_BYTES = 128 * 1024;
const TURN_READS = 1_000;

export class ReadQueue {
  readonly #tell: (reads: readonly Read[]) => void;
  readonly #room: () => Promise<void> | undefined;
  #reads: Read[] = [];
  /** The first of `#reads` that was not told yet. */
  #next = 0;
  #bytes = 0;
  #scheduled = false;
  #last: (() => void) | undefined;

  /** `room`: what is waited for before more is told; undefined where nothing is. */
  constructor(tell: (reads: readonly Read[]) => void, room: () => Promise<void> | undefined = () => undefined) {
    this.#tell = tell;
    this.#room = room;
  }

  /** Bytes that were not told yet. */
  get bytes(): number {
    return this.#bytes;
  }

  add(read: Read): void {
    this.#reads.push(read);
    this.#bytes += read.bytes.length;
    this.#schedule();
  }

  /** Calls back once, when all reads were told. Nothing may be added after that. */
  end(last: () => void): void {
    this.#last = last;
    this.#schedule();
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    const room = this.#room();
    if (room) return void room.then(() => this.#turn());
    this.#scheduled = false;
    const reads = this.#take();
    if (reads.length > 0) this.#tell(reads);
    if (this.#next < this.#reads.length) return this.#schedule();
    this.#last?.();
    this.#last = undefined;
    return undefined;
  }

  #take(): readonly Read[] {
    const from = this.#next;
    let bytes = 0;
    while (this.#next < this.#reads.length && this.#next - from < TURN_READS && bytes < TURN_BYTES)
      bytes += this.#reads[this.#next++]!.bytes.length;
    this.#bytes -= bytes;
    const reads = this.#reads.slice(from, this.#next);
    if (this.#next === this.#reads.length) {
      this.#reads = [];
      this.#next = 0;
    }
    return reads;
  }
}
