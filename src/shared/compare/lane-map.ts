/** The lane map: a staff for each lane on one time axis, each message a note joined to the read that its content came in. */
import { WIRE, type LaneId } from '../model/messages.ts';
import type { BlockRow } from '../model/block-row.ts';
import { silencesOf } from '../metrics/silence.ts';
import { codePoints } from '../text/code-points.ts';
import { expectedParts } from './expected.ts';
import type { FindingShape } from './findings/finding-kind.ts';
import type { NumberedFinding } from './findings/registry.ts';
import { lanesOf, strandsOf, type ComparisonInput, type Entry, type Strand } from './lane-reading.ts';
import type { LaneMap, LaneMapNote } from './result.ts';

const META_LINE = 'meta';
/** A stave denser than this is a smear at any width; notes that cannot be told apart are joined, their characters added up. */
const MAX_NOTES = 4_000;
const SLOTS = 2_000;

type LineKind = LaneMap['lines'][number]['kind'];
const LINE_KIND: Readonly<Record<string, LineKind>> = {
  text: 'text',
  refusal: 'text',
  reasoning: 'reasoning',
  hidden: 'reasoning',
  tool: 'tool',
  server_tool: 'tool',
};

export function laneMapOf(input: ComparisonInput, findings: readonly NumberedFinding[]): LaneMap {
  const last = Math.max(input.reads.at(-1)?.tNs ?? 0, input.events.at(-1)?.tNs ?? 0);
  const notes = lanesOf(input).flatMap(({ id }) => notesOf(input, id, new LaneShapes(findings, id), last));
  return {
    totalNs: last,
    events: input.events.length,
    timed: input.timed,
    lines: linesOf(input),
    notes,
    reads: input.reads.map(({ n, tNs, length }) => ({ n, tNs, length })),
    silences: input.timed ? silencesOf(input.reads) : [],
    spans: spansOf(input, findings),
  };
}

function linesOf(input: ComparisonInput): LaneMap['lines'] {
  let calls = 0;
  const blocks = input.grid.rows.flatMap((row) => {
    const kind = LINE_KIND[row.kind];
    if (!kind || !input.strands.get(row)?.wire) return [];
    return [{ id: row.id, kind, label: row.kind === 'tool' ? `call ${++calls}` : row.kind.replaceAll('_', ' ') }];
  });
  return [{ id: META_LINE, label: 'meta', kind: 'meta' }, ...blocks];
}

/** Which findings give the notes of a lane their shape, by block. */
class LaneShapes {
  readonly #byBlock = new Map<string, NumberedFinding[]>();

  constructor(findings: readonly NumberedFinding[], lane: LaneId) {
    for (const one of findings) {
      if (one.finding.lane !== lane || one.kind.shape === null) continue;
      for (const block of one.blocks) this.#byBlock.set(block, [...(this.#byBlock.get(block) ?? []), one]);
    }
  }

  /** The finding that bends a note at this event, the gravest first; notes before a finding's first event are sound. */
  at(block: string, event: number | null): NumberedFinding | undefined {
    const fits = this.#byBlock
      .get(block)
      ?.filter(
        ({ finding, kind }) =>
          kind.shape !== 'lost' && (finding.event === null || event === null || event >= finding.event),
      );
    return (
      fits?.find(({ kind }) => kind.shape === 'merged') ??
      fits?.find(({ kind }) => kind.shape === 'altered') ??
      fits?.[0]
    );
  }

  lost(block: string): NumberedFinding | undefined {
    return this.#byBlock.get(block)?.find(({ kind }) => kind.shape === 'lost');
  }
}

const NOTE_KIND: Readonly<Record<Strand['kind'], LaneMapNote['kind']>> = {
  text: 'text',
  reasoning: 'reasoning',
  hidden: 'reasoning',
  tool: 'tool',
  error: 'error',
  meta: 'meta',
};

/** In order; where they are more than `MAX_NOTES`, those that cannot be told apart are one. */
function notesOf(input: ComparisonInput, lane: LaneId, shapes: LaneShapes, totalNs: number): readonly LaneMapNote[] {
  const others = lane === WIRE ? metaNotes(input) : lostNotes(input, lane, shapes);
  const dense = others.length + entriesOf(input, lane) > MAX_NOTES;
  const slot = dense && totalNs > 0 ? slotOf(totalNs) : null;
  const notes: LaneMapNote[] = [];
  for (const [row, strands] of input.strands) {
    const line = LINE_KIND[row.kind] && strands.wire ? row.id : META_LINE;
    for (const strand of Object.values(strandsOf(input, row, lane)))
      for (const one of strandNotes(input, strand, strands.wire[strand.kind], line, shapes, slot)) notes.push(one);
  }
  for (const one of others) notes.push(one);
  notes.sort((a, b) => a.tNs - b.tNs || (a.event ?? -1) - (b.event ?? -1));
  return dense ? thinned(notes, totalNs) : notes;
}

function entriesOf(input: ComparisonInput, lane: LaneId): number {
  let count = 0;
  for (const row of input.strands.keys())
    for (const { entries } of Object.values(strandsOf(input, row, lane))) count += entries.length;
  return count;
}

type OpenNote = { -readonly [K in keyof LaneMapNote]: LaneMapNote[K] };

/**
 * The read that completed a note's content: by the character where texts run alike, else the message's own. With a `slot`,
 * messages of one slot and shape are one note from the start: a note for each of many thousands would be made to be joined.
 */
function strandNotes(
  input: ComparisonInput,
  strand: Strand,
  wire: Strand | undefined,
  line: string,
  shapes: LaneShapes,
  slot: number | null,
): readonly LaneMapNote[] {
  let [at, start] = [0, 0];
  const causeOf = (entry: Entry): Cause => {
    if (strand.lane === WIRE) return entry;
    if (wire) while (at < wire.entries.length - 1 && wire.entries[at]!.end <= start) at++;
    const source = wire?.entries[at];
    const alike =
      source !== undefined &&
      source.tNs <= entry.tNs &&
      entry.text !== '' &&
      (wire?.text.startsWith(entry.text, start) ?? false);
    start = entry.end;
    return named(input, strand, entry) ?? (alike ? source : entry);
  };
  const notes: LaneMapNote[] = [];
  let open: OpenNote | null = null;
  let openSlot = 0;
  for (const entry of strand.entries) {
    const cause = causeOf(entry);
    const finding = strand.lane === WIRE ? undefined : shapes.at(strand.row.id, entry.event);
    const shape = noteShape(input, finding?.kind.shape ?? null, entry, cause);
    const slotted = slot === null ? 0 : Math.floor(entry.tNs / slot);
    if (slot !== null && open?.shape === shape && openSlot === slotted && !isBefore(entry, open)) {
      open.chars += codePoints(entry.text);
      continue;
    }
    const number = shape === 'on-time' ? undefined : finding?.finding.number;
    open = note(input, entry, cause, strand.lane, line, NOTE_KIND[strand.kind], shape, number);
    openSlot = slotted;
    notes.push(open);
  }
  return notes;
}

const isBefore = (entry: Entry, { tNs, event }: LaneMapNote): boolean =>
  entry.tNs < tNs || (entry.tNs === tNs && (entry.event ?? -1) < (event ?? -1));

type Cause = Pick<Entry, 'event' | 'tNs'>;

/** The first message of a call says its name, which came with the frame that opened it. */
function named(input: ComparisonInput, { kind, row, entries }: Strand, entry: Entry): Cause | null {
  if (kind !== 'tool' || entry !== entries[0]) return null;
  const event = row.cells.wire[0]?.firstEvent ?? null;
  const says = 'tool_call' in entry.emission.message && entry.emission.message.tool_call.name;
  if (!says || event === null || entry.event === null || event > entry.event) return null;
  return { event, tNs: input.events[event]?.tNs ?? entry.tNs };
}

function noteShape(
  input: ComparisonInput,
  shape: FindingShape | null,
  entry: Entry,
  cause: Cause,
): LaneMapNote['shape'] {
  if (shape === 'merged' || shape === 'altered') return shape;
  const waited = input.timed ? cause.tNs < entry.tNs : (cause.event ?? 0) < (entry.event ?? 0);
  return shape === 'late' && waited ? 'late' : 'on-time';
}

function note(
  input: ComparisonInput,
  entry: Entry,
  cause: Cause,
  lane: LaneId,
  line: string,
  kind: LaneMapNote['kind'],
  shape: LaneMapNote['shape'],
  finding?: number,
): OpenNote {
  const source = cause.event === null ? undefined : input.events[cause.event];
  return {
    lane,
    line,
    event: entry.event,
    read: source?.read ?? null,
    tNs: entry.tNs,
    causeNs: cause.tNs,
    causeEvent: cause.event,
    kind,
    chars: codePoints(entry.text),
    shape,
    ...(finding !== undefined && { finding }),
  };
}

function metaNotes(input: ComparisonInput): readonly LaneMapNote[] {
  const notes: LaneMapNote[] = [];
  for (const { message, event } of input.emissions.wire) {
    const { message_type: type } = message;
    if ((type !== 'usage' && type !== 'finish' && type !== 'response') || event === null) continue;
    const { tNs = 0, read = null } = input.events[event] ?? {};
    notes.push({
      lane: WIRE,
      line: META_LINE,
      event,
      read,
      tNs,
      causeNs: tNs,
      causeEvent: event,
      kind: 'meta',
      chars: 0,
      shape: 'on-time',
    });
  }
  return notes;
}

/** Threads that are cut: what the wire said and the lane never did. */
function lostNotes(input: ComparisonInput, lane: LaneId, shapes: LaneShapes): readonly LaneMapNote[] {
  const seen = new Set<BlockRow>();
  return expectedParts(input, lane).flatMap(({ row, wire, kind }) => {
    const lost = shapes.lost(row.id);
    if (!lost || seen.has(row) || strandsOf(input, row, lane)[kind]?.text) return [];
    seen.add(row);
    return wire.entries.map((entry) =>
      note(input, entry, entry, lane, row.id, NOTE_KIND[wire.kind], 'lost', lost.finding.number),
    );
  });
}

const slotOf = (totalNs: number): number => Math.max(1, totalNs / SLOTS);

/** On their own lines first; where there are more lines than a screen has, whatever the line. */
function thinned(notes: readonly LaneMapNote[], totalNs: number): readonly LaneMapNote[] {
  const byLine = joined(notes, totalNs, ({ line, kind, shape }) => `${line} ${kind} ${shape}`);
  if (byLine.length <= MAX_NOTES) return byLine;
  return joined(byLine, totalNs, ({ kind, shape }) => `${kind} ${shape}`);
}

function joined(
  notes: readonly LaneMapNote[],
  totalNs: number,
  keyOf: (note: LaneMapNote) => string,
): readonly LaneMapNote[] {
  const slot = slotOf(totalNs);
  interface Joined {
    readonly slot: number;
    readonly first: LaneMapNote;
    chars: number;
  }
  const out: Joined[] = [];
  const open = new Map<string, Joined>();
  for (const [index, one] of notes.entries()) {
    const key = keyOf(one);
    // Without times all notes would fall into one slot: then their order stands for time.
    const slotted = Math.floor(totalNs > 0 ? one.tNs / slot : (index * SLOTS) / notes.length);
    const last = open.get(key);
    if (last?.slot === slotted) last.chars += one.chars;
    else {
      const next: Joined = { slot: slotted, first: one, chars: one.chars };
      open.set(key, next);
      out.push(next);
    }
  }
  return out.map(({ first, chars }) => (chars === first.chars ? first : { ...first, chars }));
}

/** Where each finding shows; one that shows before the first event, or only after the end, stands there. */
function spansOf(input: ComparisonInput, findings: readonly NumberedFinding[]): LaneMap['spans'] {
  const lines = new Set(linesOf(input).map(({ id }) => id));
  const last = input.events.length - 1;
  if (last < 0) return [];
  return findings.map(({ finding, kind, blocks, short }) => {
    const from = Math.max(0, Math.min(finding.event ?? last, last));
    const to = Math.max(from, Math.min(finding.lastEvent ?? from, last));
    const line = blocks[0] !== undefined && lines.has(blocks[0]) ? blocks[0] : META_LINE;
    return {
      finding: finding.number,
      lane: finding.lane,
      line,
      startNs: input.events[from]!.tNs,
      endNs: input.events[to]!.tNs,
      events: [from, to],
      shape: kind.shape ?? 'fact',
      label: short,
    };
  });
}
