/** Text added up from fragments, which stays linear because it is joined once, when it is asked for. */
import { isHighSurrogate, isLowSurrogate } from '../../json/python-text.ts';

export class TextSum {
  readonly #pieces: string[] = [];
  #split = false;

  append(piece: string): void {
    const last = this.#pieces[this.#pieces.length - 1];
    if (last !== undefined && isHighSurrogate(last.charCodeAt(last.length - 1)) && isLowSurrogate(piece.charCodeAt(0))) this.#split = true;
    if (piece !== '') this.#pieces.push(piece);
  }

  get empty(): boolean {
    return this.#pieces.length === 0;
  }

  /** Two halves of a pair came in different fragments: to Python they stay two halves, which it cannot print as UTF-8. */
  get split(): boolean {
    return this.#split;
  }

  text(): string {
    if (this.#pieces.length > 1) this.#pieces.splice(0, this.#pieces.length, this.#pieces.join(''));
    return this.#pieces[0] ?? '';
  }
}
