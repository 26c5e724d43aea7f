/**
 * What the timeline draws, folded out of a trace's events: lanes of marks, and gaps worth a name. Only what is new is
 * looked at, so that a stream of any length costs what it adds.
 */
import type { EventSummary } from '../../../shared/model/stream.ts';
import type { TraceModel } from '../../stores/trace-model.ts';

export interface Segment {
  /** Wire block. */
  readonly block: string;
  /** Event numbers. */
  readonly first: number;
  last: number;
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

export interface Gap {
  readonly startNs: number;
  readonly endNs: number;
}

/** A silence shorter than this has no name, however fast the rest was. */
const SHORTEST_GAP_NS = 1e9;
/** How much longer than the usual gap a silence must be. */
const TIMES_USUAL = 8;
/** The usual gap is the median of at most this many. */
const SAMPLE = 1024;
/** Lanes of tool calls beyond this many share one. */
const TOOL_LANES = 24;

export class TimelineData {
  readonly lanes: TimelineLane[] = [];
  /** Events that belong to the stream as a whole. */
  readonly meta: number[] = [];
  pings = 0;
  readonly #byKey = new Map<string, TimelineLane>();
  readonly #segments = new Map<string, Segment>();
  readonly #silences: Gap[] = [];
  #events = 0;
  #reads = 0;
  #lastReadNs = 0;
  #tools = 0;
  readonly #model: TraceModel;

  constructor(model: TraceModel) {
    this.#model = model;
  }

  /** Takes what the model has got since the last call. */
  take(): void {
    const model = this.#model;
    for (; this.#reads < model.reads.length; this.#reads++) {
      const { tNs } = model.reads[this.#reads]!;
      if (tNs - this.#lastReadNs >= SHORTEST_GAP_NS) this.#silences.push({ startNs: this.#lastReadNs, endNs: tNs });
      this.#lastReadNs = tNs;
    }
    for (; this.#events < model.events.length; this.#events++) this.#event(model.events[this.#events]!);
  }

  /** Silences of at least a second and eight times the median gap between reads. */
  gaps(): readonly Gap[] {
    const usual = medianGap(this.#model);
    return this.#silences.filter(({ startNs, endNs }) => endNs - startNs >= TIMES_USUAL * usual);
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
    else lane = this.#add(key, kind, nameOf(kind, choice, row?.cells.wire[0]?.name));
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

function nameOf(kind: TimelineLane['kind'], choice: number, tool: string | null | undefined): string {
  if (kind === 'reasoning') return 'Reasoning';
  if (kind === 'text') return choice === 0 ? 'Text' : `Text ${choice + 1}`;
  return tool ?? 'Tool call';
}

function medianGap({ reads }: TraceModel): number {
  if (reads.length < 3) return 0;
  const step = Math.max(1, Math.floor(reads.length / SAMPLE));
  const gaps: number[] = [];
  for (let at = step; at < reads.length; at += step) gaps.push(reads[at]!.tNs - reads[at - 1]!.tNs);
  gaps.sort((a, b) => a - b);
  return gaps[gaps.length >> 1] ?? 0;
}
