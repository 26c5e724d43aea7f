import { cellFact } from '../../../shared/model/cell-facts.ts';
import type { BlockRow } from '../../../shared/model/blocks.ts';
import type { Finding } from '../../../shared/model/findings.ts';
import { WIRE, type LaneId } from '../../../shared/model/messages.ts';
import { Chip } from '../../components/Chip.tsx';
import { plural } from '../../components/format.ts';
import { useLaneName } from '../../stores/lanes.ts';
import { Cell } from './Cell.tsx';
import type { Folds } from './use-folds.ts';

interface LaneColumnProps {
  readonly lane: LaneId;
  readonly rows: readonly BlockRow[];
  readonly folds: Folds;
  /** Of all lanes. */
  readonly findings: readonly Finding[];
  readonly live: boolean;
  /** Only so that numbers are read again. */
  readonly pulse: number;
  readonly messages: number;
}

/** One lane: its head and its cells, on the rows of the shared grid. Selecting text stays inside the lane. */
export function LaneColumn({ lane, rows, folds, findings, live, messages }: LaneColumnProps) {
  const nameOf = useLaneName();
  const facts = rows.map((row) => cellFact(row, lane));
  const own = findings.filter((finding) => finding.lane === lane);
  const differ = own.length > 0 ? own.length : facts.filter((fact) => fact !== null).length;
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
            {differ} {differ === 1 ? 'differs' : 'differ'}
          </Chip>
        ) : (
          <span className="cut">{lane === WIRE ? 'as sent' : live ? 'equal so far' : 'equal'}</span>
        )}
        <span className="push cut">{plural(messages, lane === WIRE ? 'event' : 'message')}</span>
      </header>
      {rows.map((row, at) => (
        <Cell
          key={row.id}
          row={row}
          lane={lane}
          fact={facts[at]!}
          findings={own}
          folded={folds.isFolded(row)}
          onFold={folds.toggle}
          live={live}
        />
      ))}
    </section>
  );
}
