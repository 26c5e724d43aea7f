import { useMemo } from 'react';
import { laneKeptLines, wireKeptLines, type KeptLine } from '../../../shared/compare/kept-lines.ts';
import { nothingToCompare } from '../../../shared/compare/equality.ts';
import { isWireResult, WIRE, type LaneId, type LaneOutcome } from '../../../shared/model/messages.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { Shown } from '../../components/Shown.tsx';
import { useSession, useTrace } from '../../stores/open.ts';
import { Findings, type FindingsProps } from './FactNote.tsx';

/** Longer tips help nobody, and the browser lays all of one out. */
const TIP_CHARS = 500;
/** Of longer arguments only the beginning is shown: nobody waits for all of them to be spaced alike. */
const MOST_SPACED = 65_536;

/** What the lane held when the stream was over: finish, usage, the call it kept. */
export function EndCell({
  lane,
  off,
  findings,
  said,
}: FindingsProps & {
  readonly lane: LaneId;
  readonly off: boolean;
}) {
  useTrace((trace) => trace.structure);
  const { model } = useSession();
  const { outcomes } = model;
  const result = outcomes.get(lane);
  const wire = outcomes.get(WIRE);
  const lines = useMemo(() => (result ? linesOf(result, wire) : []), [result, wire]);
  return (
    <div className={off ? 'cell end off' : 'cell end'}>
      <header className="block-head">
        <Glyph name="end" size={14} className="k-meta" />
        <h3 className="cut">After the end</h3>
      </header>
      {lane !== WIRE && nothingToCompare(model) !== null ? (
        <p className="quiet">It was given nothing to decode.</p>
      ) : (
        result && (
          <dl className="facts-list">
            {lines.map(({ name, value }, at) => (
              <Fact key={at} name={name} value={value} />
            ))}
          </dl>
        )
      )}
      <Findings findings={findings} said={said} />
    </div>
  );
}

function Fact({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd title={value.slice(0, TIP_CHARS)}>
        <Shown text={value} />
      </dd>
    </>
  );
}

function linesOf(result: LaneOutcome, wire: LaneOutcome | undefined): readonly KeptLine[] {
  if (isWireResult(result)) return wireKeptLines(result.outcome, MOST_SPACED);
  return wire && isWireResult(wire) ? laneKeptLines(wire.outcome, result.outcome, MOST_SPACED) : [];
}
