/**
 * Limits of the wire lane, beside the framer's on the length of one event. Past one the lane ends with an error message;
 * the capture and the other lanes go on.
 */

/**
 * Levels of nesting in one event. Parsing goes deeper without harm, but what a lane emits travels to the window, where
 * structuredClone fails at about 1,640 levels and JSON.stringify at about 4,450.
 */
export const MAX_NESTING = 256;

/** UTF-16 units of all blocks together: half of V8's longest string, so that any block can still be joined and copied. */
export const MAX_TEXT_CHARS = 256 * 1024 * 1024;

/** Content blocks of one stream. Real answers have hundreds; each costs a row in the window. */
export const MAX_BLOCKS = 65_536;

/** Thrown by the recorder and caught by the lane, which ends with this sentence. Never leaves the lane. */
export class LimitPassed extends Error {}
