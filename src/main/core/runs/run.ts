/**
 * One run: a sender and a recording. The request is sent, and what the capture sees of the answer is given to the recording;
 * the run decides when the connection is ended from this side.
 */
import { randomUUID } from 'node:crypto';
import type { BodyEnd } from '../../../shared/metrics/ending.ts';
import { objectOf, stringOf } from '../../../shared/json/json-object.ts';
import { chosenLanes } from '../../../shared/lanes/registry.ts';
import { traceId, type TraceId } from '../../../shared/model/ids.ts';
import type { RequestChange } from '../../../shared/model/request-change.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { AroundBody, HttpHead, RequestHead } from '../../../shared/model/trace.ts';
import { requestOf } from '../../../shared/providers/request-of.ts';
import { titleOf } from '../../../shared/providers/title.ts';
import type { CheckedParamsOf } from '../../../shared/rpc/contract.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { Capture, type CaptureListener } from '../capture/capture.ts';
import type { ExchangeThread } from '../capture/exchange-thread.ts';
import type { CaptureLimits } from '../capture/received-body.ts';
import type { RunEndpoint } from '../endpoints/endpoints-service.ts';
import type { DecodingProgress, LiveRecording, RecordingStore } from '../recording/live-recording.ts';
import { newTrace } from '../recording/new-trace.ts';
import type { Recordings } from '../recording/recordings.ts';
import type { NewTrace } from '../store/store.ts';
import { planOf, type Plan } from './plan.ts';
import { outgoingOf, type SendingTransport } from './preview.ts';
import { SilenceClock } from './silence.ts';

export type RunParams = CheckedParamsOf<'runs.start'>;

export interface RunSetup {
  readonly store: RecordingStore;
  readonly recordings: Recordings;
  readonly exchanges: Pick<ExchangeThread, 'send'>;
  readonly target: RunEndpoint;
  readonly params: RunParams;
  readonly transport: SendingTransport;
  readonly limits?: CaptureLimits;
}

/**
 * How long a connection may stay open after the provider's terminator. What follows it at once is kept, since readers differ
 * on it; a server that leaves the connection open has said all there is.
 */
const AFTER_TERMINATOR_MS = 200;

export class Run implements CaptureListener {
  readonly id: TraceId = traceId(randomUUID());
  /** Resolves once the trace exists; rejects with a ServiceError when the request could not even be made. */
  readonly created: Promise<void>;
  /** Resolves once the recording has settled, or when there is none. Never rejects. */
  readonly finished: Promise<void>;
  readonly #setup: RunSetup;
  readonly #capture: Capture;
  readonly #plan: Plan;
  readonly #created = Promise.withResolvers<void>();
  readonly #finished = Promise.withResolvers<void>();
  #recording: LiveRecording | undefined;
  #silence: SilenceClock | undefined;
  #afterTerminator: NodeJS.Timeout | undefined;
  /** The run ended the connection itself, the terminator being there. */
  #closedAfterTerminator = false;
  #ended = false;

  /** Sends at once. */
  constructor(setup: RunSetup) {
    const { target, params, transport, exchanges, limits } = setup;
    const { endpoint } = target;
    this.#setup = setup;
    this.#plan = planOf(transport, endpoint, params.request, params.without);
    this.created = this.#created.promise;
    this.finished = this.#finished.promise;
    this.#capture = new Capture(
      {
        answerSeconds: endpoint.limits.answer,
        exchanges,
        ...outgoingOf(target, transport, this.#plan),
        ...(limits && { limits }),
      },
      this,
    );
    const sent = async (): Promise<unknown> => transport.send({ ...this.#plan.send, fetch: this.#capture.fetch });
    sent().catch((error: unknown) => this.#notSent(error));
  }

  cancel(): void {
    this.#capture.stop({ how: 'cancelled' });
  }

  /** An answer that is no success is an error to the SDK, and so is none at all: the capture has told of both. */
  #notSent(error: unknown): void {
    if (this.#recording) return;
    const said = error instanceof Error ? error.message : String(error);
    this.#created.reject(
      new ServiceError(
        'request',
        `The request could not be built, and nothing was sent: ${said} Change the request and run it again.`,
      ),
    );
    this.#finished.resolve();
  }

  async request(requestHead: RequestHead, body: unknown): Promise<void> {
    const { store, recordings } = this.#setup;
    const recording = recordings.open(
      {
        store,
        trace: this.#newTrace(requestHead, body),
        redact: (sentence) => this.#capture.redact(sentence),
        onDecoded: (progress) => this.#decoded(progress),
        onWatched: (watched) => this.#capture.watch(watched),
      },
      () => this.cancel(),
    );
    this.#recording = recording;
    void recordings.settled(this.id).then(() => this.#finished.resolve());
    await recording.begin();
    this.#created.resolve();
  }

  head(head: HttpHead, tNs: number): void {
    this.#recording!.head(head, tNs);
    const { silence } = this.#setup.target.endpoint.limits;
    if (silence !== null)
      this.#silence = new SilenceClock({
        limitSeconds: silence,
        headNs: tNs,
        caughtUp: () => this.#capture.caughtUp(),
        tooLong: (kind) => this.#capture.stop({ how: 'stalled', seconds: silence, silence: kind }),
      });
  }

  room(): Promise<void> | undefined {
    return this.#setup.store.room();
  }

  reads(reads: readonly Read[]): void {
    this.#recording!.reads(reads);
    this.#silence?.heard(reads.at(-1)!.tNs);
  }

  end(end: BodyEnd, tNs: number, around: AroundBody): void {
    this.#ended = true;
    this.#silence?.stop();
    clearTimeout(this.#afterTerminator);
    const recording = this.#recording!;
    recording.around(around);
    recording.end(end, this.#closedAfterTerminator ? recording.lastNs : tNs);
  }

  #newTrace(head: RequestHead, body: unknown): NewTrace {
    const requestHead = {
      ...head,
      written: this.#capture.redactJson(this.#plan.text),
      changes: [...this.#plan.changes, ...(head.changes ?? [])].map((change) => this.#redacted(change)),
    };
    const { target, params } = this.#setup;
    const { endpoint } = target;
    const { api, options, lanes, source } = params;
    const request = requestOf(api, requestHead.url, body);
    const model = stringOf(objectOf(request)?.['model']);
    return newTrace({
      id: this.id,
      title: titleOf(api, request, model),
      source,
      api,
      model,
      timed: true,
      endpointId: endpoint.id,
      endpoint: { type: endpoint.type, provider_name: endpoint.provider_name, model: model ?? '' },
      options,
      lanes: chosenLanes(api, lanes ?? null),
      request,
      requestHead,
    });
  }

  #redacted(change: RequestChange): RequestChange {
    const { value } = change;
    if (value === null) return change;
    return {
      ...change,
      value: change.where === 'body' ? this.#capture.redactJson(value) : this.#capture.redact(value),
    };
  }

  #decoded({ decodedNs, saidNs, terminated }: DecodingProgress): void {
    if (decodedNs !== null) this.#silence?.decoded(decodedNs, saidNs);
    if (terminated && !this.#ended && this.#afterTerminator === undefined) this.#closeSoon();
  }

  #closeSoon(): void {
    this.#afterTerminator = setTimeout(() => {
      this.#closedAfterTerminator = true;
      this.#capture.stop({ how: 'end' });
    }, AFTER_TERMINATOR_MS);
  }
}
