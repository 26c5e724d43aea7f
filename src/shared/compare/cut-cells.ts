/** A comparison for a screen: of a text of megabytes the stretch where it first differs. A window would take seconds for all of it. */
import { codePoints } from '../text/code-points.ts';
import type { AlignedCell, CompareResult } from './result.ts';

/** Of one cell's text, in UTF-16 units. */
export const CELL_MOST = 262_144;
/** Kept in front of the first mark. */
const BEFORE = 4_096;

export function cutCells(result: CompareResult): CompareResult {
  const long = ({ text }: AlignedCell): boolean => text !== null && text.length > CELL_MOST;
  const rows = result.rows.map((row) => {
    const cells = Object.entries(row.cells);
    if (!cells.some(([, cell]) => long(cell))) return row;
    // The same stretch in all lanes, so that what is beside each other belongs together.
    const first = Math.min(...cells.flatMap(([, { marks }]) => marks.slice(0, 1).map(({ start }) => start)));
    const from = Number.isFinite(first) && first > CELL_MOST / 2 ? first - BEFORE : 0;
    return {
      ...row,
      cells: Object.fromEntries(
        cells.map(([lane, cell]) => [lane, long(cell) ? cutCell(cell, from) : cell]),
      ) as typeof row.cells,
    };
  });
  return { ...result, rows };
}

function cutCell(cell: AlignedCell, wanted: number): AlignedCell {
  const text = cell.text ?? '';
  const start = boundary(text, Math.min(wanted, text.length - CELL_MOST));
  const end = boundary(text, start + CELL_MOST);
  const within = (at: number): number => Math.min(Math.max(at, start), end) - start;
  return {
    ...cell,
    text: text.slice(start, end),
    marks: cell.marks
      .filter((one) => one.start < end && one.end > start)
      .map((one) => ({ ...one, start: within(one.start), end: within(one.end) })),
    cut: {
      before: codePoints(text.slice(0, start)),
      chars: codePoints(text),
      lost: marked(cell, 'lost'),
      added: marked(cell, 'added'),
    },
  };
}

/** Characters under a mark, in all of the text. */
export const marked = ({ text, marks, cut }: AlignedCell, mark: 'lost' | 'added'): number =>
  cut?.[mark] ??
  marks
    .filter((one) => one.mark === mark)
    .reduce((sum, { start, end }) => sum + codePoints(text?.slice(start, end) ?? ''), 0);

/** Characters of all of the text. */
export const charsOf = ({ text, cut }: AlignedCell): number => cut?.chars ?? codePoints(text ?? '');

/** Not inside of a surrogate pair. */
function boundary(text: string, at: number): number {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit < 0xe000 ? at - 1 : at;
}
