/** From bytes to text, for all framings. */

// A byte order mark stays, since whether it counts is a question of the framing and of who reads.
const lossy = new TextDecoder('utf-8', { ignoreBOM: true });
const strict = new TextDecoder('utf-8', { ignoreBOM: true, fatal: true });

export const BOM = 0xfeff;
/** The same in UTF-8. */
export const MARK_BYTES: readonly number[] = [0xef, 0xbb, 0xbf];
/** Remark on the frame that it stood before. */
export const MARK_DROPPED = 'a byte order mark before it was dropped';
/** What stands for bad bytes, or came from the server: isUtf8 tells which. */
export const REPLACEMENT = '\uFFFD';

/** Bad bytes become U+FFFD. */
export const lossyText = (bytes: Uint8Array): string => lossy.decode(bytes);

export function isUtf8(bytes: Uint8Array): boolean {
  try {
    strict.decode(bytes);
    return true;
  } catch {
    return false;
  }
}
