/** Text added up from fragments, which stays linear because it is joined once, when it is asked for. */
import { isHighSurrogate, isLowSurrogate } from '../../text/code-points.ts';
import { fail } from './adapter-error.ts';

/** V8's longest string has 512 Mi units; a text that comes near it cannot be joined, let alone printed. */
const MAX_TEXT_UNITS = 256 * 1024 * 1024;

export class TextSum {
  readonly #pieces: string[] = [];
  #units = 0;

  /** Throws AdapterError past MAX_TEXT_UNITS. */
  append(piece: string): void {
    if (piece === '') return;
    this.#units += piece.length;
    if (this.#units > MAX_TEXT_UNITS) fail(`More than ${MAX_TEXT_UNITS} characters of one text.`);
    this.#pieces.push(piece);
  }

  get empty(): boolean {
    return this.#units === 0;
  }

  /** Two halves of a pair came in different fragments: to Python they stay two halves, which it cannot print as UTF-8. */
  get split(): boolean {
    return this.#pieces.some((piece, i) => {
      const before = this.#pieces[i - 1];
      return (
        before !== undefined &&
        isHighSurrogate(before.charCodeAt(before.length - 1)) &&
        isLowSurrogate(piece.charCodeAt(0))
      );
    });
  }

  text(): string {
    return this.#pieces.join('');
  }
}
