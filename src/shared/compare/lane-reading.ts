/** What a comparison reads: the items of one reading of all lanes, folded so that each message knows its wire block. */
import type { FramingFaults } from '../framing/faults.ts';
import type { LaneDefinition, LaneSetup } from '../model/lane.ts';
import type { BlockRow } from '../model/block-row.ts';
import { LaneBlocks } from '../model/blocks.ts';
import type { TraceItem } from '../model/items.ts';
import {
  isWireResult,
  WIRE,
  type AdapterOutcome,
  type ByLane,
  type Emission,
  type LaneId,
  type LaneMessage,
  type WireOutcome,
} from '../model/messages.ts';
import type { EventSummary } from '../model/stream.ts';
import type { Ending } from '../model/trace.ts';
import { faultFinderOf } from '../providers/faults-of.ts';
import type { HeldBody } from './held-body.ts';

/** What a message says, told apart as the columns do. `meta` is usage, finish and the like. */
export type StrandKind = 'text' | 'reasoning' | 'hidden' | 'tool' | 'error' | 'meta';

/** One message, with the text it adds and when its cause had arrived. */
export interface Entry {
  readonly emission: Emission;
  /** Frame that caused it; null before the first. */
  readonly event: number | null;
  readonly tNs: number;
  readonly text: string;
  /** Length of the strand's text up to and with this message, in code units. */
  readonly end: number;
}

/** All messages of one lane and kind that one wire block caused, in order. */
export interface Strand {
  readonly lane: LaneId;
  readonly kind: StrandKind;
  readonly row: BlockRow;
  readonly entries: Entry[];
  text: string;
}

/** What one lane made of one row, by kind. */
export type LaneStrands = Readonly<Partial<Record<StrandKind, Strand>>>;
export type RowStrands = ByLane<LaneStrands>;

/** What a comparison knows of a lane: which one it is, and what is expected of it. */
export type ComparedLane = Pick<LaneDefinition, 'id' | 'label' | 'expects'>;

type ReadItem = Extract<TraceItem, { readonly k: 'read' }>;
export type NoteItem = Extract<TraceItem, { readonly k: 'note' }>;

export interface ComparisonInput {
  readonly setup: Pick<LaneSetup, 'api' | 'endpoint' | 'request' | 'options'>;
  /** The lanes of this reading, the wire first. */
  readonly lanes: readonly ComparedLane[];
  /** One row for each wire block, and for what lanes said outside of any. */
  readonly grid: LaneBlocks;
  readonly strands: ReadonlyMap<BlockRow, RowStrands>;
  readonly events: readonly EventSummary[];
  readonly emissions: ByLane<readonly Emission[]>;
  readonly reads: readonly {
    readonly n: number;
    readonly offset: number;
    readonly tNs: number;
    readonly length: number;
  }[];
  readonly wire: WireOutcome;
  /** Results of the other lanes. */
  readonly adapters: Readonly<Record<LaneId, AdapterOutcome>>;
  readonly ending: Ending | null;
  /** Remarks on bytes that are in no frame, and on lanes that are left out, in order. */
  readonly notes: readonly NoteItem[];
  /** Null where only items are at hand. */
  readonly body: HeldBody | null;
  /** What is wrong with its framing. */
  readonly faults: FramingFaults;
  readonly bytes: number;
  /** False where the order of events is known but not their times. */
  readonly timed: boolean;
}

type OpenStrands = Record<LaneId, Partial<Record<StrandKind, Strand>>> & {
  readonly [WIRE]: Partial<Record<StrandKind, Strand>>;
};

/** Folds items, one after the other; linear in their number. */
export class ReadingFold {
  readonly #grid = new LaneBlocks();
  readonly #strands = new Map<BlockRow, OpenStrands>();
  readonly #events: EventSummary[] = [];
  readonly #emissions: Record<LaneId, Emission[]> & { readonly [WIRE]: Emission[] } = { wire: [] };
  readonly #reads: (Omit<ReadItem, 'k' | 'length'> & { length: number })[] = [];
  readonly #adapters: Record<LaneId, AdapterOutcome> = {};
  readonly #notes: NoteItem[] = [];
  #wire: WireOutcome | null = null;
  #ending: Ending | null = null;

  add(items: readonly TraceItem[]): void {
    for (const item of items) this.#item(item);
  }

  /** Throws when the items do not reach to the wire's outcome: there is nothing to compare with before. */
  result(
    setup: ComparisonInput['setup'],
    more: Pick<ComparisonInput, 'lanes' | 'timed'> & Partial<Pick<ComparisonInput, 'body' | 'faults'>>,
  ): ComparisonInput {
    if (this.#wire === null) throw new Error('The decode pass has no result yet: comparing needs the whole stream.');
    const last = this.#reads.at(-1);
    return {
      setup,
      lanes: more.lanes,
      grid: this.#grid,
      strands: this.#strands,
      events: this.#events,
      emissions: this.#emissions,
      reads: this.#reads,
      wire: this.#wire,
      adapters: this.#adapters,
      ending: this.#ending,
      notes: this.#notes,
      body: more.body ?? null,
      faults: more.faults ?? faultFinderOf(setup.api).end(),
      bytes: last ? last.offset + last.length : 0,
      timed: more.timed,
    };
  }

  #read({ n, offset, tNs, length }: ReadItem): void {
    const last = this.#reads.at(-1);
    // One that was given in pieces.
    if (last?.n === n) last.length += length;
    else this.#reads.push({ n, offset, tNs, length });
  }

  #item(item: TraceItem): void {
    if (item.k === 'read') this.#read(item);
    else if (item.k === 'event') {
      this.#events[item.event.index] = item.event;
      this.#grid.event(item.event);
    } else if (item.k === 'message') this.#message(item.emission);
    else if (item.k === 'note') this.#notes.push(item);
    else if (item.k === 'outcome') {
      if (isWireResult(item.result)) this.#wire = item.result.outcome;
      else this.#adapters[item.result.lane] = item.result.outcome;
      this.#grid.outcome(item.result);
    } else if (item.k === 'ending') {
      this.#ending = item.ending;
      this.#grid.end();
    }
  }

  #message(emission: Emission): void {
    const { lane, message, event } = emission;
    (this.#emissions[lane] ??= []).push(emission);
    this.#grid.message(emission);
    const kind = strandKind(message);
    const row =
      kind === 'meta' ? undefined : 'block' in message ? this.#grid.row(message.block) : this.#grid.last(lane)?.row;
    if (!row) return;
    let strands = this.#strands.get(row);
    if (!strands) this.#strands.set(row, (strands = { wire: {} }));
    const own = (strands[lane] ??= {});
    const strand = (own[kind] ??= { lane, kind, row, entries: [], text: '' });
    const text = messageText(message);
    strand.text += text;
    strand.entries.push({
      emission,
      event,
      tNs: event === null ? 0 : (this.#events[event]?.tNs ?? 0),
      text,
      end: strand.text.length,
    });
  }
}

function strandKind(message: LaneMessage): StrandKind {
  switch (message.message_type) {
    case 'assistant_message':
    case 'refusal_message':
      return 'text';
    case 'reasoning_message':
      return 'reasoning';
    case 'hidden_reasoning_message':
      return 'hidden';
    case 'tool_call_message':
    case 'approval_request_message':
      return 'tool';
    case 'stop_reason':
    case 'error':
      return 'error';
    default:
      return 'meta';
  }
}

/** What a message adds to the text of its kind. */
export function messageText(message: LaneMessage): string {
  switch (message.message_type) {
    case 'assistant_message':
      return typeof message.content === 'string' ? message.content : message.content.map((part) => part.text).join('');
    case 'refusal_message':
      return message.content;
    case 'reasoning_message':
      return message.reasoning;
    case 'hidden_reasoning_message':
      return message.hidden_reasoning ?? '';
    case 'tool_call_message':
    case 'approval_request_message':
      return message.tool_call.arguments ?? '';
    case 'error':
      return message.error.message;
    default:
      return '';
  }
}

/** The frame in which the character at `offset` of the strand came; for an offset past the end, the last one's. */
export function eventAt(
  { entries }: { readonly entries: readonly Pick<Entry, 'end' | 'event'>[] },
  offset: number,
): number | null {
  let [low, high] = [0, entries.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (entries[middle]!.end > offset) high = middle;
    else low = middle + 1;
  }
  return entries[low]?.event ?? null;
}

export const firstEvent = (strand: Strand): number | null => strand.entries[0]?.event ?? null;
export const lastEvent = (strand: Strand): number | null => strand.entries.at(-1)?.event ?? null;

/** What the strand said before a frame; all of it when the frame is null. */
export function textBefore(strand: Strand, stop: number | null): string {
  if (stop === null) return strand.text;
  const { entries } = strand;
  let end = 0;
  for (let i = entries.length - 1; i >= 0; i--) {
    const entry = entries[i]!;
    if (entry.event !== null && entry.event >= stop) continue;
    end = entry.end;
    break;
  }
  return strand.text.slice(0, end);
}

/** The frame at which a lane ended in an error; null when it read to the end, -1 when it read nothing. */
export function stoppedAt(input: ComparisonInput, lane: LaneId): number | null {
  if (lane === WIRE) return null;
  const error = input.adapters[lane]?.error;
  if (!error || error.stage === 'after') return null;
  return error.stage === 'before' ? -1 : (error.event ?? -1);
}

const NO_STRANDS: LaneStrands = {};

/** What a lane made of a row; nothing where it said nothing. */
export const strandsOf = (input: ComparisonInput, row: BlockRow, lane: LaneId): LaneStrands =>
  input.strands.get(row)?.[lane] ?? NO_STRANDS;

/** The lanes that have a result, the wire first. */
export const lanesOf = (input: ComparisonInput): readonly ComparedLane[] =>
  input.lanes.filter(({ id }) => id === WIRE || input.adapters[id] !== undefined);

/** Those of them that are compared with the wire. */
export const comparedLanes = (input: ComparisonInput): readonly LaneId[] =>
  lanesOf(input).flatMap(({ id }) => (id === WIRE ? [] : [id]));

/** What a lane is meant to make of the wire on purpose. */
export const expectationsOf = (input: ComparisonInput, lane: LaneId): NonNullable<ComparedLane['expects']> =>
  input.lanes.find(({ id }) => id === lane)?.expects ?? {};
