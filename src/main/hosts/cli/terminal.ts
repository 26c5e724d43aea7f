/** What the commands and the person at the terminal say to each other. */

/**
 * A text for a terminal: control characters, those that turn the writing direction and those that break a line stand as
 * `\uXXXX`, which JSON reads as the characters they are.
 */
export const printable = (text: string): string =>
  text.replace(
    /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Several lines, each printable. */
export const printableLines = (text: string): string => text.split('\n').map(printable).join('\n');

/** Bad input on the command line: its message is the one sentence that is printed, and the exit code is 2. */
export class UsageError extends Error {}
