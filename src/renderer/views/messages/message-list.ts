/** The messages of the chosen lanes in the order they were emitted, as indexes into the model's list. Only what is new is looked at. */
import type { LaneId } from '../../../shared/model/messages.ts';
import { lowerBound } from '../../stores/lower-bound.ts';
import type { TraceModel } from '../../stores/trace-model.ts';

export class MessageList {
  readonly rows: number[] = [];
  readonly #model: TraceModel;
  readonly #lanes: ReadonlySet<LaneId>;
  readonly #range: readonly [startNs: number, endNs: number] | null;
  #taken = 0;

  constructor(model: TraceModel, lanes: ReadonlySet<LaneId>, range: readonly [startNs: number, endNs: number] | null) {
    this.#model = model;
    this.#lanes = lanes;
    this.#range = range;
  }

  /** Takes what the model has got since the last call. */
  take(): void {
    const { messages } = this.#model;
    for (; this.#taken < messages.length; this.#taken++) {
      const { lane, event } = messages[this.#taken]!;
      if (this.#lanes.has(lane) && this.#inRange(event)) this.rows.push(this.#taken);
    }
  }

  /** The first row that the event caused; −1: it caused none of these. */
  firstOf(event: number): number {
    const { messages } = this.#model;
    const eventOf = (at: number) => messages[this.rows[at]!]!.event ?? -1;
    const at = lowerBound(this.rows.length, (row) => eventOf(row) >= event);
    return at < this.rows.length && eventOf(at) === event ? at : -1;
  }

  /** The rows of these messages, of those that have one. */
  rowsOf(wanted: Iterable<number>): readonly number[] {
    return [...wanted].flatMap((message) => {
      const at = lowerBound(this.rows.length, (row) => this.rows[row]! >= message);
      return this.rows[at] === message ? [at] : [];
    });
  }

  #inRange(event: number | null): boolean {
    if (this.#range === null) return true;
    const tNs = event === null ? undefined : this.#model.events[event]?.tNs;
    return tNs !== undefined && tNs >= this.#range[0] && tNs <= this.#range[1];
  }
}
