/** The parts of a trace that can be read, cut to what a model can take in. */
import type { ComparisonInput } from '../../../shared/compare/lane-reading.ts';
import type { Frame } from '../../../shared/model/stream.ts';
import { timesFromRequest } from '../../../shared/model/trace.ts';
import { bodyOf, type TraceToExport } from '../exports/exported.ts';

export const PARTS = ['summary', 'request', 'events', 'messages', 'raw'] as const;

export interface PartQuery {
  readonly part: (typeof PARTS)[number];
  readonly lane: string;
  readonly from: number;
  readonly limit: number;
  readonly max_chars: number;
}

/** Bytes of raw for each one of `limit`. */
const RAW_UNIT = 100;

/** Throws an Error, with a sentence, for a lane that did not read the trace. */
export function partOf(one: TraceToExport, input: ComparisonInput, query: PartQuery): object {
  switch (query.part) {
    case 'summary':
      return summaryOf(one, input, query);
    case 'request':
      return requestOf(one);
    case 'events':
      return eventsOf(one, input, query);
    case 'messages':
      return messagesOf(input, query);
    case 'raw':
      return rawOf(one, query);
  }
}

/** The beginning of a text, and how much more there is. */
export function cut<Text extends string | null>(text: Text, most: number): Text | string {
  if (text === null || text.length <= most) return text;
  return `${text.slice(0, most).toWellFormed()}… (${text.length - most} more characters)`;
}

function summaryOf({ facts, setup }: TraceToExport, { wire, events }: ComparisonInput, query: PartQuery): object {
  const { title, api, model, source, startedAt, timed, ending, metrics, usage, cost, finish, responseHead } = facts;
  const since = timesFromRequest(metrics);
  const at = (event: number): number | null => (timed ? milliseconds(events[event]?.tNs ?? null) : null);
  return {
    title,
    api,
    model,
    source,
    started: new Date(startedAt).toISOString(),
    timed,
    ...(metrics.startUnknown && { request_sent: 'not known' }),
    lanes: setup.lanes,
    status: responseHead?.status ?? null,
    ending: ending ?? null,
    ...(finish && { finish }),
    ...(usage && { usage }),
    ...(cost !== undefined && { cost_usd: cost }),
    events: metrics.events,
    reads: metrics.reads,
    bytes: metrics.bytes,
    first_byte_ms: timed ? milliseconds(since.firstByteNs) : null,
    first_text_ms: timed ? milliseconds(since.firstTextNs) : null,
    total_ms: timed ? milliseconds(since.totalNs) : null,
    errors: wire.errors,
    blocks: wire.blocks
      .slice(query.from, query.from + query.limit)
      .map(({ block, kind, name, text, firstEvent, lastEvent, closed }) => ({
        block,
        kind,
        ...(name && { name }),
        text: cut(text, query.max_chars),
        events: [firstEvent, lastEvent],
        ms: [at(firstEvent), at(lastEvent)],
        closed,
      })),
    more_blocks: Math.max(0, wire.blocks.length - query.from - query.limit),
  };
}

const requestOf = ({ facts: { requestHead, request } }: TraceToExport): object => ({
  ...(requestHead && { method: requestHead.method, url: requestHead.url, headers: requestHead.headers }),
  body: request ?? null,
});

function eventsOf(
  { facts }: TraceToExport,
  { body, events }: ComparisonInput,
  { from, limit, max_chars: chars }: PartQuery,
): object {
  const summaries = new Map(events.map((event) => [event.index, event]));
  const shown: Frame[] = [];
  let total = 0;
  for (const one of body!.framed()) {
    if (one.type !== 'frame') continue;
    if (total >= from && shown.length < limit) shown.push(one.frame);
    total++;
  }
  return {
    events: shown.map(({ index, start, end, tNs, name, data }) => ({
      event: index,
      type: summaries.get(index)?.type ?? name,
      ...(facts.timed && { ms: milliseconds(tNs) }),
      bytes: [start, end],
      data: cut(data, chars),
    })),
    total,
    next: nextOf(from, shown.length, total),
  };
}

function messagesOf({ emissions }: ComparisonInput, { lane, from, limit, max_chars: chars }: PartQuery): object {
  const all = emissions[lane];
  if (all === undefined)
    throw new Error(
      `No lane ${JSON.stringify(lane)} read this trace. Choose from: ${Object.keys(emissions).join(', ')}.`,
    );
  const shown = all.slice(from, from + limit);
  return {
    lane,
    messages: shown.map(({ event, message }) => ({ event, message: cutTexts(message, chars) })),
    total: all.length,
    next: nextOf(from, shown.length, all.length),
  };
}

function rawOf({ reads }: TraceToExport, { from, limit }: PartQuery): object {
  const body = bodyOf(reads);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength).subarray(from, from + limit * RAW_UNIT);
  return {
    bytes: [from, from + bytes.length],
    text: bytes.toString('utf8'),
    total: body.length,
    next: nextOf(from, bytes.length, body.length),
  };
}

const nextOf = (from: number, shown: number, total: number): number | null =>
  from + shown < total ? from + shown : null;

/** A value as JSON has it, with its texts cut. */
function cutTexts(value: unknown, chars: number): unknown {
  if (typeof value === 'string') return cut(value, chars);
  if (Array.isArray(value)) return value.map((one) => cutTexts(one, chars));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, cutTexts(one, chars)]));
}

const milliseconds = (ns: number | null): number | null => (ns === null ? null : ns / 1e6);
