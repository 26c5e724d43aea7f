/** What a check of files found, against a baseline where there is one. */
import type { CheckedStream, Issue } from './check-stream.ts';
import { LEVELS, type Level } from './rules.ts';

/** An issue, and whether the baseline has it already: what is known fails no check. */
export interface JudgedIssue extends Issue {
  readonly known: boolean;
}

export interface ReportedStream extends Omit<CheckedStream, 'issues'> {
  /** Its file, and its number behind `#` where the file has several: unique in a report. */
  readonly name: string;
  /** As it was named or found. */
  readonly path: string;
  readonly issues: readonly JudgedIssue[];
  /** The bytes of the file where they are the body as it is, so that offsets in the body are offsets in the file. */
  readonly fileBytes: Uint8Array | null;
}

export interface CheckReport {
  readonly streams: readonly ReportedStream[];
  /** Of no stream: files that cannot be read, streams that are gone. */
  readonly others: readonly (JudgedIssue & { readonly name: string; readonly path: string })[];
  /** Whether there was a baseline to compare with. */
  readonly compared: boolean;
  /** Issues of the baseline that show no more. */
  readonly gone: number;
  /** Files in folders that hold no stream. */
  readonly passedOver: readonly string[];
}

/** `none`: nothing fails the check. */
export const FAIL_ON = [...LEVELS, 'none'] as const;
export type FailOn = (typeof FAIL_ON)[number];

export const fails = ({ level, known }: { readonly level: Level; readonly known: boolean }, limit: FailOn): boolean =>
  !known && limit !== 'none' && LEVELS.indexOf(level) <= LEVELS.indexOf(limit);

export const allIssues = ({ streams, others }: CheckReport): readonly (JudgedIssue & { readonly name: string })[] => [
  ...streams.flatMap(({ name, issues }) => issues.map((issue) => ({ ...issue, name }))),
  ...others,
];
