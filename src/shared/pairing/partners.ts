/** Which recordings may be the other side of an exchange that went through a gateway. */
import type { TraceDetail } from '../model/trace.ts';
import { evidenceOf, type PairedTrace, type Sign } from './evidence.ts';

export type PartnerTrace = PairedTrace & Pick<TraceDetail, 'id' | 'title'>;

export interface Partner extends Pick<TraceDetail, 'id' | 'title'> {
  /** Which side the other one is: what the gateway's client got, or what its provider sent. */
  readonly side: 'client' | 'provider';
  readonly signs: readonly Sign[];
}

/** Longest time that a gateway takes before it asks its provider, milliseconds: others are not looked at. */
export const LONGEST_WAIT_MS = 10 * 60_000;

/**
 * Those of `others` that may be, the likeliest first. One lies within the other in time, and went to another place: and the bytes
 * are the same, or an id, or what was asked.
 */
export function partnersOf(trace: PartnerTrace, others: readonly PartnerTrace[]): readonly Partner[] {
  return others
    .filter((other) => other.id !== trace.id && isOver(other) && isOver(trace))
    .filter(({ capture }) => capture && trace.capture && capture.route !== trace.capture.route)
    .map((other) => ({ other, ...evidenceOf(trace, other, { a: null, b: null }) }))
    .filter(({ other, signs }) => signs.includes('time') && (signs.length > 1 || other.title === trace.title))
    .toSorted((one, two) => two.signs.length - one.signs.length || apart(trace, one.other) - apart(trace, two.other))
    .map(({ other: { id, title }, outer, signs }) => ({
      id,
      title,
      side: outer === 'a' ? 'provider' : 'client',
      signs,
    }));
}

const isOver = ({ metrics }: PartnerTrace): boolean => metrics.totalNs !== null;

const apart = (one: PartnerTrace, other: PartnerTrace): number => Math.abs(one.startedAt - other.startedAt);
