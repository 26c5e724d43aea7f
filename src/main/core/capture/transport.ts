/**
 * One HTTP exchange, seen from as low as Node lets one see it: `node:http` and not `fetch`, because `fetch` gives up after
 * five minutes without an answer, hides the received header names and the size of an encoded body, and adds to the time
 * of each read. Follows no redirect, retries nothing, and has no time limit of its own.
 *
 * Each exchange has a connection of its own: times of two runs then compare, and no run fails on a connection that another
 * one left behind.
 *
 * A time is that of the call in which Node gives what arrived. Whatever else the thread of an exchange does makes such a call late: see
 * ExchangeThread.
 */
import { request as requestHttp, type ClientRequest, type IncomingMessage } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import type { BodyEnd } from '../../../shared/metrics/ending.ts';
import { HTTP_2, type RequestPhase } from '../../../shared/metrics/http-wording.ts';
import type { AroundBody, HttpHead } from '../../../shared/model/trace.ts';
import type { HeaderList } from './secrets.ts';

export interface OutgoingRequest {
  readonly method: string;
  readonly url: string;
  /** All of them, as they leave, but for those that Node works out of the connection. */
  readonly headers: HeaderList;
  readonly body: string;
}

/** All times: nanoseconds since the request was sent, taken on arrival. In this order; `end` once, last. */
export interface ExchangeListener {
  /** What the exchange waits for now, while there is no answer; before the head. */
  phase(phase: RequestPhase): void;
  head(head: HttpHead, tNs: number): void;
  /** One read of the body, as it came: not decoded. Its memory is the listener's own. */
  piece(bytes: Uint8Array, tNs: number): void;
  /** `around`: what came around the body. Secrets are in it. */
  end(end: BodyEnd, tNs: number, around: AroundBody): void;
}

/** A peer that has vanished without a word is asked for after this, so that the system ends the connection at last. */
const PROBE_AFTER_MS = 60_000;
/** Some gateways send policies and cookies beyond the 16 KB that Node takes by itself. */
const MAX_HEAD_BYTES = 256 * 1024;
/**
 * Said here, since an environment variable (NODE_TLS_REJECT_UNAUTHORIZED) would switch the check off for every server; and the one
 * protocol that is spoken, so that a server without it says so.
 */
const TLS = { rejectUnauthorized: true, ALPNProtocols: ['http/1.1'] };

/**
 * All sockets of the thread are read into this one, since each read is worked off before the next. Node by itself takes new memory for each, and
 * what a flood leaves of that makes V8 collect garbage again and again: see docs/decisions/0015.
 */
const READ_BUFFER = Buffer.allocUnsafeSlow(64 * 1024);

export class HttpExchange {
  readonly #listener: ExchangeListener;
  readonly #target: string;
  readonly #request: ClientRequest;
  readonly #sentAt = process.hrtime.bigint();
  readonly #informational: { readonly status: number; readonly statusText: string; readonly tNs: number }[] = [];
  #response: IncomingMessage | undefined;
  #phase: RequestPhase = 'connect';
  /** Why the connection broke; bytes received before the failure are delivered first. */
  #broken: string | undefined;
  #over = false;

  /** Sends at once. Throws for a header that Node does not send. */
  constructor({ method, url: address, headers, body }: OutgoingRequest, listener: ExchangeListener) {
    this.#listener = listener;
    const url = new URL(address);
    this.#target = url.host;
    const secure = url.protocol === 'https:';
    // A literal address, in brackets when of version 6, is looked up nowhere.
    this.#enter(isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0 ? 'dns' : 'connect');
    const options = {
      method,
      headers: headers.flat(),
      agent: false,
      maxHeaderSize: MAX_HEAD_BYTES,
      onread: { buffer: READ_BUFFER, callback: (length: number) => this.#read(length) },
    };
    this.#request = secure ? requestHttps(url, { ...options, ...TLS }) : requestHttp(url, options);
    // Node keeps a thousand and leaves out the rest without a word.
    this.#request.maxHeadersCount = 0;
    this.#request.setNoDelay(true);
    this.#request.setSocketKeepAlive(true, PROBE_AFTER_MS);
    this.#watchConnection(secure);
    this.#request.on('information', ({ statusCode, statusMessage }) => this.#inform(statusCode, statusMessage));
    this.#request.once('response', (response) => this.#answer(response));
    // Nobody asked for another protocol: all there is of such an answer is its head.
    this.#request.once('upgrade', (response, socket) => {
      this.#listener.head(headOf(response), this.#now());
      socket.destroy();
      this.#end({ how: 'end' });
    });
    this.#request.on('error', (error) => this.#fail(error));
    this.#request.end(body);
  }

  /** Ends it from this side, as `end` says. Nothing is told after that. */
  stop(end: BodyEnd): void {
    this.#end(end);
    this.#request.destroy();
  }

  /** Lets the sender wait while more lies here than can be worked off. */
  pause(): void {
    this.#response?.pause();
  }

  resume(): void {
    this.#response?.resume();
  }

  #inform(status: number, statusText: string): void {
    this.#informational.push({ status, statusText, tNs: this.#now() });
  }

  #now(): number {
    return Number(process.hrtime.bigint() - this.#sentAt);
  }

  #enter(phase: RequestPhase): void {
    this.#phase = phase;
    this.#listener.phase(phase);
  }

  /** Node's parser has read it, and copied what it gives of the body, when this returns. */
  #read(length: number): boolean {
    this.#request.socket?.emit('data', READ_BUFFER.subarray(0, length));
    return true;
  }

  #watchConnection(secure: boolean): void {
    this.#request.once('socket', (socket) => {
      socket.once('lookup', (error) => {
        if (!error) this.#enter('connect');
      });
      socket.once('connect', () => {
        this.#enter(secure ? 'tls' : 'headers');
      });
      socket.once('secureConnect', () => {
        this.#enter('headers');
      });
    });
  }

  #answer(response: IncomingMessage): void {
    const tNs = this.#now();
    if (this.#over) return;
    this.#response = response;
    this.#listener.head(headOf(response), tNs);
    response.on('data', (bytes: Buffer) => {
      const tNs = this.#now();
      if (!this.#over) this.#listener.piece(bytes, tNs);
    });
    // A body of no stated length ends with the connection, also where that broke.
    response.once('end', () =>
      this.#end(this.#broken === undefined ? { how: 'end' } : { how: 'reset', reason: this.#broken }),
    );
    response.on('error', (error) => this.#fail(error));
    // The connection may go without a word.
    response.once('close', () => this.#end({ how: 'reset', reason: this.#broken ?? 'the connection was closed' }));
  }

  #fail(error: Error): void {
    const reason = reasonOf(error);
    // A body that is whole by then is not broken.
    if (!this.#response?.complete) this.#broken ??= reason;
    // The answer closes after this, and gives what it holds before.
    if (this.#response) return;
    // What came and was no HTTP is a failed request; a connection that broke while it was waited for an answer is not.
    const broke = this.#phase === 'headers' && !reason.startsWith('HPE_') && reason !== HTTP_2;
    this.#end(
      broke
        ? { how: 'reset', reason }
        : { how: 'failed', phase: this.#phase === 'headers' ? 'request' : this.#phase, target: this.#target, reason },
    );
  }

  #end(end: BodyEnd): void {
    if (this.#over) return;
    this.#over = true;
    const trailers = pairs(this.#response?.rawTrailers ?? []);
    this.#listener.end(end, this.#now(), {
      ...(this.#informational.length > 0 && { informational: this.#informational }),
      ...(trailers.length > 0 && { trailers }),
    });
  }
}

function headOf({ statusCode = 0, statusMessage = '', rawHeaders }: IncomingMessage): HttpHead {
  return { status: statusCode, statusText: statusMessage, headers: pairs(rawHeaders) };
}

/** Names and values, which Node gives in turn. */
function pairs(raw: readonly string[]): HeaderList {
  const fields: (readonly [string, string])[] = [];
  for (let i = 0; i + 1 < raw.length; i += 2) fields.push([raw[i]!, raw[i + 1]!]);
  return fields;
}

interface TransportError extends Error {
  readonly code?: string;
  /** Of Node's HTTP parser: what it was given. */
  readonly rawPacket?: Uint8Array;
}

/** The system's own word. An attempt on several addresses fails with one error for each, and the code of all. */
function reasonOf({ code, message, rawPacket }: TransportError): string {
  if (rawPacket && isHttp2Settings(rawPacket)) return HTTP_2;
  // OpenSSL says in its message what this code stands for.
  const said = code === 'EPROTO' ? /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] : undefined;
  return said === undefined ? (code ?? message) : `EPROTO, ${said}`;
}

/** A server of HTTP/2 begins with a SETTINGS frame of the whole connection (RFC 9113, 3.4, 4.1 and 6.5). */
function isHttp2Settings(bytes: Uint8Array): boolean {
  const [high, middle, low, type, flags, ...stream] = bytes.subarray(0, 9);
  const length = high! * 0x10000 + middle! * 0x100 + low!;
  return bytes.length >= 9 && length % 6 === 0 && type === 4 && flags === 0 && stream.every((byte) => byte === 0);
}
