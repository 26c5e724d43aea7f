/**
 * HTTP archives, HAR 1.2 (http://www.softwareishard.com/blog/har-12-spec/). Events of a stream have no field there: they are in
 * `_eventSourceMessages`, with the names and the unit of Chromium's `_webSocketMessages`; the reads are in `_tracelane`.
 */
import { HAR_TRACE_VERSION, type HarTrace } from '../../../../shared/bundle/har-trace.ts';
import { createFramer, FRAMINGS } from '../../../../shared/framing/registry.ts';
import type { Framed } from '../../../../shared/model/stream.ts';
import { base64Of, exactText } from '../../../../shared/text/base64.ts';
import { sentText } from '../sent-text.ts';
import { bodyOf, type ExportContent, type ExportFormat, type LeavingTrace } from '../exported.ts';

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
  make: (content) => `${JSON.stringify({ log: logOf(content) }, null, 2)}\n`,
};

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
  const { facts, reads, withBytes } = trace;
  const timing = timingsOf(trace);
  return {
    startedDateTime: new Date(facts.startedAt).toISOString(),
    time: Math.max(0, timing.wait) + Math.max(0, timing.receive),
    request: requestOf(trace),
    response: responseOf(trace),
    cache: {},
    timings: timing,
    ...(withBytes && { _eventSourceMessages: messagesOf(trace) }),
    _tracelane: {
      version: HAR_TRACE_VERSION,
      trace: withoutExchange(trace),
      ...requestBeside(trace),
      has: (['request', 'requestHead', 'responseHead'] as const).filter((part) => facts[part] !== undefined),
      headNs: facts.responseHead?.tNs ?? null,
      reads: reads.map(({ tNs, bytes }) => [tNs, bytes.length] as const),
      withBytes,
    } satisfies HarTrace,
  };
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
function timingsOf({ facts, reads }: LeavingTrace): {
  readonly send: number;
  readonly wait: number;
  readonly receive: number;
} {
  const first = reads[0]?.tNs ?? facts.responseHead?.tNs;
  if (!facts.timed || first === undefined) return { send: UNKNOWN, wait: UNKNOWN, receive: UNKNOWN };
  const last = facts.metrics.totalNs ?? reads.at(-1)?.tNs ?? first;
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

function responseOf({ facts: { responseHead, framing, capture }, reads, withBytes }: LeavingTrace): object {
  const { status, statusText, headers } = responseHead ?? { status: 0, statusText: '', headers: [] };
  const body = bodyOf(reads);
  return {
    status,
    statusText,
    httpVersion: 'HTTP/1.1',
    cookies: [],
    headers: pairs(headers),
    content: {
      size: body.length,
      mimeType: valueOf(headers, 'content-type') ?? FRAMINGS[framing].mediaTypes[0] ?? 'application/octet-stream',
      ...(withBytes && contentOf(body)),
    },
    redirectURL: valueOf(headers, 'location') ?? '',
    headersSize: UNKNOWN,
    bodySize: capture?.encodedBytes ?? body.length,
  };
}

function contentOf(body: Uint8Array): { readonly text: string; readonly encoding?: string } {
  const text = exactText(body);
  return text === null ? { text: base64Of(body), encoding: 'base64' } : { text };
}

/** `time`: seconds since 1970. */
function messagesOf({ facts, reads }: LeavingTrace): readonly object[] {
  if (facts.framing !== 'sse') return [];
  const framer = createFramer(facts.framing);
  const messages: object[] = [];
  // By the standard an id holds until the next one.
  let eventId = '';
  const take = (one: Framed): void => {
    if (one.type !== 'frame') return;
    const { name, data, tNs, dispatches, sse } = one.frame;
    eventId = sse?.id ?? eventId;
    const time = facts.startedAt / 1e3 + tNs / 1e9;
    if (dispatches) messages.push({ time, eventName: name === '' ? 'message' : name, eventId, data });
  };
  for (const read of reads) for (const one of framer.feed(read)) take(one);
  for (const one of framer.end()) take(one);
  return messages;
}

type Headers = readonly (readonly [name: string, value: string])[];

const pairs = (headers: Headers): readonly object[] => headers.map(([name, value]) => ({ name, value }));
const valueOf = (headers: Headers, name: string): string | undefined =>
  headers.find(([one]) => one.toLowerCase() === name)?.[1];
