/** What the screens ask of a comparison: how a lane stands in each cell, and in how many it differs. One answer for all of them. */
import type { BlockRow } from '../model/blocks.ts';
import { differs, type Finding, type Standing } from '../model/findings.ts';
import { WIRE, type LaneId } from '../model/messages.ts';
import { cellFact, isLoss, type CellFact } from './cell-facts.ts';
import type { AlignedRow, CompareResult } from './result.ts';

export interface CellStanding extends Standing {
  /** In what it differs, in counts; null where that is not of one block. */
  readonly fact: CellFact | null;
  /** Of this lane, here; none before there is a comparison. */
  readonly findings: readonly Finding[];
}

/**
 * Of a lane in rows of the grid, in their order: by the comparison where there is one, else by what can be said so far.
 * `endedAt`: the event at which the lane ended with an error; what came from there on it has lost, place for it or not.
 */
export function cellStandings(
  rows: readonly BlockRow[],
  lane: LaneId,
  result: Pick<CompareResult, 'rows' | 'findings' | 'nothing'> | null,
  endedAt: number | null,
): readonly CellStanding[] {
  const isGone = ({ lastEvent }: BlockRow): boolean => endedAt !== null && (lastEvent ?? 0) >= endedAt;
  const aligned = new Map((result?.rows ?? []).map((row) => [row.id, row]));
  const own = new Map(
    (result?.findings ?? []).flatMap((finding) => (finding.lane === lane ? [[finding.number, finding]] : [])),
  );
  return rows.map((row) => {
    const fact = cellFact(row, lane);
    const known = aligned.get(row.id);
    const cell = known?.cells[lane];
    // Known of the ending alone, whether or not there is a comparison.
    if (result?.nothing) {
      const { equal, noted } = cell ?? { equal: fact === null, noted: fact !== null };
      return { equal, noted, fact: null, findings: [] };
    }
    if (!cell || !known)
      return { equal: fact === null, noted: fact !== null && !isLoss(fact) && !isGone(row), fact, findings: [] };
    const findings = known.findings.flatMap((number) => own.get(number) ?? []);
    return { equal: cell.equal, noted: cell.noted, fact, findings };
  });
}

/** In how many cells of the columns a lane differs from the wire: what every count says. */
export const differingCells = (rows: readonly AlignedRow[], lane: LaneId): number =>
  rows.filter(({ cells }) => cells[lane] && differs(cells[lane])).length;

/** Lanes that differ from the wire in a cell, in their order. */
export const differingLanes = ({ lanes, rows }: Pick<CompareResult, 'lanes' | 'rows'>): readonly LaneId[] =>
  lanes.flatMap(({ id }) => (id !== WIRE && differingCells(rows, id) > 0 ? [id] : []));

/** Whether a lane is equal to the wire in every cell. */
export const isEqual = ({ rows }: Pick<CompareResult, 'rows'>, lane: LaneId): boolean =>
  rows.every(({ cells }) => cells[lane]?.equal !== false);
