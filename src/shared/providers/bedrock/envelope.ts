/**
 * The envelope of InvokeModelWithResponseStream: a message of Amazon's event stream whose payload is `{"bytes": base64}`,
 * with padding beside it; inside is one event as the model's own API has it.
 * (https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_PayloadPart.html)
 */
import { payloadOf } from '../../framing/frame.ts';
import { isJson, objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { JsonPlaces } from '../../json/json-places.ts';
import type { EventHeader, Frame, Payload } from '../../model/stream.ts';
import { bytesOf } from '../../text/base64.ts';

/** Name of the messages that are envelopes; all others are exceptions of the service. */
const CHUNK = 'chunk';
/** Padding against reading lengths off the line: letters and digits. */
const PADDING = /^[A-Za-z0-9]*$/;
const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
/** The alphabet alone, whatever the length. */
const UNENDED = /^[A-Za-z0-9+/]+=?$/;
const FOR_URLS = /^[\w-]+={0,2}$/;

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The event in an envelope, named by its type; any other frame as it is. */
export function unwrap(frame: Frame): Frame {
  if (frame.name !== CHUNK || !frame.payload.ok) return frame;
  const envelope = objectOf(frame.payload.value);
  const text = decoded(stringOf(envelope?.['bytes']));
  return envelope === null || text === null ? frame : new UnwrappedFrame(frame, envelope, text);
}

/** What a chunk has in the place of an event that can be read, as a sentence; null where it has one. */
export function envelopeFault(frame: Frame): string | null {
  if (frame.name !== CHUNK || frame instanceof UnwrappedFrame) return null;
  const bytes = frame.payload.ok ? stringOf(objectOf(frame.payload.value)?.['bytes']) : null;
  if (bytes === null || bytes === '') return 'The message is a chunk without an event in it.';
  if (isJson(bytes)) return 'The event in a chunk is not encoded in base64.';
  if (BASE64.test(bytes)) return 'The bytes in a chunk are not UTF-8.';
  if (UNENDED.test(bytes))
    return `The base64 in a chunk is not whole: it stops after ${bytes.length} characters, without its last ones or its padding.`;
  return FOR_URLS.test(bytes)
    ? 'The base64 in a chunk is in the alphabet for URLs, with - and _.'
    : 'The bytes in a chunk are not base64.';
}

/** The same of an event's place: four characters of base64 stand for three of its bytes. */
export function unwrapPlaces(envelope: JsonPlaces): JsonPlaces {
  const member = envelope.memberAt(['bytes']);
  const base64 = member ? envelope.string(member) : null;
  if (!member || base64 === null || decoded(base64) === null) return envelope;
  return new JsonPlaces(bytesOf(base64), (from, to) =>
    envelope.characters(member, 4 * Math.floor(from / 3), 4 * Math.ceil(to / 3)),
  );
}

function decoded(base64: string | null): string | null {
  if (base64 === null || !BASE64.test(base64)) return null;
  try {
    return utf8.decode(bytesOf(base64));
  } catch {
    return null;
  }
}

class UnwrappedFrame implements Frame {
  readonly index: number;
  readonly start: number;
  readonly end: number;
  readonly read: number;
  readonly tNs: number;
  readonly name: string;
  readonly data: string;
  readonly notes: readonly string[];
  readonly headers?: ReadonlyMap<string, EventHeader>;
  readonly payload: Payload;

  constructor(frame: Frame, envelope: JsonObject, data: string) {
    this.index = frame.index;
    this.start = frame.start;
    this.end = frame.end;
    this.read = frame.read;
    this.tNs = frame.tNs;
    this.data = data;
    this.payload = payloadOf(data);
    this.name = this.payload.ok ? (stringOf(objectOf(this.payload.value)?.['type']) ?? frame.name) : frame.name;
    this.notes = [...frame.notes, ...Object.entries(envelope).flatMap(([field, value]) => noteOn(field, value))];
    if (frame.headers) this.headers = frame.headers;
  }

  get dispatches(): boolean {
    return true;
  }
}

function noteOn(field: string, value: unknown): readonly string[] {
  if (field === 'bytes' || (field === 'p' && typeof value === 'string' && PADDING.test(value))) return [];
  return [`the envelope has a field ${field}: ${JSON.stringify(value)}`];
}
