/**
 * One run: the request is sent, and what comes back goes two ways at once, as bytes into the store and through the lanes
 * to whoever watches. Neither way waits for the other, and a store that fails does not end the run.
 */
import { randomUUID } from 'node:crypto';
import { DecodePass } from '../../../shared/lanes/decode-pass.ts';
import { decideEnding, type BodyEnd, type TransportFacts } from '../../../shared/metrics/ending.ts';
import { MetricsMeter } from '../../../shared/metrics/metrics.ts';
import { traceId, type TraceId } from '../../../shared/model/ids.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import type { WireOutcome } from '../../../shared/model/messages.ts';
import type { Read, Frame } from '../../../shared/model/stream.ts';
import { titleOf } from '../../../shared/model/title.ts';
import type { Ending, HttpHead, RequestHead } from '../../../shared/model/trace.ts';
import type { Usage } from '../../../shared/model/usage.ts';
import type { CheckedParamsOf } from '../../../shared/rpc/contract.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { Capture, type CaptureLimits, type CaptureListener } from '../capture/capture.ts';
import { credentialHeader } from '../capture/secrets.ts';
import type { RunEndpoint } from '../endpoints/endpoints-service.ts';
import { costOf } from '../prices/prices.ts';
import type { NewTrace, Store, StoredTrace, TraceResult } from '../store/store.ts';
import { decodeSetup } from '../decoding/decode-setup.ts';
import { RunItems } from './run-items.ts';
import { send } from '../providers/send.ts';
import { SilenceClock } from './silence.ts';

export type RunParams = CheckedParamsOf<'runs.start'>;
export type RunStore = Pick<
  Store,
  'createTrace' | 'appendReads' | 'setHead' | 'setLive' | 'finishTrace' | 'addProviderTrace' | 'get'
>;

export interface RunSetup {
  readonly store: RunStore;
  readonly target: RunEndpoint;
  readonly params: RunParams;
  readonly limits?: CaptureLimits;
}

/** Between two updates of a live run's row in the list. */
const ROW_MS = 250;
/**
 * How long a connection may stay open after the provider's terminator. What follows it at once is kept, since readers differ
 * on it; a server that leaves the connection open has said all there is.
 */
const AFTER_TERMINATOR_MS = 200;
/** Of a body that is no stream, this much is looked at: enough for a provider's whole error. */
const BODY_START_BYTES = 16 * 1024;

export class Run implements CaptureListener {
  readonly id: TraceId = traceId(randomUUID());
  readonly items = new RunItems();
  /** Resolves once the trace exists; rejects with a ServiceError when the request could not even be made. */
  readonly created: Promise<void>;
  /** Resolves once the result is stored, or cannot be. Never rejects. */
  readonly finished: Promise<void>;
  readonly #store: RunStore;
  readonly #target: RunEndpoint;
  readonly #params: RunParams;
  readonly #capture: Capture;
  readonly #meter = new MetricsMeter();
  readonly #created = Promise.withResolvers<void>();
  readonly #finished = Promise.withResolvers<void>();
  #trace: NewTrace | undefined;
  #reading: DecodePass | undefined;
  #stored = true;
  #head: HttpHead | null = null;
  #result: TraceResult | undefined;
  #silence: SilenceClock | undefined;
  #afterTerminator: NodeJS.Timeout | undefined;
  /** The run ended the connection itself, the terminator being there. */
  #closedAfterTerminator = false;
  #model: string | null = null;
  #usage: Usage | undefined;
  #rowAt = 0;
  #row: NodeJS.Timeout | undefined;
  #bodyStart = Buffer.alloc(0);
  #lastReadNs = 0;
  #dataFrames = 0;

  /** Sends at once. */
  constructor({ store, target, params, limits }: RunSetup) {
    this.#store = store;
    this.#target = target;
    this.#params = params;
    this.created = this.#created.promise;
    this.finished = this.#finished.promise;
    const { endpoint, key } = target;
    this.#capture = new Capture(
      {
        answerSeconds: endpoint.limits.answer,
        ...(key !== undefined && { credential: { header: credentialHeader(endpoint.type, key), key } }),
        ...(limits && { limits }),
      },
      this,
    );
    send(params.api, { endpoint, request: params.request, fetch: this.#capture.fetch }).catch((error: unknown) =>
      this.#notSent(error),
    );
  }

  /** The trace as far as it is known here, without what is stored of it; undefined before it exists. */
  get trace(): StoredTrace | undefined {
    if (!this.#trace) return undefined;
    const metrics = this.#meter.value();
    const { endedAtNs: _endedAtNs, ...result } = this.#result ?? {};
    return {
      ...this.#trace,
      metrics,
      model: this.#model,
      ...(this.#head && { responseHead: this.#head, httpStatus: this.#head.status }),
      ...(this.#usage && { usage: this.#usage }),
      ...result,
      storedReads: 0,
      storedBytes: 0,
    } as StoredTrace;
  }

  cancel(): void {
    this.#capture.stop({ how: 'cancelled' });
  }

  /** Whether the store has every read and the ending. Ask when it has finished. */
  async isStored(): Promise<boolean> {
    if (!this.#stored) return false;
    const stored = await this.#store.get(this.id).catch(() => undefined);
    return stored?.ending !== undefined && stored.storedReads === this.#meter.value().reads;
  }

  /** An answer that is no success is an error to the SDK, and so is none at all: the capture has told of both. */
  #notSent(error: unknown): void {
    if (this.#trace) return;
    const said = error instanceof Error ? error.message : String(error);
    this.#created.reject(
      new ServiceError(
        'request',
        `The request could not be made, and nothing was sent: ${said} Change the request and run it again.`,
      ),
    );
    this.items.end();
    this.#finished.resolve();
  }

  async request(requestHead: RequestHead, body: unknown): Promise<void> {
    const trace = this.#newTrace(requestHead, body);
    await this.#store.createTrace(trace).catch((error: unknown) => this.#lost(error));
    this.#trace = trace;
    this.#model = trace.model;
    this.#reading = new DecodePass({ ...decodeSetup(trace), watch: (frame) => this.#frame(frame) });
    this.#take(this.#reading.begin());
    this.#created.resolve();
  }

  head(head: HttpHead, tNs: number): void {
    this.#head = head;
    if (this.#stored) this.#store.setHead(this.id, head, tNs);
    this.#take(this.#reading!.head(head, tNs));
    const { silence } = this.#target.endpoint.limits;
    if (silence !== null)
      this.#silence = new SilenceClock(silence, (kind) =>
        this.#capture.stop({ how: 'stalled', seconds: silence, silence: kind }),
      );
  }

  reads(reads: readonly Read[]): void {
    if (this.#stored) this.#store.appendReads(this.id, reads);
    for (const read of reads) this.#read(read);
    if (this.#reading!.terminated && this.#afterTerminator === undefined) this.#closeSoon();
    this.#tellRow();
  }

  end(end: BodyEnd, tNs: number): void {
    this.#silence?.stop();
    clearTimeout(this.#afterTerminator);
    clearTimeout(this.#row);
    const endedAtNs = this.#closedAfterTerminator ? this.#lastReadNs : tNs;
    const reading = this.#reading!;
    let ending: Ending | undefined;
    let wire: WireOutcome | undefined;
    const items = reading.end(endedAtNs, (outcome, unfinished) => {
      wire = outcome;
      ending = this.#decide(end, unfinished, outcome);
      return ending;
    });
    // The numbers first: who sees the ending may ask for them at once.
    for (const item of items) this.#meter.add(item);
    this.#result = this.#resultOf(endedAtNs, ending!, wire!);
    this.items.add(items);
    this.items.end();
    void this.#finish(this.#result, items);
  }

  #newTrace(requestHead: RequestHead, request: unknown): NewTrace {
    const { endpoint } = this.#target;
    const { api, options, source } = this.#params;
    const asked = (request as { readonly model?: unknown } | null)?.model;
    const model = typeof asked === 'string' ? asked : null;
    return {
      id: this.id,
      title: titleOf(request, model),
      renamed: false,
      starred: false,
      source,
      api,
      model,
      startedAt: Date.now(),
      metrics: this.#meter.value(),
      timed: true,
      framing: 'sse',
      endpointId: endpoint.id,
      endpoint: { type: endpoint.type, provider_name: endpoint.provider_name, model: model ?? '' },
      options,
      request,
      requestHead,
      messageId: `message-${randomUUID()}`,
      stepId: `step-${randomUUID()}`,
    };
  }

  #read(read: Read): void {
    this.#lastReadNs = read.tNs;
    if (this.#bodyStart.length < BODY_START_BYTES) {
      this.#bodyStart = Buffer.concat([
        this.#bodyStart,
        read.bytes.subarray(0, BODY_START_BYTES - this.#bodyStart.length),
      ]);
    }
    const items = this.#reading!.feed(read);
    this.#silence?.heard(saysSomething(read, items) ? 'content' : 'keep-alive');
    this.#take(items);
  }

  #frame({ dataLines }: Frame): void {
    if (dataLines > 0) this.#dataFrames++;
  }

  #take(items: readonly TraceItem[]): void {
    for (const item of items) {
      this.#meter.add(item);
      if (item.k === 'message' && item.emission.lane === 'wire') this.#note(item.emission.message);
    }
    this.items.add(items);
  }

  /** What the row in the list shows of the wire. */
  #note(message: Extract<TraceItem, { k: 'message' }>['emission']['message']): void {
    if (message.message_type === 'response' && message.model !== null) this.#model = message.model;
    else if (message.message_type === 'usage') this.#usage = message.usage;
  }

  /** At once when the last update is long enough ago, else when it will be. */
  #tellRow(): void {
    if (!this.#stored || this.#row !== undefined) return;
    const waitMs = Math.max(0, this.#rowAt + ROW_MS - performance.now());
    this.#row = setTimeout(() => {
      this.#row = undefined;
      this.#rowAt = performance.now();
      this.#store.setLive(this.id, {
        metrics: this.#meter.value(),
        model: this.#model,
        ...(this.#usage && { usage: this.#usage }),
      });
    }, waitMs);
  }

  #closeSoon(): void {
    this.#afterTerminator = setTimeout(() => {
      this.#closedAfterTerminator = true;
      this.#capture.stop({ how: 'end' });
    }, AFTER_TERMINATOR_MS);
  }

  /** Its sentences repeat what the provider said, and some say a key. */
  #decide(end: BodyEnd, unfinished: boolean, wire: WireOutcome): Ending {
    const { state, rule, advice } = decideEnding(this.#params.api, this.#facts(end, unfinished), wire);
    return {
      state,
      rule: this.#capture.redact(rule),
      ...(advice !== undefined && { advice: this.#capture.redact(advice) }),
    };
  }

  #facts(end: BodyEnd, unfinished: boolean): TransportFacts {
    const { bytes } = this.#meter.value();
    return {
      head: this.#head,
      end,
      bytes,
      unfinished,
      events: this.#dataFrames,
      bodyStart: this.#bodyStart.toString('utf8'),
    };
  }

  #resultOf(endedAtNs: number, ending: Ending, wire: WireOutcome): TraceResult {
    const { requestHead, startedAt } = this.#trace!;
    const model = wire.model ?? this.#model;
    const cost = costOf({ url: requestHead!.url, model, usage: wire.usage, startedAt });
    const [finish] = wire.finish;
    return {
      endedAtNs,
      ending,
      model,
      metrics: this.#meter.value(),
      ...(wire.usage && { usage: wire.usage }),
      ...(finish && { finish: { unified: finish.unified, raw: finish.raw } }),
      ...(cost !== undefined && { cost }),
    };
  }

  async #finish(result: TraceResult, items: readonly TraceItem[]): Promise<void> {
    if (this.#stored) {
      const finished = this.#store.finishTrace(this.id, result);
      this.#tellProviderTraces(items);
      await finished.catch((error: unknown) => this.#lost(error));
    }
    this.#finished.resolve();
  }

  #tellProviderTraces(items: readonly TraceItem[]): void {
    const { stepId } = this.#trace!;
    for (const item of items) {
      if (item.k !== 'outcome' || item.result.lane === 'wire') continue;
      const { lane, outcome } = item.result;
      if (outcome.provider_trace !== null)
        this.#store.addProviderTrace({ trace: this.id, lane, stepId, document: outcome.provider_trace });
    }
  }

  #lost(error: unknown): void {
    this.#stored = false;
    console.error(`The store did not take trace ${this.id}; its run goes on in memory.`, error);
  }
}

/** A read of nothing but keep-alive says nothing. One that ends inside an event does: a large event takes many reads. */
function saysSomething(read: Read, items: readonly TraceItem[]): boolean {
  const told = items.filter((item) => item.k === 'event' || item.k === 'note');
  if (told.length > 0)
    return told.some((item) => (item.k === 'event' ? item.event.kind !== 'ping' : item.type !== 'comment'));
  return read.bytes.some((byte) => byte !== 0x0a && byte !== 0x0d);
}
