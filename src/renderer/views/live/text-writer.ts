/**
 * Appends streamed text to the page in bounded blocks. One ever-growing text node would be laid out as a whole with each
 * addition; here only the last block is. Blocks lie in sheets, so that the list of blocks is bounded too; closed sheets
 * out of sight cost nothing (content-visibility in live.css).
 */

/** A block closes at the first line break after this many characters, */
const SOFT_LIMIT = 512;
/** and here at the latest: minified JSON has no line breaks. */
const HARD_LIMIT = 4096;
/** Blocks on a sheet. */
const SHEET = 4;

export class TextWriter {
  readonly #root: HTMLElement;
  #text: Text | undefined;
  #length = 0;
  #block: HTMLElement | undefined;
  #sheet: HTMLElement | undefined;

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
    this.#text = this.#block = this.#sheet = undefined;
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
    // Classes and not :last-child: a structural selector would have the styles of all blocks looked at again.
    if (this.#block) this.#block.className = 'piece';
    this.#block = document.createElement('div');
    this.#block.className = 'piece tail';
    this.#block.append(this.#text);
    this.#openSheet().append(this.#block);
  }

  #openSheet(): HTMLElement {
    if (this.#sheet && this.#sheet.childElementCount < SHEET) return this.#sheet;
    // One sheet late: by then the browser has laid it out as it stays, and keeps that height for it out of sight.
    if (this.#sheet?.previousElementSibling) this.#sheet.previousElementSibling.className = 'sheet closed';
    this.#sheet = document.createElement('div');
    this.#sheet.className = 'sheet';
    this.#root.append(this.#sheet);
    return this.#sheet;
  }
}

/** The cut at or before `end` that does not part a surrogate pair; at least one unit. */
function wholeUnits(text: string, end: number): number {
  const unit = text.charCodeAt(end - 1);
  return unit >= 0xd800 && unit < 0xdc00 && end > 1 ? end - 1 : end;
}
