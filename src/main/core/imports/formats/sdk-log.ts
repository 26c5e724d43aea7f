/**
 * Debug logs of the openai and anthropic SDKs (OPENAI_LOG=debug, ANTHROPIC_LOG=debug, logLevel: 'debug'). They say that a request
 * was sent and answered; the body of a stream is in none of them (tried with openai 2.x and 7.x, anthropic 1.x). A program that
 * prints its events between the lines of the log has them after all, and the log has the heads.
 */
import { objectOf, stringOf, type JsonObject } from '../../../../shared/json/json-object.ts';
import { ImportError, utf8, type ImportedExchange, type ImportFormat } from '../imported.ts';
import { printedObjects } from '../printed.ts';

const PYTHON = /^\[[\d :,-]+ - [\w.]+:\d+ - [A-Z]+\] /;
const JAVASCRIPT = /^\[log_[0-9a-f]{6}(?:, [^\]]*)?\] /;
const IS_PYTHON = /^\[[\d :,-]+ - (?:openai|anthropic)\._base_client:\d+ - (?:DEBUG|INFO)\] /m;
const IS_JAVASCRIPT =
  /^\[log_[0-9a-f]{6}\] (?:sending request|response (?:start|parsed|error)|(?:get|post|put|delete) http)/m;
/** What the openai SDK writes beside its own lines. */
const ALSO_JAVASCRIPT = /^response \d{3} \S+ Headers \{$/;
const LOOKED_AT = 64 * 1024;
/** Events that a program printed. */
const EVENTS = /^(?:event|data): ?\S|\{"|^\{|b'(?:event|data):|^\[?[A-Z]\w*\(/m;

export const sdkLog: ImportFormat = {
  id: 'sdk-log',
  label: 'a debug log of an SDK',
  recognizes: ({ text }) => IS_PYTHON.test(text.slice(0, LOOKED_AT)) || IS_JAVASCRIPT.test(text.slice(0, LOOKED_AT)),
  read: ({ text }) => {
    const exchanges = exchangesIn(text).flatMap(exchangeOf);
    if (exchanges.length > 0) return exchanges;
    throw new ImportError(
      'no-body',
      'This is a debug log of an SDK. It says that a request was sent and answered, but SDKs never log the bytes of a stream. Record the response with curl -N -i, with a proxy such as mitmproxy, or with Tracelane itself.',
    );
  },
};

interface Logged {
  method: string;
  url: string;
  sentHeaders: JsonObject;
  body: JsonObject | null;
  status: number;
  statusText: string;
  headers: JsonObject;
  /** Lines between those of the log. */
  readonly printed: string[];
}

const nothing = (): Logged => ({
  method: 'POST',
  url: '',
  sentHeaders: {},
  body: null,
  status: 0,
  statusText: '',
  headers: {},
  printed: [],
});

function exchangesIn(text: string): readonly Logged[] {
  const exchanges: Logged[] = [];
  let now = nothing();
  let block: string[] | null = null;
  const told = (record: string): void => {
    if (now.status > 0 && SENT.test(record)) {
      exchanges.push(now);
      now = nothing();
    }
    note(now, record);
  };
  for (const line of text.split(/\r?\n/)) {
    if (block !== null) {
      block.push(line);
      if (!line.startsWith('}')) continue;
      told(block.join('\n'));
      block = null;
    } else if ((JAVASCRIPT.test(line) || ALSO_JAVASCRIPT.test(line)) && line.endsWith('{')) block = [line];
    else if (PYTHON.test(line) || JAVASCRIPT.test(line)) told(line);
    else now.printed.push(line);
  }
  return [...exchanges, now];
}

/** What begins a request. */
const SENT = /\] (?:sending request|Request options:|Building HTTP request:|Sending HTTP Request:)/;
const PYTHON_SENT = /\] Sending HTTP Request: ([A-Z]+)(?: (\S+))?/;
const PYTHON_GOT = /\] HTTP Response: [A-Z]+ (?:(\S+) )?"?(\d{3})(?: ([^"]*))?"?(?: Headers\(|$)/;

/** Adds what a record says. */
function note(now: Logged, record: string): void {
  const [, method, url] = PYTHON_SENT.exec(record) ?? [];
  if (method !== undefined) now.method = method;
  if (url !== undefined) now.url = url;
  const got = PYTHON_GOT.exec(record);
  if (got) {
    now.url = got[1] ?? now.url;
    now.status = Number(got[2]);
    now.statusText = got[3] ?? '';
    now.headers = objectIn(record, 'Headers(')?.value ?? {};
  } else if (record.includes('] Request options: ')) {
    const sent = objectIn(record, '] Request options: ');
    now.body = objectOf(sent?.value['json_data']);
  } else if (record.includes('] sending request')) {
    const { value = {}, lost = 0 } = objectIn(record, '] sending request ') ?? {};
    now.method = (stringOf(value['method']) ?? now.method).toUpperCase();
    now.url = stringOf(value['url']) ?? now.url;
    now.sentHeaders = objectOf(value['headers']) ?? {};
    const body = objectOf(objectOf(value['options'])?.['body']);
    // Newer versions say its length alone, and console.log leaves out what is nested.
    now.body = lost === 0 && body?.['model'] !== undefined ? body : null;
  } else if (/\] response (?:start|error) /.test(record)) {
    const { value = {} } = objectIn(record, '{', 0) ?? {};
    now.status = typeof value['status'] === 'number' ? value['status'] : now.status;
    now.headers = objectOf(value['headers']) ?? {};
  }
}

const objectIn = (record: string, after: string, skip = after.length) => {
  const at = record.indexOf(after);
  return at < 0 ? undefined : printedObjects(record.slice(at + skip))[0];
};

function exchangeOf({
  method,
  url,
  sentHeaders,
  body,
  status,
  statusText,
  headers,
  printed,
}: Logged): readonly ImportedExchange[] {
  const text = printed.join('\n');
  const has = EVENTS.test(text);
  // That an error came is what there is to know of it.
  if (!has && (status < 400 || url === '')) return [];
  const lines = (object: JsonObject) => Object.entries(object).map(([name, value]) => [name, String(value)] as const);
  return [
    {
      reads: [{ tNs: 0, bytes: utf8(has ? `${text.trim()}\n\n` : '') }],
      timed: false,
      request: { ...(url !== '' && { head: { method, url, headers: lines(sentHeaders) } }), ...(body && { body }) },
      ...(status > 0 && { response: { status, statusText, headers: lines(headers), tNs: 0 } }),
      repaired: has ? ['The body is what the program printed between the lines of the log; the SDK logs none.'] : [],
    },
  ];
}
