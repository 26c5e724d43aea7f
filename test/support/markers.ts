/** Streams with one value changed: what a marker is, where it can be put, and where it must be found again. */
import type { Api, Framing } from '../../src/shared/model/stream.ts';
import { providerOf } from '../../src/shared/providers/registry.ts';
import { awsMessage } from './lint-example.ts';
import { runWire, type WireRun } from './wire.ts';

/** A value that occurs nowhere else, of each type that JSON has but true, false and null. */
export const MARKERS: readonly (readonly [type: string, value: unknown, needle: string])[] = [
  ['string', 'm4rk-5tring', 'm4rk-5tring'],
  ['number', 918_273_645.5, '918273645.5'],
  ['object', { 'm4rk-0bject': 'm4rk-v4lue' }, 'm4rk-0bject'],
  ['array', ['m4rk-4rray'], 'm4rk-4rray'],
];

type Path = readonly (string | number)[];

/** A place in the events of a stream: the leaf that is there, or an object that takes one more field. */
export interface Spot {
  readonly event: number;
  readonly path: Path;
  readonly kind: 'change' | 'add';
}

export interface EventStream {
  readonly name: string;
  readonly api: Api;
  readonly events: readonly { readonly name: string; readonly data: unknown; readonly text: string }[];
}

export function eventsOf(name: string, api: Api, bytes: Uint8Array): EventStream {
  const { frames } = runWire(api, bytes);
  return {
    name,
    api,
    events: frames.map((frame) => ({
      name: frame.name,
      data: frame.payload.ok ? frame.payload.value : undefined,
      text: frame.data,
    })),
  };
}

export function spotsOf({ events }: EventStream): Spot[] {
  const spots: Spot[] = [];
  const walk = (event: number, value: unknown, path: Path): void => {
    if (Array.isArray(value)) {
      value.forEach((item, at) => walk(event, item, [...path, at]));
      if (value.length > 0) return;
    } else if (typeof value === 'object' && value !== null) {
      spots.push({ event, path, kind: 'add' });
      for (const [field, inner] of Object.entries(value)) walk(event, inner, [...path, field]);
      if (Object.keys(value).length > 0) return;
    }
    spots.push({ event, path, kind: 'change' });
  };
  events.forEach(({ data }, event) => {
    if (data !== undefined) walk(event, data, []);
  });
  return spots;
}

function changed(value: unknown, path: Path, marker: unknown): unknown {
  const [first, ...rest] = path;
  if (first === undefined) return marker;
  if (Array.isArray(value)) return value.map((item, at) => (at === first ? changed(item, rest, marker) : item));
  const object = value as Readonly<Record<string, unknown>>;
  return { ...object, [first]: changed(object[first], rest, marker) };
}

/** The stream with the marker at the spot, as bytes. */
export function marked({ api, events }: EventStream, { event, path, kind }: Spot, marker: unknown): Uint8Array {
  const { framing } = providerOf(api);
  if (framing === 'bytes') throw new Error(`${api} has no events.`);
  const written = WRITERS[framing];
  return Buffer.concat(
    events.map(({ name, data, text }, at) => {
      if (at !== event) return written(name, text);
      return written(name, JSON.stringify(changed(data, kind === 'add' ? [...path, 'an_added_field'] : path, marker)));
    }),
  );
}

/** An event as the framing has it; Bedrock's in its envelope, unless it is the envelope that is changed. */
const WRITERS: Readonly<Record<Exclude<Framing, 'bytes'>, (name: string, data: string) => Uint8Array>> = {
  sse: (name, data) =>
    Buffer.from(
      `${name === '' ? '' : `event: ${name}\n`}${data
        .split('\n')
        .map((line) => `data: ${line}\n`)
        .join('')}\n`,
    ),
  'json-lines': (_name, data) => Buffer.from(`${data}\n`),
  websocket: (_name, data) => {
    const payload = Buffer.from(data);
    const head =
      payload.length < 126 ? [0x81, payload.length] : [0x81, 126, payload.length >> 8, payload.length & 0xff];
    return Buffer.concat([Buffer.from(head), payload]);
  },
  'aws-eventstream': (name, data) => {
    if (name.endsWith('Exception')) return awsMessage(name, data, 'exception');
    return awsMessage(
      'chunk',
      name === 'envelope' ? data : JSON.stringify({ bytes: Buffer.from(data).toString('base64'), p: 'abc' }),
    );
  },
};

/** Whether the wire lane kept it: in a block, the accumulated object, the totals, an unknown field, an error or a note. */
export function isKept({ outcome, messages, summaries }: WireRun, needle: string): boolean {
  if (JSON.stringify(outcome).includes(needle)) return true;
  const kept = messages.filter(({ message_type }) =>
    ['event', 'error', 'attachment', 'response', 'usage', 'finish', 'reasoning_message'].includes(message_type),
  );
  return (
    JSON.stringify(kept).includes(needle) || summaries.some(({ notes }) => notes?.some((note) => note.includes(needle)))
  );
}
