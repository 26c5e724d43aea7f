/** A stretch of bytes. */

/** Offsets in the body, the end exclusive. */
export type ByteRange = readonly [start: number, end: number];
