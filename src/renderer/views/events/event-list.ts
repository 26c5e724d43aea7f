/**
 * The rows of the Events tab, folded out of a trace's events and notes: what is quiet is left out and counted, and, when
 * asked for, consecutive deltas of one target are one row. Only what is new is looked at, so that a stream of any length
 * costs what it adds.
 */
import { WIRE, type Emission, type LaneMessage } from '../../../shared/model/messages.ts';
import type { EventKind, EventSummary } from '../../../shared/model/stream.ts';
import type { TraceModel } from '../../stores/trace-model.ts';

export interface EventsRow {
  readonly type: 'event';
  /** Event numbers, `last` inclusive; the same for a row that is not merged. */
  readonly first: number;
  last: number;
  count: number;
  /** Of the deltas, code points. */
  chars: number;
  bytes: number;
  /** Characters of each delta, for the sparkline of a merged row. */
  readonly sizes: number[];
}
export type ListRow = EventsRow | { readonly type: 'note'; readonly note: number };

export interface EventListSetup {
  /** Consecutive deltas of one target are one row. */
  readonly merge: boolean;
  /** Pings, empty deltas and comments too. */
  readonly all: boolean;
  /** Nanoseconds; null: no filter. */
  readonly range: readonly [startNs: number, endNs: number] | null;
  /** Kinds that are left out. */
  readonly hidden: ReadonlySet<EventKind>;
  /** Only those whose type, target or delta has this, in any case; '': all. */
  readonly text: string;
}

/** Deltas whose sizes are drawn in one row. */
const SIZES = 48;
const STREAM = '';

/** What is known of each event, whatever is shown: looked at once, for all lists of the same stream. */
export class EventFacts {
  /** How many events of each kind the stream has. */
  readonly kinds = new Map<EventKind, number>();
  readonly #model: TraceModel;
  #messages = 0;
  /** The same when the last event was looked at. */
  #beforeLast = 0;
  /** By event number: characters of its target up to and with it. */
  readonly #running: number[] = [];
  /** By event number: whether it says nothing. */
  readonly #quiet: boolean[] = [];
  readonly #sums = new Map<string, number>();

  constructor(model: TraceModel) {
    this.#model = model;
  }

  /** Takes what the model has got since the last call. */
  take(): void {
    const { events } = this.#model;
    const last = this.#quiet.length - 1;
    for (let at = Math.max(0, last); at < events.length; at++) {
      // Of the last one more of what it caused may have come.
      if (at === last) this.#messages = this.#beforeLast;
      else this.#add(events[at]!);
      this.#beforeLast = this.#messages;
      this.#quiet[at] = this.#saysNothing(events[at]!);
    }
  }

  #add(event: EventSummary): void {
    const key = event.block ?? event.target ?? STREAM;
    const sum = (this.#sums.get(key) ?? 0) + event.chars;
    this.#sums.set(key, sum);
    this.#running.push(sum);
    this.kinds.set(event.kind, (this.kinds.get(event.kind) ?? 0) + 1);
  }

  running(event: number): number {
    return this.#running[event] ?? 0;
  }

  isQuiet(event: number): boolean {
    return this.#quiet[event] ?? false;
  }

  /** A ping, or a delta of which the wire says that it is empty and that no adapter made anything of. */
  #saysNothing(event: EventSummary): boolean {
    const { messages } = this.#model;
    const from = this.#messages;
    while (this.#messages < messages.length && (messages[this.#messages]!.event ?? -1) <= event.index) this.#messages++;
    if (event.kind === 'ping') return true;
    if (event.chars > 0 || event.preview !== '' || event.notes || this.#messages === from) return false;
    for (let at = from; at < this.#messages; at++)
      if (messages[at]!.event === event.index && !saysNothing(messages[at]!)) return false;
    return messages[this.#messages - 1]!.event === event.index;
  }
}

export class EventList {
  readonly rows: ListRow[] = [];
  /** What is left out because it says nothing. */
  quiet = 0;
  /** Events in the range, shown or not. */
  inRange = 0;
  readonly #model: TraceModel;
  readonly #facts: EventFacts;
  readonly #setup: EventListSetup;
  readonly #text: string;
  #events = 0;
  #notes = 0;
  /** By event number: its row, −1 where it has none. */
  readonly #rowOf: number[] = [];

  constructor(model: TraceModel, setup: EventListSetup, facts = new EventFacts(model)) {
    this.#model = model;
    this.#facts = facts;
    this.#setup = setup;
    this.#text = setup.text.toLowerCase();
  }

  /** Takes what the model has got since the last call. */
  take(): void {
    const { events, notes } = this.#model;
    this.#facts.take();
    for (; this.#events < events.length; this.#events++) {
      const event = events[this.#events]!;
      while (this.#notes < notes.length && notes[this.#notes]!.start < event.start) this.#note(this.#notes++);
      this.#event(event);
    }
    while (this.#notes < notes.length) this.#note(this.#notes++);
  }

  /** −1: the event has no row here. */
  rowOf(event: number): number {
    return this.#rowOf[event] ?? -1;
  }

  /** The rows that begin with one of these events. */
  rowsFrom(events: Iterable<number>): readonly number[] {
    return [...events].flatMap((event) => {
      const at = this.rowOf(event);
      const row = this.rows[at];
      return row?.type === 'event' && row.first === event ? [at] : [];
    });
  }

  #event(event: EventSummary): void {
    const quiet = this.#facts.isQuiet(event.index);
    if (!this.#inRange(event.tNs)) {
      this.#rowOf.push(-1);
      return;
    }
    this.inRange++;
    if (quiet) this.quiet++;
    if ((quiet && !this.#setup.all) || !this.#isWanted(event)) {
      this.#rowOf.push(-1);
      return;
    }
    this.#add(event);
    this.#rowOf.push(this.rows.length - 1);
  }

  #add(event: EventSummary): void {
    const last = this.rows.at(-1);
    const bytes = event.end - event.start;
    if (this.#setup.merge && last?.type === 'event' && this.#sameDelta(last, event)) {
      last.last = event.index;
      last.count++;
      last.chars += event.chars;
      last.bytes += bytes;
      if (last.sizes.length < SIZES) last.sizes.push(event.chars);
      return;
    }
    this.rows.push({
      type: 'event',
      first: event.index,
      last: event.index,
      count: 1,
      chars: event.chars,
      bytes,
      sizes: [event.chars],
    });
  }

  #sameDelta(row: EventsRow, event: EventSummary): boolean {
    const before = this.#model.events[row.last]!;
    return (
      event.chars > 0 &&
      before.chars > 0 &&
      event.kind === before.kind &&
      event.block === before.block &&
      event.target === before.target &&
      !event.notes &&
      !before.notes
    );
  }

  #isWanted({ kind, type, target, preview }: EventSummary): boolean {
    if (this.#setup.hidden.has(kind)) return false;
    const text = this.#text;
    return text === '' || [type, target ?? '', preview].some((field) => field.toLowerCase().includes(text));
  }

  #note(at: number): void {
    const { type, tNs, text } = this.#model.notes[at]!;
    if (!this.#inRange(tNs)) return;
    if (type === 'comment') this.quiet++;
    if (this.#text !== '' && !`${type} ${text}`.toLowerCase().includes(this.#text)) return;
    if (type !== 'comment' || this.#setup.all) this.rows.push({ type: 'note', note: at });
  }

  #inRange(tNs: number): boolean {
    const { range } = this.#setup;
    return range === null || (tNs >= range[0] && tNs <= range[1]);
  }
}

const saysNothing = ({ lane, message }: Emission): boolean => lane === WIRE && isEmptyDelta(message);

function isEmptyDelta(message: LaneMessage): boolean {
  switch (message.message_type) {
    case 'assistant_message':
    case 'refusal_message':
      return message.content.length === 0;
    case 'reasoning_message':
      return message.reasoning === '' && message.signature === null;
    case 'tool_call_message': {
      const { name, arguments: args, tool_call_id } = message.tool_call;
      return !name && !args && !tool_call_id;
    }
    default:
      return false;
  }
}
