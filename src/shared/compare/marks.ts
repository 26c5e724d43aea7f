/**
 * The bytes at fault in what a finding is about: the values of its events that carry what the lane lost or changed, or the
 * characters of them, within the JSON that the provider sent around them.
 *
 * A value is found by what it says: of a block's deltas the wire lane says their text, not their place in the event. Where
 * no value says it, such as for an event that is no JSON, all that the event carries is marked.
 */
import { FRAMINGS } from '../framing/registry.ts';
import type { JsonMember } from '../json/json-members.ts';
import type { JsonPlaces } from '../json/json-places.ts';
import type { LaneId } from '../model/messages.ts';
import { framePlaces } from '../providers/frame-places.ts';
import type { ByteRange } from '../text/byte-range.ts';
import { sameArguments } from './argument-text.ts';
import { expectedParts, gotText, type ExpectedPart } from './expected.ts';
import type { NumberedFinding } from './findings/registry.ts';
import type { ComparisonInput, Strand } from './lane-reading.ts';
import { diffTexts } from './text-diff.ts';

/** Ranges of a finding at most: one that is about all of a long stream is not read mark by mark. */
const MAX_MARKS = 256;
/** Frames that are longer are marked whole: no value of them is looked for. */
const MAX_FRAME = 512 * 1024;

/** Names under which the providers put what is new, and what a finding without a block is about. */
const DELTA = /^(text|thinking|signature|partial_json|arguments|input|args|content|reasoning\w*|refusal|delta|data)$/;
const FACT = /token|count|reason|status|message|error|name|^id$|_id$/i;

/** The marks of findings about one reading; empty for those that show only after the end, and where there are no bytes. */
export function markerOf(input: ComparisonInput): (finding: NumberedFinding) => readonly ByteRange[] {
  const { body } = input;
  if (body === null) return () => [];
  const frames = new Map<number, FrameMarks>();
  const frame: FrameAt = (index) => {
    const event = input.events[index];
    const known = frames.get(index);
    if (known || !event) return known ?? null;
    const bytes = event.end - event.start > MAX_FRAME ? null : body.slice(event.start, event.end);
    const marks = new FrameMarks([event.start, event.end], bytes, input.setup.api, body.framing);
    frames.set(index, marks);
    return marks;
  };
  const lanes = new Map<LaneId, PartsOf>();
  const partsOf = (lane: LaneId): PartsOf => {
    const parts = lanes.get(lane) ?? Map.groupBy(expectedParts(input, lane), ({ wire }) => wire);
    lanes.set(lane, parts);
    return parts;
  };
  return (one) => inOrder(marksOf(input, one, partsOf(one.finding.lane), frame)).slice(0, MAX_MARKS);
}

type FrameAt = (event: number) => FrameMarks | null;
type PartsOf = ReadonlyMap<Strand, readonly ExpectedPart[]>;

function marksOf(
  input: ComparisonInput,
  { finding, kind, blocks }: NumberedFinding,
  partsOf: PartsOf,
  frame: FrameAt,
): readonly ByteRange[] {
  const { event, lastEvent, expected, lane } = finding;
  if (event === null) return [];
  const events: ByteRange = [event, (lastEvent ?? event) + 1];
  if (kind.shape === 'lost' || kind.shape === 'altered') {
    const lost = first(
      stretches(input, blocks, (strand) =>
        (partsOf.get(strand) ?? []).flatMap((part) => lostOf(part, gotText(input, lane, part))),
      ),
      events,
    );
    if (lost.length > 0) return deltas(lost, frame);
  }
  const fact = expected === undefined ? [] : factIn([event, events[1] - 1], expected, frame);
  if (fact.length > 0) return fact;
  const all = first(
    stretches(input, blocks, ({ text }) => [[0, text.length]]),
    events,
  );
  return all.length > 0 ? deltas(all, frame) : (frame(event)?.data() ?? []);
}

/** A stretch of the text of a wire strand. */
interface Stretch {
  readonly strand: Strand;
  readonly range: ByteRange;
}

function* stretches(
  input: ComparisonInput,
  blocks: readonly string[],
  of: (strand: Strand) => readonly ByteRange[],
): Generator<Stretch> {
  for (const block of blocks) {
    const row = input.grid.row(block);
    for (const strand of Object.values((row && input.strands.get(row)?.wire) ?? {}))
      for (const range of of(strand)) yield { strand, range };
  }
}

/** As many pieces as have marks. */
function first(all: Iterable<Stretch>, events: ByteRange): readonly Piece[] {
  const out: Piece[] = [];
  for (const { strand, range } of all) {
    out.push(...pieces(strand, range, events));
    if (out.length >= MAX_MARKS) break;
  }
  return out.slice(0, MAX_MARKS);
}

/** A stretch of what one event added to a block. */
interface Piece {
  readonly event: number;
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

/** What the wire says and the lane does not, as ranges of the wire strand's text. */
function lostOf(part: ExpectedPart, got: string): readonly ByteRange[] {
  if (part.converted || (part.kind === 'tool' && sameArguments(part.text, got))) return [];
  let at = 0;
  return diffTexts(part.text, got).flatMap(({ kind, text }): ByteRange[] => {
    if (kind === 'added') return [];
    const from = at;
    at += text.length;
    return kind === 'lost' ? [[part.wireOffset(from), part.wireOffset(at - 1) + 1]] : [];
  });
}

/** The parts of a stretch of a strand's text that came with these events. */
function pieces({ entries }: Strand, [from, to]: ByteRange, [first, end]: ByteRange): readonly Piece[] {
  const out: Piece[] = [];
  let [at, high] = [0, entries.length];
  while (at < high) {
    const middle = (at + high) >> 1;
    if (entries[middle]!.end > from) high = middle;
    else at = middle + 1;
  }
  for (; at < entries.length && out.length < MAX_MARKS; at++) {
    const entry = entries[at]!;
    const start = entry.end - entry.text.length;
    if (start >= to) break;
    if (entry.text === '' || entry.event === null || entry.event < first || entry.event >= end) continue;
    const { event, text } = entry;
    out.push({ event, text, from: Math.max(0, from - start), to: Math.min(text.length, to - start) });
  }
  return out;
}

const deltas = (all: readonly Piece[], frame: FrameAt): readonly ByteRange[] =>
  all.flatMap((piece) => frame(piece.event)?.delta(piece) ?? []);

/** A number, a name or a reason that the finding expects, in its first or its last event. */
function factIn(events: readonly number[], expected: string, frame: FrameAt): readonly ByteRange[] {
  for (const event of events) {
    const found = frame(event)?.fact(expected) ?? [];
    if (found.length > 0) return found;
  }
  return [];
}

/** In the order of the bytes, each once. */
function inOrder(ranges: readonly ByteRange[]): readonly ByteRange[] {
  const out: ByteRange[] = [];
  for (const [start, end] of ranges.toSorted((a, b) => a[0] - b[0] || a[1] - b[1])) {
    const last = out.at(-1);
    if (!last || start >= last[1]) out.push([start, end]);
    else if (end > last[1]) out[out.length - 1] = [last[0], end];
  }
  return out;
}

/** The values of one frame. */
class FrameMarks {
  readonly #frame: ByteRange;
  readonly #places: JsonPlaces | null;
  readonly #data: readonly ByteRange[];

  /** `bytes`: null when they are too many. */
  constructor(frame: ByteRange, bytes: Uint8Array | null, api: string, framing: keyof typeof FRAMINGS) {
    this.#frame = frame;
    this.#places = bytes && framePlaces(api, framing, bytes, frame[0]);
    this.#data = bytes ? FRAMINGS[framing].dataRanges(bytes, frame[0]) : [];
  }

  /** All that the event carries; the frame where that is nothing. */
  data(): readonly ByteRange[] {
    const ranges = this.#data.filter(([start, end]) => start < end);
    return ranges.length > 0 ? ranges : [this.#frame];
  }

  /** The value that added a text to a block, or the characters of it that are meant. */
  delta({ text, from, to }: Piece): readonly ByteRange[] {
    const places = this.#places;
    if (!places) return this.data();
    const whole = this.#find(DELTA, (member) => says(places, member, text));
    if (whole)
      return from === 0 && to === text.length
        ? places.ranges(whole.valueStart, whole.end)
        : places.characters(whole, from, to);
    // A value that came whole, of which only the end was new.
    const holder = this.#find(DELTA, (member) => places.string(member)?.endsWith(text) ?? false);
    if (!holder) return this.data();
    const before = places.string(holder)!.length - text.length;
    return places.characters(holder, before + from, before + to);
  }

  /** The value that is this number or text; none where there is none. */
  fact(expected: string): readonly ByteRange[] {
    const places = this.#places;
    const found = places && this.#find(FACT, (member) => (places.string(member) ?? places.source(member)) === expected);
    return found ? places.ranges(found.valueStart, found.end) : [];
  }

  /** The first value that fits, of those under a likely name if there is one. */
  #find(likely: RegExp, fits: (member: JsonMember) => boolean): JsonMember | undefined {
    const found = (this.#places?.members ?? []).filter(fits);
    return found.find(({ key }) => key !== null && likely.test(key)) ?? found[0];
  }
}

/** A string that is the text, or a value whose JSON it is: some providers send arguments as objects. */
function says(places: JsonPlaces, member: JsonMember, text: string): boolean {
  const string = places.string(member);
  return string === null ? !member.leaf && sameArguments(places.source(member), text) : string === text;
}
