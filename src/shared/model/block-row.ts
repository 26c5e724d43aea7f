/** A row of the grid of blocks, and what lanes made of it. */
import type { ByLane, LaneId } from './messages.ts';

/** What a cell shows. `hidden` is reasoning that came redacted, encrypted or left out; `end` stands only in the last row. */
export type LaneBlockKind =
  'text' | 'reasoning' | 'hidden' | 'tool' | 'server_tool' | 'server_tool_result' | 'refusal' | 'other' | 'error';

/** Consecutive messages of one lane and kind in one row. Fields change while the stream runs; `pieces` only grows. */
export interface LaneBlock {
  /** Unique in the grid and stable. */
  readonly key: string;
  readonly lane: LaneId;
  readonly row: BlockRow;
  readonly kind: LaneBlockKind;
  /** Text, reasoning, arguments or the error's sentence. */
  readonly pieces: string[];
  /** For each piece the event that brought it; null for one that came before the first or told by the outcome. */
  readonly causes: (number | null)[];
  /** Length of the pieces in code points. */
  chars: number;
  /** Messages with content; the wire's block_start and block_stop are not counted. */
  messages: number;
  /** Frames that spoke of it; null before the first frame. */
  firstEvent: number | null;
  lastEvent: number | null;
  firstNs: number;
  lastNs: number;
  /** Tool calls. A name that is said again is the same name; one that goes on is added, as readers do. */
  name: string | null;
  callId: string | null;
  /** The lane asks for approval of it. */
  approval: boolean;
  /** Whole arguments are JSON; null while not known. */
  valid: boolean | null;
  /** When the arguments first were whole JSON. */
  validNs: number | null;
  /** Reasoning: the last signature that came; '' while none has. */
  signature: string;
  /** Other parts of it, whole: citations, results, log probabilities. */
  readonly attachments: { readonly type: string; readonly value: unknown }[];
}

export interface BlockRow {
  /** The wire block's id, `before`, `event:<n>` or `after`. */
  readonly id: string;
  readonly kind: LaneBlockKind | 'end';
  /** The provider's own type of the block; '' outside of one. */
  readonly type: string;
  readonly choice: number;
  /** The provider has closed it, or the stream has ended. */
  open: boolean;
  /** The stream ended before the provider closed it. */
  cut: boolean;
  firstEvent: number | null;
  lastEvent: number | null;
  /** A lane that has said nothing here may have no entry; see `cellOf`. */
  readonly cells: ByLane<LaneBlock[]>;
}

const NO_BLOCKS: readonly LaneBlock[] = [];

/** What a lane made of a row. */
export const cellOf = ({ cells }: BlockRow, lane: LaneId): readonly LaneBlock[] => cells[lane] ?? NO_BLOCKS;
