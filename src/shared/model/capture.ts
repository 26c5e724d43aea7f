/**
 * What the capture proxy knows of an exchange beside its bytes: where it went, what was changed on the way, and the
 * certificate, which says that nothing else was.
 */

import type { TraceId } from './ids.ts';

/** One change to a head. `path`: of the request's first line; else the name of a field as it came. */
export interface HeadChange {
  readonly field: string;
  readonly change: 'replaced' | 'removed' | 'added';
}

/** What crossed on one side of the proxy: the bodies as they are framed on the connection, chunk sizes and trailers included. */
export interface CrossedSide {
  readonly bytes: number;
  /** Reads from the one connection, writes to the other. */
  readonly reads: number;
  /** SHA-256 of the bytes, in hexadecimal. */
  readonly sha256: string;
}

/** One direction of an exchange. */
export interface Crossing {
  readonly in: CrossedSide;
  readonly out: CrossedSide;
  /** Whether a head was passed on byte for byte. */
  readonly headUnchanged: boolean;
  /** From the arrival of bytes to their handing over, nanoseconds: of the first read, and the largest of all; null without one. */
  readonly firstDelayNs: number | null;
  readonly largestDelayNs: number | null;
  /** The longest that bytes waited because the receiver did not take them; it would have made the sender wait as well. */
  readonly heldNs: number;
}

/** A message that a client sent over a WebSocket. */
export interface SentMessage {
  readonly tNs: number;
  readonly kind: 'text' | 'binary' | 'close' | 'ping' | 'pong';
  /** Of its payload. */
  readonly bytes: number;
  /** The `type` of one that is JSON, such as `response.create`. */
  readonly type?: string;
}

export interface CaptureFacts {
  /** Where the client sent it: the name in the path, or the host that it asked for. */
  readonly route: string;
  /** The client's connection: exchanges of one connection came over one socket. */
  readonly connection: number;
  /** What the client says that it is. */
  readonly userAgent: string | null;
  /** The trace of the same request when it was sent before, whose answer had not ended well. */
  readonly again?: TraceId;
  /** `tracelane capture` that it belongs to. */
  readonly session?: string;
  /**
   * The client asked for an encrypted connection, which was undone for it and made again to the provider. `offered`: what it
   * would have spoken (ALPN), such as `h2`; of these only HTTP/1.1 is spoken, on either side.
   */
  readonly tls?: { readonly offered: readonly string[] };
  readonly requestChanges: readonly HeadChange[];
  readonly answerChanges: readonly HeadChange[];
  /** The body's content encoding, and its data as they came on the connection, before it was undone. */
  readonly encoding: string | null;
  readonly encodedBytes: number;
  /** Answers with a status below 200 that came before. */
  readonly informational: readonly { readonly status: number; readonly statusText: string; readonly tNs: number }[];
  /** Fields after a chunked body. Secrets already replaced. */
  readonly trailers: readonly (readonly [name: string, value: string])[];
  /** The connection changed to this protocol, such as `websocket`. */
  readonly protocol?: string;
  /** Where it is a WebSocket: what the client sent over it, from the first on. */
  readonly sent?: readonly SentMessage[];
  /** Bytes of the request's body, and why it is not kept where it is not. */
  readonly requestBytes: number;
  readonly requestMissing?: string;
  /** What of the answer is missing here although the client got it. */
  readonly missing?: string;
  readonly certificate: { readonly request: Crossing; readonly answer: Crossing } | null;
}
