/**
 * Makes a trace of an exchange as it is told: once it is known which API it is of, a recording is begun and given what has come
 * by then, with the times at which it came. What goes wrong here is missing from the trace, and from nothing else.
 */
import { randomUUID, type Hash } from 'node:crypto';
import { byteCount } from '../../../../shared/model/byte-count.ts';
import type { BodyEnd } from '../../../../shared/metrics/ending.ts';
import { headerOf } from '../../../../shared/metrics/http-wording.ts';
import type { CaptureFacts } from '../../../../shared/model/capture.ts';
import { traceId, type TraceId } from '../../../../shared/model/ids.ts';
import { objectOf, stringOf } from '../../../../shared/json/json-object.ts';
import { chosenLanes } from '../../../../shared/lanes/registry.ts';
import { OTHER_API, type Read } from '../../../../shared/model/stream.ts';
import {
  DEFAULT_OPTIONS,
  type AdapterEndpoint,
  type HttpHead,
  type TerminalState,
} from '../../../../shared/model/trace.ts';
import { apiOfUrl } from '../../../../shared/providers/detect.ts';
import { usualEndpoint } from '../../../../shared/providers/registry.ts';
import { requestOf } from '../../../../shared/providers/request-of.ts';
import { titleOf } from '../../../../shared/providers/title.ts';
import type { Settings } from '../../../../shared/rpc/contract.ts';
import { encodingOf } from '../../capture/decoding.ts';
import { KeyMask } from '../../capture/key-mask.ts';
import { ReceivedBody } from '../../capture/received-body.ts';
import { Redaction, secretsIn } from '../../capture/secrets.ts';
import type { LiveRecording, RecordingStore } from '../../recording/live-recording.ts';
import { newTrace } from '../../recording/new-trace.ts';
import type { Recordings } from '../../recording/recordings.ts';
import type { NewTrace } from '../../store/store.ts';
import type { Begun, HeadFacts, TapEvent } from '../forward/tap.ts';
import { digestOf, type Attempt, type SentAgain } from './sent-again.ts';
import { keptRequest, MAX_REQUEST_BYTES, type KeptRequest } from './kept-request.ts';
import type { ClientMessage } from './socket-messages.ts';
import { agreedDeflate } from './socket-messages.ts';
import { apiOfAnswer, apiOfRequest, type ToldApi } from './told-api.ts';
import { counted } from '../../../../shared/text/count.ts';

export interface KeptExchange {
  /** Of the answer's body. */
  readonly bytes: number;
  /** Nothing that came is missing. */
  readonly complete: boolean;
}

export interface CapturedExchangeSetup {
  readonly begun: Begun;
  readonly store: RecordingStore;
  readonly recordings: Recordings;
  /** How new traces are read. */
  readonly settings: () => Promise<Pick<Settings, 'options' | 'lanes'>>;
  /** The server of the route, as adapters see it; undefined for one that nobody described. */
  readonly endpoint: Pick<AdapterEndpoint, 'type' | 'provider_name'> | undefined;
  readonly sentAgain: SentAgain;
  /** Less waits here than before. */
  readonly lighter: () => void;
  /** See LiveRecordingSetup. */
  readonly onWatched: (watched: boolean) => void;
}

/** How long an exchange that says nothing of its API waits for more of its body before it is shown. */
const DECIDE_MS = 1_000;

/** Messages of a client that are listed. */
const MAX_SENT = 1_000;

/** As what a recording is begun that cannot be begun as what it is. */
const UNKNOWN: ToldApi = { api: OTHER_API, framing: 'bytes' };

const STOPPED: BodyEnd = {
  how: 'limit',
  limit: 'The recording was stopped here. The exchange between the two programs went on.',
};

export class CapturedExchange {
  /** Resolves once its trace is stored, or cannot be, with how much it has. Never rejects. */
  readonly finished: Promise<KeptExchange>;
  readonly #setup: CapturedExchangeSetup;
  readonly #id = traceId(randomUUID());
  readonly #finished = Promise.withResolvers<KeptExchange>();
  readonly #redaction: Redaction;
  readonly #body: ReceivedBody;
  readonly #digest: Hash;
  #requestParts: Uint8Array[] = [];
  #requestBytes = 0;
  #requestMissing: string | undefined;
  #isSocket = false;
  #request: KeptRequest | undefined;
  #head: { readonly head: HttpHead; readonly tNs: number } | undefined;
  /** Came, and was not given to the recording. */
  #reads: Read[] = [];
  /** Apart, for who remembers an exchange longer than its bytes are needed. */
  readonly #answer = { isOver: false };
  #end: { readonly end: BodyEnd; readonly tNs: number } | undefined;
  /** All that came of the body is in `#reads`, or was. */
  #bodyTold = false;
  #lost: BodyEnd | undefined;
  #stopped = false;
  #facts: CaptureFacts;
  #closed = false;
  #decided: ToldApi | undefined;
  #timer: NodeJS.Timeout | undefined;
  #recording: LiveRecording | undefined;
  #headGiven = false;
  #over = false;

  constructor(setup: CapturedExchangeSetup) {
    const { begun } = setup;
    this.#setup = setup;
    this.#digest = digestOf(begun);
    this.finished = this.#finished.promise;
    const keys = [...secretsIn(begun.fields, begun.url), ...(begun.key === undefined ? [] : [begun.key])];
    this.#redaction = new Redaction(...keys);
    this.#body = new ReceivedBody({
      reads: (reads) => this.#takeReads(reads),
      room: () => setup.store.room(),
      lighter: setup.lighter,
      stopped: () => undefined,
    });
    this.#body.mask(KeyMask.for(keys));
    this.#facts = {
      route: begun.route,
      connection: begun.connection,
      userAgent: fieldOf(this.#redaction.headers(begun.fields), 'user-agent'),
      ...(begun.session !== null && { session: begun.session }),
      ...(begun.tls && { tls: begun.tls }),
      requestChanges: begun.changes,
      answerChanges: [],
      encoding: null,
      encodedBytes: 0,
      informational: [],
      trailers: [],
      requestBytes: 0,
      certificate: null,
    };
  }

  /** Bytes that have come and are in no recording yet. */
  get waiting(): number {
    return this.#body.waiting + byteCount(this.#reads);
  }

  /** In order. */
  take(event: TapEvent): void {
    switch (event.type) {
      case 'request':
        return this.#requestData(event.bytes);
      case 'request-end':
        return this.#endRequest();
      case 'informational': {
        const { status, statusText } = event.head;
        const early = { status, statusText: this.#redaction.text(statusText), tNs: event.tNs };
        const informational = [...this.#facts.informational, early];
        this.#facts = { ...this.#facts, informational };
        return undefined;
      }
      case 'head':
        return this.#takeHead(event);
      case 'read':
        this.crossed(event.bytes.length);
        return this.message(event.bytes, event.tNs);
      case 'lost':
        return this.#lose(event);
      case 'end':
        return this.#takeEnd(event);
      case 'closed':
        this.#facts = { ...this.#facts, certificate: event.certificate };
        this.#closed = true;
        return this.#tellFacts();
      // Of a WebSocket whoever knows its messages tells what is said; the bytes of another protocol are not kept.
      case 'sent':
      case 'begun':
        return undefined;
    }
  }

  /** So many bytes of the answer came on the connection. */
  crossed(bytes: number): void {
    this.#facts = { ...this.#facts, encodedBytes: this.#facts.encodedBytes + bytes };
  }

  /** Bytes of the answer; of a WebSocket the server's messages, as SocketExchanges gives them. */
  message(bytes: Uint8Array, tNs: number): void {
    this.#body.piece(bytes, tNs);
  }

  /** Over a WebSocket. The first message that is JSON is the request, as it says what is wanted. */
  said({ sent, json }: ClientMessage): void {
    const before = this.#facts.sent ?? [];
    if (before.length < MAX_SENT) this.#facts = { ...this.#facts, sent: [...before, sent] };
    if (json === undefined || this.#decided) return;
    const { type: _type, ...body } = json;
    this.#digest.update(JSON.stringify(body));
    void this.#lookBack();
    this.#request = { body: this.#redaction.json(body) };
    this.#decideSocket();
  }

  /** The messages that follow cannot be read; `reason` stands in brackets. */
  unreadable(reason: string): void {
    const sentence = `The messages that follow are missing here: they could not be read (${reason}).`;
    this.#lack(sentence);
  }

  /** Whoever forwarded it is gone. */
  abandon(): void {
    if (!this.#end)
      this.#takeEnd({ end: { how: 'reset', reason: 'the capture proxy stopped' }, trailers: [], tNs: this.#lastNs });
    this.#closed = true;
    this.#tellFacts();
  }

  get #lastNs(): number {
    return this.#recording?.lastNs ?? this.#reads.at(-1)?.tNs ?? this.#head?.tNs ?? 0;
  }

  /** What follows cannot be recorded, and none of it is given; `reason` stands in brackets. */
  fail(reason: string): void {
    if (this.#end) return this.abandon();
    const sentence = `What follows is missing here: recording it failed (${this.#why(reason)}). The exchange between the two programs went on.`;
    this.#lack(sentence);
    // What failed may be the request: it is not read again.
    this.#request ??= { body: null, missing: sentence };
    this.#endBody({ how: 'limit', limit: sentence }, this.#lastNs);
    this.#closed = true;
    return this.#tellFacts();
  }

  /** The trace says so, and ends by it. */
  #lack(sentence: string): void {
    this.#facts = { ...this.#facts, missing: sentence };
    this.#lost = { how: 'limit', limit: sentence };
  }

  /** It may quote what failed. */
  #why(error: unknown): string {
    return this.#redaction.text(error instanceof Error ? error.message : String(error));
  }

  #requestData(bytes: Uint8Array): void {
    this.#requestBytes += bytes.length;
    if (!this.#request) this.#digest.update(bytes);
    if (this.#requestBytes > MAX_REQUEST_BYTES) {
      this.#requestParts = [];
      this.#requestMissing = `The request's body is longer than ${MAX_REQUEST_BYTES} bytes, which are not kept.`;
    } else this.#requestParts.push(bytes);
  }

  #endRequest(): void {
    if (this.#request) return;
    const { begun } = this.#setup;
    const missing = this.#requestMissing;
    this.#request =
      missing === undefined
        ? keptRequest(
            Buffer.concat(this.#requestParts),
            fieldOf(begun.fields, 'content-encoding') ?? '',
            fieldOf(begun.fields, 'content-type') ?? '',
            this.#redaction,
          )
        : { body: null, missing };
    this.#requestParts = [];
    this.#facts = {
      ...this.#facts,
      requestBytes: this.#requestBytes,
      ...(this.#request.missing !== undefined && { requestMissing: this.#request.missing }),
    };
    this.#decide(apiOfRequest(begun.url, this.#request.body));
    // Over a WebSocket its first message is what may be sent again.
    if (fieldOf(begun.fields, 'upgrade') === null) void this.#lookBack();
  }

  /** Is it a request that was sent before? An answer that came before the request was complete changes nothing in that. */
  async #lookBack(): Promise<void> {
    const state = this.finished.then(() => this.#recording?.trace.ending?.state);
    const attempt = attemptOf(this.#id, this.#answer, state);
    const again = await this.#setup.sentAgain.before(this.#digest.digest('hex'), attempt);
    if (again === undefined) return;
    this.#facts = { ...this.#facts, again };
    this.#recording?.capture(this.#facts);
  }

  #takeHead({ head, changes, protocol, tNs }: Extract<TapEvent, { readonly type: 'head' }>): void {
    this.#head = { head: this.#headOf(head), tNs };
    const contentEncoding = headerOf(this.#head.head, 'content-encoding');
    const encoding = encodingOf(contentEncoding);
    if (encoding !== null) this.#body.encoded(encoding);
    this.#facts = {
      ...this.#facts,
      answerChanges: changes,
      encoding: contentEncoding,
      ...(protocol !== undefined && { protocol }),
    };
    if (protocol?.toLowerCase() === 'websocket') {
      this.#isSocket = true;
      const isCompressed = agreedDeflate(fieldOf(head.fields, 'sec-websocket-extensions') ?? '') !== null;
      if (isCompressed) this.#facts = { ...this.#facts, encoding: 'permessage-deflate' };
    }
    // A protocol of its own is of no API's framing.
    else if (protocol !== undefined) this.#decide({ api: OTHER_API, framing: 'bytes' });
    // An answer may come before the request is complete.
    this.#endRequest();
    this.#flow();
  }

  #decideSocket(): void {
    this.#decide({ api: apiOfUrl(this.#setup.begun.url) ?? OTHER_API, framing: 'websocket' });
  }

  #headOf({ status, statusText, fields }: HeadFacts): HttpHead {
    return this.#redaction.responseHead({ status, statusText, headers: fields });
  }

  #takeReads(reads: readonly Read[]): void {
    if (!this.#stopped) this.#reads.push(...reads);
    this.#decideByBody(false);
    this.#flow();
  }

  #lose({ of, bytes }: Extract<TapEvent, { readonly type: 'lost' }>): void {
    if (of === 'request') {
      this.#requestMissing = `${counted(bytes, 'byte')} of the request ${bytes === 1 ? 'is' : 'are'} missing: the request came faster than it could be recorded.`;
      return;
    }
    const sentence = `The last ${counted(bytes, 'byte')} that the client got ${bytes === 1 ? 'is' : 'are'} missing here: the answer came faster than it could be recorded.`;
    this.#lack(sentence);
  }

  #takeEnd({
    end,
    trailers,
    tNs,
  }: Pick<Extract<TapEvent, { readonly type: 'end' }>, 'end' | 'trailers' | 'tNs'>): void {
    this.#facts = { ...this.#facts, trailers: this.#redaction.headers(trailers) };
    this.#endRequest();
    this.#endBody(end, tNs);
  }

  #endBody(end: BodyEnd, tNs: number): void {
    this.#end = { end, tNs };
    this.#answer.isOver = true;
    this.#body.end(end.how === 'end' && this.#lost === undefined, () => {
      this.#bodyTold = true;
      this.#decideByBody(true);
      this.#flow();
    });
  }

  #decideByBody(all: boolean): void {
    if (this.#decided) return;
    if (this.#isSocket) return this.#decideSocket();
    const start = Buffer.concat(this.#reads.map(({ bytes }) => bytes));
    this.#decide(this.#toldBy(start, all));
    if (!this.#decided) this.#timer ??= setTimeout(() => this.#decideByBody(true), DECIDE_MS);
  }

  /** Never throws: nobody would catch it. */
  #toldBy(start: Uint8Array, all: boolean): ToldApi | undefined {
    try {
      return apiOfAnswer(this.#setup.begun.url, headerOf(this.#head?.head ?? null, 'content-type'), start, all);
    } catch (error) {
      return this.#unknown(error);
    }
  }

  #decide(decided: ToldApi | undefined): void {
    if (this.#decided || !decided) return;
    clearTimeout(this.#timer);
    this.#decided = decided;
    void this.#begin(decided);
  }

  /** Never rejects. What cannot be begun as what it is, is begun as bytes of an exchange that nothing is known of. */
  async #begin(decided: ToldApi): Promise<void> {
    try {
      await this.#record(async () => this.#newTrace(decided, await this.#setup.settings()));
    } catch (error) {
      this.#unknown(error);
      if (this.#recording) return this.#finish(this.#recording, { end: STOPPED, tNs: this.#lastNs });
      await this.#record(() => this.#unknownTrace()).catch((again: unknown) => this.#giveUp(again));
    }
  }

  #unknown(error: unknown): ToldApi {
    if (!this.#lost)
      this.#lack(`Recording this exchange as what it is failed (${this.#why(error)}). What came is kept as bytes.`);
    return UNKNOWN;
  }

  async #record(trace: () => NewTrace | Promise<NewTrace>): Promise<void> {
    const { store, recordings, onWatched } = this.#setup;
    const redact = (sentence: string): string => this.#redaction.text(sentence);
    const recording = recordings.open({ store, trace: await trace(), redact, onWatched }, () => this.#stop());
    await recording.begin();
    this.#recording = recording;
    this.#flow();
    this.#tellFacts();
  }

  /** There is no trace of it: it counts as one that is not complete. */
  #giveUp(error: unknown): void {
    console.error(`An exchange on route ${this.#setup.begun.route} is not recorded: ${this.#why(error)}`);
    this.#over = true;
    this.#stopped = true;
    this.#body.stop();
    this.#reads = [];
    this.#setup.lighter();
    this.#finished.resolve({ bytes: 0, complete: false });
  }

  #unknownTrace(): NewTrace {
    const { method, startedAt } = this.#setup.begun;
    return newTrace({
      ...UNKNOWN,
      id: this.#id,
      title: this.#redaction.text(method),
      source: 'capture',
      model: null,
      timed: true,
      startedAt,
      endpoint: { ...usualEndpoint(OTHER_API), model: '' },
      options: DEFAULT_OPTIONS,
      lanes: chosenLanes(OTHER_API, null),
      request: null,
      capture: this.#facts,
    });
  }

  #newTrace({ api, framing }: ToldApi, { options, lanes }: Pick<Settings, 'options' | 'lanes'>): NewTrace {
    const { begun, endpoint } = this.#setup;
    const request = requestOf(api, begun.url, this.#request?.body ?? null);
    const model = stringOf(objectOf(request)?.['model']);
    const path = URL.parse(begun.url)?.pathname ?? begun.url;
    return newTrace({
      id: this.#id,
      title:
        api === OTHER_API
          ? this.#redaction.text(`${begun.method} ${path}`).slice(0, 200)
          : titleOf(api, request, model),
      source: 'capture',
      api,
      framing,
      model,
      timed: true,
      startedAt: begun.startedAt,
      ...(begun.endpoint !== undefined && { endpointId: begun.endpoint }),
      endpoint: { ...usualEndpoint(api), ...endpoint, model: model ?? '' },
      options,
      lanes: chosenLanes(api, lanes),
      request,
      requestHead: {
        method: begun.method,
        url: this.#redaction.url(begun.url),
        headers: this.#redaction.headers(begun.fields),
      },
      capture: this.#facts,
    });
  }

  /** Gives the recording what it does not have. */
  #flow(): void {
    const recording = this.#recording;
    if (!recording || this.#over) return;
    if (this.#head && !this.#headGiven) {
      this.#headGiven = true;
      recording.head(this.#head.head, this.#head.tNs);
    }
    if (this.#reads.length > 0) {
      const reads = this.#reads;
      this.#reads = [];
      recording.reads(reads);
      this.#setup.lighter();
    }
    if (this.#end && this.#bodyTold) this.#finish(recording, this.#end);
  }

  #finish(recording: LiveRecording, { end, tNs }: { readonly end: BodyEnd; readonly tNs: number }): void {
    this.#over = true;
    recording.end(this.#stopped ? STOPPED : (this.#lost ?? this.#body.stoppedBy ?? end), tNs);
  }

  /** By the user: the trace ends here, the exchange does not. */
  #stop(): void {
    if (this.#over || !this.#recording) return;
    this.#stopped = true;
    this.#body.stop();
    this.#reads = [];
    this.#finish(this.#recording, { end: STOPPED, tNs: this.#lastNs });
  }

  #tellFacts(): void {
    const recording = this.#recording;
    if (!this.#closed || !recording) return;
    recording.capture(this.#facts);
    void this.#settle(recording);
  }

  async #settle(recording: LiveRecording): Promise<void> {
    await this.#setup.recordings.settled(recording.id);
    const complete = this.#lost === undefined && (await recording.isStored());
    this.#finished.resolve({ bytes: recording.trace.metrics.bytes, complete });
  }
}

/** Here, so that it holds nothing of the exchange but these. */
const attemptOf = (
  id: TraceId,
  answer: { readonly isOver: boolean },
  state: Promise<TerminalState | undefined>,
): Attempt => ({ id, over: () => answer.isOver, state });

export const fieldOf = (fields: Begun['fields'], name: string): string | null =>
  fields.find(([field]) => field.toLowerCase() === name)?.[1] ?? null;
