/**
 * What is known of one trace's stream so far: the item lists, and the lanes' blocks folded out of them. It only grows, and
 * it grows in place: at thousands of items a second nothing may be copied. Readers look again when told to (trace.ts).
 */
import { MetricsMeter } from '../../shared/metrics/metrics.ts';
import { LaneBlocks } from '../../shared/model/blocks.ts';
import type { TraceItem } from '../../shared/model/items.ts';
import {
  isWireResult,
  WIRE,
  type Emission,
  type LaneId,
  type LaneOutcome,
  type WireOutcome,
} from '../../shared/model/messages.ts';
import type { EventSummary } from '../../shared/model/stream.ts';
import type { Ending, HttpHead, Metrics } from '../../shared/model/trace.ts';
import type { Usage } from '../../shared/model/usage.ts';

export type ReadMark = Extract<TraceItem, { readonly k: 'read' }>;
export type NoteMark = Extract<TraceItem, { readonly k: 'note' }>;

export class TraceModel {
  /** Items taken so far: where a watcher goes on after a lost connection. */
  count = 0;
  head: HttpHead | null = null;
  readonly reads: ReadMark[] = [];
  readonly events: EventSummary[] = [];
  readonly messages: Emission[] = [];
  readonly #laneMessages = new Map<LaneId, number>();
  readonly notes: NoteMark[] = [];
  readonly outcomes = new Map<LaneId, LaneOutcome>();
  ending: Ending | null = null;
  readonly blocks = new LaneBlocks();
  readonly #meter = new MetricsMeter();

  /** As the store has them once the stream is over. A new object each time. */
  get metrics(): Metrics {
    return this.#meter.value();
  }

  /** Of the body, so far. */
  get bytes(): number {
    return this.#meter.bytes;
  }

  /** Time of the last thing that happened. */
  get lastNs(): number {
    return this.#meter.lastNs;
  }

  get usage(): Usage | undefined {
    return this.#meter.usage;
  }

  apply(items: readonly TraceItem[]): void {
    for (const item of items) this.#take(item);
    this.count += items.length;
  }

  /** Messages that a lane has emitted so far. */
  messagesOf(lane: LaneId): number {
    return this.#laneMessages.get(lane) ?? 0;
  }

  /** What the wire held at the end; undefined before. */
  get wire(): WireOutcome | undefined {
    const result = this.outcomes.get(WIRE);
    return result && isWireResult(result) ? result.outcome : undefined;
  }

  #take(item: TraceItem): void {
    this.#meter.add(item);
    switch (item.k) {
      case 'head':
        this.head = item.head;
        return;
      case 'read':
        this.reads.push(item);
        return;
      case 'event':
        this.events.push(item.event);
        this.blocks.event(item.event);
        return;
      case 'message':
        this.#message(item.emission);
        return;
      case 'note':
        this.notes.push(item);
        return;
      case 'outcome':
        this.outcomes.set(item.result.lane, item.result);
        this.blocks.outcome(item.result);
        return;
      case 'ending':
        this.ending = item.ending;
        this.blocks.end();
    }
  }

  #message(emission: Emission): void {
    this.messages.push(emission);
    this.#laneMessages.set(emission.lane, this.messagesOf(emission.lane) + 1);
    this.blocks.message(emission);
  }
}
