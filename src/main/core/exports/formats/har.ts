/**
 * HTTP archives, HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/). Events of a stream have no field there: they are in
 * `_eventSourceMessages`, with the names and the unit of Chromium's `_webSocketMessages`; the reads are in `_tracelane`.
 */
import { HAR_TRACE_VERSION, type HarTrace } from '../../../../shared/bundle/har-trace.ts';
import { createFramer, FRAMINGS } from '../../../../shared/framing/registry.ts';
import type { Framed } from '../../../../shared/model/stream.ts';
import type { ExportContent, ExportFormat, FilePieces, LeavingTrace, Pages } from '../exported.ts';
import { JsonList, jsonPieces, JsonText } from '../json-pieces.ts';
import { partsOf } from '../pages.ts';
import { sentText } from '../sent-text.ts';

export const har: ExportFormat = {
  id: 'har',
  label: 'HTTP archive (HAR)',
  description: 'For the network panel of a browser, and other tools that read HAR 1.2.',
  loses: 'Everything is in it; other tools do not show its reads, nor times finer than their own.',
  mediaType: 'application/json',
  parts: { request: 'optional', heads: 'optional', bytes: 'optional' },
  several: true,
  extension: () => '.har',
  refusal: () => null,
  make: madeOf,
};

async function* madeOf(content: ExportContent): FilePieces {
  yield* jsonPieces({ log: logOf(content) });
  yield '\n';
}

const logOf = ({ traces, manifest, version }: ExportContent): object => ({
  version: '1.2',
  creator: { name: 'Tracelane', version },
  pages: [],
  entries: traces.map(entryOf),
  _tracelane: manifest,
});

/** An address that leads nowhere (RFC 2606), for a request whose address is unknown: a HAR entry must have one. */
const NOWHERE = 'http://unknown.invalid/';
const UNKNOWN = -1;

function entryOf(trace: LeavingTrace): object {
  const { facts, pages, withBytes } = trace;
  const timing = timingsOf(trace);
  return {
    startedDateTime: new Date(facts.startedAt).toISOString(),
    time: Math.max(0, timing.wait) + Math.max(0, timing.receive),
    request: requestOf(trace),
    response: responseOf(trace),
    cache: {},
    timings: timing,
    ...(withBytes && { _eventSourceMessages: new JsonList(messagesOf(trace)) }),
    _tracelane: {
      version: HAR_TRACE_VERSION,
      trace: withoutExchange(trace),
      ...requestBeside(trace),
      has: (['request', 'requestHead', 'responseHead'] as const).filter((part) => facts[part] !== undefined),
      headNs: facts.responseHead?.tNs ?? null,
      reads: new JsonList(sizesOf(pages())),
      withBytes,
    } satisfies Omit<HarTrace, 'reads'> & { readonly reads: JsonList },
  };
}

async function* sizesOf(pages: Pages): AsyncGenerator<HarTrace['reads']> {
  for await (const page of pages) yield page.map(({ tNs, bytes }) => [tNs, bytes.length] as const);
}

function withoutExchange({ facts }: LeavingTrace): HarTrace['trace'] {
  const { request: _request, requestHead: _requestHead, responseHead: _responseHead, ...rest } = facts;
  return rest;
}

/** What of the request does not stand in the entry. */
function requestBeside({
  facts: { api, request, requestHead },
}: LeavingTrace): Pick<HarTrace, 'request' | 'requestHead'> {
  const { written, changes } = requestHead ?? {};
  const sent = sentText(api, request, requestHead);
  return {
    ...(request !== undefined && JSON.stringify(request) !== compact(sent) && { request }),
    ...(requestHead && {
      requestHead: { ...(written !== undefined && { written }), ...(changes && { changes }) },
    }),
  };
}

/** JSON on one line; what is none, as it is. */
function compact(text: string | undefined): string | undefined {
  try {
    return text && JSON.stringify(JSON.parse(text));
  } catch {
    return text;
  }
}

/** Milliseconds. The request's own sending is not measured: times count from when it was sent. */
function timingsOf({ facts, firstNs, lastNs }: LeavingTrace): {
  readonly send: number;
  readonly wait: number;
  readonly receive: number;
} {
  const first = firstNs ?? facts.responseHead?.tNs;
  if (!facts.timed || first === undefined) return { send: UNKNOWN, wait: UNKNOWN, receive: UNKNOWN };
  const last = facts.metrics.totalNs ?? lastNs ?? first;
  const wait = facts.metrics.startUnknown ? UNKNOWN : first / 1e6;
  return { send: UNKNOWN, wait, receive: Math.max(0, last - first) / 1e6 };
}

function requestOf({ facts: { api, requestHead, request } }: LeavingTrace): object {
  const { method, url, headers } = requestHead ?? { method: 'POST', url: NOWHERE, headers: [] };
  const body = sentText(api, request, requestHead);
  return {
    method,
    url,
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: pairs(headers),
    queryString: [...(URL.parse(url)?.searchParams ?? [])].map(([name, value]) => ({ name, value })),
    ...(body !== undefined && {
      postData: { mimeType: valueOf(headers, 'content-type') ?? 'application/json', text: body },
    }),
    headersSize: UNKNOWN,
    bodySize: body === undefined ? UNKNOWN : Buffer.byteLength(body),
  };
}

function responseOf(trace: LeavingTrace): object {
  const { responseHead, framing, capture } = trace.facts;
  const { status, statusText, headers } = responseHead ?? { status: 0, statusText: '', headers: [] };
  return {
    status,
    statusText,
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: pairs(headers),
    content: {
      size: trace.bytes,
      mimeType: valueOf(headers, 'content-type') ?? FRAMINGS[framing].mediaTypes[0] ?? 'application/octet-stream',
      ...(trace.withBytes && contentOf(trace)),
    },
    redirectURL: valueOf(headers, 'location') ?? '',
    headersSize: UNKNOWN,
    bodySize: capture?.encodedBytes ?? trace.bytes,
  };
}

function contentOf({ isText, pages }: LeavingTrace): { readonly text: JsonText; readonly encoding?: string } {
  return isText
    ? { text: new JsonText(textOf(pages())) }
    : { text: new JsonText(base64Of(pages())), encoding: 'base64' };
}

async function* textOf(pages: Pages): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  for await (const { bytes } of partsOf(pages)) yield decoder.decode(bytes, { stream: true });
  yield decoder.decode();
}

async function* base64Of(pages: Pages): AsyncGenerator<string> {
  // Three bytes are four characters.
  let left = Buffer.alloc(0);
  for await (const { bytes } of partsOf(pages)) {
    const all = Buffer.concat([left, bytes]);
    const whole = all.length - (all.length % 3);
    left = all.subarray(whole);
    yield all.toString('base64', 0, whole);
  }
  yield left.toString('base64');
}

/** `time`: seconds since 1970. */
async function* messagesOf({ facts, pages }: LeavingTrace): AsyncGenerator<readonly object[]> {
  if (facts.framing !== 'sse') return;
  const framer = createFramer(facts.framing);
  // By the standard an id holds until the next one.
  let eventId = '';
  const messageOf = (one: Framed): readonly object[] => {
    if (one.type !== 'frame') return [];
    const { name, data, tNs, dispatches, sse } = one.frame;
    eventId = sse?.id ?? eventId;
    const time = facts.startedAt / 1e3 + tNs / 1e9;
    return dispatches ? [{ time, eventName: name === '' ? 'message' : name, eventId, data }] : [];
  };
  for await (const read of partsOf(pages())) yield framer.feed(read).flatMap(messageOf);
  yield framer.end().flatMap(messageOf);
}

type Headers = readonly (readonly [name: string, value: string])[];

const pairs = (headers: Headers): readonly object[] => headers.map(([name, value]) => ({ name, value }));
const valueOf = (headers: Headers, name: string): string | undefined =>
  headers.find(([one]) => one.toLowerCase() === name)?.[1];
