/**
 * The rows that the messages of one event speak of, in the order in which they first did, and which of them is of a kind or has a
 * call: one event may close 100,000 blocks.
 */
import type { BlockRow } from './block-row.ts';

/** How much there was of a list that only grows. */
export interface TouchedMoment {
  readonly rows: TouchedRows;
  readonly count: number;
}

export class TouchedRows {
  /** What the event had touched when the grid began, as that of a moment. */
  readonly #start: TouchedMoment | undefined;
  readonly #ids: string[] = [];
  /** By id, call and kind the place of the first, counted on from the start. */
  readonly #places = new Map<string, number>();
  readonly #byCall = new Map<string, number>();
  readonly #byKind = new Map<BlockRow['kind'], number>();

  constructor(start?: TouchedMoment) {
    this.#start = start;
  }

  /** For a grid that did not begin as that of a moment. */
  get moment(): TouchedMoment {
    return { rows: this, count: this.#ids.length };
  }

  /** Ids of rows; undefined where none was touched. */
  get first(): string | undefined {
    return this.#id(0);
  }

  withCall(callId: string): string | undefined {
    return this.#id(this.#earliest((rows) => rows.#byCall.get(callId)));
  }

  ofKind(kind: BlockRow['kind']): string | undefined {
    return this.#id(this.#earliest((rows) => rows.#byKind.get(kind)));
  }

  /** Also what was touched before: its last block may have a call by now. */
  add(row: BlockRow): void {
    const { id, kind, cells } = row;
    const before = this.#earliest((rows) => rows.#places.get(id));
    const place = before ?? this.#count;
    if (before === undefined) {
      this.#ids.push(id);
      this.#places.set(id, place);
      setEarlier(this.#byKind, kind, place);
    }
    for (const { callId } of before === undefined ? cells.wire : cells.wire.slice(-1))
      if (callId !== null) setEarlier(this.#byCall, callId, place);
  }

  get #count(): number {
    return (this.#start?.count ?? 0) + this.#ids.length;
  }

  /** Of the places that this one and its start know; what the start came to know after the moment is left out. */
  #earliest(placeIn: (rows: TouchedRows) => number | undefined): number | undefined {
    const place = this.#start && placeIn(this.#start.rows);
    const own = placeIn(this);
    if (place === undefined || place >= this.#start!.count) return own;
    return own === undefined ? place : Math.min(place, own);
  }

  #id(place: number | undefined): string | undefined {
    if (place === undefined) return undefined;
    const before = this.#start?.count ?? 0;
    return place < before ? this.#start!.rows.#ids[place] : this.#ids[place - before];
  }
}

function setEarlier<Key>(places: Map<Key, number>, key: Key, place: number): void {
  const known = places.get(key);
  if (known === undefined || place < known) places.set(key, place);
}
