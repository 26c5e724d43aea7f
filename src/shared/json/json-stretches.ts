/** JSON text made in stretches: of a value of megabytes nobody has to make all at once. */
import { isHighSurrogate, isLowSurrogate } from '../text/code-points.ts';

/** About how much a stretch says, in UTF-16 units. */
const STRETCH = 16_384;

/** Whether a member of an object is left out. */
export type Skips = (key: string, value: unknown) => boolean;

/** Text, or a value that stands there. */
type Part = string | { readonly value: unknown };

/** What JSON.stringify says of a value that was read from JSON, without the members of objects that are skipped, wherever they stand. */
export function* jsonStretches(value: unknown, skips: Skips): Generator<string> {
  const open = [partsOf(value, skips)];
  let text = '';
  while (open.length > 0) {
    const next = open.at(-1)!.next();
    if (next.done) open.pop();
    else if (typeof next.value === 'string') text += next.value;
    else open.push(partsOf(next.value.value, skips));
    if (text.length < STRETCH) continue;
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function* partsOf(value: unknown, skips: Skips): Generator<Part> {
  if (typeof value === 'string') yield* partsOfText(value);
  else if (Array.isArray(value)) yield* partsOfList(value);
  else if (typeof value === 'object' && value !== null) yield* partsOfObject(value, skips);
  else yield JSON.stringify(value);
}

function* partsOfText(text: string): Generator<string> {
  yield '"';
  for (let at = 0; at < text.length;) {
    const cut = at + STRETCH;
    // Half of a surrogate pair would be said as an escape.
    const parts = isHighSurrogate(text.charCodeAt(cut - 1)) && isLowSurrogate(text.charCodeAt(cut));
    const end = parts ? cut + 1 : cut;
    yield JSON.stringify(text.slice(at, end)).slice(1, -1);
    at = end;
  }
  yield '"';
}

function* partsOfList(list: readonly unknown[]): Generator<Part> {
  for (const [at, value] of list.entries()) {
    yield at === 0 ? '[' : ',';
    yield partOf(value);
  }
  yield list.length === 0 ? '[]' : ']';
}

function* partsOfObject(object: object, skips: Skips): Generator<Part> {
  let before = '{';
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined || skips(key, value)) continue;
    yield `${before}${JSON.stringify(key)}:`;
    yield partOf(value);
    before = ',';
  }
  yield before === '{' ? '{}' : '}';
}

/** What is short is said at once. */
function partOf(value: unknown): Part {
  if (typeof value === 'string' ? value.length <= STRETCH : typeof value !== 'object' || value === null)
    return JSON.stringify(value);
  return { value };
}
