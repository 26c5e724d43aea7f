/** Takes secrets out of a trace that leaves, and says of each where it was and why it is taken for one. */
import type { RecordedTrace } from '../../../shared/bundle/recorded-trace.ts';
import type { Redacted } from '../../../shared/model/export.ts';
import { traceId } from '../../../shared/model/ids.ts';
import { isUtf8 } from 'node:buffer';
import { maskOf } from '../capture/gathered-text.ts';
import { isRedacted, isSecretHeader, type HeaderList, type Redaction } from '../capture/secrets.ts';
import type { KnownTrace, Pages } from './exported.ts';

export interface RedactedTrace<Trace extends KnownTrace> {
  readonly trace: Trace;
  /** In the order of the trace: the request, the answer, what else is known. */
  readonly redacted: readonly Redacted[];
  /** What was not searched, as sentences. */
  readonly remarks: readonly string[];
}

const HEADER = 'The name of this header says that it carries a credential.';
const FIELD = 'The name of this field, or of this part of an address, says that it holds a secret.';
const LOOKS = 'It looks like an API key, or is one of those in the environment of this program.';

type Place = Pick<Redacted, 'place' | 'why' | 'when'>;

/** Bodies of these framings hold their text in another coding, with checksums over it. */
const NOT_SEARCHED: ReadonlySet<RecordedTrace['framing']> = new Set(['aws-eventstream']);

/** `body`: of the trace. It is written over: where a key stands, a mask is then. */
export function redactTrace<Trace extends KnownTrace>(
  trace: Trace,
  body: Uint8Array,
  redaction: Redaction,
): RedactedTrace<Trace> {
  const { facts } = trace;
  const places: Place[] = [];
  const { request, requestHead, responseHead, ...others } = facts;
  const clean = redaction.json(others) as typeof others;
  const cleanRequest = redaction.json(request);
  const cleanHead = requestHead && redaction.requestHead(requestHead);
  if (requestHead && cleanHead) {
    note(places, 'request address', requestHead.url, cleanHead.url, redaction);
    noteHeaders(places, 'request header', requestHead.headers, redaction);
  }
  note(places, 'request body', request, cleanRequest, redaction);
  if (requestHead && cleanHead) {
    // Most of it is in the body, too.
    if (request === undefined) note(places, 'request as written', requestHead.written, cleanHead.written, redaction);
    note(places, 'changes to the request', requestHead.changes, cleanHead.changes, redaction);
  }
  if (responseHead)
    noteHeaders(places, 'response header', [...responseHead.headers, ...(responseHead.trailers ?? [])], redaction);
  const keys = NOT_SEARCHED.has(facts.framing) ? [] : redaction.places(body);
  noteKeys(places, keys);
  maskIn(body, 0, keys);
  note(places, 'what is known of it', others, clean, redaction);
  return {
    trace: {
      ...trace,
      facts: {
        ...clean,
        ...(request !== undefined && { request: cleanRequest }),
        ...(cleanHead && { requestHead: cleanHead }),
        ...(responseHead && { responseHead: redaction.responseHead(responseHead) }),
      },
      ...(keys.length > 0 && { pages: () => masked(trace.pages(), keys), isText: isUtf8(body) }),
      setup: { ...trace.setup, request: redaction.json(trace.setup.request) },
    },
    redacted: places.map((place) => ({ trace: traceId(facts.id), ...place })),
    remarks:
      trace.reads > 0 && NOT_SEARCHED.has(facts.framing)
        ? [`The body of “${facts.title}” is binary and was not searched for keys.`]
        : [],
  };
}

function noteHeaders(places: Place[], what: string, headers: HeaderList, redaction: Redaction): void {
  const clean = redaction.headers(headers);
  headers.forEach(([name, value], at) => {
    if (value !== clean[at]![1] || isRedacted(value))
      places.push({
        place: `${what} ${name.toLowerCase()}`,
        why: isSecretHeader(name) ? HEADER : LOOKS,
        when: value === clean[at]![1] ? 'recorded' : 'exported',
      });
  });
}

/** Notes where two values as JSON has them differ; `after` is what the redaction made of `before`. */
function note(places: Place[], path: string, before: unknown, after: unknown, redaction: Redaction): void {
  if (typeof before === 'string') {
    if (before !== after || isRedacted(before))
      places.push({
        place: path,
        why: redaction.text(before) === before ? FIELD : LOOKS,
        when: before === after ? 'recorded' : 'exported',
      });
    return;
  }
  if (typeof before !== 'object' || before === null) return;
  const [fields, cleaned] = [Object.entries(before), Object.entries(after as object)];
  fields.forEach(([name, value]: [string, unknown], at) => {
    const [cleanName, cleanValue] = cleaned[at] as [string, unknown];
    const inner = placeIn(path, cleanName, Array.isArray(before));
    if (cleanName !== name) places.push({ place: `${inner}, its name`, why: LOOKS, when: 'exported' });
    note(places, inner, value, cleanValue, redaction);
  });
}

/** The first step stands apart from what it is a step into: `request body, tools[0].name`. */
function placeIn(path: string, name: string, list: boolean): string {
  const step = list ? `[${name}]` : name;
  if (!path.includes(', ')) return `${path}, ${step}`;
  return list ? path + step : `${path}.${step}`;
}

/** Of the body, in order and apart from each other. */
type Ranges = readonly (readonly [start: number, end: number])[];

function noteKeys(places: Place[], keys: Ranges): void {
  for (const [start, end] of keys)
    places.push({ place: `response body, bytes ${start} to ${end - 1}`, why: LOOKS, when: 'exported' });
}

/** The reads without the keys that stand in them, whole or over several reads. Each mask is as long as its key, so that offsets stay. */
async function* masked(pages: Pages, keys: Ranges): Pages {
  let first = 0;
  for await (const page of pages)
    yield page.map((read) => {
      const { offset, bytes } = read;
      while (first < keys.length && keys[first]![1] <= offset) first++;
      const here: (readonly [number, number])[] = [];
      for (let at = first; at < keys.length && keys[at]![0] < offset + bytes.length; at++) here.push(keys[at]!);
      if (here.length === 0) return read;
      const clean = new Uint8Array(bytes);
      maskIn(clean, offset, here);
      return { ...read, bytes: clean };
    });
}

/** `bytes` stand at `offset` of the body, and may have a part of a key alone. */
function maskIn(bytes: Uint8Array, offset: number, keys: Ranges): void {
  for (const [start, end] of keys) {
    const from = Math.max(start, offset);
    const part = maskOf(end - start).subarray(from - start, offset + bytes.length - start);
    bytes.set(part, from - offset);
  }
}
