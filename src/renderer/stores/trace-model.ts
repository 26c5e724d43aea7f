/**
 * What is known of one trace's stream so far: the item lists, and the lanes' blocks folded out of them. It only grows, and
 * it grows in place: at thousands of items a second nothing may be copied. Readers look again when told to (trace.ts).
 *
 * One that is seekable can be asked for any earlier moment: it keeps the order of its items and, every so many of them, what the
 * grid and the meter were. The model of a moment is that of the checkpoint before it, brought up to it: its lists are cut, rows
 * that have not changed since are shared, others are copied when they are looked at, and at most `CHECKPOINT` items are folded,
 * wherever in the stream it lies.
 */
import { lowerBound } from './lower-bound.ts';
import { MetricsMeter } from '../../shared/metrics/metrics.ts';
import { ItemLog } from './item-log.ts';
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

/** Items between two checkpoints. */
const CHECKPOINT = 4096;

export type ReadMark = Extract<TraceItem, { readonly k: 'read' }>;
export type NoteMark = Extract<TraceItem, { readonly k: 'note' }>;

/** How many items of each kind there were, and what was folded out of them apart from the grid. */
interface Checkpoint {
  readonly reads: number;
  readonly events: number;
  readonly messages: number;
  readonly notes: number;
  readonly others: number;
  readonly laneMessages: ReadonlyMap<LaneId, number>;
  readonly meter: MetricsMeter;
}

/** What makes a model seekable. */
interface Past {
  readonly log: ItemLog;
  readonly checkpoints: Checkpoint[];
  /** Heads, outcomes and endings: the kinds that have no list of their own. */
  readonly others: TraceItem[];
}

/** What a model begins with that is that of a moment. */
type ModelStart = Pick<TraceModel, 'reads' | 'events' | 'messages' | 'notes' | 'blocks'> &
  Pick<Checkpoint, 'laneMessages' | 'meter'>;

export class TraceModel {
  /** Items taken so far: where a watcher goes on after a lost connection. */
  count = 0;
  head: HttpHead | null = null;
  readonly reads: ReadMark[];
  readonly events: EventSummary[];
  readonly messages: Emission[];
  readonly #laneMessages: Map<LaneId, number>;
  readonly notes: NoteMark[];
  readonly outcomes = new Map<LaneId, LaneOutcome>();
  ending: Ending | null = null;
  readonly blocks: LaneBlocks;
  readonly #meter: MetricsMeter;
  #others = 0;
  readonly #past: Past | undefined;

  constructor({ seekable = false }: { readonly seekable?: boolean } = {}, start?: ModelStart) {
    if (seekable) this.#past = { log: new ItemLog(), checkpoints: [], others: [] };
    this.blocks = start?.blocks ?? new LaneBlocks({ keepsPast: seekable });
    this.#meter = start?.meter ?? new MetricsMeter();
    this.reads = start?.reads ?? [];
    this.events = start?.events ?? [];
    this.messages = start?.messages ?? [];
    this.notes = start?.notes ?? [];
    this.#laneMessages = new Map(start?.laneMessages);
  }

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
    for (const item of items) {
      if (this.#past) this.#keep(this.#past, item);
      this.#take(item);
    }
  }

  /** The model after its first `count` items, which goes on by itself with `advance`. Of a seekable one that has ended. */
  asOf(count: number): TraceModel {
    const { checkpoints } = this.#past!;
    const number = Math.min(Math.floor(count / CHECKPOINT), checkpoints.length - 1);
    const checkpoint = checkpoints[number]!;
    const then = new TraceModel(undefined, {
      reads: this.reads.slice(0, checkpoint.reads),
      events: this.events.slice(0, checkpoint.events),
      messages: this.messages.slice(0, checkpoint.messages),
      notes: this.notes.slice(0, checkpoint.notes),
      laneMessages: checkpoint.laneMessages,
      blocks: this.blocks.asOf(number),
      meter: checkpoint.meter.copy(),
    });
    then.count = number * CHECKPOINT;
    // Outcomes and the ending come last and are few; they are taken with what is folded, or stand behind it.
    for (const other of this.#past!.others.slice(0, checkpoint.others)) then.#takeOther(other);
    then.advance(this, count);
    return then;
  }

  /** Takes what `whole` has beyond this one, up to its first `count` items. */
  advance(whole: TraceModel, count: number): void {
    while (this.count < count) this.#take(whole.#item(this));
  }

  /** The items that the stream has given by this time, in nanoseconds. A read and what it gave are of one time. */
  countAt(ns: number): number {
    const { log, others } = this.#past!;
    const [first, last] = [others[0], others.at(-1)];
    if (last?.k === 'ending' && ns >= last.tNs) return this.count;
    const reads = lowerBound(this.reads.length, (at) => this.reads[at]!.tNs > ns);
    if (reads > 0) return this.countWithRead(reads - 1);
    if (first?.k === 'head' && ns < first.tNs) return log.head;
    return log.reads.length > 0 ? log.reads.at(0) : this.countWithRead(-1);
  }

  /** The items up to those that this event caused; of event -1, none. */
  countWith(event: number): number {
    const { log } = this.#past!;
    if (event < 0) return 0;
    let end = log.events.at(event) + 1;
    // What lanes give at the end of the body names the last event, too, but did not come with it.
    const last = this.countWithRead(this.reads.length - 1);
    while (end < log.length && log.kind(end) === 'message' && end !== last) end++;
    return end;
  }

  /** The items up to the last that came with this read. */
  countWithRead(read: number): number {
    const { log } = this.#past!;
    return read + 1 < log.reads.length ? log.reads.at(read + 1) : this.count - (this.ending ? 1 + this.#flushed : 0);
  }

  /** When the last of the first `count` items came, nanoseconds. */
  timeOf(count: number): number {
    if (count >= this.count) return this.lastNs;
    const { log } = this.#past!;
    const reads = lowerBound(log.reads.length, (read) => log.reads.at(read) >= count);
    if (reads > 0) return this.reads[reads - 1]!.tNs;
    const first = this.#past!.others[0];
    return first?.k === 'head' && log.head < count ? first.tNs : 0;
  }

  get #flushed(): number {
    const last = this.#past!.others.at(-1);
    return last?.k === 'ending' ? (last.flushed ?? this.outcomes.size) : 0;
  }

  /** The item that a model which has the beginning of this one takes next. */
  #item(then: TraceModel): TraceItem {
    const { log, others } = this.#past!;
    switch (log.kind(then.count)) {
      case 'read':
        return this.reads[then.reads.length]!;
      case 'event':
        return { k: 'event', event: this.events[then.events.length]! };
      case 'message':
        return { k: 'message', emission: this.messages[then.messages.length]! };
      case 'note':
        return this.notes[then.notes.length]!;
      default:
        return others[then.#others]!;
    }
  }

  #keep({ log, checkpoints, others }: Past, item: TraceItem): void {
    if (log.length % CHECKPOINT === 0) {
      checkpoints.push({
        reads: this.reads.length,
        events: this.events.length,
        messages: this.messages.length,
        notes: this.notes.length,
        others: others.length,
        laneMessages: new Map(this.#laneMessages),
        meter: this.#meter.copy(),
      });
      this.blocks.keepMoment();
    }
    log.add(item.k);
    if (item.k === 'head' || item.k === 'outcome' || item.k === 'ending') others.push(item);
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
    this.count++;
    this.#meter.add(item);
    switch (item.k) {
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
      default:
        this.#takeOther(item);
        if (item.k === 'outcome') this.blocks.outcome(item.result);
        else if (item.k === 'ending') this.blocks.end();
    }
  }

  #takeOther(item: TraceItem): void {
    this.#others++;
    if (item.k === 'head') this.head = item.head;
    else if (item.k === 'outcome') this.outcomes.set(item.result.lane, item.result);
    else if (item.k === 'ending') this.ending = item.ending;
  }

  #message(emission: Emission): void {
    this.messages.push(emission);
    this.#laneMessages.set(emission.lane, this.messagesOf(emission.lane) + 1);
    this.blocks.message(emission);
  }
}
