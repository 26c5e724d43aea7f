/**
 * Exchanges in JSON of any shape: what API clients, mocking libraries, batch results and observability services keep. A body is known
 * by what it holds; the heads and the request are looked for around it, under the names that programs give them.
 */
import { arrayOf, objectOf, stringOf, type JsonObject } from '../../../../shared/json/json-object.ts';
import { topLevelObjects } from '../../../../shared/json/top-level.ts';
import type { HttpHead } from '../../../../shared/model/trace.ts';
import { holdsEvents, isAnswer, isEvent } from '../body-stream.ts';
import { utf8, type ImportedExchange, type ImportedFile, type ImportFormat } from '../imported.ts';
import { jsonOf } from '../http-head.ts';

type Headers = HttpHead['headers'];

/** Levels between the file and a body. */
const MAX_DEPTH = 16;
/** Values that are looked at; a file of more is read as far as that. */
const MAX_VALUES = 2_000_000;
const MAX_EXCHANGES = 100_000;

const found = new WeakMap<ImportedFile, readonly ImportedExchange[]>();

export const jsonExchanges: ImportFormat = {
  id: 'json-exchanges',
  label: 'a JSON record of exchanges',
  recognizes: (file) => {
    if (!/^\s*[[{]/.test(file.text.slice(0, 256))) return false;
    const exchanges = exchangesIn(file.text);
    found.set(file, exchanges);
    return exchanges.length > 0;
  },
  read: (file) => found.get(file) ?? exchangesIn(file.text),
};

/** None where the file is a list of events, or of pieces of a stream: it is one stream then. */
function exchangesIn(text: string): readonly ImportedExchange[] {
  const { objects } = topLevelObjects(text);
  const walk = new Walk();
  const whole = objects.length > 1 || text.trimStart().startsWith('[');
  for (const { value } of objects) {
    walk.look(value, [], whole);
    if (walk.over) return [];
  }
  const { bodies } = walk;
  if (bodies.length > 1 && bodies.some(({ complete, around }) => !complete && !isDescribed(around))) return [];
  return bodies.map(exchangeOf);
}

interface FoundBody {
  readonly bytes: Uint8Array;
  /** It is an answer by itself, and no piece of one. */
  readonly complete: boolean;
  /** The objects that it stands in, the nearest first. */
  readonly around: readonly JsonObject[];
  readonly repaired: readonly string[];
}

class Walk {
  readonly bodies: FoundBody[] = [];
  /** Events stand by themselves, or there is too much to look at. */
  over = false;
  #left = MAX_VALUES;

  /** `answers`: whether the object may be one of several answers. */
  look(value: JsonObject, around: readonly JsonObject[], answers: boolean): void {
    if (this.over || around.length > MAX_DEPTH) return;
    const answer = isAnswer(value);
    if (isEvent(value) || (answer && !answers)) {
      this.over = true;
      return;
    }
    if (answer) {
      this.#add(JSON.stringify(value), true, around);
      return;
    }
    const inner = [value, ...around];
    for (const [name, member] of Object.entries(value)) {
      if (--this.#left < 0 || this.bodies.length > MAX_EXCHANGES) this.over = true;
      if (this.over) return;
      this.#member(name, member, inner);
    }
  }

  #member(name: string, member: unknown, around: readonly JsonObject[]): void {
    const text = stringOf(member);
    if (text !== null) {
      const body = bodyIn(text);
      // Some keep a body as text and as bytes.
      const last = this.bodies.at(-1);
      const twice = body && last?.around[0] === around[0] && Buffer.from(last!.bytes).equals(utf8(body.text));
      if (body && twice !== true) this.#add(body.text, body.complete, around);
      return;
    }
    const object = objectOf(member);
    if (object !== null) {
      this.look(object, around, true);
      return;
    }
    const list = arrayOf(member);
    if (list.length === 0) return;
    if (REQUESTS.has(name)) return;
    if (holdsEvents(list)) this.#add(JSON.stringify(list), false, around);
    else if (list.length > 1 && list.every((item) => typeof item === 'string') && isStream(list.join('')))
      this.#add(list.join(''), false, around, [`It was a list of ${list.length} strings; they were put together.`]);
    else
      for (const item of list) {
        const one = objectOf(item);
        if (one !== null) this.look(one, around, true);
      }
  }

  #add(text: string, complete: boolean, around: readonly JsonObject[], repaired: readonly string[] = []): void {
    this.bodies.push({ bytes: utf8(text), complete, around, repaired });
  }
}

/** Two fields at least, or one and its blank line. */
const isStream = (text: string): boolean =>
  /^\s*(?::|(?:data|event|id|retry):)/.test(text) && (text.match(/^(?:data|event):/gm)?.length ?? 0) > 1;

/** A text that is a stream or an answer, as it is or in base64. */
function bodyIn(given: string): { readonly text: string; readonly complete: boolean } | null {
  if (given.length < 16) return null;
  const text =
    /^[A-Za-z0-9+/\s]+={0,2}\s*$/.test(given.slice(0, 1024)) && !given.includes(':') ? decoded(given) : given;
  if (text === null) return null;
  if (isStream(text)) return { text, complete: false };
  const json = /^\s*[[{]/.test(text) ? jsonOf(text) : undefined;
  const object = objectOf(json);
  if (object !== null && isAnswer(object)) return { text, complete: true };
  return holdsEvents(arrayOf(json)) ? { text, complete: false } : null;
}

function decoded(base64: string): string | null {
  const text = Buffer.from(base64, 'base64').toString();
  return text.includes('\uFFFD') ? null : text;
}

const RESPONSE_HEADERS = ['headers', 'header', 'responseHeaders', 'response_headers', 'rawHeaders'];
const STATUSES = ['status', 'statusCode', 'status_code', 'code', 'responseStatus', 'response_status'];
/** What a request is called where it stands beside its answer. */
const REQUESTS: ReadonlySet<string> = new Set([
  'request',
  'originalRequest',
  'req',
  'requestBody',
  'request_body',
  'input',
  'inputs',
  'messages',
  'prompt',
]);
const STARTS = ['startedDateTime', 'startTime', 'start_time', 'timestamp', 'recorded_at', 'created_at', 'createdAt'];

const isDescribed = (around: readonly JsonObject[]): boolean =>
  responseOf(around) !== undefined || requestIn(around) !== undefined;

function exchangeOf({ bytes, around, repaired }: FoundBody): ImportedExchange {
  const response = responseOf(around);
  const request = requestIn(around);
  const startedAt = around.map(startOf).find((time) => time !== undefined);
  return {
    reads: [{ tNs: 0, bytes }],
    timed: false,
    repaired,
    ...(request && { request }),
    ...(response && { response: { ...response, tNs: 0 } }),
    ...(startedAt !== undefined && { startedAt }),
  };
}

/** Of the two objects around a body: some keep it in an object of its own. */
function responseOf(around: readonly JsonObject[]): HttpHead | undefined {
  for (const object of around.slice(0, 2)) {
    const status = firstOf(object, STATUSES, statusIn);
    const headers = firstOf(object, RESPONSE_HEADERS, headersIn);
    if (status === undefined) continue;
    const statusText = stringOf(object['statusText'] ?? object['statusMessage'] ?? object['status_text']) ?? '';
    return { status, statusText, headers: headers ?? [] };
  }
  return undefined;
}

function requestIn(around: readonly JsonObject[]): ImportedExchange['request'] {
  for (const object of around) {
    for (const name of REQUESTS) {
      const request = objectOf(object[name]) ?? objectOf(jsonOf(stringOf(object[name])));
      if (request !== null) return requestOf(request, object) ?? { body: request };
    }
    const own = requestOf(object, object);
    if (own !== undefined) return own;
  }
  return undefined;
}

/** Undefined where the object has no address. `beside`: the object that holds it, where some keep the address. */
function requestOf(request: JsonObject, beside: JsonObject): ImportedExchange['request'] {
  const url = addressIn(request) ?? addressIn(beside);
  if (url === undefined) return undefined;
  const method = stringOf(request['method'] ?? beside['method']) ?? 'POST';
  // Of an object that is the exchange itself the headers are those of the answer.
  const headers = request === beside ? [] : (firstOf(request, ['headers', 'header'], headersIn) ?? []);
  const { body = request['data'] } = request;
  const inner = objectOf(body);
  const postData = objectOf(request['postData']);
  const sent = stringOf(body) ?? stringOf(inner?.['raw']) ?? stringOf(inner?.['text']) ?? stringOf(postData?.['text']);
  const json = request === beside ? undefined : sent === null ? (inner ?? undefined) : jsonOf(sent);
  return { head: { method, url, headers }, ...(json !== undefined && { body: json }) };
}

function addressIn(object: JsonObject): string | undefined {
  for (const name of ['url', 'uri', 'href', 'path']) {
    const value = object[name];
    const text = stringOf(value) ?? stringOf(objectOf(value)?.['raw']);
    if (text === null || !/^(?:https?:\/\/|\/)\S+$|^\{\{[^}]+\}\}\S+$/.test(text)) continue;
    const host = stringOf(object['host'] ?? object['scope']);
    if (!text.startsWith('/') || host === null) return text;
    const scheme = stringOf(object['scheme']) ?? 'https';
    return `${host.includes('://') ? host : `${scheme}://${host}`}${text}`;
  }
  return undefined;
}

function startOf(object: JsonObject): number | undefined {
  return firstOf(object, STARTS, (value) => {
    const time = typeof value === 'string' ? Date.parse(value) : NaN;
    return Number.isFinite(time) ? time : undefined;
  });
}

function firstOf<Value>(
  object: JsonObject,
  names: readonly string[],
  read: (value: unknown) => Value | undefined,
): Value | undefined {
  for (const name of names) {
    const value = object[name] === undefined ? undefined : read(object[name]);
    if (value !== undefined) return value;
  }
  return undefined;
}

function statusIn(value: unknown): number | undefined {
  const status = Number(objectOf(value)?.['code'] ?? (typeof value === 'string' ? /^\d{3}\b/.exec(value)?.[0] : value));
  return Number.isInteger(status) && status >= 100 && status < 600 ? status : undefined;
}

/** Pairs, objects with a name and a value, names and values in turn, or an object; perhaps in another object. */
function headersIn(value: unknown): Headers | undefined {
  const object = objectOf(value);
  if (object !== null) {
    const inner = object['headers'];
    if (Array.isArray(inner)) return headersIn(inner);
    return Object.entries(object).flatMap(([name, values]) =>
      [values].flat().flatMap((one) => (isPlain(one) ? [[name, String(one)] as const] : [])),
    );
  }
  const list = arrayOf(value);
  if (list.length === 0) return undefined;
  if (list.every((item) => typeof item === 'string'))
    return list.flatMap((name, at) => (at % 2 === 0 ? [[name, String(list[at + 1] ?? '')] as const] : []));
  return list.flatMap((item) => {
    const { name, key, value: given } = objectOf(item) ?? {};
    const [first, second] = arrayOf(item);
    const [field, content] = Array.isArray(item) ? [first, second] : [name ?? key, given];
    return typeof field === 'string' && isPlain(content) ? [[field, String(content)] as const] : [];
  });
}

const isPlain = (value: unknown): value is string | number | boolean =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
