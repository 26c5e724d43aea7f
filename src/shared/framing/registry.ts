/** The framings by name. A framing is its file and one line here; its name is stored with each trace. */
import type { Framing } from '../model/stream.ts';
import type { ByteRange } from '../text/byte-range.ts';
import { AwsEventStreamFramer, payloadRanges } from './aws-eventstream.ts';
import { NOTHING, type Framer } from './framer.ts';
import { JsonLinesFramer, lineDataRanges } from './json-lines.ts';
import { sseDataRanges, SseFramer } from './sse.ts';
import { messageRanges, WebSocketFramer } from './websocket.ts';

export interface FramingDefinition {
  readonly label: string;
  /** Media types of bodies that are cut this way, in lower case and without parameters, the usual one first. */
  readonly mediaTypes: readonly string[];
  /** Of a file that holds a body. */
  readonly extension: string;
  /** What its bytes are called where they are copied as text; null where they are none. */
  readonly asText: string | null;
  readonly create: () => Framer;
  /**
   * Where the `data` of a frame lies: ranges of the body whose texts, joined by LF, are that text. `bytes` are those of the
   * whole frame, and `start` is the offset of the first of them.
   */
  readonly dataRanges: (bytes: Uint8Array, start: number) => readonly ByteRange[];
  /** How sentences speak of it. */
  readonly words: {
    /** A body that is cut this way: `The body is …`. */
    readonly body: string;
    /** What a body holds that has bytes, but no event: `The body held only …`. */
    readonly withoutEvents: string;
    /** What that means, as a sentence. */
    readonly withoutEventsMeans: string;
    /** Why bytes at the end of a body are no event: `The last event was cut: …`. */
    readonly cut: string;
  };
}

export const FRAMINGS: Readonly<Record<Framing, FramingDefinition>> = {
  sse: {
    label: 'Server-sent events',
    mediaTypes: ['text/event-stream'],
    extension: 'sse',
    asText: 'SSE',
    create: () => new SseFramer(),
    dataRanges: sseDataRanges,
    words: {
      body: 'a stream of events',
      withoutEvents: 'comments and blank lines',
      withoutEventsMeans: 'The connection was kept alive but no answer came.',
      cut: 'no blank line closed it',
    },
  },
  'json-lines': {
    label: 'JSON lines',
    mediaTypes: ['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines'],
    extension: 'jsonl',
    asText: 'JSON lines',
    create: () => new JsonLinesFramer(),
    dataRanges: lineDataRanges,
    words: {
      body: 'JSON lines',
      withoutEvents: 'lines that are blank or not JSON',
      withoutEventsMeans: 'The server wrote something else into its response than the API has.',
      cut: 'its line is not a complete JSON value',
    },
  },
  'aws-eventstream': {
    label: 'Amazon event stream',
    mediaTypes: ['application/vnd.amazon.eventstream'],
    extension: 'eventstream',
    asText: null,
    create: () => new AwsEventStreamFramer(),
    dataRanges: payloadRanges,
    words: {
      body: "Amazon's binary event stream",
      withoutEvents: 'damaged messages',
      withoutEventsMeans:
        'Its bytes were changed on the way or in storage, often by a program that took them for text.',
      cut: 'the message is longer than the body',
    },
  },
  websocket: {
    label: 'WebSocket messages',
    mediaTypes: [],
    extension: 'websocket',
    asText: null,
    create: () => new WebSocketFramer(),
    dataRanges: messageRanges,
    words: {
      body: 'the frames of a WebSocket',
      withoutEvents: 'pings and frames without text',
      withoutEventsMeans: 'The connection was kept alive but no answer came.',
      cut: 'the connection ended before it did',
    },
  },
  // No stream: one answer, whatever it is.
  bytes: {
    label: 'Bytes',
    mediaTypes: [],
    extension: 'bin',
    asText: null,
    create: () => NO_FRAMES,
    dataRanges: () => [],
    words: {
      body: 'one answer',
      withoutEvents: 'bytes',
      withoutEventsMeans: 'It is not known how to cut it.',
      cut: 'the body is not complete',
    },
  },
};

/** Nothing in it is a frame, so it keeps nothing. */
const NO_FRAMES: Framer = { feed: () => NOTHING, end: () => NOTHING };

/** A fresh framer for one body. */
export const createFramer = (framing: Framing): Framer => FRAMINGS[framing].create();
