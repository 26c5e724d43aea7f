/** What Python's int() makes of text. */
import { pythonStrip } from './python-text.ts';

/** CPython refuses to convert more digits than this between text and integers (sys.set_int_max_str_digits). */
export const MAX_INT_DIGITS = 4300;

const INT = /^[+-]?\p{Nd}+(?:_\p{Nd}+)*$/u;

/** Whether `int(text)` succeeds: blanks around it, one sign, digits of any script, single underscores between digits. */
export function isPythonInt(text: string): boolean {
  const stripped = pythonStrip(text);
  return INT.test(stripped) && (stripped.match(/\p{Nd}/gu)?.length ?? 0) <= MAX_INT_DIGITS;
}
