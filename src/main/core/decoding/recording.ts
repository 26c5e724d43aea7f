/**
 * From a head, reads and an end to a trace: the one place where the bytes of an answer become items, numbers and a result. It
 * does not know who feeds it, whether what it gives is shown, nor where it is kept: see LiveRecording for one that is watched
 * and stored while it goes on. The one who feeds it owns the clock.
 */
import { DecodePass, type DecodeSetup } from '../../../shared/lanes/decode-pass.ts';
import {
  BODY_START_BYTES,
  countsAsEvent,
  decideEnding,
  type BodyEnd,
  type TransportFacts,
} from '../../../shared/metrics/ending.ts';
import type { FaultFinder } from '../../../shared/framing/faults.ts';
import { faultFinderOf } from '../../../shared/providers/faults-of.ts';
import { HeldBack } from '../../../shared/metrics/held-back.ts';
import { headerOf } from '../../../shared/metrics/http-wording.ts';
import { MetricsMeter, withoutTimes } from '../../../shared/metrics/metrics.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import {
  isWireEmission,
  isWireResult,
  type Emission,
  type LaneId,
  type WireOutcome,
} from '../../../shared/model/messages.ts';
import type { Frame, Read } from '../../../shared/model/stream.ts';
import type { Ending, HttpHead, Metrics, TraceRow } from '../../../shared/model/trace.ts';
import { decodeSetup, type DecodableTrace } from './decode-setup.ts';
import { asksForStream, carriesKey } from '../../../shared/providers/request-of.ts';
import { costOf } from '../prices/prices.ts';
import type { NewTrace, ProviderTraceRow, TraceResult } from '../store/store.ts';

export type RecordableTrace = DecodableTrace & Pick<NewTrace, 'id' | 'model' | 'timed' | 'requestHead'>;

export interface RecordingSetup extends Pick<DecodeSetup, 'cuts' | 'place'> {
  readonly trace: RecordableTrace;
  /** Lanes besides the wire; all of them unless said. */
  readonly lanes?: readonly LaneId[];
}

/** What a row of the list shows of a stream that goes on. */
export type RecordedRow = Pick<TraceRow, 'metrics' | 'model' | 'usage'>;

export class Recording {
  readonly #setup: RecordingSetup;
  readonly #decoding: DecodePass;
  readonly #meter = new MetricsMeter();
  readonly #faults: FaultFinder;
  readonly #heldBack = new HeldBack();
  readonly #bodyStart: Uint8Array[] = [];
  #bodyStartBytes = 0;
  #dataFrames = 0;
  #head: HttpHead | null = null;
  #lastNs = 0;
  #model: string | null;
  #result: TraceResult | undefined;
  #providerTraces: readonly ProviderTraceRow[] = [];

  constructor(setup: RecordingSetup) {
    const { trace, lanes, cuts, place } = setup;
    this.#setup = setup;
    this.#model = trace.model;
    this.#faults = faultFinderOf(trace.api);
    this.#decoding = new DecodePass({
      ...decodeSetup(trace),
      ...(lanes && { lanes }),
      ...(cuts && { cuts }),
      ...(place && { place }),
      watch: (framed) => {
        this.#faults.take(framed);
        if (framed.type === 'frame') this.#frame(framed.frame);
      },
    });
  }

  /** The provider's terminator was seen; cheap enough to ask after each read. */
  get terminated(): boolean {
    return this.#decoding.terminated;
  }

  /** When the last read came, or the head before it. */
  get lastNs(): number {
    return this.#lastNs;
  }

  /** What a row of the list shows, so far. */
  get row(): RecordedRow {
    const { usage } = this.#meter;
    return { metrics: this.#metrics(), model: this.#model, ...(usage && { usage }) };
  }

  /** Undefined before the end. */
  get result(): TraceResult | undefined {
    return this.#result;
  }

  /** What the adapters of the lanes would have written to their provider traces; none before the end. */
  get providerTraces(): readonly ProviderTraceRow[] {
    return this.#providerTraces;
  }

  /** Call once, first. */
  begin(): readonly TraceItem[] {
    return this.#take(this.#decoding.begin());
  }

  head(head: HttpHead, tNs: number): readonly TraceItem[] {
    this.#head = head;
    this.#lastNs = tNs;
    this.#heldBack.head(tNs);
    return this.#take(this.#decoding.head(head, tNs));
  }

  /** `read.offset` must be where the last one ended. */
  read(read: Read): readonly TraceItem[] {
    this.#lastNs = read.tNs;
    if (this.#bodyStartBytes < BODY_START_BYTES) this.#keepStart(read.bytes);
    const before = this.#dataFrames;
    const items = this.#take(this.#decoding.feed(read));
    this.#heldBack.read(read.tNs, this.#dataFrames - before);
    return items;
  }

  /** Call once, last. The result is there when it returns. */
  end(end: BodyEnd, tNs: number): readonly TraceItem[] {
    const decided: { ending?: Ending; wire?: WireOutcome } = {};
    const items = this.#decoding.end(tNs, (wire, unfinished) => {
      decided.wire = wire;
      return (decided.ending = this.#decide(end, unfinished, wire));
    });
    this.#take(items);
    this.#result = this.#resultOf(tNs, decided.ending!, decided.wire!);
    this.#providerTraces = this.#providerTracesIn(items);
    return items;
  }

  #keepStart(bytes: Uint8Array): void {
    const start = bytes.subarray(0, BODY_START_BYTES - this.#bodyStartBytes);
    this.#bodyStart.push(start);
    this.#bodyStartBytes += start.length;
  }

  #frame(frame: Frame): void {
    if (countsAsEvent(frame, this.#setup.trace.framing)) this.#dataFrames++;
  }

  #take(items: readonly TraceItem[]): readonly TraceItem[] {
    for (const item of items) {
      this.#meter.add(item);
      if (item.k === 'message' && isWireEmission(item.emission)) this.#note(item.emission.message);
    }
    return items;
  }

  #note(message: Emission['message']): void {
    if (message.message_type === 'response' && message.model !== null) this.#model = message.model;
  }

  #metrics(): Metrics {
    const metrics = this.#meter.value();
    return this.#setup.trace.timed ? metrics : withoutTimes(metrics);
  }

  #decide(end: BodyEnd, unfinished: boolean, wire: WireOutcome): Ending {
    return decideEnding(this.#setup.trace.api, this.#facts(end, unfinished), wire);
  }

  /** Said of a body that came over a connection, in an encoding. */
  #buffered(): string | null {
    const encoding = (headerOf(this.#head, 'content-encoding') ?? 'identity').trim().toLowerCase();
    return encoding === 'identity' || encoding === '' || !this.#setup.trace.timed
      ? null
      : this.#heldBack.sentence(encoding);
  }

  #facts(end: BodyEnd, unfinished: boolean): TransportFacts {
    const { api, framing, request, requestHead } = this.#setup.trace;
    const buffered = this.#buffered();
    return {
      framing,
      head: this.#head,
      end,
      bytes: this.#decoding.bytes,
      unfinished,
      events: this.#dataFrames,
      bodyStart: Buffer.concat(this.#bodyStart),
      faults: this.#faults.end(),
      ...(buffered !== null && { buffered }),
      ...(requestHead && {
        request: {
          url: requestHead.url,
          keyed: carriesKey(requestHead),
          streams: asksForStream(api, requestHead.url, request),
        },
      }),
    };
  }

  #resultOf(endedAtNs: number, ending: Ending, wire: WireOutcome): TraceResult {
    const { requestHead, startedAt } = this.#setup.trace;
    const model = wire.model ?? this.#model;
    const { usage } = wire;
    // What the server reckons is what it charges; the list only knows what it charged once.
    const cost = usage?.cost ?? (requestHead && costOf({ url: requestHead.url, model, usage, startedAt }));
    const [finish] = wire.finish;
    return {
      endedAtNs,
      ending,
      model,
      metrics: this.#metrics(),
      ...(usage && { usage }),
      ...(finish && { finish: { unified: finish.unified, raw: finish.raw } }),
      ...(cost !== undefined && { cost }),
    };
  }

  #providerTracesIn(items: readonly TraceItem[]): readonly ProviderTraceRow[] {
    const { id, stepId } = this.#setup.trace;
    return items.flatMap((item) => {
      if (item.k !== 'outcome' || isWireResult(item.result)) return [];
      const { lane, outcome } = item.result;
      const document = outcome.provider_trace;
      return document === null ? [] : [{ trace: id, lane, stepId, document }];
    });
  }
}
