/**
 * What a stream is made of, from the wire up: reads, the SSE frames in them, and what a frame carries.
 * All times are nanoseconds since the request was sent, from a monotonic clock; all offsets are bytes of the response
 * body as it was received (after content decoding), counted from 0.
 */

/**
 * The provider API whose streaming format the body follows: the id of a provider in the registry, which is asked where
 * one comes in from outside. Any text, since a trace of a later version may follow an API that this one does not know.
 */
export type Api = string;

/** Of an exchange that is of no API that this version knows. */
export const OTHER_API: Api = 'other';

/** How the body is cut into frames; each has its entry in framing/registry.ts. */
export const FRAMING_NAMES = ['sse', 'json-lines', 'aws-eventstream', 'websocket', 'bytes'] as const;
export type Framing = (typeof FRAMING_NAMES)[number];

/** One read of the body: the bytes one arrival gave. */
export interface Read {
  /** 0-based number of the read. */
  readonly n: number;
  readonly tNs: number;
  /** Offset of the first byte. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/** One unit of the framing. All lanes share the framing of the bytes, and each takes a frame its way. */
export interface Frame {
  /** 0-based number of the frame in its stream. */
  readonly index: number;
  /** Byte range, end exclusive. */
  readonly start: number;
  readonly end: number;
  /** Number and arrival time of the read that completed the frame. */
  readonly read: number;
  readonly tNs: number;
  /** The event's name by the framing, '' where it has none. */
  readonly name: string;
  /** What the event carries, as text. */
  readonly data: string;
  /** By the rules of the framing this is an event. In SSE a frame without a `data` line is none, although some clients take it for one. */
  readonly dispatches: boolean;
  /** What the framing has to remark on it. */
  readonly notes: readonly string[];
  /** `data` as JSON, parsed on first use and once for all lanes. */
  readonly payload: Payload;
  /** What else stood in a frame of SSE. */
  readonly sse?: SseFacts;
  /** The headers of a message of Amazon's event stream. */
  readonly headers?: ReadonlyMap<string, EventHeader>;
}

/** The fields of an SSE frame. */
export interface SseFields {
  /** Value of the last `event` line, '' without one. */
  readonly name: string;
  /** `data` lines joined with LF. */
  readonly data: string;
  readonly dataLines: number;
  /** Value of the last valid `id` line. */
  readonly id: string | undefined;
  /** Values of the `retry` lines as they came; absent without one. */
  readonly retries: readonly string[] | undefined;
}

export interface SseFacts extends SseFields {
  /** A line of it ended with CR alone, which the standard allows and few servers do. */
  readonly bareCr: boolean;
  /**
   * Only where a byte order mark stands before the frame's first line: the fields of the other lines. The standard drops
   * the mark; a client that does not has read an unknown field in the first line.
   */
  readonly afterMark: SseFields | undefined;
}

/** A header of a message of Amazon's event stream. Times are milliseconds since 1970. */
export type EventHeader =
  | { readonly type: 'boolean'; readonly value: boolean }
  | { readonly type: 'byte' | 'short' | 'integer'; readonly value: number }
  | { readonly type: 'long' | 'timestamp'; readonly value: bigint }
  | { readonly type: 'binary'; readonly value: Uint8Array }
  | { readonly type: 'string' | 'uuid'; readonly value: string };

export type Payload =
  | { readonly ok: true; readonly value: unknown }
  /** `data` is no JSON, or nests too deep to be parsed, so many `levels`; `error` is the parser's sentence. */
  | { readonly ok: false; readonly error: string; readonly levels?: number };

/** Where on the wire a remark of the framer belongs. */
export interface Place {
  readonly start: number;
  readonly end: number;
  readonly read: number;
  readonly tNs: number;
}

/** What the framer gives, in the order of the bytes. */
export type Framed = { readonly type: 'frame'; readonly frame: Frame } | FramingNote;

/** What the framer has to say of bytes that are in no frame. `text` is cut to MAX_REMARK_CHARS: the bytes are all in the store. */
export type FramingNote =
  /** A line that starts with a colon: keep-alive, nothing for any lane. */
  | (Place & { readonly type: 'comment'; readonly text: string })
  /** A line whose field name is none of the four, and so means nothing to any lane. */
  | (Place & { readonly type: 'ignored'; readonly text: string })
  /** A line or a payload whose bytes are not UTF-8. The wire reads on with U+FFFD; the adapters end here. */
  | (Place & { readonly type: 'bad-utf8' })
  /** Bytes whose checksum does not match, up to the next that does. The wire reads on there; the adapters end here. */
  | (Place & { readonly type: 'damaged'; readonly text: string })
  /** Bytes after the last whole frame when the body is over. In SSE the standard drops them. */
  | UnfinishedNote
  /** An event or a line is longer than MAX_EVENT_BYTES: framing ends here, and with it every lane. */
  | (Place & { readonly type: 'limit'; readonly text: string });

export interface UnfinishedNote extends Place {
  readonly type: 'unfinished';
  readonly text: string;
  /** In SSE: the fields of the open frame, and where the line begins that the end of the body cuts off. */
  readonly open?: { readonly fields: SseFields; readonly lineStart: number };
}

/** The kinds a provider event can have, for colour, filters and the timeline. */
export type EventKind =
  'start' | 'reasoning' | 'text' | 'tool' | 'usage' | 'finish' | 'ping' | 'error' | 'done' | 'meta' | 'unknown';

/** What the wire lane says of one frame in a line: the row of the Events tab, without its bytes. */
export interface EventSummary {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly read: number;
  readonly tNs: number;
  readonly kind: EventKind;
  /** The provider's own name of it: the data's `type`, else the event name, else e.g. `chat.completion.chunk`. */
  readonly type: string;
  /** What it speaks of: `choice 0`, `block 2`, `item 1`; absent for the stream as a whole. */
  readonly target?: string;
  /** Id of the wire content block it belongs to, see WireBlock. */
  readonly block?: string;
  /** The decoded delta, at most 200 characters. */
  readonly preview: string;
  /** Length of the whole delta in code points. */
  readonly chars: number;
  /** Remarks on this frame: malformed JSON, name and type differ, no event by the standard, ... */
  readonly notes?: readonly string[];
}
