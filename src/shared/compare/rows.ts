/** The columns: one row for each wire block, with what each lane made of it and where that differs, by character. */
import { cellOf, type BlockRow } from '../model/block-row.ts';
import { WIRE, type AdapterOutcome, type ByLane, type LaneId } from '../model/messages.ts';
import { expectedParts, gotText, type ExpectedPart } from './expected.ts';
import { differs, type Standing, type VerdictField } from '../model/findings.ts';
import { textOf as textOfBlocks } from './block-equality.ts';
import { differencesOf, isCall, type Difference } from './equality.ts';
import type { NumberedFinding } from './findings/registry.ts';
import { CALL_LINE, callText, laneKeptLines, wireKeptLines, type KeptLine } from './kept-lines.ts';
import { comparedLanes, lanesOf, strandsOf, type ComparisonInput, type LaneStrands } from './lane-reading.ts';
import type { AlignedCell, AlignedRow } from './result.ts';
import { capitalised } from './say.ts';
import { standingOf } from './standing.ts';
import { sameArguments } from './argument-text.ts';
import { diffTexts, type Stretch } from './text-diff.ts';

/** Offsets in a text, in code units, the end exclusive. */
type Range = readonly [start: number, end: number];

/** A stretch of a text, and how it stands to the wire's. */
interface MarkedStretch {
  readonly kind: Stretch['kind'] | 'altered';
  readonly text: string;
}

export function alignedRows(input: ComparisonInput, findings: readonly NumberedFinding[]): readonly AlignedRow[] {
  const byRow = findingsByRow(findings);
  const parts = new Map<LaneId, ReadonlyMap<BlockRow, readonly ExpectedPart[]>>(
    comparedLanes(input).map((lane) => [lane, Map.groupBy(expectedParts(input, lane), ({ row }) => row)]),
  );
  const differences = new Map<LaneId, ReadonlyMap<string, readonly Difference[]>>(
    comparedLanes(input).map((lane) => [lane, Map.groupBy(differencesOf(input, lane), ({ row }) => row)]),
  );
  const lanes = lanesOf(input);
  return input.grid.rows.map((row) => {
    const own = byRow.get(row.id) ?? [];
    const cells = Object.fromEntries(
      lanes.map(({ id }) => [
        id,
        cell(input, row, id, parts.get(id)?.get(row) ?? [], differences.get(id)?.get(row.id) ?? [], own),
      ]),
    ) as ByLane<AlignedCell>;
    const altered = alteredIn(cells.wire.text, Object.values(cells));
    const start = row.firstEvent === null ? undefined : input.events[row.firstEvent];
    return {
      id: row.id,
      kind: row.kind,
      title: titleOf(row),
      byte: start?.start ?? null,
      events:
        row.firstEvent === null ? null : [row.firstEvent, Math.max(row.firstEvent, row.lastEvent ?? row.firstEvent)],
      cells: altered.length > 0 ? { ...cells, [WIRE]: { ...cells.wire, marks: altered } } : cells,
      equal: Object.values(cells).every(({ equal }) => equal),
      findings: own.map(({ finding }) => finding.number),
    };
  });
}

/** Stretches of the wire's text that a lane has otherwise, in order: what each has lost, in its place. */
function alteredIn(wire: string | null, cells: readonly AlignedCell[]): AlignedCell['marks'] {
  if (wire === null) return [];
  const ranges = cells.flatMap((cell) => lostIn(wire, cell)).toSorted((a, b) => a[0] - b[0]);
  const marks: { start: number; end: number; mark: 'altered' }[] = [];
  for (const [start, end] of ranges) {
    const last = marks.at(-1);
    if (last && start <= last.end) last.end = Math.max(last.end, end);
    else marks.push({ start, end, mark: 'altered' });
  }
  return marks;
}

/** Of a lane that says all of it, or nothing, there is no place to mark. */
function lostIn(wire: string, { text, marks }: AlignedCell): readonly Range[] {
  if (text === null) return [];
  const ranges: Range[] = [];
  let [expected, at] = ['', 0];
  for (const { start, end, mark } of marks) {
    expected += text.slice(at, start);
    if (mark === 'lost') {
      ranges.push([expected.length, expected.length + end - start]);
      expected += text.slice(start, end);
    }
    at = end;
  }
  return expected + text.slice(at) === wire ? ranges : [];
}

function findingsByRow(findings: readonly NumberedFinding[]): Map<string, NumberedFinding[]> {
  const rows = new Map<string, NumberedFinding[]>();
  for (const one of findings) {
    for (const id of one.rows) {
      const list = rows.get(id);
      if (list) list.push(one);
      else rows.set(id, [one]);
    }
  }
  return rows;
}

function titleOf(row: BlockRow): string {
  const wire = row.cells.wire[0];
  if (row.kind === 'tool' || row.kind === 'server_tool') return wire?.name ?? capitalised(row.kind.replace('_', ' '));
  return row.kind === 'end' ? 'After the end' : capitalised(row.kind.replaceAll('_', ' '));
}

function cell(
  input: ComparisonInput,
  row: BlockRow,
  lane: LaneId,
  parts: readonly ExpectedPart[],
  differences: readonly Difference[],
  findings: readonly NumberedFinding[],
): AlignedCell {
  const strands = strandsOf(input, row, lane);
  const messages = Object.values(strands).reduce((sum, { entries }) => sum + entries.length, 0);
  const ofLane = findings.filter(({ finding }) => finding.lane === lane);
  const standing: Standing = lane === WIRE ? { equal: true, noted: false } : standingOf(input, differences, ofLane);
  if (row.kind === 'end') return { messages, ...standing, ...endCell(input, lane, differences, ofLane) };
  const own = row.kind === 'error' ? errorText(row, lane) : textOf(strands);
  if (!differs(standing) || parts.length === 0) return { text: own, messages, ...standing, marks: [] };
  return { messages, ...standing, ...marked(input, lane, parts) };
}

/** A lane's own error stands in its result, and in none of its messages. */
function errorText(row: BlockRow, lane: LaneId): string | null {
  const blocks = cellOf(row, lane);
  return blocks.length > 0 ? textOfBlocks(blocks) : null;
}

/** Kinds in the order in which the columns show them. */
function textOf(strands: LaneStrands): string | null {
  const texts = (['reasoning', 'text', 'tool', 'error'] as const).flatMap((kind) =>
    strands[kind] ? [strands[kind].text] : [],
  );
  return texts.length > 0 ? texts.join('\n') : null;
}

/** What a lane holds when all is over, and in it the values that differ. */
function endCell(
  input: ComparisonInput,
  lane: LaneId,
  differences: readonly Difference[],
  findings: readonly NumberedFinding[],
): Pick<AlignedCell, 'text' | 'marks'> {
  const outcome = input.adapters[lane];
  if (lane !== WIRE && !outcome) return { text: null, marks: [] };
  const lines = outcome ? laneKeptLines(input.wire, outcome) : wireKeptLines(input.wire);
  const isOff = (field: VerdictField): boolean =>
    differs(
      standingOf(
        input,
        differences.filter((one) => one.field === field),
        findings,
      ),
    );
  const pieces = lines.flatMap((line, at): MarkedStretch[] => [
    { kind: 'same', text: `${at > 0 ? '\n' : ''}${line.name}: ` },
    ...(isOff(line.field) ? keptStretches(input, line, outcome) : [{ kind: 'same', text: line.value } as const]),
  ]);
  return joined(pieces);
}

/** Of a field that differs: of a call what it has otherwise than the one of the wire that it is likest to, else all of it. */
function keptStretches(
  { wire }: ComparisonInput,
  { name, value }: KeptLine,
  outcome: AdapterOutcome | undefined,
): readonly MarkedStretch[] {
  const kept = name === CALL_LINE ? outcome?.tool_call : undefined;
  const calls = kept ? wire.blocks.filter(({ kind }) => kind === 'tool') : [];
  const likest =
    calls.find(({ tool_call_id }) => tool_call_id === kept?.id) ??
    calls.find((call) => call.name && kept?.name.startsWith(call.name));
  if (!likest || !kept) return [{ kind: 'altered', text: value }];
  if (isCall(likest, kept)) return [{ kind: 'same', text: value }];
  const marked = diffTexts(callText(likest.name ?? '', likest.text), value);
  // It has another id.
  return marked.every(({ kind }) => kind === 'same') ? [{ kind: 'altered', text: value }] : marked;
}

/** The lane's text with what it lost put back in its place, each stretch marked. Text that is lost whole has no text. */
function marked(
  input: ComparisonInput,
  lane: LaneId,
  parts: readonly ExpectedPart[],
): Pick<AlignedCell, 'text' | 'marks'> {
  const pieces: Stretch[] = [];
  let any = false;
  for (const part of parts) {
    const got = gotText(input, lane, part);
    if (part.converted && got === '') continue;
    any ||= got !== '';
    if (pieces.length > 0) pieces.push({ kind: 'same', text: '\n' });
    if (part.kind === 'tool' && sameArguments(part.text, got)) pieces.push({ kind: 'same', text: got });
    else pieces.push(...diffTexts(part.text, got));
  }
  return any ? joined(pieces) : { text: null, marks: [] };
}

/** Stretches as one text. */
function joined(pieces: readonly MarkedStretch[]): Pick<AlignedCell, 'text' | 'marks'> {
  let at = 0;
  const marks: AlignedCell['marks'][number][] = [];
  for (const { kind, text } of pieces) {
    if (kind !== 'same' && text !== '') marks.push({ start: at, end: at + text.length, mark: kind });
    at += text.length;
  }
  return { text: pieces.map(({ text }) => text).join(''), marks };
}
