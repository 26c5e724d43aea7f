/** What of a recorded trace is sent when it is replayed to a program: its head, its bytes at their times, and how it ended. */
import { validateHeaderName, validateHeaderValue } from 'node:http';
import { FRAMINGS } from '../../../shared/framing/registry.ts';
import type { Api, Framing } from '../../../shared/model/stream.ts';
import type { HttpHead } from '../../../shared/model/trace.ts';
import { PROVIDERS } from '../../../shared/providers/registry.ts';
import type { TraceToExport } from '../exports/exported.ts';
import type { PacedWrite } from '../answering/reply.ts';

export interface RecordedAnswer {
  readonly title: string;
  readonly api: Api;
  /** The JSON that it was the answer to; undefined where nobody knows it. */
  readonly request: unknown;
  /** Where that request was sent; undefined where nobody knows it. */
  readonly url: string | undefined;
  /** Undefined where the connection was over before a head came. */
  readonly head: HttpHead | undefined;
  /** Milliseconds from the request to the head. */
  readonly headMs: number;
  /** One for each read. The first waits for what is left after the head. */
  readonly writes: readonly PacedWrite[];
  /** How long after the last write it ended. */
  readonly endMs: number;
  /** `whole`: as HTTP ends a body. `broken`: the connection is reset. `silent`: nothing more comes, and the connection stays. */
  readonly end: 'whole' | 'broken' | 'silent';
}

/** Fields that were true of the connection, the coding or the site that the answer came from, and would be false or do harm here. */
const NOT_REPLAYED = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'content-encoding',
  'content-length',
  'content-md5',
  'content-range',
  'accept-ranges',
  'digest',
  'content-digest',
  'repr-digest',
  'date',
  'age',
  'set-cookie',
  'set-cookie2',
  'clear-site-data',
  'alt-svc',
  'location',
  'refresh',
  'strict-transport-security',
  'nel',
  'report-to',
  'reporting-endpoints',
  'timing-allow-origin',
]);
const NOT_REPLAYED_PREFIXES = ['access-control-', 'cross-origin-'];

/** Why a trace cannot be replayed to a program, as a sentence with the next step; null where it can. */
export function replayRefusal({ facts }: TraceToExport): string | null {
  const { title, api, ending, framing, responseHead } = facts;
  if (!PROVIDERS.has(api)) return `“${title}” is of no API that this version knows. Leave it out.`;
  if (framing === 'websocket') return `“${title}” is of a WebSocket, and only HTTP is answered. Leave it out.`;
  if (ending === undefined) return `The stream of “${title}” has not ended. Wait for its end, or leave it out.`;
  if (responseHead && !isFinalStatus(responseHead.status))
    return `“${title}” has the status ${responseHead.status}, which ends no request. Leave it out.`;
  return null;
}

/** Of a trace that replayRefusal does not refuse. */
export function recordedAnswer({ facts, reads }: TraceToExport): RecordedAnswer {
  const { title, api, source, timed, metrics, requestHead, responseHead, request } = facts;
  const provider = PROVIDERS.get(api)!;
  // Of an import the head may be unknown although there was one.
  const known = responseHead ?? (source === 'import' || reads.length > 0 ? usualHead(facts.framing) : undefined);
  const head = known && {
    status: known.status,
    statusText: isSendable('x', known.statusText) ? known.statusText : '',
    headers: known.headers.filter(([name, value]) => isReplayed(name) && isSendable(name, value)),
  };
  const headNs = known?.tNs ?? 0;
  const times = [headNs, ...reads.map(({ tNs }) => tNs)];
  const lastNs = times.at(-1)!;
  const wait = (fromNs: number, toNs: number): number => (timed ? Math.max(0, toNs - fromNs) / 1e6 : 0);
  const isUnknown = JSON.stringify(request) === JSON.stringify(provider.request.empty);
  return {
    title,
    api,
    request: isUnknown ? undefined : request,
    url: requestHead?.url,
    head,
    headMs: wait(0, headNs),
    writes: reads.map(({ tNs, bytes }, at) => ({ waitMs: wait(times[at]!, tNs), bytes })),
    endMs: wait(lastNs, metrics.totalNs ?? lastNs),
    end: endOf(facts, head !== undefined),
  };
}

const usualHead = (framing: Framing): HttpHead & { readonly tNs: number } => ({
  status: 200,
  statusText: 'OK',
  headers: FRAMINGS[framing].mediaTypes.slice(0, 1).map((type) => ['content-type', type]),
  tNs: 0,
});

function endOf({ ending }: TraceToExport['facts'], hasHead: boolean): RecordedAnswer['end'] {
  switch (ending?.state) {
    case 'stalled':
      return 'silent';
    // What the provider would have gone on with is not known: nobody must take this for all of it.
    case 'cancelled':
    case 'limit':
    case 'reset':
      return 'broken';
    default:
      return hasHead ? 'whole' : 'broken';
  }
}

const isFinalStatus = (status: number): boolean => Number.isInteger(status) && status >= 200 && status <= 599;

function isReplayed(field: string): boolean {
  const name = field.toLowerCase();
  return !NOT_REPLAYED.has(name) && !NOT_REPLAYED_PREFIXES.some((prefix) => name.startsWith(prefix));
}

function isSendable(name: string, value: string): boolean {
  try {
    validateHeaderName(name);
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}
