import { useEffect, useMemo, useRef, useState, type CSSProperties } from 'react';
import type { BlockRow } from '../../../shared/model/block-row.ts';
import { nothingToCompare } from '../../../shared/compare/equality.ts';
import { WIRE, type LaneId } from '../../../shared/model/messages.ts';
import { count } from '../../components/format.ts';
import { NewPill } from '../../components/NewPill.tsx';
import { useLanes } from '../../stores/lanes.ts';
import { useSession, useTrace } from '../../stores/open.ts';
import type { TraceModel } from '../../stores/trace-model.ts';
import { noEvents, READING } from '../no-events.ts';
import { LaneColumn, type Compared } from './LaneColumn.tsx';
import { useDrawnBySteps } from './use-drawn-by-steps.ts';
import { useFolds } from './use-folds.ts';
import { eventsIn } from './use-stretches.ts';
import { useFollow } from '../use-follow.ts';
import './lane-grid.css';

/** More rows than this are not drawn at once: a stream of ten thousand blocks must not become as many cells. */
const ROWS_SHOWN = 40;

/**
 * The lanes side by side. Each row is a content block of the wire, so what a lane lacks is a hole beside its peers; the
 * lanes are columns of one grid, so that rows stay level however long a cell grows.
 */
export function LaneGrid() {
  const session = useSession();
  const lanes = useLanes();
  const { events } = session.model;
  const structure = useTrace((trace) => trace.structure);
  const pulse = useTrace((trace) => trace.pulse);
  const range = useTrace((trace) => trace.range);
  const live = useTrace((trace) => trace.phase === 'live');
  const reading = useTrace((trace) => trace.phase === 'live' && !trace.follow);
  const scroller = useRef<HTMLDivElement>(null);
  const { missed, toEnd } = useFollow(scroller);
  const [shown, setShown] = useState(ROWS_SHOWN);
  // The model grows in place: the counter says when its rows are others.
  // oxlint-disable-next-line react/exhaustive-deps
  const { all, last } = useMemo(() => rowsIn(session.model, range, shown), [session.model, range, shown, structure]);
  const rows = useDrawnBySteps(last);
  const folds = useFolds(rows, reading);
  // Of a moment before the end it would tell what is still to come.
  const compare = useTrace((trace) => (trace.phase === 'ended' ? trace.compare : null));
  const ended = useTrace((trace) => trace.phase === 'ended');
  const [failed, setFailed] = useState<typeof session | null>(null);
  useEffect(() => {
    // Without findings the counts of cell-facts.ts stand; the Compare tab says why there are none.
    if (ended) session.loadCompare().catch(() => setFailed(session));
  }, [ended, session]);
  const nothing = ended ? nothingToCompare(session.model) : null;
  const over: Compared = nothing !== null ? 'nothing' : compare ? 'done' : failed === session ? 'failed' : 'comparing';
  const soFar: Compared = events.length > 0 ? 'live' : 'unread';
  const compared: Compared = ended ? over : live ? soFar : 'not yet';
  const hidden = all - last.length;

  return (
    <div className="live">
      <div className="live-scroll" ref={scroller} tabIndex={0} role="region" aria-label="Lanes">
        {hidden > 0 && (
          <p className="live-hidden">
            The first {count(hidden)} blocks are not drawn here; the Messages tab has all.{' '}
            <button type="button" className="link" onClick={() => setShown(shown + ROWS_SHOWN)}>
              Draw {count(Math.min(hidden, ROWS_SHOWN))} more
            </button>
          </p>
        )}
        <div className="lanes" style={{ '--lanes': lanes.length } as CSSProperties}>
          {lanes.map((lane) => (
            <LaneColumn
              key={lane}
              lane={lane}
              rows={rows}
              folds={folds}
              compare={nothing === null ? compare : { rows: [], findings: [], nothing }}
              compared={compared}
              live={live}
              pulse={pulse}
              messages={laneCount(lane, session.model)}
            />
          ))}
        </div>
        {events.length === 0 ? (
          <Waiting />
        ) : (
          all === 0 && (
            <p className="live-empty">
              {range ? 'Nothing in this range.' : live ? 'No content yet.' : ended ? 'No content.' : READING}
            </p>
          )
        )}
      </div>
      <NewPill missed={missed} onClick={toEnd} />
    </div>
  );
}

interface RowsIn {
  /** How many there are. */
  readonly all: number;
  readonly last: readonly BlockRow[];
}

/** Blocks of which an event lies in the range; null: all. Of them the last `most`. */
function rowsIn(model: TraceModel, range: readonly [startNs: number, endNs: number] | null, most: number): RowsIn {
  const { blocks } = model;
  const within = range && numbersWithin(model, range);
  const all = within?.length ?? blocks.rowCount;
  const first = Math.max(0, all - most);
  const last = Array.from({ length: all - first }, (_, at) => blocks.rowAt(within?.[first + at] ?? first + at));
  return { all, last };
}

function numbersWithin(model: TraceModel, range: readonly [startNs: number, endNs: number]): readonly number[] {
  const { blocks } = model;
  const [first, last] = eventsIn(model, range);
  const within: number[] = [];
  for (let number = 0; number < blocks.rowCount; number++) {
    const { firstEvent, lastEvent } = blocks.spanOf(number);
    if ((firstEvent ?? 0) <= last && (lastEvent ?? firstEvent ?? 0) >= first) within.push(number);
  }
  return within;
}

function laneCount(lane: LaneId, model: ReturnType<typeof useSession>['model']): number {
  return lane === WIRE ? model.events.length : model.messagesOf(lane);
}

function Waiting() {
  const session = useSession();
  const { model } = session;
  const live = useTrace((trace) => trace.phase === 'live');
  if (!live || session.whole) return <p className="live-empty">{noEvents(session)}</p>;
  if (model.reads.length > 0) return <p className="live-empty">Bytes are arriving; no event is complete yet.</p>;
  return (
    <p className="live-empty">
      {model.head ? 'The server has responded; no bytes of the body yet.' : 'Waiting for the first byte.'}
    </p>
  );
}
