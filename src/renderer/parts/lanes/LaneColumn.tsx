import { cellStandings, differingCells, isEqual, type CellStanding } from '../../../shared/compare/cell-standing.ts';
import type { CompareResult } from '../../../shared/compare/result.ts';
import type { BlockRow } from '../../../shared/model/block-row.ts';
import { differs } from '../../../shared/model/findings.ts';
import { WIRE, type LaneId } from '../../../shared/model/messages.ts';
import { Chip } from '../../components/Chip.tsx';
import { blocksDiffer, plural } from '../../components/format.ts';
import { useLaneName } from '../../stores/lanes.ts';
import { useSession } from '../../stores/open.ts';
import { Cell } from './Cell.tsx';
import type { Folds } from './use-folds.ts';

/** How far it is known whether the lanes are equal. */
export type Compared = 'not yet' | 'unread' | 'live' | 'comparing' | 'failed' | 'nothing' | 'done';

interface LaneColumnProps {
  readonly lane: LaneId;
  readonly rows: readonly BlockRow[];
  readonly folds: Folds;
  /** null before the end: then only counts can be said. */
  readonly compare: Pick<CompareResult, 'rows' | 'findings' | 'nothing'> | null;
  readonly compared: Compared;
  readonly live: boolean;
  /** Only so that numbers are read again. */
  readonly pulse: number;
  readonly messages: number;
}

/** One lane: its head and its cells, on the rows of the shared grid. Selecting text stays inside the lane. */
export function LaneColumn({ lane, rows, folds, compare, compared, live, messages }: LaneColumnProps) {
  const nameOf = useLaneName();
  const standings = cellStandings(rows, lane, compare, useSession().model.blocks.errorEvent(lane));
  const firsts = firstRows(standings);
  const differ = compare ? differingCells(compare.rows, lane) : standings.filter(differs).length;
  return (
    <section
      className="lane"
      role="region"
      aria-label={nameOf(lane)}
      aria-busy={live}
      data-lane={lane}
      style={{ gridRowEnd: `span ${rows.length + 1}` }}
    >
      <header className="lane-head">
        <h2>{nameOf(lane)}</h2>
        {differ > 0 ? (
          <Chip tone="k-del" fill>
            {blocksDiffer(differ)}
          </Chip>
        ) : (
          <span className="cut">
            {lane === WIRE
              ? 'as sent'
              : standingWords(compare ? isEqual(compare, lane) : standings.every(({ equal }) => equal), compared)}
          </span>
        )}
        <span className="push cut">{plural(messages, lane === WIRE ? 'event' : 'message')}</span>
      </header>
      {rows.map((row, at) => (
        <Cell
          key={row.id}
          row={row}
          lane={lane}
          standing={standings[at]!}
          said={standings[at]!.findings.flatMap(({ number }) => (firsts.get(number)! < at ? [number] : []))}
          folded={folds.isFolded(row)}
          onFold={folds.toggle}
          live={live}
        />
      ))}
    </section>
  );
}

/** Before the end what is equal may still come to differ, and before the comparison nobody has looked at what is kept. */
const WORDS: Readonly<Record<Compared, readonly [equal: string, otherwise: string]>> = {
  'not yet': ['', ''],
  unread: ['nothing read yet', 'nothing read yet'],
  live: ['equal so far', 'nothing lost so far'],
  comparing: ['comparing…', 'comparing…'],
  failed: ['not compared', 'not compared'],
  nothing: ['nothing to compare', 'nothing to compare'],
  done: ['equal', 'nothing lost'],
};
const standingWords = (equal: boolean, compared: Compared): string => WORDS[compared][equal ? 0 : 1];

/** By finding the first of the cells where it stands: it is said there, and named in the others. */
function firstRows(standings: readonly CellStanding[]): ReadonlyMap<number, number> {
  const firsts = new Map<number, number>();
  standings.forEach(({ findings }, at) => {
    for (const { number } of findings) if (!firsts.has(number)) firsts.set(number, at);
  });
  return firsts;
}
