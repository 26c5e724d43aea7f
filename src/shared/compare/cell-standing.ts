/** What the screens ask of a comparison: how a lane stands in each cell, and in how many it differs. One answer for all of them. */
import type { BlockRow } from '../model/block-row.ts';
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

type Compared = Pick<CompareResult, 'rows' | 'findings' | 'nothing'>;

/** What is asked of a comparison by name, looked up once: it may have 100,000 rows, of which a screen shows a few. */
class StandingIndex {
  readonly #rows: ReadonlyMap<string, AlignedRow>;
  readonly #findings: ReadonlyMap<number, Finding>;

  constructor({ rows, findings }: Compared) {
    this.#rows = new Map(rows.map((row) => [row.id, row]));
    this.#findings = new Map(findings.map((finding) => [finding.number, finding]));
  }

  row(id: string): AlignedRow | undefined {
    return this.#rows.get(id);
  }

  findings({ findings }: AlignedRow, lane: LaneId): readonly Finding[] {
    return findings.flatMap((number) => {
      const finding = this.#findings.get(number);
      return finding?.lane === lane ? [finding] : [];
    });
  }
}

const indexes = new WeakMap<Compared, StandingIndex>();

function indexOf(result: Compared): StandingIndex {
  let index = indexes.get(result);
  if (!index) indexes.set(result, (index = new StandingIndex(result)));
  return index;
}

/**
 * Of a lane in rows of the grid, in their order: by the comparison where there is one, else by what can be said so far.
 * `endedAt`: the event at which the lane ended with an error; what came from there on it has lost, place for it or not.
 */
export function cellStandings(
  rows: readonly BlockRow[],
  lane: LaneId,
  result: Compared | null,
  endedAt: number | null,
): readonly CellStanding[] {
  const isGone = ({ lastEvent }: BlockRow): boolean => endedAt !== null && (lastEvent ?? 0) >= endedAt;
  const index = result && indexOf(result);
  return rows.map((row) => {
    const fact = cellFact(row, lane);
    const known = index?.row(row.id);
    const cell = known?.cells[lane];
    // Known of the ending alone, whether or not there is a comparison.
    if (result?.nothing) {
      const { equal, noted } = cell ?? { equal: fact === null, noted: fact !== null };
      return { equal, noted, fact: null, findings: [] };
    }
    if (!cell || !known || !index)
      return { equal: fact === null, noted: fact !== null && !isLoss(fact) && !isGone(row), fact, findings: [] };
    return { equal: cell.equal, noted: cell.noted, fact, findings: index.findings(known, lane) };
  });
}

/** Of a lane in all rows of a comparison. */
interface LaneStanding {
  readonly differing: number;
  readonly equal: boolean;
}

const laneStandings = new WeakMap<readonly AlignedRow[], Map<LaneId, LaneStanding>>();

function laneStanding(rows: readonly AlignedRow[], lane: LaneId): LaneStanding {
  let byLane = laneStandings.get(rows);
  if (!byLane) laneStandings.set(rows, (byLane = new Map<LaneId, LaneStanding>()));
  let standing = byLane.get(lane);
  if (!standing) {
    const cells = rows.flatMap(({ cells: { [lane]: cell } }) => cell ?? []);
    standing = { differing: cells.filter(differs).length, equal: cells.every(({ equal }) => equal) };
    byLane.set(lane, standing);
  }
  return standing;
}

/** In how many cells of the columns a lane differs from the wire: what every count says. */
export const differingCells = (rows: readonly AlignedRow[], lane: LaneId): number => laneStanding(rows, lane).differing;

/** Lanes that differ from the wire in a cell, in their order. */
export const differingLanes = ({ lanes, rows }: Pick<CompareResult, 'lanes' | 'rows'>): readonly LaneId[] =>
  lanes.flatMap(({ id }) => (id !== WIRE && differingCells(rows, id) > 0 ? [id] : []));

/** Whether a lane is equal to the wire in every cell. */
export const isEqual = ({ rows }: Pick<CompareResult, 'rows'>, lane: LaneId): boolean => laneStanding(rows, lane).equal;
