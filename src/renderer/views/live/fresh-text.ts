/**
 * The tint of text that has just arrived, drawn as a highlight over it: the text itself is never wrapped or rebuilt, so
 * that a selection in it stays. Off when reduced motion is set, and when so much arrives that all of it would be tinted.
 */
const TINT_MS = 400;
/** More new characters than this at once are a flood, not a place to look at. */
const FLOOD = 1500;

const calm = matchMedia('(prefers-reduced-motion: reduce)');
const highlight = 'highlights' in CSS ? new Highlight() : null;
if (highlight) CSS.highlights.set('fresh', highlight);

/** Marks what was appended to one text; one per streaming block. */
export class FreshText {
  #ranges: StaticRange[] = [];
  #chars = 0;

  mark(node: Text, start: number, end: number): void {
    if (!highlight || calm.matches || this.#chars > FLOOD) return;
    const range = new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end });
    this.#ranges.push(range);
    this.#chars += end - start;
    highlight.add(range);
    setTimeout(() => this.#fade(range, end - start), TINT_MS);
  }

  clear(): void {
    for (const range of this.#ranges) highlight?.delete(range);
    this.#ranges = [];
    this.#chars = 0;
  }

  #fade(range: StaticRange, chars: number): void {
    if (highlight?.delete(range) !== true) return;
    this.#ranges = this.#ranges.filter((other) => other !== range);
    this.#chars -= chars;
  }
}
