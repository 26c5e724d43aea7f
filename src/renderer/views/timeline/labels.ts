/** Where the labels of the axis go: those that follow a line of their own first, and of the ticks' those that are then not covered. Pixels. */

export interface Label {
  readonly text: string;
  /** The line it belongs to, or its middle. */
  readonly x: number;
  /** Where it begins and ends. */
  readonly left: number;
  readonly right: number;
  /** On which side of its line it stands. */
  readonly side: 'left' | 'right' | 'middle';
}

/** Of the labels' font: wide enough for what is drawn with it. */
const CHARACTER = 6.5;
const PADDING = 8;
/** A tick's label begins so far from its line. */
const TICK_GAP = 4;

const widthOf = (text: string): number => text.length * CHARACTER + PADDING;

/** On the wanted side of a line at `x`, or on the other where it would be cut; null when the line is out of view. */
export function flagLabel(x: number, text: string, width: number, wanted: 'left' | 'right'): Label | null {
  if (x < 0 || x > width) return null;
  const own = widthOf(text);
  const fits = wanted === 'right' ? x + own <= width : x - own >= 0;
  const side = fits ? wanted : wanted === 'right' ? 'left' : 'right';
  return { text, x, side, left: side === 'right' ? x : x - own, right: side === 'right' ? x + own : x };
}

/** In the middle of what is in view of a stretch; null when none of it is. */
export function rangeLabel(from: number, to: number, text: string, width: number): Label | null {
  const [start, end] = [Math.max(from, 0), Math.min(to, width)];
  if (start > end) return null;
  const half = widthOf(text) / 2;
  const x = Math.max(half, Math.min(width - half, (start + end) / 2));
  return { text, x, side: 'middle', left: x - half, right: x + half };
}

/** The text of each tick, '' for one that would be covered by a label or cut at the edge. */
export function labelled(
  ticks: readonly { readonly x: number; readonly text: string }[],
  labels: readonly (Label | null)[],
  width: number,
): readonly string[] {
  return ticks.map(({ x, text }) => {
    const [left, right] = [x + TICK_GAP, x + TICK_GAP + text.length * CHARACTER];
    const covered = labels.some((label) => label && left < label.right && right > label.left);
    return covered || right > width ? '' : text;
  });
}
