/**
 * What a body is that holds no event, told from its bytes and its head: one answer for the ending of a trace, for a refused
 * import and for the command line.
 */
import { brokenData } from '../framing/broken-data.ts';
import { framingOf } from '../framing/detect.ts';
import { FRAMINGS } from '../framing/registry.ts';
import { AROUND, strayLine, type Around } from '../framing/stray-line.ts';
import { lossyText } from '../framing/utf8.ts';
import { objectOf, parseJson, stringOf, type JsonObject } from '../json/json-object.ts';
import { parsePartial, PythonJsonError } from '../json/partial-json.ts';
import { toPlain } from '../json/python-value.ts';
import { topLevelObjects } from '../json/top-level.ts';
import type { Framing } from '../model/stream.ts';
import { binaryKind } from '../text/binary.ts';
import { faultOf, strayFault } from '../wire/faults.ts';
import { foreignOf } from './foreign.ts';
import type { ProviderDefinition } from './provider.ts';
import { PROVIDERS } from './registry.ts';
import { factsOfJson, ownerOf, wrappedEvent } from './wrapped.ts';

export interface BodyKind {
  readonly kind:
    | 'stream'
    | 'html'
    | 'json-error'
    | 'json-answer'
    | 'json-object'
    | 'json-array'
    | 'wrapped-events'
    | 'http-message'
    | 'chunk-sizes'
    | 'lines-around'
    | 'python-values'
    | 'base64'
    | 'hex-dump'
    | 'compressed'
    | 'utf-16'
    | 'binary'
    | 'text';
  /** As a noun phrase: `an HTML page`. */
  readonly what: string;
  /** What probably did it, as a sentence. */
  readonly cause?: string;
  /** The next step, as sentences; absent where it is but to ask for a stream, and save it as it comes. */
  readonly step?: string;
  /** Of a stream: how it is cut. */
  readonly framing?: Framing;
  /** The sentence of an error. */
  readonly says?: string;
}

/** What a body says, as a sentence of its own. */
export const saysSo = (says: string): string => `It says: ${says}${/[.!?…]["'”]?$/.test(says) ? '' : '.'}`;

/** What the head of a response says of its body, null where it says nothing. */
export interface BodyHead {
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
}

const NO_HEAD: BodyHead = { contentType: null, contentEncoding: null };
/** The beginning tells it. */
const LOOKED_AT = 16 * 1024;
const MAX_LINES = 200;
const NOTHING = new Uint8Array(0);
const AS_SENT = 'Save the response exactly as the server sends it, as "curl -N" gives it.';
const XML = /^<(?:\?xml\b|[a-z][\w:.-]*(?:\s|>))/i;
const PAGE =
  /^(?:<!--[^]{0,2000}?-->\s*)?(?:<!doctype html|<html|<head|<body|<title|<center|<h1|<\?xml[^>]*>\s*<html)/i;
const ENCODED: Readonly<Record<string, string>> = { br: 'Brotli', gzip: 'gzip', deflate: 'deflate', zstd: 'Zstandard' };

/**
 * Null for one that is empty, and for text that is cut out of a stream of the framing that is `expected`: comments, an event
 * or a line that is cut. `bytes`: the first of the body.
 */
export function bodyKind(bytes: Uint8Array, head: BodyHead = NO_HEAD, expected: Framing = 'sse'): BodyKind | null {
  const start = bytes.subarray(0, LOOKED_AT);
  const shown = framingOf(null, start);
  const text = lossyText(start)
    .replace(/^\uFEFF/, '')
    .trimStart();
  const kind = isHttp(text)
    ? httpMessage(text, expected)
    : shown === 'aws-eventstream' || holdsMessages(start)
      ? streamOf('aws-eventstream')
      : (binaryBody(binaryKind(start), head) ?? textKind(text, expected) ?? laterKind(text, shown, head, expected));
  return kind?.kind === 'stream' && kind.framing === expected ? null : kind;
}

const isHttp = (text: string): boolean => /^HTTP\/\d(?:\.\d)? \d{3}|^\* [A-Z][^\n]*\n/.test(text);

/** Text that does not begin as anything that has a name: the header may know more. */
function laterKind(text: string, shown: Framing | null, { contentType }: BodyHead, expected: Framing): BodyKind | null {
  if (text === '' || (expected === 'json-lines' && text.startsWith('{'))) return null;
  if (shown !== null) return streamOf(shown);
  const said = contentType === null ? null : framingOf(contentType, NOTHING);
  if (said !== null && said !== 'sse') return streamOf(said);
  return { kind: 'text', what: 'plain text', ...saying(text) };
}

const MAX_SAYS = 200;
/** What a text says, on one line; nothing where it says nothing, or more than a sentence. */
function saying(text: string | undefined): Pick<BodyKind, 'says'> {
  const line = text?.trim().replaceAll(/\s+/g, ' ') ?? '';
  return line === '' || line.length > MAX_SAYS ? {} : { says: line };
}

/** A stream of another framing than the one that was asked for, or of the same where nothing in it can be read. */
function streamOf(framing: Framing): BodyKind {
  const labels = [...PROVIDERS.values()].filter((one) => one.framing === framing).map(({ label }) => label);
  const { body } = FRAMINGS[framing].words;
  return {
    kind: 'stream',
    what: body,
    framing,
    step: `The base URL and the API do not fit together: ${body} is what these send: ${labels.join('; ')}. Choose the API that the server speaks.`,
  };
}

/** Names of headers that each message of Amazon's event stream has, although none of them can be read. */
const holdsMessages = (bytes: Uint8Array): boolean =>
  bytes[0] === 0 && /:(?:message|event|exception)-type\b/.test(lossyText(bytes.subarray(0, 1024)));

function binaryBody(what: string | null, { contentType, contentEncoding }: BodyHead): BodyKind | null {
  if (what === null) return null;
  const encoding = (contentEncoding ?? '')
    .trim()
    .toLowerCase()
    .replace(/^identity$/, '');
  if (what.endsWith('-compressed data'))
    return {
      kind: 'compressed',
      what,
      cause:
        encoding === ''
          ? 'No content-encoding header says so, so that no client decompresses it: a proxy dropped the header, or the file was saved as it came.'
          : `The content-encoding (${encoding}) was undone once: the body was compressed twice.`,
      step: 'Decompress it first, as "curl --compressed" does, or correct the proxy.',
    };
  if (what.endsWith('decoded as text'))
    return {
      kind: 'compressed',
      what,
      cause:
        'A proxy took the compressed bytes for UTF-8, so that each byte that is none became U+FFFD: what it held is lost.',
      step: 'Ask the server for a body that is not compressed, or have the proxy pass bytes on as they come.',
    };
  if (what.startsWith('text in UTF-'))
    return {
      kind: 'utf-16',
      what,
      cause: 'Windows PowerShell writes UTF-16 when it redirects output to a file; streams are always UTF-8.',
      step: 'Convert it to UTF-8, or save it with "curl -o FILE".',
    };
  const said = contentType === null ? null : framingOf(contentType, NOTHING);
  if (said === 'aws-eventstream') return streamOf(said);
  if (what !== 'binary data') return { kind: 'binary', what };
  return { kind: 'binary', what, ...causeOf(encoding, said) };
}

/** Why bytes without a signature may be what they are. */
function causeOf(encoding: string, said: Framing | null): { readonly cause?: string } {
  if (Object.hasOwn(ENCODED, encoding))
    return { cause: `Its content-encoding, ${ENCODED[encoding]}, was undone, so that it was probably encoded twice.` };
  if (encoding !== '')
    return {
      cause: `The content-encoding header says ${encoding}, which is not undone here${/\bbr\b/.test(encoding) ? '; Brotli has no signature by which the bytes could tell' : ''}.`,
    };
  return said === null
    ? {}
    : { cause: 'It may be compressed with Brotli, which has no signature: no content-encoding header says so.' };
}

function textKind(text: string, expected: Framing): BodyKind | null {
  if (PAGE.test(text)) return page(text);
  if (text.startsWith('PRI * HTTP/2.0'))
    return {
      kind: 'text',
      what: 'the opening of an HTTP/2 connection',
      cause: 'Something on the way speaks HTTP/2 where HTTP/1.1 was spoken to it.',
    };
  if (XML.test(text))
    return {
      kind: 'text',
      what: 'an XML document',
      ...saying(/<(?:message|faultstring|title)[^>]*>([^<]{1,200})/i.exec(text)?.[1]),
    };
  if (chunked(text))
    return {
      kind: 'chunk-sizes',
      what: 'text with the sizes of HTTP chunks in it',
      cause: 'It was saved before its transfer encoding was undone, as "curl --raw" does, or a proxy encoded it twice.',
      step: AS_SENT,
    };
  return text.startsWith('{') ? jsonObject(text, expected) : (encodedText(text) ?? withLines(text) ?? listed(text));
}

interface PageSign {
  readonly sign: RegExp;
  /** To follow "an HTML page". */
  readonly of: string;
  readonly cause: string;
}

/** Pages that answer with status 200 in the place of an API, by what their makers write into them. */
const PAGES: readonly PageSign[] = [
  {
    sign: /_cf_chl_opt|\/cdn-cgi\/challenge-platform|cf-turnstile|<title>Just a moment|h-?captcha|recaptcha|captcha-delivery|verify (?:that )?you are (?:a )?human/i,
    of: ' that wants to see a browser',
    cause: 'A service in front of the server, such as Cloudflare, checks for bots and lets no program through.',
  },
  {
    sign: /Attention Required! \| Cloudflare|you have been blocked|_Incapsula_|Incapsula incident|The requested URL was rejected|Access Denied[^]*Reference|Sucuri WebSite Firewall|Web Application Firewall/i,
    of: ' of a firewall',
    cause: 'A firewall in front of the server refused the request.',
  },
  {
    sign: /captive[ -]?portal|WISPAccessGatewayParam|<title>[^<]*\b(?:hotspot|wi-?fi|(?:(?:sign|log)[ -]?in|connect) to (?:\w+ )?network|network (?:access|sign[ -]?in|log[ -]?in))\b/i,
    of: '',
    cause: 'The captive portal of a network answers for every address until somebody logs in with a browser.',
  },
  {
    sign: /type=["']?password|name=["']?SAMLRe|login\.microsoftonline\.com|<title>[^<]*\b(?:sign[ -]?in|log[ -]?in|single sign-on|SSO)\b/i,
    of: ' that asks to log in',
    cause: 'A proxy or a gateway that knows only sessions of browsers answered in the place of the API.',
  },
  {
    sign: /<meta[^>]*http-equiv=["']?refresh/i,
    of: ' that leads to another page',
    cause: 'A captive portal or a proxy leads browsers to a page of its own.',
  },
  {
    sign: /<div id=["']?(?:root|app|__next)\b|<script[^>]*type=["']?module/i,
    of: ' of a web app',
    cause:
      "The address is that of the server's web pages: the path of the API, often /v1 or /api, is missing from the base URL.",
  },
];

function page(text: string): BodyKind {
  const known = PAGES.find(({ sign }) => sign.test(text));
  const title = /<title[^>]*>([^<]{1,200})/i.exec(text) ?? /<(?:h1|iframe|p)\b[^>]*>([^<]{1,200})/i.exec(text);
  return {
    kind: 'html',
    what: `an HTML page${known?.of ?? ''}`,
    ...saying(title?.[1]),
    ...(known && { cause: known.cause }),
    step: known
      ? 'Check the base URL, and any proxy or captive portal on the way.'
      : 'A login page or a web site answered instead of the API. Check the base URL and any proxy or captive portal.',
  };
}

/** `curl -i` and `curl -v` write the head to where they write the body. */
function httpMessage(text: string, expected: Framing): BodyKind {
  const end = /\r?\n(?:[<>*] ?)?\r?\n/.exec(text);
  const head = end === null ? text : text.slice(0, end.index);
  const body = end === null ? '' : text.slice(end.index + end[0].length).trimStart();
  const encoding = /^(?:< )?content-encoding: ?(.+?)\r?$/im.exec(head)?.[1] ?? null;
  const inner = body === '' ? null : bodyKind(new TextEncoder().encode(body), NO_HEAD, expected);
  const what =
    body === ''
      ? 'without a body'
      : encoding !== null && inner?.kind === 'binary'
        ? `and a body that is still compressed (${encoding})`
        : `and ${inner?.what ?? 'a stream without a whole event'}`;
  return {
    kind: 'http-message',
    what: `the head of an HTTP response ${what}`,
    ...(inner?.cause !== undefined && { cause: inner.cause }),
    ...(inner?.says !== undefined && { says: inner.says }),
    step: inner?.step ?? AS_SENT,
  };
}

/** A line of hexadecimal digits that says where the next one stands; the text may have lost a carriage return. */
function chunked(text: string): boolean {
  const first = /^([0-9a-f]{1,8})(?:;[^\r\n]*)?\r?\n/i.exec(text);
  if (!first) return false;
  const size = Number.parseInt(first[1]!, 16);
  const rest = text.slice(first[0].length);
  return size > 0 && (rest.length <= size || /^\r?\n[0-9a-f]{1,8}(?:;[^\r\n]*)?\r?\n/i.test(rest.slice(size)));
}

function jsonObject(text: string, expected: Framing): BodyKind | null {
  const value = objectOf(parseJson(text));
  if (value) return objectKind(value);
  if (framingOf(null, new TextEncoder().encode(text)) === 'json-lines') {
    const first = objectOf(parseJson(firstLine(text)));
    return (first && (wrapped(first) ?? eventLines(first))) ?? streamOf('json-lines');
  }
  if (brokenData(firstLine(text))?.kind === 'python') return pythonValues();
  // A line that is cut, or is no JSON, begins as an object does.
  return expected === 'json-lines' ? null : { kind: 'json-object', what: 'a JSON object' };
}

const firstLine = (text: string): string => /^[^\n]*/.exec(text)![0].trim();

function objectKind(value: JsonObject): BodyKind {
  const fault = value['error'] === undefined ? strayFault(value) : faultOf(value);
  if (fault && value['error'] !== null)
    return {
      kind: 'json-error',
      what: 'a JSON error',
      says: fault.message,
    };
  const answer = [...PROVIDERS.values()].find(({ eventsOfAnswer }) => eventsOfAnswer?.(value));
  if (answer)
    return {
      kind: 'json-answer',
      what: `a JSON object: a whole answer of ${answer.label}, not streamed`,
      step: 'Ask for streaming ("stream": true); a proxy that collects the stream does this as well.',
    };
  return wrapped(value) ?? { kind: 'json-object', what: 'a JSON object' };
}

/** Lines that are events of an API that sends another framing. */
function eventLines(first: JsonObject): BodyKind | null {
  const facts = factsOfJson(first);
  const api = ownerOf(facts, all());
  const whose = api?.framing === 'json-lines' ? api.label : foreignOf(facts);
  if (whose !== null && (!api || api.framing === 'json-lines'))
    return { ...streamOf('json-lines'), cause: `They are events of ${whose}.` };
  return api && api.framing !== 'json-lines'
    ? {
        ...streamOf('json-lines'),
        what: `JSON lines: events of ${api.label} without their framing`,
        step: `A program wrote down each event as a line of JSON. Import the file, which puts them back into their framing; a server that answers so is read by no client of ${api.label}.`,
      }
    : null;
}

const all = (): readonly ProviderDefinition[] => [...PROVIDERS.values()];

/** An event in a member of another object, or a line of the stream in a record of a log. */
function wrapped(value: JsonObject): BodyKind | null {
  if (ownerOf(factsOfJson(value), all())) return null;
  const event = wrappedEvent(value, all());
  const line = Object.entries(value).find(([, member]) => /^(?:data|event): ?\S/.test(stringOf(member) ?? ''));
  const under = event?.under ?? line?.[0];
  if (under === undefined) return null;
  return {
    kind: 'wrapped-events',
    what: `JSON lines that hold ${event ? `events of ${event.provider.label}` : 'lines of a stream'} in their member ${JSON.stringify(under)}`,
    cause: event
      ? 'A program that records streams, such as Claude Code, or a gateway wraps events so.'
      : 'A log puts each line into a record of its own.',
    framing: 'json-lines',
    step: 'Import the file, which takes the events out; a server that answers so is read by no client of the API.',
  };
}

/** A stream in the characters of another encoding. */
function encodedText(text: string): BodyKind | null {
  if (/^(?:ZGF0YTo|ZXZlbnQ6|eyJ[A-Za-z0-9+/]{20})/.test(text))
    return {
      kind: 'base64',
      what: 'a stream in base64',
      step: 'Decode it first. HAR files and consoles of clouds keep bodies so.',
    };
  if (/^(?:0+:? +)?(?:64 ?61 ?74 ?61|65 ?76 ?65 ?6e)/i.test(text))
    return { kind: 'hex-dump', what: 'a hex dump', step: AS_SENT };
  return null;
}

/** Most lines of a stream that was copied have the same around them. */
function withLines(text: string): BodyKind | null {
  const lines = text.split(/\r\n|\n|\r/, MAX_LINES).filter((line) => line.trim() !== '');
  const counts = new Map<Around, number>();
  let fields = 0;
  let marks = 0;
  for (const line of lines) {
    const stray = strayLine(line);
    if (stray.kind === 'mark') marks++;
    if (stray.kind !== 'around') continue;
    counts.set(stray.around, (counts.get(stray.around) ?? 0) + 1);
    if (stray.line !== '') fields++;
  }
  const [most] = [...counts].toSorted((a, b) => b[1] - a[1]);
  if (fields === 0 || most === undefined || most[1] * 2 < lines.length - marks) return null;
  const [what, cause] = AROUND[most[0]];
  return {
    kind: 'lines-around',
    what: `lines of a stream with ${what} before ${lines.length === 1 ? 'it' : 'each'}, such as ${JSON.stringify(shortened(lines[0]!))}`,
    cause,
    step: AS_SENT,
  };
}

const MAX_SHOWN = 40;
const shortened = (line: string): string => (line.length > MAX_SHOWN ? `${line.slice(0, MAX_SHOWN)}…` : line);

const pythonValues = (): BodyKind => ({
  kind: 'python-values',
  what: 'values as Python prints them, not JSON',
  cause: 'A program printed its objects instead of the response.',
  step: AS_SENT,
});

function listed(text: string): BodyKind | null {
  if (brokenData(firstLine(text))?.kind === 'python') return pythonValues();
  if (/^(?:[0-9a-z]:["{[][^\n]*\n){2}/.test(text))
    return {
      kind: 'text',
      what: "the AI SDK's older stream for its own clients: a letter or digit, and JSON, on each line",
    };
  if (text.startsWith('[')) {
    const first = topLevelObjects(text).objects[0]?.value;
    if (first?.['error'])
      return { kind: 'json-error', what: 'a JSON error, in an array', says: faultOf(first['error']).message };
    const begun = first ?? begunIn(text);
    const api = begun && ownerOf(factsOfJson(begun), all());
    return {
      kind: 'json-array',
      what: `a JSON array${api ? ` of events of ${api.label}` : ''}${first === undefined && begun ? ', cut inside the first of them' : ''}`,
      ...(api?.framing === 'sse' && { cause: arrayCause(begun!) }),
    };
  }
  return null;
}

/** The first object of an array, as far as it came; null where there is none. */
function begunIn(text: string): JsonObject | null {
  try {
    return objectOf(toPlain(parsePartial(text.slice(1).trimStart())));
  } catch (error) {
    if (error instanceof PythonJsonError) return null;
    throw error;
  }
}

/** Google's API sends an array unless it is asked for events. */
const arrayCause = (first: JsonObject): string =>
  Array.isArray(first['candidates'])
    ? 'Google sends it so where the address does not end in "alt=sse".'
    : 'A program collected the events before it wrote them down.';
