import type { BlockRow } from '../../../shared/model/blocks.ts';
import type { CellFact } from '../../../shared/model/cell-facts.ts';
import type { LaneId } from '../../../shared/model/messages.ts';
import { count, plural } from '../../components/format.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { LANE_NAMES } from '../../components/names.ts';
import { useSession } from '../../stores/open.ts';

const WANTED: Partial<Record<BlockRow['kind'], string>> = { text: 'text message', reasoning: 'reasoning message', tool: 'tool call', refusal: 'refusal' };

interface HoleCellProps {
  readonly row: BlockRow;
  readonly lane: LaneId;
  readonly fact: CellFact | null;
  readonly chosen: boolean;
  readonly onSelect: () => void;
}

/** Nothing here. Hatched in rose, with what is missing, when the wire has something that a reader of this lane never sees. */
export function HoleCell({ row, lane, fact, onSelect }: HoleCellProps) {
  const { blocks } = useSession().model;
  if (fact?.type !== 'nothing') return <div className="cell empty" aria-label={lane === 'wire' ? 'Not on the wire' : 'No message'} />;
  const endedAt = blocks.errorEvent(lane);
  const ended = endedAt !== null && row.firstEvent !== null && endedAt <= row.firstEvent;
  const name = LANE_NAMES[lane];
  return (
    <div className="cell void off" onClick={onSelect}>
      <header className="block-head">
        <Glyph name="differs" size={14} className="k-del" />
        <h3 className="cut">No {WANTED[row.kind] ?? 'message'}</h3>
        <span className="push state k k-del">{fact.chars > 0 && `−${count(fact.chars)} ch`}</span>
      </header>
      <p className="note">
        <b>
          {plural(fact.chars, 'character')} {row.open ? 'so far' : 'lost'}.
        </b>{' '}
        {plural(fact.events, 'delta')} arrived and {name} emitted nothing for them
        {ended ? `: it had ended with an error at event ${endedAt}.` : row.open ? ' yet.' : '.'}
      </p>
    </div>
  );
}
