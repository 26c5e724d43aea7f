/** HTTP archives: HAR 1.2 as browsers, proxies and recorders write it (http://www.softwareishard.com/blog/har-12-spec/). */
import { z } from 'zod';
import { isUtf8 } from 'node:buffer';
import { harTraceSchema, type HarTrace } from '../../../../shared/bundle/har-trace.ts';
import { eventSourceMessagesSchema, timedByMessages } from '../event-source-messages.ts';
import { checkExchanges, ImportError, utf8, type ImportedExchange, type ImportFormat } from '../imported.ts';
import { exchangesOfSocket, webSocketMessagesSchema } from '../web-socket-messages.ts';
import { recordedExchange } from './bundle.ts';
import { jsonOf } from '../http-head.ts';
import { NestsTooDeep, parsedJson } from '../../../../shared/text/json-text.ts';

const headers = z.array(z.object({ name: z.string(), value: z.coerce.string() })).catch([]);

/** What is read of an entry; all else may have any shape. */
const entrySchema = z.object({
  startedDateTime: z.string().optional().catch(undefined),
  request: z.object({
    method: z.string().catch('GET'),
    url: z.string().catch(''),
    headers,
    postData: z.object({ text: z.string().optional() }).nullish().catch(undefined),
  }),
  response: z.object({
    status: z.coerce.number().catch(0),
    statusText: z.string().catch(''),
    headers,
    content: z.object({ text: z.string().optional(), encoding: z.string().optional() }).nullish().catch(undefined),
  }),
  timings: z
    .object({
      blocked: z.number().nullish(),
      dns: z.number().nullish(),
      connect: z.number().nullish(),
      send: z.number().nullish(),
      wait: z.number().nullish(),
    })
    .nullish()
    .catch(undefined),
  _webSocketMessages: webSocketMessagesSchema.optional().catch(undefined),
  _eventSourceMessages: eventSourceMessagesSchema.optional().catch(undefined),
});
/** What Tracelane wrote beside an entry. */
const ownSchema = z.object({ _tracelane: harTraceSchema });
type Entry = z.output<typeof entrySchema>;

/** A file is asked by its start alone: a `log` with entries comes before anything long. */
const HAR_START = /^\s*\{\s*"log"\s*:\s*\{/;

export const har: ImportFormat = {
  id: 'har',
  label: 'an HTTP archive (HAR)',
  recognizes: ({ text }) => HAR_START.test(text.slice(0, 256)),
  read: ({ text }) => {
    const entries = entriesOf(text);
    checkExchanges(entries.length);
    const read = entries.map((entry) => entrySchema.safeParse(entry));
    const [first] = read;
    if (first?.error && !read.some(({ success }) => success))
      throw damaged(
        `No entry of it can be read: ${at(['log', 'entries', 0, ...first.error.issues[0]!.path])} is no object.`,
      );
    return entries.flatMap((value, n) => {
      const entry = read[n]!;
      if (!entry.success) return [];
      const own = ownSchema.safeParse(value);
      if (own.success) return [ownExchange(entry.data, own.data._tracelane)];
      const { _webSocketMessages: socket } = entry.data;
      return socket ? exchangesOfSocket(exchangeOf(entry.data), socket) : [exchangeOf(entry.data)];
    });
  },
};

const damaged = (what: string): ImportError =>
  new ImportError('damaged', `This is an HTTP archive (HAR), but it is cut or damaged. ${what} Save it again.`);

/** A place in JSON as a program names it: `log.entries[0].request`. */
const at = (path: readonly PropertyKey[]): string =>
  path
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`))
    .join('')
    .slice(1);

/** Throws an ImportError that says where the text is no such archive. */
function entriesOf(text: string): readonly unknown[] {
  let log: unknown;
  try {
    log = parsedJson(text);
  } catch (error) {
    if (error instanceof NestsTooDeep) throw damaged(`${error.message}.`);
    // V8 gives the position of some faults, and of others the text around them.
    const [place] = /position \d+/.exec(String(error)) ?? [];
    if (place !== undefined) throw damaged(`Its JSON breaks off at ${place}.`);
    throw damaged(/end of JSON/.test(String(error)) ? 'Its end is missing.' : 'It is no JSON.');
  }
  const { data } = z.object({ log: z.object({ entries: z.array(z.unknown()) }) }).safeParse(log);
  if (data === undefined) throw damaged('log.entries is no list.');
  return data.log.entries;
}

function exchangeOf({
  startedDateTime,
  request,
  response,
  timings,
  _eventSourceMessages: messages,
}: Entry): ImportedExchange {
  const { text = '', encoding } = response.content ?? {};
  const { bytes, repaired } =
    encoding?.toLowerCase() === 'base64' ? { bytes: base64Bytes(text), repaired: [] } : textBytes(text);
  const startedAt = startedDateTime === undefined ? NaN : Date.parse(startedDateTime);
  const read = messages
    ? timedByMessages(bytes, messages, startedAt)
    : { reads: [{ tNs: 0, bytes }], timed: false, repaired: [] };
  return {
    reads: read.reads,
    timed: read.timed,
    repaired: [...repaired, ...read.repaired],
    request: {
      head: { method: request.method, url: request.url, headers: pairs(request.headers) },
      body: jsonOf(request.postData?.text),
    },
    response: {
      status: response.status,
      statusText: response.statusText,
      headers: pairs(response.headers),
      tNs: waited(timings),
    },
    ...(Number.isFinite(startedAt) && { startedAt }),
  };
}

/** The trace that the entry was made of: its reads are cut out of the content, its request and heads stand in the entry. */
function ownExchange(entry: Entry, own: HarTrace): ImportedExchange {
  const { trace, has, headNs, reads, withBytes } = own;
  const { text = '', encoding } = entry.response.content ?? {};
  // As it was written: what looks like text in another coding is what the server sent.
  const body = encoding === 'base64' ? new Uint8Array(Buffer.from(text, 'base64')) : utf8(text);
  if (withBytes && reads.reduce((sum, [, length]) => sum + length, 0) !== body.length)
    return {
      ...exchangeOf({ ...entry, _eventSourceMessages: undefined }),
      repaired: ['The content was changed after Tracelane exported it: the times of its parts do not fit it any more.'],
    };
  const { request, response } = exchangeOf(entry);
  let at = 0;
  return recordedExchange(
    {
      ...trace,
      ...(has.includes('request') && { request: own.request ?? request!.body }),
      ...(has.includes('requestHead') && { requestHead: { ...request!.head!, ...own.requestHead } }),
      ...(has.includes('responseHead') && { responseHead: { ...response!, tNs: headNs ?? 0 } }),
    },
    withBytes ? reads.map(([tNs, length]) => ({ tNs, bytes: body.subarray(at, (at += length)) })) : [],
  );
}

/** Nanoseconds until the head came. Phases that do not apply are -1 by the specification. */
function waited(timings: Entry['timings']): number {
  const { blocked, dns, connect, send, wait } = timings ?? {};
  return Math.round(
    [blocked, dns, connect, send, wait].reduce<number>((sum, ms) => sum + Math.max(0, ms ?? 0), 0) * 1e6,
  );
}

const pairs = (list: readonly { name: string; value: string }[]) =>
  list.map(({ name, value }) => [name, value] as const);

/** Polly.JS keeps the pieces of a body that it got as a list. */
function base64Bytes(text: string): Uint8Array {
  const list = text.startsWith('[') ? z.array(z.string()).safeParse(jsonOf(text)) : null;
  const pieces = list?.success === true ? list.data : [text];
  return new Uint8Array(Buffer.concat(pieces.map((piece) => Buffer.from(piece, 'base64'))));
}

/**
 * mitmproxy decodes a body whose head names no charset as Latin-1, and Chromium as Windows-1252; event streams and JSON are UTF-8
 * whatever their head says.
 */
function textBytes(text: string): Required<Pick<ImportedExchange, 'repaired'>> & { readonly bytes: Uint8Array } {
  const bytes = windowsBytes(text);
  return bytes !== null && bytes.some((byte) => byte > 127) && isUtf8(bytes)
    ? {
        bytes,
        repaired: [
          'The archive had the body’s UTF-8 decoded as Latin-1 or Windows-1252, as mitmproxy and Chromium write it where the head names no charset; it was turned back.',
        ],
      }
    : { bytes: utf8(text), repaired: [] };
}

/** What Windows-1252 has in the place of 32 control characters of Latin-1. */
const WINDOWS: ReadonlyMap<number, number> = new Map(
  Array.from(
    new TextDecoder('windows-1252').decode(Uint8Array.from({ length: 32 }, (_, at) => 128 + at)),
    (unit, at) => [unit.charCodeAt(0), 128 + at],
  ),
);

/** Null for text that holds a character that neither has. */
function windowsBytes(text: string): Uint8Array | null {
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    const byte = unit < 256 ? unit : WINDOWS.get(unit);
    if (byte === undefined) return null;
    bytes[at] = byte;
  }
  return bytes;
}
