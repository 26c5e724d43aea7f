/** Which API a stream follows, told by its own events: for bytes that came without their request. */
import { eventWithin } from '../framing/broken-data.ts';
import { payloadOf } from '../framing/frame.ts';
import { framingOf } from '../framing/detect.ts';
import { createFramer } from '../framing/registry.ts';
import { isUtf8, lossyText, REPLACEMENT } from '../framing/utf8.ts';
import { objectOf, stringOf } from '../json/json-object.ts';
import type { Api, Frame, Framed, Framing } from '../model/stream.ts';
import { binaryKind } from '../text/binary.ts';
import { bodyKind, saysSo } from './body-kind.ts';
import { foreignOf, isRealtime } from './foreign.ts';
import type { ApiSign, FrameFacts, ProviderDefinition } from './provider.ts';
import { PROVIDERS } from './registry.ts';
import { wrappedEvent } from './wrapped.ts';

/** The first events say it; what does not in so many never will. */
const MAX_FRAMES = 200;
/** Bytes that are framed to find them. */
const MAX_BYTES = 4 * 1024 * 1024;

export interface DetectedApi {
  readonly api: Api;
  /** What told it, as a sentence. */
  readonly why: string;
}

/** The first sign that fits one API only, else the first that fits one best. Null when no event says anything. */
export function detectApi(body: Uint8Array): DetectedApi | null {
  const start = body.subarray(0, MAX_BYTES);
  const framings = new Set([...PROVIDERS.values()].map(({ framing }) => framing));
  let weak: DetectedApi | null = null;
  for (const framing of framings) {
    const sign = signIn(start, framing);
    if (sign && !sign.weak) return { api: sign.api, why: sign.why };
    weak ??= sign && { api: sign.api, why: sign.why };
  }
  return weak;
}

/** Which API an address is of, by its path; null where it is of none. */
export function apiOfUrl(address: string): Api | null {
  const [path = ''] = address.split(/[?#]/, 1);
  return [...PROVIDERS.values()].find((provider) => provider.path.test(path))?.id ?? null;
}

/** Whose the events of a stream are that is of no API that is decoded here, as sentences call it; null where nobody can tell. */
export function foreignIn(body: Uint8Array, framing: Framing): string | null {
  const framer = createFramer(framing);
  for (const one of framer.feed({ n: 0, tNs: 0, offset: 0, bytes: body.subarray(0, MAX_BYTES) })) {
    const foreign = one.type === 'frame' ? foreignOf(factsOf(one.frame)) : null;
    if (foreign !== null) return foreign;
  }
  return null;
}

/** Whether bytes that are no UTF-8 were replaced, as decoders of text do. */
const wasText = (body: Uint8Array): boolean => lossyText(body.subarray(0, 1024)).includes(REPLACEMENT) && isUtf8(body);

/** Whether a body is lines of comments alone. */
function isKeptAlive(body: Uint8Array): boolean {
  if (body.length === 0 || body.length > MAX_COMMENTS) return false;
  return lossyText(body)
    .split(/[\r\n]+/)
    .every((line) => line === '' || line.startsWith(':'));
}
const MAX_COMMENTS = 256 * 1024;

export interface Undetected {
  /** `binary`: no text and no stream, whatever API is named. `other-api`, `other-messages`: a stream, or a binary one, of none of the APIs. */
  readonly code: 'binary' | 'no-event' | 'other-api' | 'other-messages' | 'unknown-api';
  /** The fact. The next step depends on who asks. */
  readonly sentence: string;
}

/** What a body is in which detectApi finds nothing. */
export function undetected(body: Uint8Array): Undetected {
  const kind = bodyKind(body);
  if (kind?.framing === 'aws-eventstream')
    return {
      code: 'other-messages',
      sentence: wasText(body)
        ? `This is ${kind.what} that was decoded as text: its bytes are lost where U+FFFD stands. Save the bytes of the response as they come.`
        : `This is ${kind.what}, but no message in it is of an API that this version knows.`,
    };
  if (isKeptAlive(body))
    return {
      code: 'no-event',
      sentence:
        'It holds only comments and blank lines, and no event: the server kept the connection alive, and closed it without an answer.',
    };
  if (kind === null || kind.kind === 'stream') {
    const foreign = foreignIn(body, framingOf(null, body) ?? 'json-lines');
    return foreign === null
      ? { code: 'unknown-api', sentence: 'None of the events says which API this stream follows.' }
      : { code: 'other-api', sentence: `The events are of ${foreign}, which Tracelane does not decode.` };
  }
  const { what, says, cause, step = 'Save the response exactly as the server sends it, decompressed.' } = kind;
  return {
    code: binaryKind(body) === null ? 'unknown-api' : 'binary',
    sentence: [`This is ${what}, not a stream.`, says && saysSo(says), cause, step].filter(Boolean).join(' '),
  };
}

type FoundSign = DetectedApi & Pick<ApiSign, 'weak'>;

function signIn(body: Uint8Array, framing: Framing): FoundSign | null {
  const framer = createFramer(framing);
  const framed = [...framer.feed({ n: 0, tNs: 0, offset: 0, bytes: body }), ...framer.end()];
  const providers = [...PROVIDERS.values()].filter((provider) => provider.framing === framing);
  let weak: FoundSign | null = null;
  let frames = 0;
  for (const one of framed) {
    if (one.type !== 'frame' && one.type !== 'unfinished') continue;
    for (const { id, detect, unwrap } of providers) {
      const facts = factsIn(one, unwrap);
      const sign = facts && detect(facts);
      if (sign && !sign.weak) return { api: id, ...sign };
      weak ??= sign && { api: id, ...sign };
    }
    weak ??= one.type === 'frame' ? wrappedIn(factsOf(one.frame), providers) : null;
    if (++frames === MAX_FRAMES) break;
  }
  return weak;
}

function wrappedIn(facts: FrameFacts, providers: readonly ProviderDefinition[]): FoundSign | null {
  const { json } = facts;
  // Its items look like answers.
  if (json && isRealtime(json, facts)) return null;
  const found = json && wrappedEvent(json, providers);
  return (
    found && {
      api: found.provider.id,
      why: `Its events stand in ${JSON.stringify(found.under)} of other objects.`,
      weak: true,
    }
  );
}

/** Of an event that is broken, what can still be made out; of bytes that no blank line closed, only whole events among them. */
function factsIn(framed: Framed, unwrap: ProviderDefinition['unwrap']): FrameFacts | null {
  if (framed.type === 'unfinished') return framed.open ? brokenFacts(framed.open.fields) : null;
  if (framed.type !== 'frame') return null;
  const frame = unwrap?.(framed.frame) ?? framed.frame;
  const broken = frame.payload.ok && objectOf(frame.payload.value) ? null : brokenFacts(frame);
  return broken ?? factsOf(frame);
}

function brokenFacts({ name, data }: Pick<Frame, 'name' | 'data'>): FrameFacts | null {
  const within = eventWithin(data);
  return within === null ? null : factsOf({ name, data: within, payload: payloadOf(within) });
}

/** What detection looks at in a frame. */
export function factsOf({ name, data, payload }: Pick<Frame, 'name' | 'data' | 'payload'>): FrameFacts {
  const json = payload.ok ? objectOf(payload.value) : null;
  return { name, data, json, type: stringOf(json?.['type']) ?? '' };
}
