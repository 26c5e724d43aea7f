/**
 * A text for a terminal: control characters and those that turn the writing direction stand as `\uXXXX`, which JSON reads
 * as the characters they are.
 */
export const printable = (text: string): string =>
  text.replace(
    /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
