/**
 * Errors as servers put them on the wire. Each API has one shape of its own; what compatible servers, gateways and
 * frameworks send instead is read here, so that an error is one whatever it looks like.
 */
import { gatewayText } from '../framing/broken-data.ts';
import type { WireOutcome } from '../model/messages.ts';
import { arrayOf, objectOf, parseJson, stringOf, type JsonObject } from '../json/json-object.ts';

export interface Fault {
  readonly message: string;
  readonly type: string | null;
  readonly code: string | null;
}

/** Fields that hold the sentence, the likeliest first: OpenAI and Anthropic; TGI and LangChain; FastAPI; MiniMax, Baidu; others. */
const SENTENCES = [
  'message',
  'error_message',
  'error_msg',
  'error_description',
  'errorMessage',
  'detail',
  'details',
  'text',
  'msg',
  'status_msg',
  'reason',
  'title',
  'Message',
  'faultstring',
] as const;
/** Other names of the member that holds an error: Apigee's, Python's, Go's and .NET's habits. */
const ERROR_FIELDS = ['fault', 'exception', 'err', 'Error'] as const;
/** Words of a type, an object or a status that say of an event that it is an error. */
const ERROR_WORDS: ReadonlySet<unknown> = new Set(['error', 'failed', 'failure', 'exception']);
/** Whether the name of an event says that it is an error. */
export const isErrorName = (name: string): boolean => ERROR_WORDS.has(name);
const CODES = ['code', 'error_code', 'errorCode', 'status_code', 'statusCode', 'status'] as const;
const TYPES = ['type', 'error_type', 'errorType'] as const;
/** Codes by which servers say that all is well. */
const FINE = new Set<unknown>([0, '0', 200, '200', 'ok', 'OK', 'success', 'SUCCESS', 'Success', '', null, undefined]);
/** An error without a sentence of its own. */
const NO_MESSAGE = 'The provider sent an error without a message.';

/** What an error says, in any of the shapes in use: an object, a list, a bare sentence, or the event itself. */
export function faultOf(error: unknown): Fault {
  if (typeof error === 'number') return { message: NO_MESSAGE, type: null, code: String(error) };
  const object = objectOf(error) ?? inText(error);
  if (!object) return { message: sentenceOf(error, 0) ?? NO_MESSAGE, type: null, code: null };
  const inner = objectOf(object['error']) ?? inText(object['error']) ?? inText(object['message']);
  if (inner) {
    const { message, type, code } = faultOf(inner);
    return { message, type: type ?? firstText(object, TYPES), code: code ?? firstText(object, CODES) };
  }
  const type = firstText(object, TYPES);
  return {
    message: sentenceOf(object, 0) ?? NO_MESSAGE,
    type: type ?? firstText(object, ['error_type']),
    code: firstText(object, CODES),
  };
}

/** The error that a sentence is as JSON text: of the server behind a gateway, which wraps what it was told. */
function inText(sentence: unknown): JsonObject | null {
  const text = stringOf(sentence)?.trim() ?? '';
  if (!text.startsWith('{') && !text.startsWith('[')) return null;
  const value = parseJson(text);
  const error = objectOf(Array.isArray(value) ? value[0] : value);
  return error && sentenceOf(error, 0) !== null ? error : null;
}

function firstText(object: JsonObject, names: readonly string[]): string | null {
  for (const name of names) {
    const value = object[name];
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

/** Errors hide within errors. */
function sentenceOf(value: unknown, depth: number): string | null {
  if (typeof value === 'string') return value === '' ? null : value;
  if (depth > 4) return null;
  if (Array.isArray(value)) {
    const sentences = value.map((item) => sentenceOf(item, depth + 1)).filter((sentence) => sentence !== null);
    return sentences.length > 0 ? sentences.join(' ') : null;
  }
  const object = objectOf(value);
  if (!object) return null;
  for (const name of ['error', ...SENTENCES, ...ERROR_FIELDS, 'errors']) {
    const sentence = sentenceOf(object[name], depth + 1);
    if (sentence !== null) return sentence;
  }
  const data = objectOf(object['data']);
  return data && sentenceOf(data, depth + 1);
}

/**
 * The error that an event is, although it does not stand where its API puts errors; null when it is none. Only for events
 * that say nothing else: a chunk with choices, or an event of a type that its API knows, may have a `detail` of its own.
 */
export function strayFault(data: JsonObject): Fault | null {
  const { error, object, type, status } = data;
  if (error === true) return faultOf({ ...data, error: undefined });
  if (error) return errorField(data, error);
  const named =
    ERROR_FIELDS.find((name) => stringOf(data[name]) || objectOf(data[name])) ??
    // Amazon's SDKs give an exception of a stream as a member of its own.
    Object.keys(data).find((name) => /^[a-z]\w*(?:Exception|Error)$/.test(name) && objectOf(data[name]));
  if (named !== undefined) return errorField(data, data[named]);
  if (object === 'error' || ERROR_WORDS.has(type) || ERROR_WORDS.has(status) || data['success'] === false)
    return faultOf(data);
  if (arrayOf(data['errors']).length > 0 || stringOf(data['errors'])) return faultOf(data);
  // MiniMax and others send a status with each event, which says nothing as long as it is 0.
  const base = objectOf(data['base_resp']);
  if (base && !FINE.has(base['status_code'])) return faultOf(base);
  const code = ['error_code', 'errorCode', 'status_code', 'statusCode', 'code'].find((name) => !FINE.has(data[name]));
  const sentence = sentenceOf(data, 0);
  if (sentence === null) return null;
  if (code !== undefined || isFailure(status)) return faultOf(data);
  if (['error_message', 'error_msg', 'errorMessage', 'error_description'].some((name) => stringOf(data[name])))
    return faultOf(data);
  // FastAPI and Spring: nothing but the sentence, or a sentence beside the status.
  return data['detail'] !== undefined || data['details'] !== undefined || onlySentence(data) ? faultOf(data) : null;
}

/** A status of HTTP that says that a request failed. */
const isFailure = (status: unknown): boolean => typeof status === 'number' && status >= 400 && status <= 599;

/** The error that an object outside of any event is. */
const faultIn = (value: JsonObject): Fault | null =>
  value['error'] ? errorField(value, value['error']) : strayFault(value);

/** The `error` member of an event, with what stands beside it where the member itself has less. */
export function errorField(data: JsonObject, error: unknown): Fault {
  const { message, type, code } = faultOf(error);
  return {
    message: message === NO_MESSAGE ? (sentenceOf({ ...data, error: undefined }, 0) ?? message) : message,
    type: type ?? firstText(data, ['error_type', 'errorType']),
    code: code ?? firstText(data, ['error_code', 'errorCode', 'code', 'status_code', 'statusCode', 'status']),
  };
}

function onlySentence(data: JsonObject): boolean {
  const names = Object.keys(data);
  return (
    names.length <= 3 &&
    ['message', 'msg', 'status_msg', 'Message'].some((name) => stringOf(data[name])) &&
    !('type' in data)
  );
}

/** As servers and gateways say that a request failed, in a sentence of their own: Envoy, Cloudflare, Go, nginx and others. */
const FAILURE =
  /^(?:error code: [45]\d\d$|internal server error\b|bad gateway\b|gateway time-?out\b|service (?:temporarily )?unavailable\b|too many requests\b|rate limit (?:exceeded|reached)\b|upstream (?:connect error|request timeout|timed out|error)\b|no healthy upstream\b|stream timeout\b|stream error: |read tcp |connection (?:reset|refused|closed by)\b|unexpected EOF$|upstream prematurely closed\b|http: proxy error: |context (?:canceled|deadline exceeded)\b|unauthorized$|overloaded$)/i;
const NAMED_ERROR = /^(?:\[error\]:?|error:)\s*(.+)$/is;
/** A longer text is content, or a log. */
const MAX_SENTENCE = 500;

/** What languages print of an exception: its name, and what it says. */
const EXCEPTION = /^(?:(?:[a-zA-Z_]\w*\.)*[A-Z]\w*(?:Error|Exception)|panic): \S/;
const TRACEBACK = /^Traceback \(most recent call last\):/;
/** An object as Python prints it. */
const PRINTED = /^\{\s*'(?:error|detail|message)'\s*:/;

/** The error that a bare sentence is, or a list of errors, in the place of an event's JSON. */
export function textFault(value: unknown): Fault | null {
  // Google puts an error into a list where it streams a list.
  if (Array.isArray(value)) return objectOf(objectOf(value[0])?.['error']) ? faultOf(value[0]) : null;
  const text = stringOf(value)?.trim() ?? '';
  if (TRACEBACK.test(text)) return { message: text.slice(text.lastIndexOf('\n') + 1).trim(), type: null, code: null };
  if (PRINTED.test(text)) {
    const message = /'(?:message|detail|error)'\s*:\s*(?:'([^']*)'|"([^"]*)")/.exec(text);
    return { message: message?.[1] ?? message?.[2] ?? text.slice(0, MAX_SENTENCE), type: null, code: null };
  }
  if (text === '' || text.length > MAX_SENTENCE) return null;
  const named = NAMED_ERROR.exec(text)?.[1];
  if (named === undefined && !FAILURE.test(text) && !EXCEPTION.test(text)) return null;
  const { message, type, code } = faultOf(named === undefined ? text : (parseJson(named) ?? named));
  return { message, type, code: code ?? /\b([45]\d\d)\b/.exec(text)?.[1] ?? null };
}

/** Lines of broken data, and objects at its end, that may be an error. */
const MAX_TRIES = 16;

/**
 * The error in data that is no JSON as a whole: behind an event that was cut or not closed, or before a terminator. `raw`: its object, or
 * its sentence.
 */
export function faultWithin(data: string): (Fault & { readonly raw: JsonObject | string }) | null {
  for (const [at, one] of data.split('\n', MAX_TRIES).entries()) {
    const line = one.trim().replace(/^(?:data: ?)+/, '');
    if (at > 0 && line.length <= MAX_SENTENCE && FAILURE.test(line)) return { ...textFault(line)!, raw: line };
    const value = objectOf(parseJson(line));
    const fault = value && !Array.isArray(value['choices']) ? (failedResponse(value) ?? faultIn(value)) : null;
    if (value && fault) return { ...fault, raw: value };
  }
  // On one line with what it cut short: only what is an error beyond doubt.
  const gateway = gatewayText(data.replace(/^(?:[a-z]+:.*\n)*data: ?/, ''))?.text;
  if (gateway !== undefined) return { ...textFault(gateway)!, raw: gateway };
  let at = data.length;
  for (let tries = 0; tries < MAX_TRIES && at > 0; tries++) {
    at = data.lastIndexOf('{', at - 1);
    if (at <= 0) return null;
    const value = objectOf(parseJson(data.slice(at)));
    const fault = value && (failedResponse(value) ?? (value['error'] ? errorField(value, value['error']) : null));
    if (value && fault) return { ...fault, raw: value };
  }
  return null;
}

/** The error of a Response that failed. */
function failedResponse({ type, response }: JsonObject): Fault | null {
  return type === 'response.failed' ? faultOf(objectOf(response)?.['error'] ?? null) : null;
}

export type Outside = NonNullable<WireOutcome['errors'][number]['outside']>;

export interface OutsideFault extends Fault {
  readonly outside: Outside;
  readonly raw: unknown;
}

/**
 * Lines between events, which the standard ignores, and what is left when the body ends: where servers and gateways put an
 * error when they do not know that they are in a stream. A page or an object may take many lines.
 */
export class OutsideLines {
  #object = '';
  #page = false;
  /** The first line of a page, until its title is there. */
  #untitled: string | null = null;

  /** The lines before were the last of their kind: an error that they have not told yet. */
  event(): OutsideFault | null {
    this.#object = '';
    this.#page = false;
    return this.#untitledPage();
  }

  #untitledPage(): OutsideFault | null {
    if (this.#untitled === null) return null;
    const fault = page(this.#untitled);
    this.#untitled = null;
    return fault;
  }

  /** A line that is none of the four fields, without its line end. */
  line(text: string): OutsideFault | null {
    const line = text.trim();
    if (this.#untitled !== null) return this.#goOn(line);
    const field = /^(error|exception):\s?(.*)$/s.exec(line);
    if (field) return outsideFault(field[2]!, field[1] === 'error' ? 'error-field' : 'other-field');
    const other = /^[\w-]{1,60}:\s?(\{.*)$/s.exec(line)?.[1];
    const within = other === undefined ? null : objectOf(parseJson(other));
    const said = within && faultIn(within);
    if (said) return { ...said, outside: 'other-field', raw: within };
    if (!this.#page && this.#object === '' && FAILURE.test(line) && line.length <= MAX_SENTENCE)
      return { ...textFault(line)!, outside: 'bare-text', raw: line };
    if (!this.#page && this.#object === '' && isPage(line)) {
      this.#page = true;
      this.#untitled = line;
      return this.#goOn(line);
    }
    if (this.#page || (this.#object === '' && !line.startsWith('{'))) return null;
    this.#object += `${line}\n`;
    const value = objectOf(parseJson(this.#object));
    if (!value) return this.#cut();
    this.#object = '';
    const fault = strayFault(value);
    return fault && { ...fault, outside: 'bare-json', raw: value };
  }

  /** A line of a page that has told nothing yet: its title, or where none can come any more. */
  #goOn(line: string): OutsideFault | null {
    if (!TITLE.test(line) && !/<\/(?:head|html)>/i.test(line)) return null;
    this.#untitled = null;
    return page(line);
  }

  /** What no blank line closed: the last event, or the last line. */
  unfinished(text: string): OutsideFault | null {
    if (this.#untitled !== null) return this.#goOn(text) ?? this.#untitledPage();
    const last = text.trim().replace(/^\uFEFF/, '');
    if (last.startsWith('error:')) return this.line(last);
    const value = objectOf(parseJson(last.replace(/^data:\s?/, '')));
    if (value) {
      const fault = value['error'] || !Array.isArray(value['choices']) ? faultIn(value) : null;
      if (!fault) return null;
      return { ...fault, outside: last.startsWith('{') ? 'bare-json' : 'unfinished', raw: value };
    }
    // Behind an event that was cut before it.
    const within = faultWithin(last);
    return within ? { ...within, outside: 'unfinished' } : this.line(last);
  }

  /** A remark is cut to a length: of a longer error the sentence is taken from what there is. */
  #cut(): OutsideFault | null {
    if (this.#object.length > MAX_OBJECT_CHARS) this.#object = '';
    const start = /^\{\s*"(?:error|detail)"/.test(this.#object);
    if (!start || this.#object.length < CUT_CHARS) return null;
    const sentence = /"(?:message|error|detail)"\s*:\s*"((?:[^"\\]|\\.)*)/.exec(this.#object)?.[1];
    const raw = this.#object;
    this.#object = '';
    return sentence === undefined
      ? null
      : { message: unescaped(sentence), type: null, code: null, outside: 'bare-json', raw };
  }
}

/** Lines of one object; no error is longer. */
const MAX_OBJECT_CHARS = 64 * 1024;
/** What comes as one line of so many characters was cut, see MAX_REMARK_CHARS. */
const CUT_CHARS = 1_000;

function unescaped(text: string): string {
  const value = parseJson(`"${text}"`);
  return typeof value === 'string' ? value : text;
}

const isPage = (line: string): boolean => /^<(?:!doctype html|html|head|body|center|h1)\b/i.test(line);

const TITLE = /<(?:title|h1)[^>]*>([^<]*)/i;

function page(line: string): OutsideFault {
  const title = TITLE.exec(line)?.[1]?.trim();
  return {
    message: title ? `An HTML page: ${title}` : 'The stream contains an HTML page.',
    type: 'html',
    code: title === undefined ? null : (/\b([45]\d\d)\b/.exec(title)?.[1] ?? null),
    outside: 'html',
    raw: line,
  };
}

/** The error that a page in the place of an event's JSON is: a gateway answered for the server. */
export const pageFault = (data: string): Fault | null => {
  const text = data.trim();
  if (!isPage(text)) return null;
  const { message, type, code } = page(text);
  return { message, type, code };
};

function outsideFault(text: string, outside: Outside): OutsideFault {
  const value = parseJson(text);
  return { ...faultOf(value === undefined ? text : value), outside, raw: value === undefined ? text : value };
}

/** An error that a server wrote into a comment, where nobody reads it: a sentence, or JSON with an error. `text`: without the colon. */
export function commentFault(text: string): OutsideFault | null {
  const said = text.trim();
  // Nearly all comments are heartbeats of a word.
  if (said.length < 5 || !/error|fault|exception|fail|gateway|upstream|unavailable|time/i.test(said)) return null;
  const value = said.startsWith('{') ? objectOf(parseJson(said)) : null;
  const fault = value ? faultIn(value) : textFault(said);
  return fault && { ...fault, outside: 'comment', raw: value ?? said };
}
