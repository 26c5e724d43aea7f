/** What is worked out of a trace once it has ended, for its row in the list and for filters. */
import type { Severity } from './findings.ts';
import type { LaneId } from './messages.ts';

export interface TraceFacts {
  /** Of the program that worked them out, see FACTS_VERSION. */
  readonly version: number;
  /** The lanes that differ from the wire, in the order in which they read it. */
  readonly differs: readonly LaneDifference[];
  /** Pairs of lanes that differ from the wire in other ways than each other, each in alphabetical order. */
  readonly apart: readonly (readonly [LaneId, LaneId])[];
  readonly lint: {
    /** The worst severity; null: no remarks. */
    readonly worst: 'error' | 'warning' | 'info' | null;
    /** Rules that are broken, by name. */
    readonly rules: readonly string[];
  };
  /** Names of the tools that the model called. */
  readonly tools: readonly string[];
  /** Alike for traces whose requests begin alike; null where the request is not known. */
  readonly conversation: string | null;
  /** Why nothing could be worked out, as a sentence. */
  readonly problem?: string;
}

export interface LaneDifference {
  readonly lane: LaneId;
  readonly worst: Severity;
  /** Findings that lose something. */
  readonly count: number;
  /** Kinds of all findings, those that lose nothing too. */
  readonly kinds: readonly string[];
}
