/**
 * A string value that grows by pieces. What is new is taken from the last pieces: joining or slicing the whole at each
 * step would copy it each time and make a long argument cost the square of its length.
 */
import { trailingBlanks } from './python-text.ts';
import { codePointIndex, codePoints } from '../text/code-points.ts';

export class GrowingText {
  readonly #pieces: string[] = [];
  /** Code points of each piece. */
  readonly #lengths: number[] = [];
  /** All pieces: a rope that the engine joins only if somebody reads it, and most never do. */
  #whole = '';
  #length = 0;
  #trailing = 0;
  /** The text's end is the end of the input, from which the optimistic parser strips blanks before it reads. */
  readonly #stripped: boolean;

  constructor(stripped: boolean) {
    this.#stripped = stripped;
  }

  append(piece: string): void {
    if (piece === '') return;
    const length = codePoints(piece);
    this.#pieces.push(piece);
    this.#whole += piece;
    this.#lengths.push(length);
    this.#length += length;
    if (this.#stripped) {
      const blanks = trailingBlanks(piece);
      this.#trailing = blanks === piece.length ? this.#trailing + blanks : blanks;
    }
  }

  /** Code points, as far as they count. */
  get length(): number {
    return this.#length - this.#trailing;
  }

  /** The text beyond the first `count` code points. */
  beyond(count: number): string {
    if (count >= this.length) return '';
    if (count === 0 && this.#trailing === 0) return this.#whole;
    let first = this.#pieces.length;
    let before = this.#length;
    while (first > 0 && before > count) before -= this.#lengths[--first]!;
    const tail = this.#pieces.slice(first).join('');
    const from = codePointIndex(tail, count - before);
    return tail.slice(from, tail.length - this.#trailing);
  }

  /** All of it, trailing blanks included: what it is once its end has come. */
  whole(): string {
    return this.#whole;
  }
}
