/** Text counted in code points, as Python and people count it; an unpaired surrogate counts as one. */

export const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit <= 0xdbff;
export const isLowSurrogate = (unit: number): boolean => unit >= 0xdc00 && unit <= 0xdfff;

const PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;

/** Up to this length a loop is done before a search with a pattern has begun. */
const SHORT = 32;

/** Number of code points in a text. */
export function codePoints(text: string): number {
  let pairs = 0;
  if (text.length <= SHORT) {
    for (let at = 1; at < text.length; at++)
      if (isLowSurrogate(text.charCodeAt(at)) && isHighSurrogate(text.charCodeAt(at - 1))) pairs++;
    return text.length - pairs;
  }
  // An engine that keeps Latin text in bytes need not look for pairs in it.
  for (PAIR.lastIndex = 0; PAIR.test(text);) pairs++;
  return text.length - pairs;
}

/** The index, in UTF-16 units, of the code point number `count`; the text's length when it has fewer. */
export function codePointIndex(text: string, count: number): number {
  let at = 0;
  for (let seen = 0; seen < count && at < text.length; seen++) {
    at += isHighSurrogate(text.charCodeAt(at)) && isLowSurrogate(text.charCodeAt(at + 1)) ? 2 : 1;
  }
  return at;
}

/** The first `count` code points: never half of a surrogate pair. */
export function firstCodePoints(text: string, count: number): string {
  return text.length <= count ? text : text.slice(0, codePointIndex(text, count));
}
