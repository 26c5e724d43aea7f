/** Reads a text that comes in pieces, and may still grow, in stretches of a wanted length. */
export class PieceReader {
  readonly #pieces: readonly string[];
  #piece = 0;
  /** Within that piece. */
  #from = 0;
  #taken = 0;

  /** `pieces` may grow at its end. */
  constructor(pieces: readonly string[]) {
    this.#pieces = pieces;
  }

  /** UTF-16 units so far. */
  get taken(): number {
    return this.#taken;
  }

  /** Passes over the next units: at most so many as there are. */
  skip(units: number): void {
    let left = units;
    while (left > 0 && !this.done) {
      const rest = this.#pieces[this.#piece]!.length - this.#from;
      const step = Math.min(rest, left);
      left -= step;
      this.#taken += step;
      this.#from += step;
      if (step < rest) return;
      this.#piece++;
      this.#from = 0;
    }
  }

  /** Nothing is left for now. */
  get done(): boolean {
    return this.#piece === this.#pieces.length;
  }

  /** The next units, `most` of them, or one more where that would part a surrogate pair. */
  take(most: number): string {
    const parts: string[] = [];
    for (let left = most; left > 0 && !this.done;) {
      const piece = this.#pieces[this.#piece]!;
      const end = wholeEnd(piece, Math.min(piece.length, this.#from + left));
      left -= end - this.#from;
      parts.push(piece.slice(this.#from, end));
      this.#from = end;
      if (end < piece.length) continue;
      this.#piece++;
      this.#from = 0;
    }
    const text = parts.join('');
    this.#taken += text.length;
    return text;
  }
}

function wholeEnd(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1);
  return end < text.length && unit >= 0xd800 && unit < 0xdc00 ? end + 1 : end;
}
