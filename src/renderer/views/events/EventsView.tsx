import { useCallback, useMemo, useRef, useState } from 'react';
import { Copy } from 'lucide-react';
import type { LintRemark } from '../../../shared/lint/rule.ts';
import type { EventKind } from '../../../shared/model/stream.ts';
import { chordOf, runCommand, useCommand } from '../../commands/commands.ts';
import { Button } from '../../components/Button.tsx';
import { Field } from '../../components/Field.tsx';
import { count, milliseconds, plural } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { NewPill } from '../../components/NewPill.tsx';
import { Key } from '../../components/Key.tsx';
import { Menu } from '../../components/Menu.tsx';
import { GridHead, type GridColumn } from '../../components/GridRow.tsx';
import { RowGrid, type RowPlace } from '../../components/RowGrid.tsx';
import { Shown } from '../../components/Shown.tsx';
import { useRowHeights } from '../../components/use-rows-in-view.ts';
import { selectEvent, setRange, useSession, useTrace } from '../../stores/open.ts';
import type { TraceModel } from '../../stores/trace-model.ts';
import { useFollow } from '../../parts/use-follow.ts';
import { noEvents } from '../../parts/no-events.ts';
import { copyAsJson, copyAsText } from './copy-events.ts';
import { useTextName } from './use-text-name.ts';
import { nextSort, orderOf, type EventSort, type SortColumn } from './event-order.ts';
import { EventFacts, EventList, type EventsRow, type ListRow } from './event-list.ts';
import { EventRow, type Bracket } from './EventRow.tsx';
import { OPEN_HEIGHT } from './ExpandedEvent.tsx';
import './events.css';

const ROW_HEIGHT = 26;
/** Characters of the joined preview of a merged row, and of any. */
const PREVIEW = 200;
const NO_KINDS: ReadonlySet<EventKind> = new Set();
const NO_REMARKS: ReadonlyMap<number, string> = new Map();

/** Every event as a row: the table that says the same as the timeline. */
export function EventsView() {
  const session = useSession();
  const { model } = session;
  useTrace((trace) => trace.pulse);
  const range = useTrace((trace) => trace.range);
  const selected = useTrace((trace) => trace.event);
  const timed = useTrace((trace) => trace.detail?.timed ?? true);
  const lint = useTrace((trace) => trace.compare?.lint);
  const [merge, setMerge] = useState(false);
  const [all, setAll] = useState(false);
  const [opened, setOpened] = useState<ReadonlySet<number>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  const { missed, toEnd } = useFollow(scroller);

  const [hidden, setHidden] = useState<ReadonlySet<EventKind>>(NO_KINDS);
  const [text, setText] = useState('');
  const [sort, setSort] = useState<EventSort | null>(null);
  const facts = useMemo(() => new EventFacts(model), [model]);
  const list = useMemo(
    () => new EventList(model, { merge, all, range, hidden, text }, facts),
    [model, merge, all, range, hidden, text, facts],
  );
  list.take();
  const { length } = list.rows;
  // oxlint-disable-next-line react/exhaustive-deps -- rows are added in place
  const order = useMemo(() => (sort ? orderOf(list.rows, model, sort) : null), [list, length, model, sort]);
  const rowAt = (at: number) => list.rows[order ? order[at]! : at];
  const filtered = hidden.size > 0 || text !== '';
  // A quiet event that was chosen elsewhere is wanted here too.
  if (selected !== null && !all && !filtered && list.rowOf(selected) < 0 && isInRange(model, selected, range))
    setAll(true);
  const remarks = useMemo(() => remarksByEvent(lint), [lint]);
  const placeOf = (row: number) => (order && row >= 0 ? order.indexOf(row) : row);
  const active = placeOf(selected === null ? -1 : list.rowOf(selected));

  const pick = useCallback(
    (event: number) => {
      session.setFollow(false);
      selectEvent(event);
    },
    [session],
  );
  const toggle = useCallback(
    (event: number) =>
      setOpened((before) => {
        const after = new Set(before);
        if (!after.delete(event)) after.add(event);
        return after;
      }),
    [],
  );
  useCommand('events.merge', () => setMerge(!merge));
  const move = (at: number) => {
    const event = nearestEvent(rowAt, list.rows.length, at, at < active ? -1 : 1);
    if (event !== null) pick(event);
  };
  const heights = useRowHeights({
    row: ROW_HEIGHT,
    below: OPEN_HEIGHT,
    opened: list
      .rowsFrom(opened)
      .map(placeOf)
      .toSorted((a, b) => a - b),
  });

  const render = (at: number, place: RowPlace) => {
    const row = rowAt(at)!;
    if (row.type === 'note') return <NoteRow {...place} model={model} note={row.note} timed={timed} />;
    const event = model.events[row.first]!;
    const before = model.events[row.first - 1];
    return (
      <EventRow
        {...place}
        event={event}
        deltaNs={before ? event.tNs - before.tNs : null}
        timed={timed}
        bracket={order ? 'alone' : bracketOf(list.rows, at, model)}
        merged={row.count}
        sizes={row.sizes}
        preview={previewOf(row, model)}
        running={facts.running(row.last)}
        bytes={row.bytes}
        remark={event.notes?.[0] ?? remarks.get(event.index) ?? null}
        active={at === active}
        open={opened.has(row.first)}
        onPick={pick}
        onOpen={toggle}
      />
    );
  };
  const chosen = rowAt(active);

  return (
    <div className="events">
      <div className="view-bar">
        <Button aria-pressed={merge} onClick={() => setMerge(!merge)}>
          Merge deltas <Key chord={chordOf('events.merge')!} />
        </Button>
        {list.quiet > 0 && (
          <button
            type="button"
            className="chip"
            aria-pressed={all}
            onClick={() => setAll(!all)}
            title="Pings, empty deltas and comment lines"
          >
            {all ? `${count(list.quiet)} quiet shown` : `${count(list.quiet)} quiet hidden`}
          </button>
        )}
        {range !== null && (
          <button type="button" className="chip" aria-pressed onClick={() => setRange(null)}>
            {count(list.inRange)} of {count(model.events.length)} in the range ×
          </button>
        )}
        <Kinds counts={facts.kinds} hidden={hidden} onChange={setHidden} />
        <Field
          className="events-filter"
          type="search"
          placeholder="Type, target or delta"
          aria-label="Filter events"
          value={text}
          onChange={(change) => setText(change.target.value)}
        />
        {filtered && (
          <span className="count">
            {count(list.rows.length)} of {count(model.events.length)}
          </span>
        )}
        <span className="count">{range === null && !filtered && plural(model.events.length, 'event')}</span>
        <span className="push" />
        <CopyMenu row={chosen?.type === 'event' ? chosen : null} />
      </div>
      <RowGrid
        label="Events"
        name="event"
        count={list.rows.length}
        heights={heights}
        render={render}
        active={active}
        onMove={move}
        onOpen={(at) => {
          const row = rowAt(at);
          if (row?.type === 'event') toggle(row.first);
        }}
        scroller={scroller}
        head={<GridHead line="event-line" columns={columns(timed, sort, (by) => setSort(nextSort(sort, by)))} />}
      />
      {list.rows.length === 0 && (
        <Nothing
          filtered={filtered}
          range={range !== null}
          quiet={list.quiet}
          events={model.events.length}
          onAll={() => setAll(true)}
        />
      )}
      <NewPill missed={missed} onClick={toEnd} />
    </div>
  );
}

function columns(timed: boolean, sort: EventSort | null, onSort: (by: SortColumn) => void): readonly GridColumn[] {
  const by = (column: SortColumn) => ({
    sort: {
      now: sort?.by !== column ? 'none' : sort.descending ? 'descending' : 'ascending',
      onSort: () => onSort(column),
    } as const,
  });
  return [
    { title: '', name: 'open' },
    { title: '#', num: true },
    { title: timed ? '+ms' : 'order', num: true },
    timed ? { title: 'Δ ms', num: true, ...by('wait') } : { title: '', name: 'not timed' },
    { title: '', name: 'read' },
    { title: 'kind', ...by('kind') },
    { title: 'target', far: true },
    { title: 'delta', ...by('chars') },
    { title: 'total ch', num: true, far: true },
    { title: 'bytes', num: true, far: true, ...by('bytes') },
    { title: '', name: 'remarks' },
  ];
}

interface KindsProps {
  readonly counts: ReadonlyMap<EventKind, number>;
  readonly hidden: ReadonlySet<EventKind>;
  readonly onChange: (hidden: ReadonlySet<EventKind>) => void;
}

/** Which kinds are shown, of those that the stream has. */
function Kinds({ counts, hidden, onChange }: KindsProps) {
  const toggle = (kind: EventKind) => {
    const after = new Set(hidden);
    if (!after.delete(kind)) after.add(kind);
    onChange(after);
  };
  return (
    <Menu
      label="Kinds that are shown"
      items={[...counts].map(([kind, events]) => ({
        label: `${kind} ${count(events)}`,
        checked: !hidden.has(kind),
        onSelect: () => toggle(kind),
      }))}
      trigger={
        <button type="button" className="btn plain" aria-pressed={hidden.size > 0}>
          Kinds{hidden.size > 0 && `, ${count(hidden.size)} hidden`}
        </button>
      }
    />
  );
}

function CopyMenu({ row }: { readonly row: EventsRow | null }) {
  const session = useSession();
  const textName = useTextName();
  const { events } = session.model;
  const first = row && events[row.first];
  const last = row && events[row.last];
  const items = [
    { label: 'Copy as JSON', disabled: !row, onSelect: () => first && last && void copyAsJson(session, first, last) },
    ...(textName === null
      ? []
      : [
          {
            label: `Copy as ${textName}`,
            disabled: !row,
            onSelect: () => first && last && void copyAsText(session, textName, first, last),
          },
        ]),
    {
      label: 'Copy the request as cURL',
      group: true,
      chord: chordOf('trace.curl'),
      onSelect: () => runCommand('trace.curl'),
    },
  ];
  return (
    <Menu
      label="Copy"
      items={items}
      trigger={
        <button type="button" className="btn plain">
          <Icon of={Copy} size={12} />
          Copy
        </button>
      }
    />
  );
}

interface NoteRowProps extends RowPlace {
  readonly model: TraceModel;
  readonly note: number;
  readonly timed: boolean;
}

/** A remark on bytes that are no event. */
function NoteRow({ id, rowIndex, top, height, model, note, timed }: NoteRowProps) {
  const { type, text, tNs, start, end } = model.notes[note]!;
  return (
    <div
      id={id}
      className="grid-row"
      role="row"
      aria-rowindex={rowIndex}
      style={{ transform: `translateY(${top}px)`, height }}
    >
      <div className="grid-line event-line note">
        <span />
        <span className="num" role="gridcell" />
        <span className="num" role="gridcell">
          {timed ? milliseconds(tNs) : '–'}
        </span>
        <span className="num" role="gridcell" />
        <span className="bracket alone" />
        <span className="cut" role="gridcell">
          {type}
        </span>
        <span className="far" role="gridcell" />
        <span className="preview quiet" role="gridcell">
          <Shown text={text} blanks />
        </span>
        <span className="num far" role="gridcell" />
        <span className="num far" role="gridcell">
          {count(end - start)}
        </span>
        <span />
      </div>
    </div>
  );
}

function Nothing({
  filtered,
  range,
  quiet,
  events,
  onAll,
}: {
  readonly filtered: boolean;
  readonly range: boolean;
  readonly quiet: number;
  readonly events: number;
  readonly onAll: () => void;
}) {
  const session = useSession();
  useTrace((trace) => trace.phase);
  if (filtered && events > 0) return <p className="grid-none">No event passes the filter.</p>;
  if (quiet > 0)
    return (
      <p className="grid-none">
        Only quiet events {range ? 'in this range' : 'so far'}. <Button onClick={onAll}>Show them</Button>
      </p>
    );
  if (range && events > 0) return <p className="grid-none">No event in this range.</p>;
  return <p className="grid-none">{noEvents(session)}</p>;
}

/** The event of the row, or of the next one in that direction that has one. */
function nearestEvent(
  rowAt: (at: number) => ListRow | undefined,
  rows: number,
  from: number,
  by: 1 | -1,
): number | null {
  for (let at = from; at >= 0 && at < rows; at += by) {
    const row = rowAt(at)!;
    if (row.type === 'event') return row.first;
  }
  return null;
}

function isInRange({ events }: TraceModel, event: number, range: readonly [number, number] | null): boolean {
  const tNs = events[event]?.tNs;
  return tNs !== undefined && (range === null || (tNs >= range[0] && tNs <= range[1]));
}

/** Rows of one read share a bracket. */
function bracketOf(rows: readonly ListRow[], at: number, { events }: TraceModel): Bracket {
  const row = rows[at];
  if (row?.type !== 'event') return 'alone';
  const [above, below] = [rows[at - 1], rows[at + 1]];
  const joins = above?.type === 'event' && events[above.last]!.read === events[row.first]!.read;
  const goesOn = below?.type === 'event' && events[below.first]!.read === events[row.last]!.read;
  if (joins) return goesOn ? 'goes-on' : 'closes';
  return goesOn ? 'opens' : 'alone';
}

function previewOf(row: EventsRow, { events }: TraceModel): string {
  let text = events[row.first]!.preview;
  for (let at = row.first + 1; at <= row.last && text.length < PREVIEW; at++) text += events[at]!.preview;
  return text.slice(0, PREVIEW);
}

function remarksByEvent(lint: readonly LintRemark[] | undefined): ReadonlyMap<number, string> {
  if (!lint) return NO_REMARKS;
  return new Map(
    lint
      .flatMap(({ event, sentence, severity }) =>
        event === null || severity === 'info' ? [] : [[event, sentence] as const],
      )
      .toReversed(),
  );
}
