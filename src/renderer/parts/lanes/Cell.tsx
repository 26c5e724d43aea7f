import { cellOf, type BlockRow, type LaneBlock } from '../../../shared/model/block-row.ts';
import type { CellStanding } from '../../../shared/compare/cell-standing.ts';
import { differs } from '../../../shared/model/findings.ts';
import { WIRE, type LaneId } from '../../../shared/model/messages.ts';
import { selectEvent, useTrace } from '../../stores/open.ts';
import { BlockView } from './BlockView.tsx';
import { EndCell } from './EndCell.tsx';
import { Findings, FactNote } from './FactNote.tsx';
import { HoleCell } from './HoleCell.tsx';

interface CellProps {
  readonly row: BlockRow;
  readonly lane: LaneId;
  readonly standing: CellStanding;
  /** Numbers of findings that a cell above has said. */
  readonly said: readonly number[];
  readonly folded: boolean;
  readonly onFold: (row: BlockRow) => void;
  readonly live: boolean;
}

/** What one lane made of one block of the wire. */
export function Cell({ row, lane, standing, said, folded, onFold, live }: CellProps) {
  const blocks = cellOf(row, lane);
  const chosen = useTrace(
    ({ event }) =>
      event !== null &&
      row.firstEvent !== null &&
      row.lastEvent !== null &&
      event >= row.firstEvent &&
      event <= row.lastEvent,
  );
  const select = () => {
    // A click that ends a text selection is not a click on the event.
    if (row.firstEvent !== null && document.getSelection()?.isCollapsed !== false) selectEvent(row.firstEvent);
  };
  const { fact, findings } = standing;
  const off = differs(standing);
  if (row.kind === 'end') return <EndCell lane={lane} off={off} findings={findings} said={said} />;
  if (blocks.length === 0) return <HoleCell row={row} lane={lane} standing={standing} said={said} onSelect={select} />;
  const shut = folded && (row.kind === 'reasoning' || row.kind === 'hidden');
  const classes = ['cell', shut && 'shut', off && 'off', chosen && lane === WIRE && 'chosen'].filter(Boolean).join(' ');
  return (
    <div className={classes} onClick={select}>
      {blocks.map((block) => (
        <BlockView
          key={block.key}
          block={block}
          stamp={stampOf(block)}
          folded={folded}
          onFold={onFold}
          open={live && row.open}
          fact={fact}
        />
      ))}
      {findings.length > 0 ? (
        <Findings findings={findings} said={said} />
      ) : (
        fact && <FactNote fact={fact} lane={lane} />
      )}
    </div>
  );
}

/** What a block's head shows, in one value: the block is the same object while it grows. */
function stampOf(block: LaneBlock): string {
  return [
    block.chars,
    block.messages,
    block.lastNs,
    block.name,
    block.approval,
    block.valid,
    block.signature === '',
    block.row.open,
    block.attachments.length,
  ].join();
}
