/**
 * Appends streamed text to the page in bounded blocks. One ever-growing text node would be laid out as a whole with each
 * addition; here only the last block is, and closed ones out of sight cost nothing (content-visibility in live.css).
 */

/** A block closes at the first line break after this many characters, */
const SOFT_LIMIT = 512;
/** and here at the latest: minified JSON has no line breaks. */
const HARD_LIMIT = 4096;

export class TextWriter {
  readonly #root: HTMLElement;
  #text: Text | undefined;
  #length = 0;

  constructor(root: HTMLElement) {
    this.#root = root;
  }

  /** The node that new text goes to, and its length so far; undefined before the first text. */
  get tail(): { readonly node: Text; readonly length: number } | undefined {
    return this.#text && { node: this.#text, length: this.#length };
  }

  append(text: string): void {
    for (let rest = text; rest !== ''; ) {
      const end = this.#room(rest);
      this.#put(rest.slice(0, end));
      rest = rest.slice(end);
      if (rest !== '' || this.#closes()) this.#text = undefined;
    }
  }

  clear(): void {
    this.#root.replaceChildren();
    this.#text = undefined;
  }

  /** How much of `text` goes into the open block. */
  #room(text: string): number {
    const used = this.#text ? this.#length : 0;
    if (used + text.length < SOFT_LIMIT) return text.length;
    const line = text.indexOf('\n', Math.max(0, SOFT_LIMIT - used));
    const limit = HARD_LIMIT - used;
    if (line >= 0 && line < limit) return line + 1;
    return text.length <= limit ? text.length : wholeUnits(text, limit);
  }

  #closes(): boolean {
    return this.#length >= HARD_LIMIT || (this.#length >= SOFT_LIMIT && this.#text?.data.endsWith('\n') === true);
  }

  #put(text: string): void {
    if (this.#text) {
      this.#text.appendData(text);
      this.#length += text.length;
      return;
    }
    this.#text = document.createTextNode(text);
    this.#length = text.length;
    const block = document.createElement('div');
    block.className = 'piece';
    block.append(this.#text);
    this.#root.append(block);
  }
}

/** The cut at or before `end` that does not part a surrogate pair; at least one unit. */
function wholeUnits(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xd800 && unit < 0xdc00 && end > 1 ? end - 1 : end;
}
