/** What the framer gives, in the order of the bytes. */
import type { Read, SseFrame } from '../model/stream.ts';

export type Framed =
  | { readonly type: 'frame'; readonly frame: SseFrame }
  /** A line that starts with a colon: keep-alive, nothing for any lane. */
  | { readonly type: 'comment'; readonly start: number; readonly end: number; readonly read: number; readonly tNs: number; readonly text: string }
  /** A line whose bytes are not UTF-8. The wire reads on with U+FFFD; the seed adapters end here. */
  | { readonly type: 'bad-utf8'; readonly start: number; readonly end: number; readonly read: number; readonly tNs: number }
  /** Bytes after the last blank line when the body is over: the standard drops them. */
  | { readonly type: 'unfinished'; readonly start: number; readonly end: number; readonly read: number; readonly tNs: number; readonly text: string };

export declare class SseFramer {
  /** Frames completed by this read. Any cut of the same bytes gives the same frames, apart from `read` and `tNs`. */
  feed(read: Read): readonly Framed[];
  /** The body is over. */
  end(): readonly Framed[];
}
