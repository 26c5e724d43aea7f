/**
 * Marks on text, drawn over it as highlights: the text itself is never wrapped or rebuilt, so that a selection in it stays.
 * `fresh` is the tint of what has just arrived, off when reduced motion is set. `added` is what the wire does not have here.
 */
const TINT_MS = 400;

const calm = matchMedia('(prefers-reduced-motion: reduce)');

function register(name: string): Highlight | null {
  if (!('highlights' in CSS)) return null;
  const highlight = new Highlight();
  CSS.highlights.set(name, highlight);
  return highlight;
}
const freshMark = register('fresh');
const addedMark = register('added');

/** Marks what was appended to one text; one per streaming block. */
export class FreshText {
  #ranges: StaticRange[] = [];

  mark(node: Text, start: number, end: number): void {
    if (!freshMark || calm.matches) return;
    const range = stretch(node, start, end);
    this.#ranges.push(range);
    freshMark.add(range);
    setTimeout(() => this.#fade(range), TINT_MS);
  }

  clear(): void {
    for (const range of this.#ranges) freshMark?.delete(range);
    this.#ranges = [];
  }

  #fade(range: StaticRange): void {
    if (freshMark?.delete(range) !== true) return;
    this.#ranges = this.#ranges.filter((other) => other !== range);
  }
}

/** Marks a stretch of an element's text, in UTF-16 units, as added. Returns what takes the marks away. */
export function markAdded(root: Element, start: number, end: number): () => void {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  const ranges: StaticRange[] = [];
  for (
    let at = 0, node = walker.nextNode() as Text | null;
    node && at < end;
    at += node.length, node = walker.nextNode() as Text | null
  ) {
    const [from, to] = [Math.max(start - at, 0), Math.min(end - at, node.length)];
    if (from < to) ranges.push(stretch(node, from, to));
  }
  for (const range of ranges) addedMark?.add(range);
  return () => ranges.forEach((range) => addedMark?.delete(range));
}

const stretch = (node: Text, start: number, end: number) =>
  new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end });
