/** What a framing is to the rest of the program: bytes in, frames and remarks out, for any cut of the bytes into reads. */
import type { Framed, Place, Read } from '../model/stream.ts';

/**
 * One framer reads one body. Any cut of the same bytes into reads gives the same frames and remarks, in the order of the
 * bytes, and each byte is looked at a fixed number of times.
 */
export interface Framer {
  /** What this read completed. Reads must follow each other without a gap; the first may start anywhere in the body. */
  feed(read: Read): readonly Framed[];
  /** The body is over: what is left of an unfinished frame. Call once, last. */
  end(): readonly Framed[];
}

/** The peers' largest event (AI SDK's JSON line) is 64 MiB, and V8's longest string, 512 Mi, leaves room to copy it. */
export const MAX_EVENT_BYTES = 64 * 1024 * 1024;
/** A remark is read by people; a comment may be as long as an event. */
const MAX_REMARK_CHARS = 1_000;

export const NOTHING: readonly Framed[] = [];

/** What a framer has found and not given yet. */
export class FramedQueue {
  #framed: Framed[] = [];

  push(framed: Framed): void {
    this.#framed.push(framed);
  }

  /** All of it, which is given once. */
  take(): readonly Framed[] {
    const framed = this.#framed;
    if (framed.length === 0) return NOTHING;
    this.#framed = [];
    return framed;
  }
}

export const remark = (text: string): string =>
  text.length > MAX_REMARK_CHARS ? `${text.slice(0, MAX_REMARK_CHARS)}…` : text;

/** Whether a remark is shorter than what it is of. */
export const isCutRemark = (text: string): boolean => text.length === MAX_REMARK_CHARS + 1 && text.endsWith('…');

export const placeAt = ({ n, tNs }: Read, start: number, end: number): Place => ({ start, end, read: n, tNs });

/** The event that starts at byte `start` passes the limit. Its place must not depend on the cut. */
export function limitPassed(read: Read, start: number): Framed {
  const text = `The event that starts at byte ${start} is longer than ${MAX_EVENT_BYTES} bytes. It and everything after it are kept but not decoded.`;
  return { type: 'limit', text, ...placeAt(read, start, start + MAX_EVENT_BYTES) };
}

/** The message that starts at byte `start` says in its first `headBytes` that it passes the limit. Told by these, before it fills the memory. */
export function messageTooLong(read: Read, start: number, length: number, headBytes: number): Framed {
  const text = `The message that starts at byte ${start} is ${length} bytes long, more than the limit of ${MAX_EVENT_BYTES}. It and everything after it are kept but not decoded.`;
  return { type: 'limit', text, ...placeAt(read, start, start + headBytes) };
}
