/** How UTF-8 is cut into characters, bad bytes included: https://encoding.spec.whatwg.org/#utf-8-decoder. */

/**
 * How many bytes at `at` a decoder turns into one character: of a whole one 1 to 4; of bad bytes as many as it replaces by
 * one U+FFFD, of which a run of four never is one.
 */
export function utf8Length(bytes: Uint8Array, at: number): number {
  const lead = bytes[at]!;
  const size = lead < 0xc2 || lead > 0xf4 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
  for (let n = 1; n < size; n++) {
    const byte = bytes[at + n];
    const [low, high] = n === 1 ? secondOf(lead) : [0x80, 0xbf];
    if (byte === undefined || byte < low || byte > high) return n;
  }
  return size;
}

/** Bounds of the second byte: what is longer than it need be, a surrogate or above U+10FFFF is no character. */
function secondOf(lead: number): readonly [low: number, high: number] {
  if (lead === 0xe0) return [0xa0, 0xbf];
  if (lead === 0xed) return [0x80, 0x9f];
  if (lead === 0xf0) return [0x90, 0xbf];
  if (lead === 0xf4) return [0x80, 0x8f];
  return [0x80, 0xbf];
}
