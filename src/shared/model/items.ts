/**
 * The items of a reading: what the main process sends of a stream, in order, to whoever watches it. The same list comes
 * out of a live stream, of the stored bytes and of a playing, so a watcher that knows how many it has can go on anywhere.
 */
import type { Emission, LaneOutcome } from './messages.ts';
import type { EventSummary } from './stream.ts';
import type { Ending, HttpHead } from './trace.ts';

export type TraceItem =
  | { readonly k: 'head'; readonly tNs: number; readonly head: HttpHead }
  | { readonly k: 'read'; readonly n: number; readonly offset: number; readonly length: number; readonly tNs: number }
  | { readonly k: 'event'; readonly event: EventSummary }
  | { readonly k: 'message'; readonly emission: Emission }
  /** A remark on the bytes that belongs to no frame: a keep-alive comment, bytes that are not UTF-8, an unfinished frame. */
  | {
      readonly k: 'note';
      readonly start: number;
      readonly end: number;
      readonly tNs: number;
      readonly type: string;
      readonly text: string;
    }
  | { readonly k: 'outcome'; readonly result: LaneOutcome }
  /** `flushed`: how many items right before it came of the end of the body, and of no read. */
  | { readonly k: 'ending'; readonly tNs: number; readonly ending: Ending; readonly flushed?: number };
