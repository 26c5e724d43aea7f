/** Where the rows of a long list stand: all have one height, but for the few that are open. Pure; lengths in pixels. */
import { lowerBound } from '../stores/lower-bound.ts';

export interface RowHeights {
  /** Of a row that is closed. */
  readonly row: number;
  /** What opens below it. */
  readonly below: number;
  /** Numbers of the rows that are open, ascending. */
  readonly opened: readonly number[];
}

export class RowLayout {
  readonly count: number;
  readonly #heights: RowHeights;

  constructor(count: number, heights: RowHeights) {
    this.count = count;
    this.#heights = heights;
  }

  /** Of all rows together. */
  get height(): number {
    return this.topOf(this.count);
  }

  topOf(at: number): number {
    const { row, below } = this.#heights;
    return at * row + this.#openedBefore(at) * below;
  }

  heightOf(at: number): number {
    return this.topOf(at + 1) - this.topOf(at);
  }

  /** The row at this distance from the top; the last one where that is below all of them, and −1 where there is none. */
  rowAt(top: number): number {
    return Math.min(
      lowerBound(this.count, (at) => this.topOf(at + 1) > top),
      this.count - 1,
    );
  }

  /** How many rows are at most seen at once in so many pixels. */
  most(pixels: number): number {
    return Math.ceil(pixels / this.#heights.row) + 1;
  }

  #openedBefore(at: number): number {
    const { opened } = this.#heights;
    return lowerBound(opened.length, (place) => opened[place]! >= at);
  }
}
