/** What a comparison says; computed by pure functions from readings of the same bytes. */
import type { LintRemark } from '../lint/rule.ts';
import type { Silence } from '../metrics/silence.ts';
import type { Finding, Standing, Verdict } from '../model/findings.ts';
import type { TraceId } from '../model/ids.ts';
import type { ByLane, LaneId } from '../model/messages.ts';
import type { AdapterOptions, Ending, Metrics } from '../model/trace.ts';
import type { Usage } from '../model/usage.ts';
import type { ByteRange } from '../text/byte-range.ts';

/** A row of the columns: one wire block, or what lanes emitted outside any block. */
export interface AlignedRow {
  /** Wire block id, or `before`, `after`, or `event:<n>`. */
  readonly id: string;
  readonly kind: string;
  readonly title: string;
  /** First byte and range of events. */
  readonly byte: number | null;
  readonly events: readonly [first: number, last: number] | null;
  readonly cells: ByLane<AlignedCell>;
  /** All lanes are equal to the wire here: the row folds away. */
  readonly equal: boolean;
  readonly findings: readonly number[];
}

export interface AlignedCell extends Standing {
  /**
   * The lane's text here, joined, and in a cell that is not equal also what it lost, in its place and marked `lost`: without
   * those stretches it is what the lane said. Null: the lane has nothing here.
   */
  readonly text: string | null;
  readonly messages: number;
  /** Marked stretches of `text`, in order, as code unit ranges; `lost` is on the wire and not in the lane, `added` the other way round. */
  readonly marks: readonly {
    readonly start: number;
    readonly end: number;
    readonly mark: 'added' | 'lost' | 'altered';
  }[];
  /** `text` is a stretch of the cell's, see cut-cells.ts. In characters: those before it, all, and under both marks in all. */
  readonly cut?: { readonly before: number; readonly chars: number; readonly lost: number; readonly added: number };
}

/** A note of the lane map: one message at the moment it was emitted. */
export interface LaneMapNote {
  readonly lane: LaneId;
  /** Staff line: `meta`, or a wire block's id. */
  readonly line: string;
  readonly event: number | null;
  readonly read: number | null;
  /** When it was emitted, and when the read arrived that its content came in. */
  readonly tNs: number;
  readonly causeNs: number;
  /** The frame that its content came in: the place of its cause where nothing was timed. */
  readonly causeEvent: number | null;
  readonly kind: 'text' | 'reasoning' | 'tool' | 'meta' | 'error';
  readonly chars: number;
  readonly shape: 'on-time' | 'late' | 'lost' | 'merged' | 'altered';
  readonly finding?: number;
}

export interface LaneMap {
  readonly totalNs: number;
  /** Frames of the stream: the length of the axis where nothing was timed. */
  readonly events: number;
  readonly timed: boolean;
  /** Staff lines in order, the same for all staves. */
  readonly lines: readonly {
    readonly id: string;
    readonly label: string;
    readonly kind: 'meta' | 'text' | 'reasoning' | 'tool' | 'error';
  }[];
  readonly notes: readonly LaneMapNote[];
  readonly reads: readonly { readonly n: number; readonly tNs: number; readonly length: number }[];
  /** Stretches without a byte that are worth a name. */
  readonly silences: readonly { readonly startNs: number; readonly endNs: number }[];
  readonly spans: readonly LaneMapSpan[];
}

/** The stretch that a finding is about. */
export interface LaneMapSpan {
  readonly finding: number;
  readonly lane: LaneId;
  readonly line: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly events: readonly [first: number, last: number];
  /** `fact`: it has no shape among the notes, only its place. */
  readonly shape: 'lost' | 'merged' | 'late' | 'altered' | 'error' | 'fact';
  /** A few words, for the drawing. */
  readonly label: string;
}

export interface LaneName {
  readonly id: LaneId;
  readonly label: string;
}

/** A remark on bytes that are in no frame, or on a lane that is left out. */
export interface ComparisonNote {
  /** `comment`, `ignored`, `bad-utf8`, `damaged`, `unfinished`, `limit`; `lane-failed`, `lane-limit`, `lane-left-out`. */
  readonly type: string;
  /** Of the first, end exclusive. */
  readonly bytes: ByteRange;
  readonly count: number;
  readonly sentence: string;
}

export interface CompareResult {
  /** The lanes that were compared, the wire first. */
  readonly lanes: readonly LaneName[];
  readonly options: AdapterOptions;
  /** How the stream ended; null where that is not known. */
  readonly ending: Ending | null;
  readonly notes: readonly ComparisonNote[];
  /** Why there is nothing to compare, as a sentence: no cell of a lane is equal then, none differs, and nothing is found. */
  readonly nothing: string | null;
  readonly verdict: Verdict;
  readonly findings: readonly Finding[];
  readonly rows: readonly AlignedRow[];
  readonly laneMap: LaneMap;
  readonly lint: readonly LintRemark[];
  readonly bytes: number;
}

export interface MatrixResult {
  /** As a comparison has it; there are no rows then. */
  readonly nothing: string | null;
  readonly rows: readonly {
    readonly lane: LaneId;
    readonly label: string;
    readonly options: AdapterOptions;
    /** The options that change what this lane emits; others it does not know. */
    readonly known: readonly (keyof AdapterOptions)[];
    readonly verdict: Readonly<Record<keyof Verdict, Standing & { readonly text: string }>>;
    readonly findings: number;
    readonly worst: Finding['severity'] | null;
  }[];
}

/** One part of two requests set beside each other. */
export interface RequestDiffRow {
  readonly section: 'messages' | 'tools' | 'parameters';
  readonly path: string;
  readonly change: 'same' | 'added' | 'removed' | 'changed';
  readonly a: string | null;
  readonly b: string | null;
}

export interface TraceSide {
  readonly id: TraceId;
  readonly title: string;
  readonly api: string;
  readonly model: string | null;
  readonly metrics: Metrics;
  readonly usage?: Usage;
  readonly cost?: number;
  readonly ending: string | null;
  /** False: order only, so that its times say nothing. */
  readonly timed: boolean;
  /** Blocks of the wire, in order. */
  readonly blocks: readonly {
    readonly kind: string;
    readonly title: string;
    readonly text: string;
    readonly firstNs: number;
    readonly lastNs: number;
  }[];
  /** See metrics/silence.ts. */
  readonly silences: readonly Silence[];
  readonly findings: readonly Finding[];
  readonly lanes: readonly LaneName[];
  /** As a comparison has it. */
  readonly nothing: string | null;
  readonly verdict: Verdict;
}

export interface TraceCompareResult {
  readonly a: TraceSide;
  readonly b: TraceSide;
  readonly request: readonly RequestDiffRow[];
}
