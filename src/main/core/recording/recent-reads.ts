/** The latest reads of a recording, up to a number of bytes: who decodes a live trace anew need not ask the store for them. */
import type { Read } from '../../../shared/model/stream.ts';

/** Held for each live recording. Most answers are smaller as a whole; the items made of them weigh several times as much. */
const MAX_BYTES = 8 * 1024 ** 2;
/** What a read weighs beside its bytes. */
const READ_BYTES = 200;

export class RecentReads {
  readonly #limit: number;
  #reads: (Read | undefined)[] = [];
  /** Where in the list the oldest held read stands. The empty places before it are cut off now and then, not each time. */
  #oldest = 0;
  #bytes = 0;
  /** Number of the read to come. */
  #next = 0;

  constructor(limit = MAX_BYTES) {
    this.#limit = limit;
  }

  /** `reads` must go on where the last ones ended. */
  add(reads: readonly Read[]): void {
    for (const read of reads) {
      this.#reads.push(read);
      this.#bytes += weightOf(read);
      this.#next = read.n + 1;
    }
    while (this.#bytes > this.#limit) {
      this.#bytes -= weightOf(this.#reads[this.#oldest]!);
      this.#reads[this.#oldest++] = undefined;
    }
    if (this.#oldest * 2 > this.#reads.length) {
      this.#reads = this.#reads.slice(this.#oldest);
      this.#oldest = 0;
    }
  }

  /**
   * The reads from number `n` on, none when it has not come yet; undefined when that one is no longer held. `maxBytes`: only as
   * many as reach it.
   */
  from(n: number, maxBytes = Infinity): readonly Read[] | undefined {
    const from = this.#placeOf(n);
    return from === undefined
      ? undefined
      : (this.#reads.slice(from, this.#pageFrom(from, maxBytes).end) as readonly Read[]);
  }

  /** Whether the reads from number `n` on are a page of `maxBytes`, or are no longer held. */
  isPage(n: number, maxBytes: number): boolean {
    const from = this.#placeOf(n);
    return from === undefined || this.#pageFrom(from, maxBytes).bytes >= maxBytes;
  }

  #placeOf(n: number): number | undefined {
    const first = this.#next - (this.#reads.length - this.#oldest);
    return n < first ? undefined : this.#oldest + n - first;
  }

  #pageFrom(from: number, maxBytes: number): { readonly end: number; readonly bytes: number } {
    let [end, bytes] = [from, 0];
    while (end < this.#reads.length && bytes < maxBytes) bytes += weightOf(this.#reads[end++]!);
    return { end, bytes };
  }
}

const weightOf = ({ bytes }: Read): number => bytes.length + READ_BYTES;
