/**
 * Chrome's Trace Event JSON, which Perfetto, speedscope and chrome://tracing open
 * (https://perfetto.dev/docs/getting-started/other-formats): a process for each trace, a thread for the network and for each
 * lane; bars for stretches, marks for wire events, a counter for the rate. Microseconds, with the nanoseconds as decimals.
 */
import type { TraceItem } from '../../../../shared/model/items.ts';
import { isWireResult, WIRE, type Emission, type LaneId, type LaneOutcome } from '../../../../shared/model/messages.ts';
import { decodedItems, wireOutcomeIn } from '../decoded.ts';
import type { ExportContent, ExportFormat, FilePieces, LeavingTrace } from '../exported.ts';
import { Floats } from '../floats.ts';

export const traceEvents: ExportFormat = {
  id: 'trace-events',
  label: 'Chrome trace events',
  description: 'The time line of each lane for Perfetto or speedscope.',
  loses: 'Times, names and lengths alone: without texts, the request, and heads.',
  mediaType: 'application/json',
  parts: { bytes: 'needed' },
  several: true,
  extension: () => '.trace.json',
  refusal: ({ facts }) =>
    facts.timed ? null : `“${facts.title}” has no times: they were not in the file that it was imported from.`,
  make: madeOf,
};

async function* madeOf({ traces, version }: ExportContent): FilePieces {
  yield '{"traceEvents":[';
  let before = '';
  for (const [at, trace] of traces.entries())
    for await (const event of new Process(trace, at + 1).events()) {
      yield before + JSON.stringify(event);
      before = ',';
    }
  yield `],"displayTimeUnit":"ms","otherData":${JSON.stringify({ madeBy: `Tracelane ${version}` })}}\n`;
}

type TraceEvent = Readonly<Record<string, unknown>>;

const NETWORK = 0;
/** Points of the rate: as many as a screen shows. */
const RATE_POINTS = 200;
const SHORTEST_BUCKET_NS = 1e6;

const micros = (ns: number): number => ns / 1e3;

interface LaneBar {
  readonly type: string;
  readonly from: number;
  to: number;
  messages: number;
}

class Process {
  readonly #trace: LeavingTrace;
  readonly #pid: number;
  /** Of each event by its index: all that is held of a million of them. */
  readonly #times = new Floats();
  readonly #bars = new Map<LaneId, LaneBar[]>();
  readonly #outcomes: LaneOutcome[] = [];

  constructor(trace: LeavingTrace, pid: number) {
    this.#trace = trace;
    this.#pid = pid;
  }

  #take(item: TraceItem): void {
    if (item.k === 'event') this.#times.push(item.event.tNs);
    else if (item.k === 'outcome') this.#outcomes.push(item.result);
    else if (item.k === 'message') this.#extend(item.emission);
  }

  /** Messages of one type after each other are one bar. */
  #extend({ lane, message, event }: Emission): void {
    if (lane === WIRE) return;
    const at = this.#at(event);
    const bars = this.#bars.get(lane) ?? [];
    const last = bars.at(-1);
    if (last?.type === message.message_type) {
      last.to = at;
      last.messages++;
    } else bars.push({ type: message.message_type, from: at, to: at, messages: 1 });
    this.#bars.set(lane, bars);
  }

  /** Once. */
  async *events(): AsyncGenerator<TraceEvent> {
    const { facts, setup } = this.#trace;
    for await (const items of decodedItems(this.#trace)) for (const item of items) this.#take(item);
    const threads = ['network', ...setup.lanes];
    yield this.#named('process_name', NETWORK, facts.title);
    for (const [tid, name] of threads.entries()) yield this.#named('thread_name', tid, name);
    yield* this.#network();
    yield* await this.#rate();
    for (const [at, lane] of setup.lanes.entries())
      yield* lane === WIRE ? this.#wire(at + 1) : this.#lane(lane, at + 1);
  }

  #named(name: string, tid: number, value: string): TraceEvent {
    return { ph: 'M', name, pid: this.#pid, tid, args: { name: value } };
  }

  #bar(tid: number, name: string, fromNs: number, toNs: number, args: object): TraceEvent {
    return { ph: 'X', name, pid: this.#pid, tid, ts: micros(fromNs), dur: micros(Math.max(0, toNs - fromNs)), args };
  }

  #mark(tid: number, name: string, atNs: number, args: object): TraceEvent {
    return { ph: 'i', s: 't', name, pid: this.#pid, tid, ts: micros(atNs), args };
  }

  #network(): readonly TraceEvent[] {
    const { facts, reads, firstNs, lastNs } = this.#trace;
    const endNs = facts.metrics.totalNs ?? lastNs ?? 0;
    const first = firstNs ?? endNs;
    const headNs = facts.responseHead?.tNs;
    return [
      ...(facts.metrics.startUnknown
        ? []
        : [this.#bar(NETWORK, 'wait', 0, headNs ?? first, { status: facts.responseHead?.status ?? null })]),
      this.#bar(NETWORK, 'body', headNs ?? first, endNs, { reads, ending: facts.ending?.state ?? null }),
    ];
  }

  /** Bytes per second over equal stretches. */
  async #rate(): Promise<readonly TraceEvent[]> {
    const { lastNs, pages } = this.#trace;
    const bucketNs = Math.max(SHORTEST_BUCKET_NS, (lastNs ?? 0) / RATE_POINTS);
    const sums = new Map<number, number>();
    for await (const page of pages())
      for (const { tNs, bytes } of page) {
        const bucket = Math.floor(tNs / bucketNs);
        sums.set(bucket, (sums.get(bucket) ?? 0) + bytes.length);
      }
    const point = (bucket: number, value: number): TraceEvent => ({
      ph: 'C',
      name: 'bytes per second',
      pid: this.#pid,
      ts: micros(bucket * bucketNs),
      args: { value },
    });
    return [...sums].flatMap(([bucket, sum]) => [
      point(bucket, Math.round((sum / bucketNs) * 1e9)),
      // A counter keeps its value until the next one.
      ...(sums.has(bucket + 1) ? [] : [point(bucket + 1, 0)]),
    ]);
  }

  /** Its events are decoded once more: their names are longer than all else that is told of them. */
  async *#wire(tid: number): AsyncGenerator<TraceEvent> {
    for (const block of wireOutcomeIn(this.#outcomes).blocks)
      yield this.#bar(tid, block.name ?? block.kind, this.#at(block.firstEvent), this.#at(block.lastEvent), {
        block: block.block,
        kind: block.kind,
        characters: block.text.length,
        closed: block.closed,
      });
    const wireAlone = { ...this.#trace, setup: { ...this.#trace.setup, lanes: [WIRE] } };
    for await (const items of decodedItems(wireAlone))
      for (const item of items) {
        if (item.k !== 'event') continue;
        const { type, tNs, index, kind } = item.event;
        yield this.#mark(tid, type, tNs, { event: index, kind });
      }
  }

  #lane(lane: LaneId, tid: number): readonly TraceEvent[] {
    const bars = this.#bars.get(lane) ?? [];
    const ends = this.#outcomes.flatMap((result) => {
      if (result.lane !== lane || isWireResult(result) || !result.outcome.error) return [];
      const { event, message } = result.outcome.error;
      return [this.#mark(tid, 'error', this.#at(event), { message })];
    });
    return [...bars.map(({ type, from, to, messages }) => this.#bar(tid, type, from, to, { messages })), ...ends];
  }

  /** When an event came; before the first of them, when the first read did. */
  #at(event: number | null): number {
    return (event === null ? undefined : this.#times.at(event)) ?? this.#trace.firstNs ?? 0;
  }
}
