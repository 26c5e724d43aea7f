/**
 * The columns as they stand under each other: rows in which nothing differs fold away, equal neighbours into one line; and
 * what a cell shows of a long text: what differs, with a little around it.
 */
import type { AlignedCell, AlignedRow } from '../../../shared/compare/result.ts';
import type { LaneId } from '../../../shared/model/messages.ts';

export type ColumnRow =
  | { readonly type: 'row'; readonly id: string; readonly row: AlignedRow }
  /** One line for all of them. */
  | { readonly type: 'fold'; readonly id: string; readonly rows: readonly AlignedRow[] };

/** `open`: ids of folds that someone opened. An equal row that a finding names (a late one) has a line of its own, to say so. */
export function columnRows(rows: readonly AlignedRow[], open: ReadonlySet<string>): readonly ColumnRow[] {
  const out: ColumnRow[] = [];
  for (let at = 0; at < rows.length;) {
    const row = rows[at]!;
    if (!row.equal) {
      out.push({ type: 'row', id: row.id, row });
      at++;
      continue;
    }
    let end = at + 1;
    if (row.findings.length === 0) while (rows[end]?.equal === true && rows[end]!.findings.length === 0) end++;
    const equal = rows.slice(at, end);
    const id = `fold ${row.id}`;
    if (open.has(id)) out.push(...equal.map((one): ColumnRow => ({ type: 'row', id: one.id, row: one })));
    else out.push({ type: 'fold', id, rows: equal });
    at = end;
  }
  return out;
}

/** The entry that shows a row, folded or not; -1 when none does. */
export const entryOf = (entries: readonly ColumnRow[], row: string): number =>
  entries.findIndex((entry) => (entry.type === 'row' ? entry.row.id === row : entry.rows.some(({ id }) => id === row)));

export type CellMark = AlignedCell['marks'][number]['mark'];
export type Piece =
  | { readonly type: 'text'; readonly text: string; readonly mark: CellMark | null }
  /** That many code units are left out here, equal or of one mark. */
  | { readonly type: 'gap'; readonly chars: number; readonly mark: CellMark | null };

/** Kept on each side of a difference, and at the start of a text without one. */
const AROUND = 160;
const START = 320;
/** Of a stretch that is marked as a whole. */
const MARKED = 480;

/** A cell's text in pieces: all of it, or its differences with their surroundings. */
export function piecesOf({ text, marks }: Pick<AlignedCell, 'text' | 'marks'>, whole: boolean): readonly Piece[] {
  if (text === null) return [];
  const pieces: Piece[] = [];
  let at = 0;
  for (const { start, end, mark } of marks) {
    if (start > at) pieces.push(...shortened(text.slice(at, start), null, whole, at > 0, true));
    pieces.push(...shortened(text.slice(start, end), mark, whole, false, false));
    at = end;
  }
  if (at < text.length) pieces.push(...shortened(text.slice(at), null, whole, at > 0, false));
  return pieces;
}

/** `before`, `behind`: there is a difference on that side, so the text beside it stays. */
function shortened(text: string, mark: CellMark | null, whole: boolean, before: boolean, behind: boolean): Piece[] {
  const head = mark !== null ? MARKED : before ? AROUND : behind ? 0 : START;
  const tail = behind ? AROUND : 0;
  const room = mark === null && !before && behind ? START : 0;
  // A gap that saves less than a line is not worth its line.
  if (whole || text.length <= head + tail + room + 80) return split(text, mark);
  const [from, to] = [boundary(text, head), boundary(text, text.length - tail)];
  return [
    ...(from > 0 ? [{ type: 'text' as const, text: text.slice(0, from), mark }] : []),
    { type: 'gap', chars: to - from, mark },
    ...(to < text.length ? [{ type: 'text' as const, text: text.slice(to), mark }] : []),
  ];
}

/** UTF-16 units of a piece and, about, of a part. */
const LONGEST = 4_096;

/** Parts of a text, which are laid out apart: numbers of the first piece of each, and of the one behind its last. */
export function partsOf(pieces: readonly Piece[]): readonly (readonly [from: number, to: number])[] {
  const parts: (readonly [number, number])[] = [];
  let [from, units] = [0, 0];
  for (const [at, piece] of pieces.entries()) {
    units += piece.type === 'gap' ? 0 : piece.text.length;
    if (units < LONGEST && at < pieces.length - 1) continue;
    parts.push([from, at + 1]);
    [from, units] = [at + 1, 0];
  }
  return parts;
}

/** A long one as several. */
function split(text: string, mark: CellMark | null): Piece[] {
  const pieces: Piece[] = [];
  for (let at = 0; at < text.length;) {
    const end = text.length - at <= LONGEST ? text.length : boundary(text, at + LONGEST);
    pieces.push({ type: 'text', text: text.slice(at, end), mark });
    at = end;
  }
  return pieces;
}

/** Where each of them begins in the text. */
export function startsOf(pieces: readonly Piece[]): readonly number[] {
  const starts: number[] = [];
  let end = 0;
  for (const piece of pieces) {
    starts.push(end);
    end += piece.type === 'gap' ? piece.chars : piece.text.length;
  }
  return starts;
}

/** Not inside of a surrogate pair. */
function boundary(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit < 0xe000 ? at - 1 : at;
}

/** A stretch of the minimap: a row, or neighbours too many to be told apart. */
export interface MapStretch {
  readonly from: number;
  readonly to: number;
  readonly kind: string;
  readonly differs: boolean;
}

const MAP_STRETCHES = 300;

/** One column of the minimap: shares of the bytes. What differs shows, however small it is beside its neighbours. */
export function mapColumn(rows: readonly AlignedRow[], lane: LaneId, bytes: number): readonly MapStretch[] {
  const stretches: MapStretch[] = [];
  let until = 0;
  for (const [at, row] of rows.entries()) {
    const from = (row.byte ?? (at === 0 ? 0 : bytes)) / Math.max(bytes, 1);
    const next = rows.slice(at + 1, at + 2)[0]?.byte ?? bytes;
    const to = Math.max(next / Math.max(bytes, 1), from);
    const differs = row.cells[lane]?.equal === false;
    const last = stretches.at(-1);
    // The rows after the last byte have a place below it.
    const stretch =
      row.byte === null && at > 0
        ? { from: 0.985, to: 1, kind: row.kind, differs }
        : { from, to: Math.min(to, 0.98), kind: row.kind, differs };
    if (last && stretch.to - until < 1 / MAP_STRETCHES && last.differs === differs)
      stretches[stretches.length - 1] = { ...last, to: stretch.to };
    else if (last && stretch.to - until < 1 / MAP_STRETCHES && last.differs) continue;
    else {
      stretches.push(stretch);
      until = stretch.to;
    }
  }
  return stretches;
}
