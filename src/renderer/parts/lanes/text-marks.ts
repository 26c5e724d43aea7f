/**
 * Marks on text, drawn over it as highlights: the text itself is never wrapped or rebuilt, so that a selection in it stays.
 * `fresh` is the tint of what has just arrived, off when reduced motion is set.
 */
const TINT_MS = 400;
/** Nothing more comes when nothing came for so long. */
const QUIET_MS = 100;

const calm = matchMedia('(prefers-reduced-motion: reduce)');

function register(name: string): Highlight | null {
  if (!('highlights' in CSS)) return null;
  const highlight = new Highlight();
  CSS.highlights.set(name, highlight);
  return highlight;
}
const freshMark = register('fresh');
const marks = { added: register('added'), chosen: register('chosen'), outside: register('outside') };
/** added: not on the wire here. chosen: what the selected event brought. outside: not of the chosen range. */
export type MarkName = keyof typeof marks;

interface Fresh {
  readonly range: StaticRange;
  readonly of: FreshText;
  /** Milliseconds of the page's clock. */
  readonly at: number;
}

/** All that is tinted, the oldest first. */
let fresh: Fresh[] = [];
let fading: ReturnType<typeof setTimeout> | undefined;

/**
 * Takes away the tint whose time is over. With what is marked next where more comes, so that the page is drawn once for both;
 * by a timer where nothing does.
 */
function fade(now: number): void {
  const kept = fresh.findIndex(({ at }) => now - at < TINT_MS);
  for (const { range } of fresh.splice(0, kept < 0 ? fresh.length : kept)) freshMark?.delete(range);
}

function fadeLater(): void {
  const now = performance.now();
  if (now - (fresh.at(-1)?.at ?? 0) >= QUIET_MS) fade(now);
  fading = fresh.length > 0 ? setTimeout(fadeLater, QUIET_MS) : undefined;
}

/** Marks what was appended to one text; one per streaming block. */
export class FreshText {
  mark(node: Text, start: number, end: number): void {
    if (!freshMark || calm.matches) return;
    const at = performance.now();
    fade(at);
    const range = stretch(node, start, end);
    fresh.push({ range, of: this, at });
    freshMark.add(range);
    fading ??= setTimeout(fadeLater, QUIET_MS);
  }

  clear(): void {
    for (const { range, of } of fresh) if (of === this) freshMark?.delete(range);
    fresh = fresh.filter(({ of }) => of !== this);
  }
}

/** Marks a stretch of an element's text, in UTF-16 units. Returns what takes the marks away. */
export function markText(name: MarkName, root: Element, start: number, end: number): () => void {
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
  for (const range of ranges) marks[name]?.add(range);
  return () => ranges.forEach((range) => marks[name]?.delete(range));
}

/** Which unit of an element's text is at this point of the screen, in UTF-16 units; null: none. */
export function unitAt(
  root: Element,
  { clientX, clientY }: { readonly clientX: number; readonly clientY: number },
): number | null {
  const caret = document.caretPositionFromPoint(clientX, clientY);
  if (!caret || !(caret.offsetNode instanceof Text) || !root.contains(caret.offsetNode)) return null;
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  let before = 0;
  for (let node = walker.nextNode(); node && node !== caret.offsetNode; node = walker.nextNode())
    before += (node as Text).length;
  // A caret stands between two characters: the one whose box has the point is meant.
  const { offset, offsetNode } = caret;
  return before + (offset > 0 && !isLeftOf(offsetNode, offset, clientX, clientY) ? offset - 1 : offset);
}

/** Whether the point lies in the box of the unit behind the caret, not in that of the one before it. */
function isLeftOf(node: Text, offset: number, x: number, y: number): boolean {
  if (offset >= node.length) return false;
  const range = document.createRange();
  range.setStart(node, offset);
  range.setEnd(node, offset + 1);
  return [...range.getClientRects()].some(
    ({ left, right, top, bottom }) => x >= left && x <= right && y >= top && y <= bottom,
  );
}

const stretch = (node: Text, start: number, end: number) =>
  new StaticRange({ startContainer: node, startOffset: start, endContainer: node, endOffset: end });
