/** The framings by name. A framing is its file and one line here; its name is stored with each trace. */
import type { Framing } from '../model/stream.ts';
import { AwsEventStreamFramer } from './aws-eventstream.ts';
import type { Framer } from './framer.ts';
import { JsonLinesFramer } from './json-lines.ts';
import { SseFramer } from './sse.ts';

export interface FramingDefinition {
  readonly label: string;
  /** Media types of bodies that are cut this way, in lower case and without parameters, the usual one first. */
  readonly mediaTypes: readonly string[];
  readonly create: () => Framer;
}

const FRAMINGS: Readonly<Record<Framing, FramingDefinition>> = {
  sse: { label: 'Server-sent events', mediaTypes: ['text/event-stream'], create: () => new SseFramer() },
  'json-lines': {
    label: 'JSON lines',
    mediaTypes: ['application/x-ndjson', 'application/ndjson', 'application/jsonl', 'application/x-jsonlines'],
    create: () => new JsonLinesFramer(),
  },
  'aws-eventstream': {
    label: 'Amazon event stream',
    mediaTypes: ['application/vnd.amazon.eventstream'],
    create: () => new AwsEventStreamFramer(),
  },
};

/** A fresh framer for one body. */
export const createFramer = (framing: Framing): Framer => FRAMINGS[framing].create();

/** Media types of bodies that are cut this way, the usual one first. */
export const mediaTypesOf = (framing: Framing): readonly string[] => FRAMINGS[framing].mediaTypes;
