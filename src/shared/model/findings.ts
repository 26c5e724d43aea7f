/** A finding: a fact about what a lane made of the wire, with its evidence. */
import type { ByteRange } from '../text/byte-range.ts';
import type { ByLane, LaneId } from './messages.ts';

/** By what the reader of the lane loses: `critical` is text, a call or its arguments, `minor` a figure, `info` nothing. */
export const SEVERITIES = ['info', 'minor', 'major', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface Finding {
  /** 1-based, the gravest first; the one number that names it in the lane map, the columns and the list. */
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

/** What a cell says of how a lane stands to the wire, in the verdict as in the columns. */
export interface Standing {
  /** Every value is equal: those of the messages, those that are kept, and how it ended. */
  readonly equal: boolean;
  /**
   * It is not equal, and nothing is lost by that: the options ask for it, or the lane's messages have no place for it. All
   * findings behind it are information. What is neither equal nor this differs, which is what is counted.
   */
  readonly noted: boolean;
}

export const differs = ({ equal, noted }: Standing): boolean => !equal && !noted;

/** One cell of the verdict table. */
export interface VerdictCell extends Standing {
  /** `equal`, or what differs, in numbers; for the wire: what is there. */
  readonly text: string;
  /** Numbers of the findings behind it, and of those that are worth a look though it is equal. */
  readonly findings: readonly number[];
}

export const VERDICT_FIELDS = [
  'text',
  'reasoning',
  'tool calls',
  'approvals',
  'other parts',
  'finish',
  'usage',
  'order',
  'ending',
] as const;
export type VerdictField = (typeof VERDICT_FIELDS)[number];
export type Verdict = Readonly<Record<VerdictField, ByLane<VerdictCell>>>;
