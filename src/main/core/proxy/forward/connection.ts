/**
 * One connection of a client, and those to providers that are for it alone. Each read is written on as it came, before
 * anything else is done with it: nothing is joined, held back or sent again. Ends, cuts and resets of one side are passed
 * to the other. A side that does not take its bytes makes the other wait, so that memory is bounded.
 *
 * Requests of one connection may go to several providers, each on a connection of its own; one to another provider waits
 * until the answers before it are complete, as answers come in the order of their requests.
 */
import type { Socket } from 'node:net';
import type { BodyEnd } from '../../../../shared/metrics/ending.ts';
import { NO_HTTP } from '../../../../shared/metrics/http-wording.ts';
import type { HeadChange } from '../../../../shared/model/capture.ts';
import { headBytes, MalformedHead, type Head, type RequestLine, type StatusLine } from '../http/head.ts';
import { AnswerReader, RequestReader, type Part } from '../http/messages.ts';
import { rewrittenAnswer } from '../http/rewrite.ts';
import { Exchange, fieldsOf } from './exchange.ts';
import { Outlet, type Stretch } from './outlet.ts';
import { answerAndEnd, unreachable, type Refusal } from './refusals.ts';
import type { Route, Target } from './routes.ts';
import type { Tap } from './tap.ts';
import { targetKey, Upstream, type UpstreamFailure } from './upstream.ts';
import { Wait } from './wait.ts';

export type RequestHead = Head & { readonly line: RequestLine };
type AnswerHead = Head & { readonly line: StatusLine };

/** A request that may be sent on. */
export interface Passage {
  readonly route: Pick<Route, 'name' | 'endpoint'>;
  readonly session: string | null;
  readonly target: Target;
  /** As the target gets it, and its path. */
  readonly head: Head;
  readonly path: string;
  readonly changes: readonly HeadChange[];
  /** The endpoint's own key, if it was put on. */
  readonly key?: string;
}

/** The connection is another's from here on: of a client that asked for a tunnel. */
export interface Handover {
  /** `rest`: what was read behind the request. */
  readonly takeOver: (socket: Socket, rest: Buffer) => void;
}

/** Decides where a request goes. */
export type Passing = (head: RequestHead) => Passage | Refusal | Handover;

/** How long a connection may be held open with half a request, milliseconds. */
export interface WaitLimits {
  /** For the rest of a head. */
  readonly headMs: number;
  /** Without a byte of the client or the provider, while the rest of a body is to come. */
  readonly bodyMs: number;
}

export interface ConnectionSetup {
  /** With `allowHalfOpen`. */
  readonly socket: Socket;
  readonly number: number;
  /** Where this proxy listens. */
  readonly port: number;
  readonly passing: Passing;
  readonly tap: Tap;
  readonly limits: WaitLimits;
  /** Of a connection whose encryption is undone: the protocols that its client offered to speak. */
  readonly tls?: () => readonly string[];
  /** Breaks the client's connection, so that the client sees a reset. */
  readonly reset: () => void;
  readonly onClose: () => void;
}

/** Requests that wait for their answers on one connection; a client that sends more ahead waits. */
const MOST_AHEAD = 64;

/** A request that waits for its turn, and what was read after it. */
interface Held {
  readonly head: RequestHead;
  readonly ends: boolean;
  rest: Buffer;
  readonly at: bigint;
}

interface Link {
  readonly upstream: Upstream;
  readonly reader: AnswerReader;
}

/** What one read of a client gives to the provider. */
interface Outgoing {
  readonly bytes: Buffer[];
  readonly stretches: Stretch[];
  /** Whose requests are sent with it to their end. */
  readonly whole: Exchange[];
}

const nothing = (): Outgoing => ({ bytes: [], stretches: [], whole: [] });

export class ClientConnection {
  readonly #setup: ConnectionSetup;
  readonly #socket: Socket;
  readonly #outlet: Outlet;
  readonly #requests = new RequestReader();
  /** Sent on and not answered, the oldest first; all of the active link. */
  readonly #outstanding: Exchange[] = [];
  readonly #links = new Map<string, Link>();
  #active: Link | undefined;
  /** Whose request is being sent. */
  #sending: Exchange | undefined;
  #held: Held | undefined;
  /** The protocol has changed: there are no messages any more. */
  #tunnel: Exchange | undefined;
  /** Waits for the provider to take what was read. */
  #blocked = false;
  #clientEnded = false;
  #providerEnded = false;
  /** What still comes from the client is for nobody. */
  #deaf = false;
  /** This proxy's own answer, once those before it are complete. */
  #refusal: Refusal | undefined;
  readonly #headWait: Wait;
  readonly #bodyWait: Wait;
  readonly #sessions = new Set<string>();
  readonly #closed = Promise.withResolvers<void>();
  readonly #listeners: readonly (readonly [event: string, listener: (...args: never[]) => void])[];

  constructor(setup: ConnectionSetup) {
    this.#setup = setup;
    const { socket, limits } = setup;
    this.#socket = socket;
    this.#headWait = new Wait(limits.headMs, () => this.#headTookTooLong());
    this.#bodyWait = new Wait(limits.bodyMs, () => this.#bodyTookTooLong());
    this.#outlet = new Outlet(socket);
    this.#listeners = [
      ['data', (bytes: Buffer) => this.#read(bytes, process.hrtime.bigint())],
      ['end', () => this.#endOfClient()],
      ['drain', () => this.#active?.upstream.resume()],
      ['error', () => this.#clientBroke()],
      ['close', () => this.#clientGone()],
    ];
    for (const [event, listener] of this.#listeners) socket.on(event, listener as () => void);
  }

  /** Resolves when it is closed, and all of its exchanges with it. */
  get closed(): Promise<void> {
    return this.#closed.promise;
  }

  /** Whether a request of this session came over it. */
  serves(session: string): boolean {
    return this.#sessions.has(session);
  }

  /** Ends it from this side. */
  destroy(): void {
    this.#socket.destroy();
  }

  // From the client

  #read(bytes: Buffer, at: bigint): void {
    if (this.#deaf) return;
    if (this.#held) this.#held.rest = Buffer.concat([this.#held.rest, bytes]);
    else this.#take(bytes, at);
    this.#watchRequest();
  }

  /** Sends on what was read, in one piece. */
  #take(bytes: Buffer, at: bigint): void {
    const out = nothing();
    let refusal: Refusal | undefined;
    try {
      this.#walk(bytes, at, out);
    } catch (error) {
      if (!(error instanceof MalformedHead)) throw error;
      refusal = { status: error.status, sentence: `${error.message} It was not sent.` };
    }
    this.#send(out, at);
    if (refusal) this.#refuseInTurn(refusal);
  }

  #walk(bytes: Buffer, at: bigint, out: Outgoing): void {
    for (let from = 0; from < bytes.length && !this.#held && !this.#deaf;) {
      const part = this.#requests.next(bytes, from);
      if (part.head) this.#admit({ head: part.head, ends: part.ends, rest: bytes.subarray(part.to), at }, out);
      else if (part.of !== 'head') this.#passBody(bytes, from, part, at, out);
      from = part.to;
    }
  }

  #passBody(bytes: Buffer, from: number, part: Part<RequestLine>, at: bigint, out: Outgoing): void {
    const stretch = bytes.subarray(from, part.to);
    out.bytes.push(stretch);
    const exchange = this.#tunnel ?? this.#sending;
    if (!exchange) return;
    exchange.sent.came(stretch);
    out.stretches.push([exchange.sent, stretch]);
    if (part.of === 'rest') exchange.sentData(stretch, at);
    else exchange.requestData(dataOf(bytes, part.data), at);
    if (part.ends) this.#requestSent(exchange, at, out);
  }

  /** Begins the exchange of a request, or lets it wait for its turn, or refuses it. */
  #admit(held: Held, out: Outgoing): void {
    const passage = this.#setup.passing(held.head);
    if (this.#mustWait(passage)) {
      this.#held = held;
      this.#socket.pause();
    } else if ('sentence' in passage) this.#refuse(passage);
    else if ('takeOver' in passage) this.#handOver(passage, held.rest);
    else this.#begin(passage, held, out);
  }

  #handOver({ takeOver }: Handover, rest: Buffer): void {
    this.#socket.pause();
    for (const [event, listener] of this.#listeners) this.#socket.off(event, listener as () => void);
    this.#clientGone();
    takeOver(this.#socket, rest);
  }

  #mustWait(passage: Passage | Refusal | Handover): boolean {
    if (this.#outstanding.length === 0) return false;
    if (!('target' in passage) || this.#outstanding.length >= MOST_AHEAD) return true;
    return this.#active !== this.#links.get(targetKey(passage.target));
  }

  #begin(passage: Passage, { head, ends, at }: Held, out: Outgoing): void {
    const { route, session, target, changes, key } = passage;
    if (session !== null) this.#sessions.add(session);
    const { tls } = this.#setup;
    const offered = tls?.();
    const begun = {
      route: route.name,
      ...(route.endpoint !== undefined && { endpoint: route.endpoint }),
      session,
      connection: this.#setup.number,
      startedAt: Date.now(),
      method: head.line.method,
      url: `${target.secure ? 'https' : 'http'}://${target.host}${passage.path}`,
      fields: fieldsOf(passage.head),
      changes,
      ...(key !== undefined && { key }),
      ...(offered && { tls: { offered } }),
    };
    const exchange = new Exchange(this.#setup.tap, begun, at);
    this.#outstanding.push(exchange);
    this.#sending = exchange;
    const link = this.#linkTo(target);
    // The rest of a request that was answered before it was complete is another provider's.
    if (link !== this.#active) this.#send(out, at);
    this.#active = link;
    out.bytes.push(headBytes(passage.head));
    if (ends) this.#requestSent(exchange, at, out);
  }

  #requestSent(exchange: Exchange, at: bigint, out: Outgoing): void {
    exchange.endRequest(at);
    this.#sending = undefined;
    out.whole.push(exchange);
  }

  /** Takes all that is in `out`. */
  #send(out: Outgoing, at: bigint): void {
    const upstream = this.#active?.upstream;
    const bytes = out.bytes.splice(0);
    const stretches = out.stretches.splice(0);
    const whole = out.whole.splice(0);
    if (bytes.length > 0 && upstream) {
      const written = upstream.outlet.write(bytes.length === 1 ? bytes[0]! : Buffer.concat(bytes), at);
      written.of(stretches);
      if (!written.more) {
        this.#blocked = true;
        this.#socket.pause();
      }
    }
    for (const exchange of whole) if (exchange.ended) this.#closeSoon(exchange);
  }

  /** The request that waited, once nothing is before it. */
  #goOn(): void {
    const held = this.#held;
    if (!held) return;
    this.#held = undefined;
    const out = nothing();
    this.#admit(held, out);
    this.#send(out, held.at);
    if (held.rest.length > 0 && !this.#deaf) this.#take(held.rest, process.hrtime.bigint());
    if (!this.#held && !this.#blocked) this.#socket.resume();
    if (!this.#held && this.#clientEnded) this.#passEnd();
  }

  #endOfClient(): void {
    this.#clientEnded = true;
    if (!this.#held) this.#passEnd();
  }

  /** The client sends nothing more. It may still read, so the provider is told no more than that. */
  #passEnd(): void {
    this.#endWaits();
    if (this.#tunnel ? this.#providerEnded : this.#outstanding.length === 0) this.#finish();
    else this.#active?.upstream.end();
  }

  #clientBroke(): void {
    for (const { upstream } of this.#links.values()) upstream.reset();
    this.#links.clear();
    this.#endAll({ how: 'cancelled', by: 'client' });
  }

  #clientGone(): void {
    this.#endWaits();
    this.#deaf = true;
    this.#closeLinks();
    this.#endAll({ how: 'cancelled', by: 'client' });
    this.#setup.onClose();
    this.#closed.resolve();
  }

  /** Half a request is waited for. A body that waits for the provider, or behind another's answer, is not the client's to send. */
  #watchRequest(): void {
    if (this.#requests.inHead && !this.#deaf) this.#headWait.begin();
    else this.#headWait.end();
    const [front = this.#sending] = this.#outstanding;
    const isSending = this.#sending !== undefined && front === this.#sending;
    if (isSending && !this.#tunnel && !this.#clientEnded && !this.#blocked && !this.#deaf) this.#bodyWait.beginAnew();
    else this.#bodyWait.end();
  }

  #endWaits(): void {
    this.#headWait.end();
    this.#bodyWait.end();
  }

  #headTookTooLong(): void {
    const sentence = `The head of the request was not complete after ${this.#headWait.ms / 1000} seconds. Send it again.`;
    this.#refuseInTurn({ status: 400, sentence });
  }

  /** The provider sees a request that broke off; the client an answer that says why, or that breaks off where it had begun. */
  #bodyTookTooLong(): void {
    const fact = `The rest of the request's body did not come, and nothing else did, for ${this.#bodyWait.ms / 1000} seconds.`;
    const isAnswered = this.#outstanding.length === 0 || !this.#active!.reader.between;
    for (const { upstream } of this.#links.values()) upstream.reset();
    this.#links.clear();
    this.#endAll({ how: 'limit', limit: `${fact} The capture proxy ended the connection.` });
    if (!isAnswered) return this.#refuse({ status: 408, sentence: `${fact} Send the request again.` });
    this.#deaf = true;
    return this.#outlet.afterTaken(this.#setup.reset);
  }

  // From the provider

  #linkTo(target: Target): Link {
    const key = targetKey(target);
    const found = this.#links.get(key);
    if (found) return found;
    const upstream = new Upstream(target, this.#setup.port, {
      data: (bytes, at) => this.#answer(link, bytes, at),
      ended: () => this.#endOfProvider(link),
      failed: (failure) => this.#providerBroke(link, failure),
      drained: () => this.#unblock(),
    });
    const link: Link = { upstream, reader: new AnswerReader(() => this.#outstanding[0]?.method ?? 'GET') };
    this.#links.set(key, link);
    return link;
  }

  #unblock(): void {
    if (!this.#blocked) return;
    this.#blocked = false;
    if (!this.#held) this.#socket.resume();
    this.#watchRequest();
  }

  /** One read of the provider, written to the client as it came but for a head that must be changed. */
  #answer(link: Link, bytes: Buffer, at: bigint): void {
    // Nobody asked for what comes on a connection that is not in use.
    if (link !== this.#active) return this.#drop(link);
    // Within a body nothing can be changed: it is written before it is even looked at.
    const early = link.reader.inBody ? this.#outlet.write(bytes, at) : undefined;
    const stretches: Stretch[] = [];
    const over: Exchange[] = [];
    let out = bytes;
    for (let from = 0; from < bytes.length;) {
      const exchange = this.#outstanding[0] ?? this.#tunnel;
      // It may say why it closes the connection: that is the client's to read.
      if (!exchange) break;
      const { inHead } = link.reader;
      const part = link.reader.next(bytes, from);
      // What came of a head before is out, and heads behind another stay as they are.
      if (part.head)
        out = this.#answerHead(exchange, part.head, !early && !inHead && from === 0, { bytes, to: part.to, at });
      if (part.of !== 'head') this.#answerBody(exchange, bytes, from, part, at, stretches);
      if (part.ends) this.#answered(exchange, part, over);
      from = part.to;
    }
    const written = early ?? this.#outlet.write(out, at);
    written.of(stretches);
    if (!written.more) link.upstream.pause();
    for (const exchange of over) exchange.end({ how: 'end' }, at);
    if (over.length > 0) this.#settle(over);
    if (this.#sending) this.#watchRequest();
  }

  #answerHead(
    exchange: Exchange,
    head: AnswerHead,
    changeable: boolean,
    { bytes, to, at }: { readonly bytes: Buffer; readonly to: number; readonly at: bigint },
  ): Buffer {
    const rewritten = changeable ? rewrittenAnswer(head) : null;
    exchange.answerHead(head, rewritten?.changes ?? [], at);
    if (head.line.status === 101) {
      this.#tunnel = exchange;
      this.#requests.tunnel();
      this.#active!.reader.tunnel();
    }
    return rewritten ? Buffer.concat([headBytes(rewritten.head), bytes.subarray(to)]) : bytes;
  }

  #answerBody(
    exchange: Exchange,
    bytes: Buffer,
    from: number,
    part: Part<StatusLine>,
    at: bigint,
    stretches: Stretch[],
  ): void {
    const stretch = bytes.subarray(from, part.to);
    exchange.answered.came(stretch);
    stretches.push([exchange.answered, stretch]);
    exchange.answerData(part.of === 'rest' ? stretch : dataOf(bytes, part.data), at);
  }

  #answered(exchange: Exchange, { trailers }: Part<StatusLine>, over: Exchange[]): void {
    this.#outstanding.shift();
    if (trailers) exchange.trailers(trailers);
    // After a change of the protocol the answer lasts as long as the connection.
    if (exchange !== this.#tunnel) over.push(exchange);
  }

  /** Answers are complete: what waited for them has its turn. */
  #settle(over: readonly Exchange[]): void {
    for (const exchange of over) if (exchange.requestEnded) this.#closeSoon(exchange);
    if (this.#outstanding.length > 0) return;
    if (this.#refusal) this.#refuse(this.#refusal);
    else if (this.#held) this.#goOn();
    else if (this.#clientEnded) this.#finish();
  }

  /** Once both sides have taken what is theirs. */
  #closeSoon(exchange: Exchange): void {
    const close = (): void => exchange.close(process.hrtime.bigint());
    const upstream = this.#active?.upstream;
    this.#outlet.afterTaken(() => (upstream ? upstream.outlet.afterTaken(close) : close()));
  }

  /** The provider's connection is over, be it as it should be or too early: the client sees the same. */
  #endOfProvider(link: Link): void {
    if (link !== this.#active) return this.#drop(link);
    const at = process.hrtime.bigint();
    this.#providerEnded = true;
    if (this.#tunnel) {
      if (this.#clientEnded) this.#finish();
      else this.#socket.end();
      return;
    }
    const [front] = this.#outstanding;
    if (front && link.reader.untilClose) {
      this.#outstanding.shift();
      front.end(link.reader.isHttp ? { how: 'end' } : noHttpFrom(link.upstream.target.host), at);
      this.#closeSoon(front);
    }
    this.#cutAll('the connection was closed', at);
    this.#finish();
  }

  #providerBroke(link: Link, { phase, reason, wasOpen }: UpstreamFailure): void {
    if (link !== this.#active) return this.#drop(link);
    const at = process.hrtime.bigint();
    const { host } = link.upstream.target;
    this.#links.delete(targetKey(link.upstream.target));
    if (!wasOpen && this.#outstanding.length > 0) {
      this.#endAll({ how: 'failed', phase, target: host, reason }, at);
      return this.#refuse(unreachable(phase, host, reason));
    }
    this.#cutAll(reason, at);
    this.#deaf = true;
    this.#outlet.afterTaken(this.#setup.reset);
    return undefined;
  }

  /** What is open ends broken: by the client where that one has left, else by the provider. */
  #cutAll(reason: string, at: bigint): void {
    this.#endAll(this.#clientEnded ? { how: 'cancelled', by: 'client' } : { how: 'reset', reason }, at);
  }

  #endAll(end: BodyEnd, at = process.hrtime.bigint()): void {
    const open = new Set([...this.#outstanding.splice(0), this.#tunnel, this.#sending]);
    this.#sending = undefined;
    this.#tunnel = undefined;
    for (const exchange of open) {
      exchange?.end(end, at);
      if (exchange) this.#closeSoon(exchange);
    }
  }

  /** Nothing is under way: ends this connection behind what is still to be written. */
  #finish(): void {
    const at = process.hrtime.bigint();
    this.#deaf = true;
    this.#tunnel?.end({ how: 'end' }, at);
    this.#endAll({ how: 'end' }, at);
    this.#closeLinks();
    this.#socket.resume();
    this.#socket.end();
  }

  #closeLinks(): void {
    for (const { upstream } of this.#links.values()) upstream.close();
    this.#links.clear();
  }

  #drop({ upstream }: Link): void {
    this.#links.delete(targetKey(upstream.target));
    upstream.close();
  }

  // Answers of this proxy

  /** After those before it; then the connection ends, since nobody knows where the next request begins. */
  #refuseInTurn(refusal: Refusal): void {
    if (this.#outstanding.length === 0) return this.#refuse(refusal);
    this.#deaf = true;
    this.#refusal ??= refusal;
    return undefined;
  }

  #refuse(refusal: Refusal): void {
    this.#deaf = true;
    this.#endWaits();
    this.#closeLinks();
    answerAndEnd(this.#socket, refusal);
  }
}

/** What the client cannot take for an answer, though it came whole. */
const noHttpFrom = (target: string): BodyEnd => ({ how: 'failed', phase: 'request', target, reason: NO_HTTP });

/** The data of one part: no copy where they are in one place. */
function dataOf(bytes: Buffer, ranges: readonly number[]): Uint8Array {
  if (ranges.length === 2) return bytes.subarray(ranges[0], ranges[1]);
  const parts: Buffer[] = [];
  for (let i = 0; i < ranges.length; i += 2) parts.push(bytes.subarray(ranges[i], ranges[i + 1]));
  return Buffer.concat(parts);
}
