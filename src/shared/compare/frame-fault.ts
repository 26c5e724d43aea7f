/** What is wrong with the wire at one of its events, or in the bytes behind it: what makes a reader end there. */
import { FRAMING_RULES } from '../lint/framing-rules.ts';
import { bySeverity } from '../lint/rule.ts';
import { providerOf } from '../providers/registry.ts';
import { lintOf } from './input-lint.ts';
import type { ComparisonInput, NoteItem } from './lane-reading.ts';
import { clause } from './say.ts';

/** As a clause; null where nothing is. `event`: where the reader ended, null when that was before the first. */
export function faultAt(input: ComparisonInput, event: number | null): string | null {
  const note = noteBehind(input, event);
  if (note) return sentenceOf(note);
  if (event === null || !dispatches(input, event)) return null;
  // What a client commonly survives makes a strict one end all the same.
  const remarks = lintOf(input).filter((one) => one.event === event && one.severity !== 'info');
  const [first] = remarks.toSorted((a, b) => bySeverity(a, b) || depth(input, a.rule) - depth(input, b.rule));
  return first ? clause(firstSentence(first.fact)) : null;
}

const FRAMING: ReadonlySet<string> = new Set(FRAMING_RULES.map(({ id }) => id));

/**
 * How far a rule is from the bytes at which readers stumble: faults of the framing come first, then what an event must be by the rules
 * of its API. What is wrong with the answer as a whole mostly follows from one of them.
 */
function depth({ setup }: ComparisonInput, rule: string): number {
  if (FRAMING.has(rule)) return 0;
  return providerOf(setup.api).rules.some(({ id }) => id === rule) ? 1 : 2;
}

/** What was seen: what clients make of it comes after. */
const firstSentence = (text: string): string => text.split(/(?<=\.) (?=[A-Z])/)[0]!;

/** By the rules of the framing there is an event; a reader that takes another frame for one fails by its own doing. */
function dispatches({ body, events }: ComparisonInput, event: number): boolean {
  const place = events[event];
  return place !== undefined && body?.frameAt(place)?.dispatches === true;
}

const ENDS_READERS: ReadonlySet<string> = new Set(['bad-utf8', 'damaged', 'limit']);

/** Bytes that end every reader but the wire, between the frame and the next one. */
function noteBehind({ notes, events }: ComparisonInput, event: number | null): NoteItem | undefined {
  const from = event === null ? 0 : events[event]?.end;
  if (from === undefined) return undefined;
  // Bytes in the next frame that are not UTF-8 end a reader before that frame is whole.
  const next = events[event === null ? 0 : event + 1]?.end ?? Infinity;
  return notes.find(({ type, start }) => ENDS_READERS.has(type) && start >= from && start < next);
}

const sentenceOf = ({ type, text, start, end }: NoteItem): string =>
  type === 'bad-utf8' ? `bytes ${start} to ${end} are not UTF-8` : clause(text);
