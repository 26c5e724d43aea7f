/** Whether two recordings are the two sides of one exchange, and which of them is the client's. */
import { headerOf } from '../metrics/http-wording.ts';
import type { TraceDetail } from '../model/trace.ts';

/** `digest`: the same bytes; `id`: one side names an id of the other's; `time`: one lies within the other. */
export type Sign = 'digest' | 'id' | 'time';

export interface PairEvidence {
  /** Which is the client's side. */
  readonly outer: 'a' | 'b';
  /** The strongest first; empty: nothing says that they belong together. */
  readonly signs: readonly Sign[];
}

export type PairedTrace = Pick<TraceDetail, 'startedAt' | 'metrics' | 'responseHead' | 'capture'>;

/** Wall clocks of one machine, to the millisecond. */
const CLOCK_MS = 2;
/** A shorter text is in many headers. */
const SHORTEST_ID = 8;
const ID_HEADERS = ['x-request-id', 'request-id', 'x-amzn-requestid', 'apim-request-id', 'cf-ray'];

/** `ids`: that the bodies name, such as a response's, by side. */
export function evidenceOf(
  a: PairedTrace,
  b: PairedTrace,
  ids: { readonly a: string | null; readonly b: string | null },
): PairEvidence {
  const aFirst = a.startedAt < b.startedAt || (a.startedAt === b.startedAt && endOf(a) >= endOf(b));
  const [outer, inner] = aFirst ? [a, b] : [b, a];
  const signs: Sign[] = [];
  if (sameBytes(outer, inner)) signs.push('digest');
  if ((ids.a !== null && ids.a === ids.b) || namesIdOf(outer, inner)) signs.push('id');
  if (inner.startedAt >= outer.startedAt - CLOCK_MS && endOf(inner) <= endOf(outer) + CLOCK_MS) signs.push('time');
  return { outer: aFirst ? 'a' : 'b', signs };
}

const endOf = ({ startedAt, metrics }: PairedTrace): number => startedAt + (metrics.totalNs ?? 0) / 1e6;

function sameBytes(outer: PairedTrace, inner: PairedTrace): boolean {
  const [one, other] = [outer.capture?.certificate?.answer.out, inner.capture?.certificate?.answer.in];
  return one !== undefined && other !== undefined && one.bytes > 0 && one.sha256 === other.sha256;
}

/** Gateways repeat the provider's id in a field of their own. */
function namesIdOf(outer: PairedTrace, inner: PairedTrace): boolean {
  const { responseHead: head } = inner;
  const ids = ID_HEADERS.flatMap((name) => (head && headerOf(head, name)) ?? []).filter(
    (id) => id.length >= SHORTEST_ID,
  );
  return outer.responseHead?.headers.some(([, value]) => ids.includes(value)) === true;
}
