/** Where a text stands in a trace: in what the wire said, and in events that said nothing to read. Pure. */
import type { LaneBlock } from '../../../shared/model/block-row.ts';
import type { TraceModel } from '../../stores/trace-model.ts';
import { inTurns } from '../../stores/turns.ts';

export interface Match {
  /** The event that brought its first character. */
  readonly event: number;
  /** What it stands in, as the window calls it. */
  readonly where: string;
}

/** More are of no use to step through. */
export const MOST_MATCHES = 10_000;
/** UTF-16 units of what is looked for; a longer text is not looked for. */
export const LONGEST_WANTED = 1_000;
/** Of the text, in one step; less of it for a long text, each sign of which may be compared at each place. */
const STEP = 131_072;
const SHORTEST_STEP = 512;
const COMPARED = 524_288;
/** Events looked at in one step. */
const EVENTS = 1_000;

type Searched = Pick<TraceModel, 'blocks' | 'events'>;

/**
 * In the order of the events, capitals aside; at most MOST_MATCHES. Takes turns with whatever else the window does, however long
 * the text is. Null: it was given up.
 */
export async function matchesIn(model: Searched, text: string, signal?: AbortSignal): Promise<readonly Match[] | null> {
  const found: Match[] = [];
  const take = (match: Match | null): boolean => match === null || found.push(match) < MOST_MATCHES;
  const looked = await inTurns(matchesBySteps(model, text), take, signal);
  return looked ? found.toSorted((a, b) => a.event - b.event) : null;
}

/** As they are come upon; null ends a step, and none costs more than a few milliseconds. */
export function* matchesBySteps(model: Searched, text: string, step = STEP): Generator<Match | null, void> {
  if (text.trim() === '' || text.length > LONGEST_WANTED) return;
  const pattern = new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`), 'giu');
  const size = Math.min(step, Math.max(SHORTEST_STEP, Math.floor(COMPARED / text.length)));
  const wanted = { pattern, length: text.length, size };
  for (let number = 0; number < model.blocks.rowCount; number++)
    for (const block of model.blocks.rowAt(number).cells.wire) yield* inBlock(block, wanted);
  for (const [at, { index, block, preview, type, notes = [] }] of model.events.entries()) {
    // What a block has to say is found in its text, whole.
    if (block === undefined && [preview, type, ...notes].some((one) => one.search(pattern) >= 0))
      yield { event: index, where: 'event' };
    if (at % EVENTS === EVENTS - 1) yield null;
  }
}

interface Wanted {
  readonly pattern: RegExp;
  /** Of each match: capitals and small letters are of one length in UTF-16. */
  readonly length: number;
  readonly size: number;
}

function* inBlock(block: LaneBlock, wanted: Wanted): Generator<Match | null, void> {
  const { kind, name, firstEvent, pieces, causes } = block;
  // Some servers send a name of megabytes.
  if (name !== null && firstEvent !== null)
    for (const offset of offsetsIn([name], wanted)) {
      yield offset === null ? null : { event: firstEvent, where: 'tool name' };
      if (offset !== null) break;
    }
  let piece = 0;
  let end = pieces[0]?.length ?? 0;
  for (const offset of offsetsIn(pieces, wanted)) {
    if (offset === null) yield null;
    else {
      while (end <= offset) end += pieces[++piece]!.length;
      const event = causes[piece] ?? firstEvent;
      if (event !== null) yield { event, where: WORDS[kind] ?? kind };
    }
  }
}

/** Where matches begin in the pieces as one text; null after each step. What could begin a match at the end of a step goes into the next. */
function* offsetsIn(pieces: readonly string[], { pattern, length, size }: Wanted): Generator<number | null, void> {
  let left = '';
  let start = 0;
  for (const { text, last } of slicesOf(pieces, size)) {
    const all = left + text;
    // Half a sign at the end waits for its other half.
    const here = !last && isHigh(all.charCodeAt(all.length - 1)) ? all.slice(0, -1) : all;
    let from = Math.max(0, here.length - length + 1);
    for (const { index } of here.matchAll(pattern)) {
      yield start + index;
      from = Math.max(from, index + length);
    }
    if (from > 0 && isHigh(all.charCodeAt(from - 1)) && from < here.length) from--;
    left = all.slice(from);
    start += from;
    yield null;
  }
}

const isHigh = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;

/** The pieces as one text, `size` of it at a time. */
function* slicesOf(
  pieces: readonly string[],
  size: number,
): Generator<{ readonly text: string; readonly last: boolean }> {
  let parts: string[] = [];
  let length = 0;
  for (const piece of pieces)
    for (let at = 0; at < piece.length;) {
      const part = piece.slice(at, at + size - length);
      at += part.length;
      length += part.length;
      parts.push(part);
      if (length < size) continue;
      yield { text: parts.join(''), last: false };
      [parts, length] = [[], 0];
    }
  yield { text: parts.join(''), last: true };
}

const WORDS: Partial<Readonly<Record<LaneBlock['kind'], string>>> = {
  tool: 'arguments',
  server_tool: 'arguments',
  server_tool_result: 'result',
  hidden: 'hidden reasoning',
};
