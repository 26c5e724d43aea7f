/**
 * Appends streamed text to the page in bounded blocks. One ever-growing text node would be laid out as a whole with each
 * addition; here only the last block is. Blocks lie in sheets, so that the list of blocks is bounded too; closed sheets
 * out of sight cost nothing (content-visibility in text-writer.css).
 */
import { segments } from './visible.ts';
import './text-writer.css';

/** A block closes at the first line break after this many characters, */
const SOFT_LIMIT = 512;
/** and here at the latest: minified JSON has no line breaks. */
const HARD_LIMIT = 4096;
/** Blocks on a sheet. */
const SHEET = 4;
/** Text in which nothing can hide. */
const PLAIN = /^[\t\n\x20-\x7e]*$/;

export class TextWriter {
  readonly #root: HTMLElement;
  readonly #code: boolean;
  /** Where the open block goes on; undefined where an element stands at its end. */
  #text: Text | undefined;
  /** Of the open block, 0 when there is none. */
  #length = 0;
  /** Of all that was appended. */
  #total = 0;
  #block: HTMLElement | undefined;
  #sheet: HTMLElement | undefined;

  /** `code`: characters that would not be seen are shown by their number; the text stays what it is. */
  constructor(root: HTMLElement, { code }: { readonly code: boolean }) {
    this.#root = root;
    this.#code = code;
  }

  /** The node that new text goes to, and its length so far; undefined before the first text. */
  get tail(): { readonly node: Text; readonly length: number } | undefined {
    return this.#text && { node: this.#text, length: this.#text.length };
  }

  append(text: string): void {
    this.#total += text.length;
    if (!this.#code || PLAIN.test(text)) return this.#write(text);
    for (const { text: shown, char } of segments(text)) {
      if (char === undefined) this.#write(shown);
      else this.#mark(char, shown);
    }
  }

  /** Leaves the first `units` of what was appended. Costs what it takes away. */
  cut(units: number): void {
    for (let excess = this.#total - units; excess > 0;) {
      const last = this.#block!.lastChild!;
      const length = last.textContent!.length;
      if (length > excess && last instanceof Text) last.deleteData(length - excess, excess);
      else last.remove();
      excess -= length;
      if (!this.#block!.hasChildNodes()) this.#toPrevious();
    }
    this.#total = Math.min(this.#total, units);
    const last = this.#block?.lastChild;
    this.#text = last instanceof Text ? last : undefined;
    this.#length = this.#block?.textContent?.length ?? 0;
    if (this.#closes()) this.#close();
  }

  /** Takes away the last block, which is empty, and its sheet with it; the block before it is the last then. */
  #toPrevious(): void {
    const sheet = this.#sheet!;
    this.#block!.remove();
    if (!sheet.hasChildNodes()) {
      const before = sheet.previousElementSibling;
      sheet.remove();
      this.#sheet = before instanceof HTMLElement ? before : undefined;
      if (this.#sheet) this.#sheet.className = 'sheet';
    }
    const block = this.#sheet?.lastElementChild;
    this.#block = block instanceof HTMLElement ? block : undefined;
    if (this.#block) this.#block.className = 'piece tail';
  }

  clear(): void {
    this.#root.replaceChildren();
    this.#total = 0;
    this.#text = this.#block = this.#sheet = undefined;
    this.#length = 0;
  }

  #write(text: string): void {
    for (let rest = text; rest !== '';) {
      const end = this.#room(rest);
      this.#put(rest.slice(0, end));
      rest = rest.slice(end);
      if (rest !== '' || this.#closes()) this.#close();
    }
  }

  /** The character itself stays in the text, for who selects it; what is seen is drawn by the style. */
  #mark(char: string, shown: string): void {
    const mark = document.createElement('span');
    mark.className = 'seen-hidden in-text';
    mark.dataset['shown'] = shown;
    mark.textContent = char;
    this.#openBlock().append(mark);
    this.#text = undefined;
    this.#length += char.length;
    if (this.#closes()) this.#close();
  }

  /** How much of `text` goes into the open block. */
  #room(text: string): number {
    const used = this.#length;
    if (used + text.length < SOFT_LIMIT) return text.length;
    const line = text.indexOf('\n', Math.max(0, SOFT_LIMIT - used));
    const limit = HARD_LIMIT - used;
    if (line >= 0 && line < limit) return line + 1;
    return text.length <= limit ? text.length : wholeUnits(text, limit);
  }

  #closes(): boolean {
    return this.#length >= HARD_LIMIT || (this.#length >= SOFT_LIMIT && this.#text?.data.endsWith('\n') === true);
  }

  #close(): void {
    this.#text = undefined;
    this.#length = 0;
  }

  #put(text: string): void {
    if (this.#text) this.#text.appendData(text);
    else {
      this.#text = document.createTextNode(text);
      this.#openBlock().append(this.#text);
    }
    this.#length += text.length;
  }

  #openBlock(): HTMLElement {
    if (this.#block && this.#length > 0) return this.#block;
    // Classes and not :last-child: a structural selector would have the styles of all blocks looked at again.
    if (this.#block) this.#block.className = 'piece';
    this.#block = document.createElement('div');
    this.#block.className = 'piece tail';
    this.#openSheet().append(this.#block);
    return this.#block;
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
