/** Whether lines of hexadecimal digits in a body are the sizes of HTTP chunks: they are when each says where the next one stands. */
import type { FaultPlace, FoundSizes } from './fault-words.ts';

/** So many such lines are sizes even where a conversion of the line ends has moved them. */
const SURE = 3;

export class ChunkSizes {
  #first: Omit<FoundSizes, 'count' | 'cut'> | undefined;
  #count = 0;
  #cut = 0;
  #end = -2;
  /** Where the next size would stand: after a line end of one or two bytes, the chunk, and another line end. */
  #next: readonly number[] = [];
  #linked = false;

  /** `end` of the place is after the first byte of the line's end, as a framer has it. */
  add({ event, after, start, end }: FaultPlace, size: number, text: string): void {
    this.#first ??= { place: { event, after, start, end }, text: text.trim() };
    this.#count++;
    this.#linked ||= this.#next.includes(start);
    this.#end = end;
    this.#next = [end + 1 + size + 2, end + size + 1, end + size];
  }

  /** Whether a line follows the last of them, so that it may be the rest of what it cut; if so, it is counted. */
  cuts({ start }: FaultPlace): boolean {
    const follows = start === this.#end || start === this.#end + 1;
    if (follows) this.#cut++;
    return follows;
  }

  /** Undefined: there was no such line. */
  get first(): FoundSizes | undefined {
    return this.#first && { ...this.#first, count: this.#count, cut: this.#cut };
  }

  /** They are sizes. */
  get sure(): boolean {
    return this.#linked || this.#count >= SURE;
  }
}
