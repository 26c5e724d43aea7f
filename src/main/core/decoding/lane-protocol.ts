/** What the core and a thread of lanes say to one another. */
import type { LaneCut } from '../../../shared/lanes/decode-pass.ts';
import type { BodyEnd } from '../../../shared/metrics/ending.ts';
import type { PackedItems } from '../../../shared/model/packed-items.ts';
import type { Decoding, Ending, HttpHead } from '../../../shared/model/trace.ts';
import type { ReadRun } from '../store/parts.ts';
import type { ProviderTraceRow, TraceResult } from '../store/store.ts';
import type { RecordableTrace, RecordedRow } from './recording.ts';

/** What is made of a stream: a trace, its ending included, or only what a watcher sees, with lanes and options of his own. */
export type Purpose = { readonly type: 'record' } | { readonly type: 'view'; readonly decoding: Decoding };

/**
 * What a session is given, in this order: one `begin`, a `head` or none, `reads` as they come, and as the last one `end` for a
 * record, `ending` for a view.
 */
export type LaneInput =
  | {
      readonly type: 'begin';
      readonly trace: RecordableTrace;
      readonly purpose: Purpose;
      readonly cuts: readonly LaneCut[];
    }
  | { readonly type: 'head'; readonly head: HttpHead; readonly tNs: number }
  | { readonly type: 'reads'; readonly run: ReadRun }
  | { readonly type: 'end'; readonly end: BodyEnd; readonly tNs: number }
  | { readonly type: 'ending'; readonly ending: Ending; readonly tNs: number };

/** What it makes of that. */
export interface Decoded {
  readonly count: number;
  /** Packed, so that the core's thread has nothing to do with them but to hand them on; none where they were only counted. */
  readonly items: readonly PackedItems[];
  /** Of a record. */
  readonly recorded?: Recorded;
}

export interface Recorded {
  readonly row: RecordedRow;
  readonly terminated: boolean;
  /** When the last read came that said something, and was not only keep-alive; null when none has. */
  readonly saidNs: number | null;
  /** After the end. */
  readonly result?: TraceResult;
  readonly providerTraces?: readonly ProviderTraceRow[];
}

/** What the thread serves. A session is one pass over one stream; its number is never used again. */
export interface LaneHandlers {
  /** `wanted`: the items; else they are counted. */
  readonly take: (session: number, input: LaneInput, wanted: boolean) => Decoded;
  readonly drop: (session: number) => void;
  readonly close: () => void;
  readonly [name: string]: (...args: never[]) => unknown;
}

/** What the thread tells the core. */
export type LaneTellers = {
  /** It has no session any more, and holds much, see isHeavy. */
  readonly heavy: () => void;
};

/** The thread does not have the session: it is another than the one where the session was begun. */
export const NO_SESSION = 'no-session';

/** Where the thread is, in memory that both sides see: the session or 0, its lane and unit, and how many inputs it has begun. */
export const PLACE = { session: 0, lane: 1, unit: 2, inputs: 3 } as const;
export const PLACE_BYTES = 4 * Int32Array.BYTES_PER_ELEMENT;
