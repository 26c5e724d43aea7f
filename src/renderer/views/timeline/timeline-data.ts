/**
 * What the timeline draws, folded out of a trace's events: lanes of marks, and silences worth a name. Only what is new is
 * looked at, so that a stream of any length costs what it adds.
 */
import type { BlockRow } from '../../../shared/model/block-row.ts';
import type { EventSummary } from '../../../shared/model/stream.ts';
import { Silences, type Silence } from '../../../shared/metrics/silence.ts';
import type { TraceModel } from '../../stores/trace-model.ts';

export interface Segment {
  /** Wire block. */
  readonly block: string;
  /** Event numbers. */
  readonly first: number;
  last: number;
  /** Of the grid, once it was asked for and is there. */
  row?: BlockRow | undefined;
}

export interface TimelineLane {
  readonly key: string;
  readonly kind: 'reasoning' | 'text' | 'tool';
  readonly name: string;
  /** Numbers of its events, rising. */
  readonly events: number[];
  readonly segments: Segment[];
  chars: number;
}

/** Lanes of tool calls beyond this many share one. */
const TOOL_LANES = 24;

export class TimelineData {
  readonly lanes: TimelineLane[] = [];
  /** Events that belong to the stream as a whole. */
  readonly meta: number[] = [];
  pings = 0;
  readonly #byKey = new Map<string, TimelineLane>();
  readonly #segments = new Map<string, Segment>();
  readonly #silences: Silences;
  #events = 0;
  #tools = 0;
  readonly #model: TraceModel;

  constructor(model: TraceModel) {
    this.#model = model;
    this.#silences = new Silences(model.reads);
  }

  /** Takes what the model has got since the last call. */
  take(): void {
    const model = this.#model;
    this.#silences.take();
    for (; this.#events < model.events.length; this.#events++) this.#event(model.events[this.#events]!);
  }

  /** The row of the grid that a segment shows. Looking it up by name takes longer than drawing it. */
  rowOf(segment: Segment): BlockRow | undefined {
    return (segment.row ??= this.#model.blocks.row(segment.block));
  }

  /** Those that are worth a name, the one that goes on at `nowNs` among them. */
  silences(nowNs: number): readonly Silence[] {
    return this.#silences.named(nowNs);
  }

  #event(event: EventSummary): void {
    const { kind } = event;
    if (kind === 'ping') this.pings++;
    if (kind !== 'reasoning' && kind !== 'text' && kind !== 'tool') {
      this.meta.push(event.index);
      return;
    }
    const lane = this.#lane(event, kind);
    lane.events.push(event.index);
    lane.chars += event.chars;
    const block = event.block ?? lane.key;
    const segment = this.#segments.get(block);
    if (segment) segment.last = event.index;
    else {
      const begun: Segment = { block, first: event.index, last: event.index };
      this.#segments.set(block, begun);
      lane.segments.push(begun);
    }
  }

  /** Reasoning has one lane, text one per choice, a tool call one of its own. */
  #lane(event: EventSummary, kind: TimelineLane['kind']): TimelineLane {
    const row = event.block === undefined ? undefined : this.#model.blocks.row(event.block);
    const choice = row?.choice ?? 0;
    const key = kind === 'reasoning' ? kind : kind === 'text' ? `text ${choice}` : (event.block ?? 'tool');
    let lane = this.#byKey.get(key);
    if (lane) return lane;
    if (kind === 'tool' && this.#tools >= TOOL_LANES)
      lane = this.#byKey.get('more tools') ?? this.#add('more tools', kind, 'more tool calls');
    else lane = this.#add(key, kind, nameOf(kind, choice, row));
    this.#byKey.set(key, lane);
    return lane;
  }

  #add(key: string, kind: TimelineLane['kind'], name: string): TimelineLane {
    const lane: TimelineLane = { key, kind, name, events: [], segments: [], chars: 0 };
    this.lanes.push(lane);
    this.#byKey.set(key, lane);
    if (kind === 'tool') this.#tools++;
    return lane;
  }
}

function nameOf(kind: TimelineLane['kind'], choice: number, row: BlockRow | undefined): string {
  if (kind === 'reasoning') return 'Reasoning';
  if (kind === 'text') return choice === 0 ? 'Text' : `Text ${choice + 1}`;
  return row?.cells.wire[0]?.name ?? (row?.kind === 'server_tool_result' ? 'Tool result' : 'Tool call');
}
