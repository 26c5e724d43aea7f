/**
 * Limits of the wire lane, beside the framer's on the length of one event. Past one the lane ends with an error message;
 * the capture and the other lanes go on.
 */

/** UTF-16 units of all blocks together: half of V8's longest string, so that any block can still be joined and copied. */
export const MAX_TEXT_CHARS = 256 * 1024 * 1024;

/** Content blocks of one stream. Real answers have hundreds; each costs a row in the window. */
export const MAX_BLOCKS = 65_536;

/** Thrown by the recorder and caught by the lane, which ends with this sentence. Never leaves the lane. */
export class LimitPassed extends Error {}
