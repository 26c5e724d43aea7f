import { useCallback, useMemo, useRef, useState } from 'react';
import { Copy } from 'lucide-react';
import type { LaneId } from '../../../shared/model/messages.ts';
import { Button } from '../../components/Button.tsx';
import { copyText } from '../../components/copy.ts';
import { count, plural } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { NewPill } from '../../components/NewPill.tsx';
import { GridHead, type GridColumn } from '../../components/GridRow.tsx';
import { RowGrid, type RowPlace } from '../../components/RowGrid.tsx';
import { useRowHeights } from '../../components/use-rows-in-view.ts';
import { kept } from '../../stores/kept.ts';
import { useLaneName, useLanes } from '../../stores/lanes.ts';
import { selectEvent, setRange, useSession, useTrace } from '../../stores/open.ts';
import { jsonLines } from '../../parts/whole-message.ts';
import { READING } from '../../parts/no-events.ts';
import { useFollow } from '../../parts/use-follow.ts';
import { MessageList } from './message-list.ts';
import { MessageRow, OPEN_HEIGHT } from './MessageRow.tsx';
import './messages.css';

const ROW_HEIGHT = 26;
/** Lanes that are left out: one that is new is shown. */
const HIDDEN_KEY = 'tracelane.messages.hidden';

const storedHidden = (): ReadonlySet<LaneId> => new Set(kept.getItem(HIDDEN_KEY)?.split(',') ?? []);

/** Never none: a trace whose lanes are all left out shows them all. */
function chosenOf(lanes: readonly LaneId[], hidden: ReadonlySet<LaneId>): ReadonlySet<LaneId> {
  const shown = lanes.filter((lane) => !hidden.has(lane));
  return new Set(shown.length > 0 ? shown : lanes);
}

/** What the lanes emitted, message by message, each with the event that caused it. */
export function MessagesView() {
  const session = useSession();
  const { model } = session;
  useTrace((trace) => trace.pulse);
  const range = useTrace((trace) => trace.range);
  const selected = useTrace((trace) => trace.event);
  const timed = useTrace((trace) => trace.detail?.timed ?? true);
  const nameOf = useLaneName();
  const lanes = useLanes();
  const [hidden, setHidden] = useState(storedHidden);
  const chosen = useMemo(() => chosenOf(lanes, hidden), [lanes, hidden]);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  /** Index into the model's messages: an event may have caused several. */
  const [cursor, setCursor] = useState<number | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const { missed, toEnd } = useFollow(scroller);

  const list = useMemo(() => new MessageList(model, chosen, range), [model, chosen, range]);
  list.take();
  const pointed = cursor === null || model.messages[cursor]?.event !== selected ? -1 : (list.rowsOf([cursor])[0] ?? -1);
  const active = pointed >= 0 ? pointed : selected === null ? -1 : list.firstOf(selected);

  const pick = useCallback(
    (message: number) => {
      setCursor(message);
      const { event } = model.messages[message]!;
      session.setFollow(false);
      if (event !== null) selectEvent(event);
    },
    [session, model],
  );
  const toggle = useCallback(
    (message: number) =>
      setOpened((before) => {
        const after = new Set(before);
        if (!after.delete(message)) after.add(message);
        return after;
      }),
    [],
  );

  const heights = useRowHeights({
    row: ROW_HEIGHT,
    below: OPEN_HEIGHT,
    opened: list.rowsOf(opened).toSorted((a, b) => a - b),
  });

  const render = (at: number, place: RowPlace) => {
    const message = list.rows[at]!;
    const emission = model.messages[message]!;
    const tNs = emission.event === null || !timed ? null : (model.events[emission.event]?.tNs ?? null);
    return (
      <MessageRow
        {...place}
        message={message}
        emission={emission}
        tNs={tNs}
        active={at === active}
        same={emission.event !== null && emission.event === selected}
        open={opened.has(message)}
        onPick={pick}
        onOpen={toggle}
      />
    );
  };
  const toggleLane = (lane: LaneId) => {
    const left = new Set(chosen);
    if (!left.delete(lane)) left.add(lane);
    if (left.size === 0) return;
    // What another trace has left out and this one does not have stays left out.
    const after = new Set([...hidden].filter((id) => !lanes.includes(id)));
    for (const id of lanes) if (!left.has(id)) after.add(id);
    kept.setItem(HIDDEN_KEY, [...after].join());
    setHidden(after);
  };

  return (
    <div className="messages">
      <div className="view-bar">
        <span className="segments" role="group" aria-label="Lanes">
          {lanes.map((lane) => (
            <button key={lane} type="button" aria-pressed={chosen.has(lane)} onClick={() => toggleLane(lane)}>
              {nameOf(lane)} <span className="quiet">{count(model.messagesOf(lane))}</span>
            </button>
          ))}
        </span>
        {range !== null && (
          <button type="button" className="chip" aria-pressed onClick={() => setRange(null)}>
            {count(list.rows.length)} in the range ×
          </button>
        )}
        <span className="push" />
        <Button
          disabled={list.rows.length === 0}
          onClick={() =>
            void copyText(plural(list.rows.length, 'message'), jsonLines(list.rows.map((at) => model.messages[at]!)))
          }
        >
          <Icon of={Copy} size={12} />
          Copy {count(list.rows.length)} as JSON lines
        </Button>
      </div>
      <RowGrid
        label="Messages"
        name="message"
        count={list.rows.length}
        heights={heights}
        render={render}
        active={active}
        onMove={(at) => pick(list.rows[at]!)}
        onOpen={(at) => toggle(list.rows[at]!)}
        scroller={scroller}
        head={<GridHead line="message-line" columns={columns(timed)} />}
      />
      {list.rows.length === 0 && <Nothing range={range !== null} />}
      <NewPill missed={missed} onClick={toEnd} />
    </div>
  );
}

const columns = (timed: boolean): readonly GridColumn[] => [
  { title: '', name: 'open' },
  { title: 'lane' },
  { title: '#', num: true },
  { title: 'event', num: true },
  timed ? { title: '+ms', num: true, far: true } : { title: '', name: 'not timed', far: true },
  { title: 'type' },
  { title: 'content' },
  { title: 'ch', num: true, far: true },
];

function Nothing({ range }: { readonly range: boolean }) {
  const phase = useTrace((trace) => trace.phase);
  const none = { live: 'No message yet.', loading: READING, ended: 'These lanes emitted nothing.' }[phase];
  return <p className="grid-none">{range ? 'No message of these lanes in this range.' : none}</p>;
}
