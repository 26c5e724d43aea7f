import type { BlockRow } from '../../../shared/model/block-row.ts';
import type { CellFact } from '../../../shared/compare/cell-facts.ts';
import type { CellStanding } from '../../../shared/compare/cell-standing.ts';
import { differs } from '../../../shared/model/findings.ts';
import { WIRE, type LaneId } from '../../../shared/model/messages.ts';
import { count, plural } from '../../components/format.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { useLaneName } from '../../stores/lanes.ts';
import { useSession } from '../../stores/open.ts';
import { FactNote, Findings } from './FactNote.tsx';

const WANTED: Partial<Record<BlockRow['kind'], string>> = {
  text: 'text message',
  reasoning: 'reasoning message',
  tool: 'tool call',
  refusal: 'refusal',
};

interface HoleCellProps {
  readonly row: BlockRow;
  readonly lane: LaneId;
  readonly standing: CellStanding;
  /** Numbers of findings that a cell above has said. */
  readonly said: readonly number[];
  readonly onSelect: () => void;
}

/** Nothing here. Hatched in rose, with what is missing, when the wire has something that a reader of this lane never sees. */
export function HoleCell({ row, lane, standing, said, onSelect }: HoleCellProps) {
  const { fact, findings, equal } = standing;
  if (equal) return <div className="cell empty" aria-label={lane === WIRE ? 'Not on the wire' : 'No message'} />;
  const chars = fact?.type === 'nothing' || fact?.type === 'no-place' ? fact.chars : 0;
  const title = fact?.type === 'error-missing' ? 'No error' : `No ${WANTED[row.kind] ?? 'message'}`;
  if (!differs(standing))
    return (
      <div className="cell" onClick={onSelect}>
        <header className="block-head">
          <h3 className="cut quiet">{title}</h3>
          <span className="push state">{chars > 0 && `−${count(chars)} ch`}</span>
        </header>
        <Findings findings={findings} said={said} />
      </div>
    );
  return (
    <div className="cell void off" onClick={onSelect}>
      <div className="block">
        <header className="block-head">
          <Glyph name="differs" size={14} className="k-del" />
          <h3 className="cut">{title}</h3>
          <span className="push state k k-del">{chars > 0 && `−${count(chars)} ch`}</span>
        </header>
        {findings.length > 0 ? (
          <Findings findings={findings} said={said} />
        ) : (
          <Missing row={row} lane={lane} fact={fact} />
        )}
      </div>
    </div>
  );
}

function Missing({
  row,
  lane,
  fact,
}: {
  readonly row: BlockRow;
  readonly lane: LaneId;
  readonly fact: CellFact | null;
}) {
  if (fact?.type === 'nothing') return <Lost row={row} lane={lane} fact={fact} />;
  return fact && <FactNote fact={fact} lane={lane} />;
}

function Lost({
  row,
  lane,
  fact,
}: {
  readonly row: BlockRow;
  readonly lane: LaneId;
  readonly fact: CellFact & { readonly type: 'nothing' };
}) {
  const nameOf = useLaneName();
  const endedAt = useSession().model.blocks.errorEvent(lane);
  const ended = endedAt !== null && row.firstEvent !== null && endedAt <= row.firstEvent;
  if (fact.chars === 0)
    return (
      <p className="note">
        {row.open ? `${nameOf(lane)} has not emitted any of it yet.` : `${nameOf(lane)} never emitted it.`}
      </p>
    );
  return (
    <p className="note">
      <b>
        {plural(fact.chars, 'character')} {row.open ? 'so far' : 'lost'}.
      </b>{' '}
      {plural(fact.events, 'delta')} arrived and {nameOf(lane)} emitted nothing for them
      {ended ? `: it had ended with an error at event ${endedAt}.` : row.open ? ' yet.' : '.'}
    </p>
  );
}
