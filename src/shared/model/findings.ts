/** A finding: a fact about what a lane made of the wire, with its evidence. */
import type { ByteRange } from '../text/byte-range.ts';
import type { ByLane, LaneId } from './messages.ts';

export const SEVERITIES = ['info', 'minor', 'major', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Finding {
  /** 1-based; the one number that names it in the lane map, the columns and the list. */
  readonly number: number;
  /** Id in the registry of finding kinds, e.g. `text-lost`. */
  readonly kind: string;
  readonly severity: Severity;
  readonly lane: LaneId;
  /** First frame where it shows, and the last that belongs to it; null when it shows only after the end. */
  readonly event: number | null;
  readonly lastEvent: number | null;
  /** Byte range of those frames, end exclusive. */
  readonly bytes: ByteRange | null;
  /**
   * The bytes at fault among them, in order: the values, or the characters of values, that it is about. Absent where only
   * items were at hand; as many as MAX_MARKS of a finding that is about more.
   */
  readonly marks?: readonly ByteRange[];
  /** Wire block it is about, when it is about one. */
  readonly block?: string;
  /** One sentence, with numbers. */
  readonly sentence: string;
  /** What is shown beside it: the two texts, the two numbers. */
  readonly expected?: string;
  readonly got?: string;
}

/** One cell of the verdict table. */
export interface VerdictCell {
  readonly equal: boolean;
  /** `equal`, or what differs, in numbers; for the wire: what is there. */
  readonly text: string;
  /** Numbers of the findings behind it. */
  readonly findings: readonly number[];
}

export const VERDICT_FIELDS = ['text', 'reasoning', 'tool calls', 'approvals', 'finish', 'usage', 'order'] as const;
export type VerdictField = (typeof VERDICT_FIELDS)[number];
export type Verdict = Readonly<Record<VerdictField, ByLane<VerdictCell>>>;
