/**
 * The `fetch` that an SDK is given. It adds the endpoint's key to the SDK's request and sends it, records what was sent and what
 * arrived, with the time of each read taken before anything parses it, and returns an empty response with the status, since only
 * the capture reads the body. Secrets are redacted here, before anything leaves.
 */
import { durationWords } from '../../../shared/text/duration.ts';
import type { BodyEnd } from '../../../shared/metrics/ending.ts';
import { headerOf } from '../../../shared/metrics/http-wording.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { AroundBody, HttpHead, RequestHead } from '../../../shared/model/trace.ts';
import { encodingOf } from './decoding.ts';
import { KeyMask } from './key-mask.ts';
import { ReceivedBody, type CaptureLimits } from './received-body.ts';
import type { ExchangeThread, RemoteExchange } from './exchange-thread.ts';
import { outgoing, type OutgoingSetup } from './outgoing.ts';
import { Redaction, secretsIn } from './secrets.ts';
import type { OutgoingRequest } from './transport.ts';

/** Bytes that wait to be worked off before the sender has to wait, too, and how few are left when it may go on. */
const HIGH_WATER_BYTES = 16 * 1024 ** 2;
const LOW_WATER_BYTES = 4 * 1024 ** 2;

export interface CaptureSetup extends OutgoingSetup {
  /** Seconds to wait for the answer's head; null: until it comes. */
  readonly answerSeconds: number | null;
  /** What sends. */
  readonly exchanges: Pick<ExchangeThread, 'send'>;
  readonly limits?: CaptureLimits;
}

/** All times in nanoseconds since the request was sent. In this order; `end` once, last. */
export interface CaptureListener {
  /** Before anything is sent; what it returns is waited for. `body` is the JSON that will be sent. Secrets are out of both. */
  request(head: RequestHead, body: unknown): Promise<void>;
  head(head: HttpHead, tNs: number): void;
  /**
   * Reads since the last call, offsets into the decoded body; the endpoint's own key is out of them. Told a
   * few at a time, however many have come.
   */
  reads(reads: readonly Read[]): void;
  end(end: BodyEnd, tNs: number, around: AroundBody): void;
  /** What is waited for before more reads are told; undefined where nothing is. The sender waits once much has come. */
  room?(): Promise<void> | undefined;
}

/** One request and its answer. */
export class Capture {
  readonly #setup: CaptureSetup;
  readonly #listener: CaptureListener;
  #redaction: Redaction;
  readonly #body: ReceivedBody;
  #exchange: RemoteExchange | undefined;
  #stopped: BodyEnd | undefined;
  #watched = false;
  #waiting: NodeJS.Timeout | undefined;
  #lighter: PromiseWithResolvers<void> | undefined;
  #over = false;

  constructor(setup: CaptureSetup, listener: CaptureListener) {
    this.#setup = setup;
    this.#listener = listener;
    this.#redaction = new Redaction(setup.credential?.key);
    this.#body = new ReceivedBody({
      ...(setup.limits && { limits: setup.limits }),
      reads: (reads) => listener.reads(reads),
      room: () => listener.room?.(),
      lighter: () => this.#goOn(),
      stopped: (end) => this.stop(end),
    });
  }

  /**
   * For the SDK; takes one request. Resolves with an empty body and the answer's status once its head is there, and rejects
   * when the exchange ended without one: the listener was told how.
   */
  readonly fetch = async (input: string | URL | Request, init: RequestInit = {}): Promise<Response> => {
    const { request, changes } = outgoing(input, init, this.#setup);
    const { method, url, headers, body } = request;
    const keys = [this.#setup.credential?.key, ...secretsIn(headers, url)];
    this.#redaction = new Redaction(...keys);
    this.#body.mask(KeyMask.for(keys));
    await this.#listener.request(
      { method, url: this.#redaction.url(url), headers: this.#redaction.headers(headers), changes },
      body === '' ? null : this.#redaction.json(JSON.parse(body)),
    );
    return this.#send(request);
  };

  /** A sentence about this exchange, without the secrets that an answer may have repeated. */
  redact(sentence: string): string {
    return this.#redaction.text(sentence);
  }

  /** A JSON text of this exchange, likewise. */
  redactJson(text: string): string {
    return this.#redaction.jsonText(text);
  }

  /** Ends it from this side; what came of the body by then is told. Without effect once it has ended. */
  stop(end: BodyEnd): void {
    this.#stopped ??= end;
    this.#exchange?.stop(end);
  }

  /** Whether somebody watches what comes; nobody does at first. The listener is told sooner then. */
  watch(watched: boolean): void {
    this.#watched = watched;
    this.#exchange?.watch(watched);
  }

  /** Asks whether the listener was told of all that has come by now. Never rejects. */
  async caughtUp(): Promise<boolean> {
    const came = (await this.#exchange?.caughtUp()) ?? true;
    return came && this.#body.waiting === 0;
  }

  #send(request: OutgoingRequest): Promise<Response> {
    return new Promise((resolve, reject) => {
      const end = (how: BodyEnd, tNs: number, around: AroundBody): void => {
        reject(new Error('The exchange ended without a response.'));
        this.#bodyEnded(how, tNs, around);
      };
      if (this.#stopped) return end(this.#stopped, 0, {});
      const { answerSeconds } = this.#setup;
      if (answerSeconds !== null)
        this.#waiting = setTimeout(() => this.#stopWaiting(answerSeconds), answerSeconds * 1000);
      let answered = false;
      // An answer that was on its way when this side gave up waiting for one is left out.
      const head = (head: HttpHead, tNs: number): void => {
        if (this.#stopped) return;
        answered = true;
        this.#head(head, tNs);
        resolve(emptyAnswer(head.status));
      };
      const piece = (bytes: Uint8Array, tNs: number): void => {
        if (answered) this.#body.piece(bytes, tNs);
      };
      this.#exchange = this.#setup.exchanges.send(request, { head, piece, end, room: () => this.#room() });
      if (this.#watched) this.#exchange.watch(true);
      return undefined;
    });
  }

  #stopWaiting(seconds: number): void {
    const exchange = this.#exchange!;
    this.stop({
      how: 'failed',
      phase: exchange.phase,
      target: exchange.target,
      reason: `timeout after ${durationWords(seconds)}`,
    });
  }

  #head(head: HttpHead, tNs: number): void {
    clearTimeout(this.#waiting);
    const encoding = encodingOf(headerOf(head, 'content-encoding'));
    if (encoding !== null) this.#body.encoded(encoding);
    this.#listener.head(this.#redaction.responseHead(head), tNs);
  }

  /** Resolves once little is left to be worked off; undefined where that is not much. */
  #room(): Promise<void> | undefined {
    if (this.#body.waiting < HIGH_WATER_BYTES) return undefined;
    this.#lighter ??= Promise.withResolvers();
    return this.#lighter.promise;
  }

  #goOn(): void {
    if (!this.#over && this.#body.waiting > LOW_WATER_BYTES) return;
    this.#lighter?.resolve();
    this.#lighter = undefined;
  }

  #bodyEnded(end: BodyEnd, tNs: number, aroundBody: AroundBody): void {
    if (this.#over) return;
    this.#over = true;
    clearTimeout(this.#waiting);
    this.#goOn();
    const stopped = this.#stopped;
    const around = this.#redaction.around(aroundBody);
    const told = (): void => this.#listener.end(stopped ?? this.#body.stoppedBy ?? end, tNs, around);
    this.#body.end(end.how === 'end' && !stopped, told);
  }
}

/** `Response` takes no other status than these, and the SDK asks only whether it is a good one. */
function emptyAnswer(status: number): Response {
  return new Response(null, { status: status >= 200 && status <= 599 ? status : 502 });
}
