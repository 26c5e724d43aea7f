/**
 * Chrome's Trace Event JSON, which Perfetto, speedscope and chrome://tracing open
 * (https://perfetto.dev/docs/getting-started/other-formats): a process for each trace, a thread for the network and for each
 * lane; bars for stretches, marks for wire events, a counter for the rate. Microseconds, with the nanoseconds as decimals.
 */
import type { TraceItem } from '../../../../shared/model/items.ts';
import { isWireResult, WIRE, type LaneId } from '../../../../shared/model/messages.ts';
import type { EventSummary } from '../../../../shared/model/stream.ts';
import { decodedItems, wireOutcomeIn } from '../decoded.ts';
import type { ExportFormat, LeavingTrace } from '../exported.ts';

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
  make: ({ traces, version }) => {
    const made = traces.flatMap((trace, at) => new Process(trace, at + 1).events());
    return `${JSON.stringify({ traceEvents: made, displayTimeUnit: 'ms', otherData: { madeBy: `Tracelane ${version}` } })}\n`;
  },
};

type TraceEvent = Readonly<Record<string, unknown>>;

const NETWORK = 0;
/** Points of the rate: as many as a screen shows. */
const RATE_POINTS = 200;
const SHORTEST_BUCKET_NS = 1e6;

const micros = (ns: number): number => ns / 1e3;

class Process {
  readonly #trace: LeavingTrace;
  readonly #pid: number;
  readonly #items: readonly TraceItem[];
  readonly #times: ReadonlyMap<number, EventSummary>;

  constructor(trace: LeavingTrace, pid: number) {
    this.#trace = trace;
    this.#pid = pid;
    this.#items = decodedItems(trace);
    this.#times = new Map(this.#items.flatMap((item) => (item.k === 'event' ? [[item.event.index, item.event]] : [])));
  }

  events(): readonly TraceEvent[] {
    const { facts, setup } = this.#trace;
    const threads = ['network', ...setup.lanes];
    return [
      this.#named('process_name', NETWORK, facts.title),
      ...threads.map((name, tid) => this.#named('thread_name', tid, name)),
      ...this.#network(),
      ...this.#rate(),
      ...setup.lanes.flatMap((lane, at) => (lane === WIRE ? this.#wire(at + 1) : this.#lane(lane, at + 1))),
    ];
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
    const { facts, reads } = this.#trace;
    const endNs = facts.metrics.totalNs ?? reads.at(-1)?.tNs ?? 0;
    const first = reads[0]?.tNs ?? endNs;
    const headNs = facts.responseHead?.tNs;
    return [
      ...(facts.metrics.startUnknown
        ? []
        : [this.#bar(NETWORK, 'wait', 0, headNs ?? first, { status: facts.responseHead?.status ?? null })]),
      this.#bar(NETWORK, 'body', headNs ?? first, endNs, { reads: reads.length, ending: facts.ending?.state ?? null }),
    ];
  }

  /** Bytes per second over equal stretches. */
  #rate(): readonly TraceEvent[] {
    const { reads } = this.#trace;
    const last = reads.at(-1)?.tNs ?? 0;
    const bucketNs = Math.max(SHORTEST_BUCKET_NS, last / RATE_POINTS);
    const sums = new Map<number, number>();
    for (const { tNs, bytes } of reads) {
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

  #wire(tid: number): readonly TraceEvent[] {
    const blocks = wireOutcomeIn(this.#items).blocks.map((block) =>
      this.#bar(tid, block.name ?? block.kind, this.#at(block.firstEvent), this.#at(block.lastEvent), {
        block: block.block,
        kind: block.kind,
        characters: block.text.length,
        closed: block.closed,
      }),
    );
    const marks = [...this.#times.values()].map(({ type, tNs, index, kind }) =>
      this.#mark(tid, type, tNs, { event: index, kind }),
    );
    return [...blocks, ...marks];
  }

  /** Messages of one type after each other are one bar. */
  #lane(lane: LaneId, tid: number): readonly TraceEvent[] {
    const bars: { readonly type: string; readonly from: number; to: number; messages: number }[] = [];
    const ends: TraceEvent[] = [];
    for (const item of this.#items) {
      if (item.k === 'message' && item.emission.lane === lane) {
        const { message, event } = item.emission;
        const at = this.#at(event);
        const last = bars.at(-1);
        if (last?.type === message.message_type) {
          last.to = at;
          last.messages++;
        } else bars.push({ type: message.message_type, from: at, to: at, messages: 1 });
      } else if (item.k === 'outcome' && item.result.lane === lane && !isWireResult(item.result)) {
        const { error } = item.result.outcome;
        if (error) ends.push(this.#mark(tid, 'error', this.#at(error.event), { message: error.message }));
      }
    }
    return [...bars.map(({ type, from, to, messages }) => this.#bar(tid, type, from, to, { messages })), ...ends];
  }

  /** When an event came; before the first of them, when the first read did. */
  #at(event: number | null): number {
    const { reads } = this.#trace;
    return (event === null ? undefined : this.#times.get(event)?.tNs) ?? reads[0]?.tNs ?? 0;
  }
}
