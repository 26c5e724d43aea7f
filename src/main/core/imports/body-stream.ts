/** From the bytes of a body, or of a whole file, to a stream that a provider's framing can cut: as they are, or repaired. */
import { isJson, objectOf, stringOf, type JsonObject } from '../../../shared/json/json-object.ts';
import { parsePartial, PythonJsonError } from '../../../shared/json/partial-json.ts';
import { toPlain } from '../../../shared/json/python-value.ts';
import { topLevelObjects, type TopLevelObject } from '../../../shared/json/top-level.ts';
import { framingOf } from '../../../shared/framing/detect.ts';
import type { FramingFaultId } from '../../../shared/framing/faults.ts';
import { piecesOf } from '../../../shared/framing/pieces.ts';
import { createFramer } from '../../../shared/framing/registry.ts';
import { OTHER_API, type Api, type Framed, type Framing } from '../../../shared/model/stream.ts';
import { detectApi } from '../../../shared/providers/detect.ts';
import { faultFinderOf } from '../../../shared/providers/faults-of.ts';
import { isRealtime } from '../../../shared/providers/foreign.ts';
import { PROVIDERS, providerOf } from '../../../shared/providers/registry.ts';
import { factsOfJson, ownerOf } from '../../../shared/providers/wrapped.ts';
import { binaryKind } from '../../../shared/text/binary.ts';
import { ImportError, utf8 } from './imported.ts';
import {
  readsOfParts,
  textOf,
  timedReads,
  untimedLines,
  type LogLine,
  type LogPiece,
  type TimedReads,
  type Repaired,
} from './log-lines.ts';
import { timeIn, timeOf, type LogTime } from './log-times.ts';
import { printedObjects } from './printed.ts';
import { countedRecords } from './records.ts';
import { repairText, unfolded, withoutColours, withoutLogger } from './repair-text.ts';
import { parsedJson } from '../../../shared/text/json-text.ts';

export interface BodyStream {
  readonly api: Api;
  readonly framing: Framing;
  readonly bytes: Uint8Array;
  /** What the bytes were, by an id and as a noun phrase. */
  readonly format: { readonly id: string; readonly label: string };
  /** Events that carry JSON. */
  readonly events: number;
  /** What was changed, as sentences; the bytes are those that came in when it is empty. */
  readonly repaired: readonly string[];
  /** The bytes again, with the times that a log had of them. */
  readonly timed?: TimedReads | undefined;
}

/** Their members may look like fields that a server misspelt. */
const PRINTED: BodyStream['format'] = { id: 'printed-events', label: 'events as an SDK’s objects were printed' };

const AS_THEY_ARE: Readonly<Record<Framing, BodyStream['format']>> = {
  sse: { id: 'sse', label: 'a stream of server-sent events' },
  'json-lines': { id: 'json-lines', label: 'a stream of JSON lines' },
  'aws-eventstream': { id: 'aws-eventstream', label: "Amazon's binary event stream" },
  websocket: { id: 'websocket', label: 'the frames of a WebSocket' },
  bytes: { id: 'bytes', label: 'bytes of no known framing' },
};

/**
 * Null where there is no stream. `api`: chosen by a person, or by the address; it decides only where the bytes say nothing. Events
 * of no known API are a stream as well. `refused`: the answer had a status of an error, so that its body is none and stays as
 * it is, unless it is one all the same.
 */
export function bodyStream(bytes: Uint8Array, api: Api | null, refused: boolean): BodyStream | null {
  const detected = detectApi(bytes)?.api ?? apiOfCutEvent(bytes);
  const plain = detected === null || isWrapped(bytes, detected) ? null : asIs(bytes, detected);
  // Where some events can be read, what is wrong with the others is for the trace to show, and not to be mended.
  if (plain !== null && plain.events > 0) return copied(plain, bytes) ?? plain;
  const framing = framingOf(null, bytes);
  const sent = sentFaults(bytes, detected ?? api);
  // What a server did is to be shown as it is, too; only what a copy did is mended.
  if (sent.length > 0 && framing === 'sse' && plain !== null) return plain;
  // Its items look like answers of another API.
  if (framing !== 'sse' && isOfRealtime(bytes)) return null;
  const mended = repairText(new TextDecoder().decode(bytes));
  const repaired = repairedStream(mended, detected);
  // Fields that no client understands are a fault of the server, however well the JSON in them reads.
  const found = repaired ?? (framing === 'sse' && !bytes.includes(ESC) ? null : objectsStream(mended, bytes));
  if (found && refused) return asIs(bytes, found.api);
  if (found) {
    const faults = found === repaired ? sentFaults(found.bytes, found.api) : found.format === PRINTED ? [] : sent;
    return clocked({ ...found, repaired: [...faults, ...found.repaired] });
  }
  // No choice of a person makes a stream of an image.
  const chosen = framing === null && binaryKind(bytes) !== null ? null : api;
  const named = plain ?? (chosen === null ? null : asIs(bytes, chosen));
  if (named !== null) return named;
  const other = framing && asIs(bytes, OTHER_API, framing);
  return other && other.events > 0 ? other : null;
}

/** Events of the Realtime API, one after another, as its clients write them down. */
function isOfRealtime(bytes: Uint8Array): boolean {
  const [first] = topLevelObjects(new TextDecoder().decode(bytes.subarray(0, LOOKED_AT))).objects;
  return first !== undefined && isRealtime(first.value, factsOfJson(first.value));
}

/** A stream that was cut inside its first event, which names its API all the same. */
function apiOfCutEvent(bytes: Uint8Array): Api | null {
  if (bytes.length > LOOKED_AT) return null;
  const text = new TextDecoder().decode(bytes);
  const [, data] = /^(?:event: ?[^\n]*\r?\n)?data: ?(\{"[^\r\n]*)$/.exec(text) ?? [];
  if (data === undefined || isJson(data)) return null;
  try {
    const begun = objectOf(toPlain(parsePartial(data)));
    return begun && (signOf(begun)?.api ?? null);
  } catch (error) {
    if (error instanceof PythonJsonError) return null;
    throw error;
  }
}

/** A stream of which a copy broke some lines, or got a program's own lines between; null where all is as it was sent. */
function copied({ api, framing }: BodyStream, bytes: Uint8Array): BodyStream | null {
  if (framing !== 'sse') return null;
  const text = new TextDecoder().decode(bytes);
  const mended = unfolded(text) ?? withoutLogger(text);
  return mended && repairedStream(mended, api);
}

/** Begins what a terminal is told: no server sends it. */
const ESC = 0x1b;

/** With the sentence that says where its times are from. */
const clocked = (stream: BodyStream): BodyStream =>
  stream.timed === undefined ? stream : { ...stream, repaired: [...stream.repaired, stream.timed.clock.sentence] };

/** Faults that no copy makes. */
const SENT_SO: ReadonlySet<FramingFaultId> = new Set([
  'byte-order-mark',
  'comment-in-data',
  'data-encoded-twice',
  'data-nan',
  'data-page',
  'data-prefix-doubled',
  'data-python',
  'data-two-values',
  'event-in-comment',
  'field-misspelt',
]);

/** As sentences: what the server did to its framing. */
function sentFaults(bytes: Uint8Array, api: Api | null): readonly string[] {
  const faults = faultFinderOf(api ?? OTHER_API);
  for (const one of framedAs('sse', bytes)) faults.take(one);
  return faults.end().all.flatMap(({ id, sentence }) => (SENT_SO.has(id) ? [sentence] : []));
}

/** All that a framer gives of a whole body, one after the other: the frames of a large one take many times its bytes. */
function* framedAs(framing: Framing, bytes: Uint8Array): Generator<Framed> {
  const framer = createFramer(framing);
  for (const piece of piecesOf(bytes)) yield* framer.feed(piece);
  yield* framer.end();
}

const asIs = (bytes: Uint8Array, api: Api, framing = providerOf(api).framing): BodyStream => ({
  api,
  framing,
  bytes,
  format: AS_THEY_ARE[framing],
  events: counted(bytes, api, framing).good,
  repaired: [],
});

interface Counts {
  readonly good: number;
  /** Events whose data is no JSON. */
  readonly bad: number;
}

function counted(bytes: Uint8Array, api: Api, framing = providerOf(api).framing): Counts {
  const { hiddenEnd } = providerOf(api);
  let [good, bad] = [0, 0];
  for (const one of framedAs(framing, bytes)) {
    if (one.type === 'unfinished' && good === 0) bad++;
    if (one.type !== 'frame' || !one.frame.dispatches || one.frame.data === '') continue;
    if (one.frame.payload.ok) good++;
    else if (one.frame.data.trim() !== hiddenEnd) bad++;
  }
  return { good, bad };
}

/** Null unless all is well after the repair. */
function repairedStream({ lines, repaired }: Repaired, detected: Api | null): BodyStream | null {
  if (repaired.length === 0) return null;
  const after = utf8(textOf(lines));
  const api = detectApi(after)?.api ?? detected;
  if (api === null || providerOf(api).framing !== 'sse') return null;
  const is = counted(after, api);
  if (is.good === 0 || is.bad > is.good) return null;
  return {
    api,
    framing: 'sse',
    bytes: after,
    events: is.good,
    format: { id: 'sse-text', label: 'a stream of server-sent events in text of another kind' },
    repaired,
    timed: timedReads(lines) ?? undefined,
  };
}

/** Events as objects, in the text as it came or in what is left of it when it is no log any more. */
function objectsStream({ lines, repaired }: Repaired, bytes: Uint8Array): BodyStream | null {
  const text = untimedLines(new TextDecoder().decode(bytes));
  const plain = withoutColours(text);
  const found = objectsIn(plain?.lines ?? text);
  const given = found && plain ? { ...found, repaired: [...plain.repaired, ...found.repaired] } : found;
  if (repaired.length === 0) return given;
  const mended = objectsIn(lines);
  if (mended === null || mended.events <= (given?.events ?? 0)) return given;
  return { ...mended, repaired: [...repaired, ...mended.repaired] };
}

/** As JSON or as a program prints objects, whichever gives more. */
function objectsIn(lines: readonly LogLine[]): BodyStream | null {
  const text = textOf(lines);
  const timeAt = timesAt(lines);
  const json = jsonStream(text, timeAt);
  const printed = json === null || hasPrinted(text) ? printedStream(text, timeAt) : null;
  return printed !== null && printed.events > (json?.events ?? 0) ? printed : json;
}

/** Members of objects of JavaScript, whose names have no quotation marks. */
const hasPrinted = (text: string): boolean => /^\s*(?:data|event|chunk|type): ['`{]/m.test(text);

/** The time of what starts at a place of the text: of the words before it, or of its line. Places must not fall. */
function timesAt(lines: readonly LogLine[]): (at: number) => LogTime | null {
  let [line, start] = [0, 0];
  return (at) => {
    if (at < start) [line, start] = [0, 0];
    while (line < lines.length - 1 && at > start + lines[line]!.text.length) start += lines[line++]!.text.length + 1;
    const { text, time } = lines[line]!;
    return timeIn(text.slice(0, at - start).slice(0, LONGEST_WORDS)) ?? time;
  };
}

/** No log writes more before its message. */
const LONGEST_WORDS = 200;

/** Whether lines of JSON are records that hold the events, and no events. */
function isWrapped(bytes: Uint8Array, api: Api): boolean {
  if (providerOf(api).framing !== 'json-lines') return false;
  const { objects } = topLevelObjects(new TextDecoder().decode(bytes.subarray(0, LOOKED_AT)));
  return objects.length > 0 && objects.every(({ value }) => signOf(value) === null);
}

/** The first records of a file tell. */
const LOOKED_AT = 256 * 1024;

/** Wrappers are no deeper: a log's record, the SDK's event, the provider's. */
const MAX_WRAPPERS = 3;

/** JSON objects that are events, or hold them, or are a whole answer. */
function jsonStream(text: string, timeAt: (at: number) => LogTime | null): BodyStream | null {
  const { objects, others } = topLevelObjects(text);
  const array = /^\s*\[\s*\{/.test(text);
  const last = objects.at(-1);
  const cut = array && last ? cutEnd(text, last) : null;
  const timed = objects.map((object) => ({ ...object, lost: 0, time: timeAt(object.at) }));
  return objectStream(text, timed, {
    format: array
      ? { id: 'json-array', label: 'a JSON list of events' }
      : { id: 'json-events', label: 'JSON objects of events' },
    how: `It was ${objects.length === 1 ? 'one JSON object' : `${objects.length} JSON objects, one after another`}${array ? ' in a list' : ''}, as programs print events.`,
    others: cut === null ? others : topLevelObjects(text.slice(0, last!.at + last!.text.length)).others,
    mayBeOnlyEvents: true,
    ...(cut !== null && { cut }),
  });
}

/** That a list is not closed, as a sentence; null where it is, or ends in other text. */
function cutEnd(text: string, last: TopLevelObject): string | null {
  const rest = text.slice(last.at + last.text.length).trim();
  if (rest === '' || rest === ',') return 'The list is not closed: it was cut.';
  const [, object] = /^,\s*(\{.*)$/s.exec(rest) ?? [];
  return object === undefined
    ? null
    : `The list was cut inside an object, of which the ${object.length} characters that came were left out.`;
}

/** Throws an ImportError where so much was left out of what was printed that nothing true can be shown. */
function printedStream(text: string, timeAt: (at: number) => LogTime | null): BodyStream | null {
  const objects = printedObjects(text).map((object) => ({
    ...object,
    text: JSON.stringify(object.value),
    time: timeAt(object.at),
  }));
  return objectStream(text, objects, {
    format: PRINTED,
    how: `It was ${objects.length} objects as Python or JavaScript print them. Fields that were null are left out.`,
    others: 0,
    mayBeOnlyEvents: false,
  });
}

interface FoundObject extends TopLevelObject {
  /** What the log said of when it was written. */
  readonly time: LogTime | null;
  /** Values in it that were not printed. */
  readonly lost: number;
}

interface ObjectWords {
  readonly format: BodyStream['format'];
  /** What the objects were, as a sentence. */
  readonly how: string;
  /** Characters between them. */
  readonly others: number;
  /** Where nothing stands between them, an object that says nothing of its API is an event as well. */
  readonly mayBeOnlyEvents: boolean;
  /** Where the text ends too early, as a sentence. */
  readonly cut?: string;
}

/** Throws an ImportError where values of an event were not printed. */
function objectStream(
  whole: string,
  objects: readonly FoundObject[],
  { format, how, others: between, mayBeOnlyEvents, cut }: ObjectWords,
): BodyStream | null {
  if (objects.length === 0) return null;
  if (objects.length === 1) {
    const answer = answerStream(objects[0]!.value);
    if (answer) return answer;
  }
  const found = objects.map(eventIn);
  const api = found.find((one) => one?.strong)?.api ?? found.find((one) => one)?.api;
  if (api === undefined) return null;
  const { hiddenEnd } = providerOf(api);
  const ended = hiddenEnd !== undefined && hasLine(whole, hiddenEnd);
  const others = between - (ended ? letters(hiddenEnd) : 0);
  const paths = new Map(found.flatMap((one) => (one?.path ? [[one.path.join('\0'), one.path] as const] : [])));
  const wrapped = paths.size > 0;
  const onlyEvents = mayBeOnlyEvents && others <= 0 && !wrapped;
  let [lost, respelled] = [0, 0];
  const events = objects.flatMap((object, at): readonly LogPiece[] => {
    const event = found[at];
    const own = event?.path === undefined;
    const text = event?.text ?? (onlyEvents ? alone(object) : wrappedAt(object.value, [...paths.values()]));
    if (text === null) return [];
    lost += object.lost;
    const inner = own ? null : eventAt(object.value, event.path);
    const sent = sentText(api, text);
    if (sent !== text) respelled++;
    return [{ text: sent, time: (own && !wrapped ? null : timeOf(object.value, inner)) ?? object.time }];
  });
  if (lost > 0) throw notWhole(api, lost);
  const repaired = [`${how} ${objects.length === 1 ? 'It was' : 'They were'} put back into the framing of the API.`];
  if (wrapped) repaired.push('Each event stood in a record of another program, which was taken off.');
  if (respelled > 0) repaired.push('An SDK had spelled members in its own way, or added some; they were turned back.');
  const left = objects.length - events.length;
  if (left > 0) repaired.push(`${countedRecords(left)} no event of the API ${left === 1 ? 'was' : 'were'} left out.`);
  if (cut !== undefined) repaired.push(cut);
  if (others > 0) repaired.push(`${others} characters between the objects were left out.`);
  const { parts, addedEnd } = framed(events, api, ended);
  if (addedEnd !== undefined)
    repaired.push(`${addedEnd} was added at the end: SDKs read it and do not give it to programs.`);
  const bytes = utf8(textOfParts(parts));
  const timed = readsOfParts(parts) ?? undefined;
  return { api, framing: providerOf(api).framing, bytes, events: events.length, format, repaired, timed };
}

/** In the spelling of the API. */
function sentText(api: Api, text: string): string {
  const { asSent } = providerOf(api);
  const sent = asSent?.(JSON.parse(text) as JsonObject) ?? null;
  return sent === null ? text : JSON.stringify(sent);
}

const notWhole = (api: Api, lost: number): ImportError =>
  new ImportError(
    'not-whole',
    `These are events of the API ${api} as a program printed them, and ${lost === 1 ? 'one value was' : `${lost} values were`} not printed, only what stands for them ([Object], <…>). Print JSON.stringify(event) or event.model_dump_json() instead, or keep the bytes of the response.`,
  );

const textOfParts = (parts: readonly LogPiece[]): string => parts.map(({ text }) => text).join('');

const hasLine = (text: string, line: string): boolean =>
  text.split('\n').some((one) => one.trim() === line || one.trim() === `data: ${line}`);

/** As many characters of it as `others` counts. */
const letters = (text: string): number => text.replace(/[\s,[\]]+/g, '').length;

/** An object that says nothing of its API; what has a snapshot the helpers of an SDK made, and no server sent. */
const alone = ({ value, text }: TopLevelObject): string | null =>
  Object.hasOwn(value, 'snapshot') ? null : oneLine(text);

/** What stands where the others have their event is one, though it says nothing of its API. */
function wrappedAt(value: JsonObject, paths: readonly (readonly string[])[]): string | null {
  const inner = paths.map((path) => eventAt(value, path)).find((one) => one !== null);
  return inner ? JSON.stringify(inner) : null;
}

/** Line ends stand between tokens only, so that the numbers stay as they are written. */
const oneLine = (text: string): string =>
  text
    .split('\n')
    .map((line) => line.trim())
    .join('');

interface FoundEvent {
  readonly api: Api;
  readonly strong: boolean;
  readonly text: string;
  /** The members that lead to it; absent where the object is the event. */
  readonly path?: readonly string[];
}

/** The event that an object is, or holds. */
function eventIn({ value, text }: Pick<TopLevelObject, 'value' | 'text'>): FoundEvent | null {
  const own = signOf(value);
  if (own?.strong) return { ...own, text: oneLine(text) };
  const inner = innerEvent(value, []);
  if (inner) return inner;
  return own && { ...own, text: oneLine(text) };
}

function innerEvent(value: JsonObject, under: readonly string[]): FoundEvent | null {
  if (under.length === MAX_WRAPPERS) return null;
  for (const [name, field] of Object.entries(value)) {
    const object = objectOf(field) ?? objectIn(stringOf(field));
    if (object === null) continue;
    const path = [...under, name];
    const sign = signOf(object);
    if (sign?.strong) return { ...sign, text: JSON.stringify(object), path };
    const inner = innerEvent(object, path);
    if (inner) return inner;
  }
  return null;
}

/** Events have a type, or members of an API; a record's own values there are no objects. */
function eventAt(value: JsonObject, path: readonly string[]): JsonObject | null {
  return path.reduce<JsonObject | null>((object, name) => {
    const field = object?.[name];
    return objectOf(field) ?? objectIn(stringOf(field));
  }, value);
}

/** A text field may hold the event as JSON, or as the line of the stream. */
function objectIn(text: string | null): JsonObject | null {
  const json = /^(?:event: ?[^\n]*\n)?(?:data: ?)?(\{.*\})\s*$/s.exec(text ?? '')?.[1];
  if (json === undefined) return null;
  try {
    return objectOf(parsedJson(json));
  } catch {
    return null;
  }
}

function signOf(json: JsonObject): { readonly api: Api; readonly strong: boolean } | null {
  const facts = factsOfJson(json);
  const owner = ownerOf(facts, PROVIDERS.values());
  if (owner) return { api: owner.id, strong: true };
  const likely = [...PROVIDERS.values()].find(({ detect }) => detect(facts));
  return likely ? { api: likely.id, strong: false } : null;
}

/** Whether an object is an event of a stream beyond doubt. */
export const isEvent = (value: JsonObject): boolean =>
  isRealtime(value, factsOfJson(value)) || (signOf(value)?.strong === true && !isAnswer(value));

/** Whether an object is an answer that was not streamed. */
export const isAnswer = (value: JsonObject): boolean =>
  [...PROVIDERS.values()].some(({ eventsOfAnswer }) => Boolean(eventsOfAnswer?.(value)));

/** Whether a list is one of events, or of records that each hold one. */
export function holdsEvents(list: readonly unknown[]): boolean {
  if (list.length < 2) return false;
  const objects = list.filter((item) => objectOf(item) !== null) as readonly JsonObject[];
  const events = objects.filter((value) => {
    const event = eventIn({ value, text: '' });
    return event?.strong === true && !isAnswer(eventAt(value, event.path ?? []) ?? value);
  }).length;
  return events > 0 && events * 2 >= list.length;
}

function answerStream(value: JsonObject): BodyStream | null {
  for (const { id: api, eventsOfAnswer } of PROVIDERS.values()) {
    const events = eventsOfAnswer?.(value);
    if (!events) continue;
    return {
      api,
      framing: providerOf(api).framing,
      bytes: utf8(
        textOfParts(
          framed(
            events.map((event) => ({ text: JSON.stringify(event), time: null })),
            api,
          ).parts,
        ),
      ),
      events: events.length,
      format: { id: 'json-answer', label: 'an answer that was not streamed' },
      repaired: [
        'The answer was not streamed: it was one JSON object. It is shown as the events that a stream would have brought.',
      ],
    };
  }
  return null;
}

/**
 * Events in the framing of their API. An end that SDKs keep to themselves is added where an event finishes an answer, or where the
 * text had it (`ended`).
 */
function framed(
  events: readonly LogPiece[],
  api: Api,
  ended = false,
): { readonly parts: readonly LogPiece[]; readonly addedEnd?: string } {
  const { framing, hiddenEnd } = providerOf(api);
  if (framing !== 'sse') return { parts: events.map(({ text, time }) => ({ text: `${text}\n`, time })) };
  const parts = events.map(({ text, time }) => {
    const type = stringOf(objectOf(JSON.parse(text))?.['type']);
    return { text: `${type === null ? '' : `event: ${type}\n`}data: ${text}\n\n`, time };
  });
  const finished = ended || events.some(({ text }) => /"finish_reason":\s*"/.test(text));
  if (hiddenEnd === undefined || !finished) return { parts };
  const end = { text: `data: ${hiddenEnd}\n\n`, time: events.at(-1)?.time ?? null };
  return { parts: [...parts, end], ...(!ended && { addedEnd: hiddenEnd }) };
}
