/**
 * What is told of an exchange to whoever records it. Everything is a plain value: it goes to another thread. The bytes are
 * the bodies' data, without their framing. All times are nanoseconds since the head of the request was complete.
 */
import type { BodyEnd } from '../../../../shared/metrics/ending.ts';
import type { CaptureFacts, HeadChange } from '../../../../shared/model/capture.ts';
import type { EndpointId } from '../../../../shared/model/ids.ts';

export type Fields = readonly (readonly [name: string, value: string])[];

/** An exchange as it begins. Keys are in it: what is kept of it is redacted first. */
export interface Begun {
  readonly route: string;
  readonly endpoint?: EndpointId;
  readonly session: string | null;
  readonly connection: number;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly method: string;
  /** The provider's. */
  readonly url: string;
  /** As the provider gets them. */
  readonly fields: Fields;
  readonly changes: readonly HeadChange[];
  /** The endpoint's own key, which was put on. */
  readonly key?: string;
  /** Of a connection whose encryption was undone; see CaptureFacts. */
  readonly tls?: CaptureFacts['tls'];
}

export interface HeadFacts {
  readonly status: number;
  readonly statusText: string;
  readonly fields: Fields;
}

export type TapEvent = { readonly id: number; readonly tNs: number } & (
  | { readonly type: 'begun'; readonly begun: Begun }
  | { readonly type: 'request'; readonly bytes: Uint8Array }
  | { readonly type: 'request-end' }
  | { readonly type: 'informational'; readonly head: HeadFacts }
  | {
      readonly type: 'head';
      readonly head: HeadFacts;
      readonly changes: readonly HeadChange[];
      /** The connection speaks this protocol from here on. */
      readonly protocol?: string;
    }
  /** One read of the answer's body. */
  | { readonly type: 'read'; readonly bytes: Uint8Array }
  /** The tunnel's other direction. */
  | { readonly type: 'sent'; readonly bytes: Uint8Array }
  /** Bytes that are told in no event, since whoever records is too far behind; all that follow of their kind are among them. */
  | { readonly type: 'lost'; readonly of: DataType; readonly bytes: number }
  /** The body is over. Once. */
  | { readonly type: 'end'; readonly end: BodyEnd; readonly trailers: Fields }
  /** Nothing of the exchange is under way any more. Once, last. */
  | { readonly type: 'closed'; readonly certificate: NonNullable<CaptureFacts['certificate']> | null }
);

/** Events that carry bytes: of the request, of the answer, and of a tunnel from the client. */
export type DataType = 'request' | 'read' | 'sent';

/** Takes events in order, at once, and never throws. Buffers that are in them do not change. */
export interface Tap {
  event(event: TapEvent): void;
}
