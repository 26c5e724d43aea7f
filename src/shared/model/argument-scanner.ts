/**
 * Watches a tool call's arguments grow and says when the text so far is one whole JSON document. A real parse is tried
 * only where brackets balance, which for a call's arguments is once or twice in its life: the cost stays linear.
 */
export class ArgumentScanner {
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** growing: brackets are open. whole: they balanced and only blanks came since. over: more came, so it never will be. */
  #state: 'growing' | 'whole' | 'over' = 'growing';
  #valid = false;

  /** One that has taken the same and goes on by itself. */
  copy(): ArgumentScanner {
    const copy = new ArgumentScanner();
    copy.#depth = this.#depth;
    copy.#inString = this.#inString;
    copy.#escaped = this.#escaped;
    copy.#state = this.#state;
    copy.#valid = this.#valid;
    return copy;
  }

  /** Takes the next piece; `pieces` is the whole text with it. Returns whether the text is valid JSON now. */
  feed(piece: string, pieces: readonly string[]): boolean {
    const before = this.#state;
    for (let at = 0; at < piece.length && this.#state !== 'over';)
      at = this.#inString ? this.#string(piece, at) : this.#unit(piece.charCodeAt(at), at);
    if (this.#state === 'whole' && before === 'growing') this.#valid = parses(pieces.join(''));
    return this.#state === 'whole' && this.#valid;
  }

  /** Takes what stands outside of strings. Returns the index to go on from. */
  #unit(unit: number, at: number): number {
    if (unit === SPACE || unit === LF || unit === CR || unit === TAB) return at + 1;
    if (this.#state === 'whole') this.#state = 'over';
    else if (unit === QUOTE) this.#inString = true;
    else if (unit === OPEN_BRACE || unit === OPEN_BRACKET) this.#depth++;
    else if ((unit === CLOSE_BRACE || unit === CLOSE_BRACKET) && --this.#depth <= 0) this.#state = 'whole';
    return at + 1;
  }

  /** Passes over a string, most of which means nothing here, to its end or the piece's. */
  #string(piece: string, from: number): number {
    let at = this.#escaped ? from + 1 : from;
    this.#escaped = false;
    for (; at < piece.length; at++) {
      const unit = piece.charCodeAt(at);
      if (unit === QUOTE) {
        this.#inString = false;
        return at + 1;
      }
      if (unit === BACKSLASH && ++at === piece.length) this.#escaped = true;
    }
    return at;
  }
}

const [TAB, LF, CR, SPACE, QUOTE, BACKSLASH] = [0x09, 0x0a, 0x0d, 0x20, 0x22, 0x5c];
const [OPEN_BRACKET, CLOSE_BRACKET, OPEN_BRACE, CLOSE_BRACE] = [0x5b, 0x5d, 0x7b, 0x7d];

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
