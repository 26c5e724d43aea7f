import { useEffect, useMemo, useRef, useState } from 'react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUpRight, Download, Rows3, Star, Tag, Trash2, PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import type { TraceId } from '../../../shared/model/ids.ts';
import { chordOf, runCommand, useCommand } from '../../commands/commands.ts';
import { Button, IconButton } from '../../components/Button.tsx';
import { count } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { Menu } from '../../components/Menu.tsx';
import { Shown } from '../../components/Shown.tsx';
import { kept } from '../../stores/kept.ts';
import { openOverlay, pickTraces, selectTrace, togglePicked, useApp } from '../../stores/app.ts';
import { onNextFrame } from '../../stores/frame.ts';
import { foldList, useListRail } from '../../stores/list-rail.ts';
import { deleteTraces, filterRuns, loadMore, starTraces, useRuns } from '../../stores/runs.ts';
import { FilterBox } from './FilterBox.tsx';
import { FilterChips } from './FilterChips.tsx';
import { GROUPINGS, listRows, type Grouping } from './list-rows.ts';
import { RunRow, type PickKeys } from './RunRow.tsx';
import './runs.css';

/** As many as one request takes. */
const MOST_CHOSEN = 1000;
const EXPORTS = ['Export the selected run', 'Export both marked runs', 'Export the marked runs'] as const;
const GROUPING_KEY = 'tracelane.grouping';
const storedGrouping = (): Grouping => GROUPINGS.find((by) => by === kept.getItem(GROUPING_KEY)) ?? 'day';
const RUN_HEIGHT = 52;
const DAY_HEIGHT = 26;
const rowId = (id: TraceId) => `run-${id}`;

export function RunList() {
  const { ids, rows, total, loaded, problem, next, filter, unread, found } = useRuns();
  const { selected, picked, followList } = useApp();
  const [grouping, setGrouping] = useState(storedGrouping);
  const endpoints = useApp((state) => state.endpoints);
  const [editing, setEditing] = useState<TraceId | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);

  const shown = found ?? { ids, total, next, problem };
  const list = useMemo(
    () =>
      listRows(shown.ids, rows, {
        pinLive: followList,
        now: Date.now(),
        whole: shown.next === null,
        by: grouping,
        endpointName: ({ endpointId }) => endpoints.find(({ id }) => id === endpointId)?.name,
      }),
    [shown.ids, shown.next, rows, followList, grouping, endpoints],
  );
  const runs = useMemo(() => list.flatMap((row) => (row.type === 'run' ? [row.id] : [])), [list]);

  // The rule speaks for the React Compiler, which is not in use here.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: list.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => (list[at]?.type === 'group' ? DAY_HEIGHT : RUN_HEIGHT),
    getItemKey: (at) => keyOf(list[at]),
    overscan: 8,
  });
  // After each drawing, not only a scroll: a list that was searched again may end where one stands already.
  useEffect(() => {
    const { range } = virtual;
    if (range && range.endIndex > list.length - 20 && shown.next !== null) void loadMore();
  });

  // Wherever it was chosen: here, in the palette, by a run that has just begun.
  const place = list.findIndex((row) => row.type === 'run' && row.id === selected);
  const moved = useRef<TraceId | null>(null);
  useEffect(() => {
    if (place < 0 || moved.current === selected) return;
    moved.current = selected;
    virtual.scrollToIndex(place === 1 ? 0 : place);
  }, [virtual, selected, place]);
  const step = (by: 1 | -1) => {
    const at = selected === null ? -1 : runs.indexOf(selected);
    const id = runs[Math.min(Math.max(at + by, 0), runs.length - 1)];
    if (id !== undefined && id !== selected) selectTrace(id);
  };
  const row = selected === null ? undefined : rows.get(selected);
  const chosen = selected === null ? picked : [selected, ...picked];
  const isPicked = useMemo(() => new Set(picked), [picked]);
  const pick = (id: TraceId, { ctrlKey, metaKey, shiftKey }: PickKeys) => {
    if (ctrlKey || metaKey) return togglePicked(id);
    const from = shiftKey && selected !== null ? runs.indexOf(selected) : -1;
    if (from < 0) return selectTrace(id);
    const to = runs.indexOf(id);
    pickTraces(runs.slice(Math.min(from, to), Math.max(from, to) + 1).slice(0, MOST_CHOSEN));
  };
  const drawn = virtual.getVirtualItems();
  useCommand('list.next', () => step(1), runs.length > 0);
  useCommand('list.previous', () => step(-1), runs.length > 0);
  useCommand('list.filter', () => {
    foldList(false);
    onNextFrame(() => field.current?.focus());
  });
  useCommand('list.follow', () => toggleFollow(runs));
  useCommand('trace.star', () => void starTraces(chosen), row !== undefined);
  useCommand('trace.tag', () => openOverlay('tags', { ids: chosen }), row !== undefined);
  useCommand('trace.rename', () => setEditing(selected), row !== undefined);
  useCommand('trace.delete', () => void deleteTraces(chosen), row !== undefined);
  useCommand('trace.export', () => openOverlay('export', { ids: chosen }), row !== undefined);

  return (
    <nav className="runs" aria-label="Runs">
      <header>
        <FilterBox field={field} />
        <IconButton
          icon={ArrowUpRight}
          label="Keep the newest run selected"
          aria-pressed={followList}
          onClick={() => toggleFollow(runs)}
        />
        <FoldButton />
      </header>
      <p className="runs-unread k k-error" role="status">
        {unread}
      </p>
      <FilterChips field={field} />
      <div
        className="runs-scroll"
        ref={scroller}
        role="grid"
        aria-label="Runs"
        aria-rowcount={shown.total}
        aria-multiselectable
        tabIndex={0}
        aria-activedescendant={
          selected !== null && drawn.some(({ index }) => index === place) ? rowId(selected) : undefined
        }
      >
        <div className="runs-all" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {drawn.map((item) => {
            const entry = list[item.index]!;
            if (entry.type === 'group')
              return (
                <div
                  key={item.key}
                  className="day"
                  role="presentation"
                  style={{ transform: `translateY(${item.start}px)` }}
                >
                  <span className="cut">
                    <Shown text={entry.name} />
                  </span>
                  <span>{entry.more ? `${count(entry.count)}+` : count(entry.count)}</span>
                </div>
              );
            return (
              <RunRow
                key={item.key}
                row={rows.get(entry.id)!}
                id={rowId(entry.id)}
                selected={entry.id === selected}
                marked={isPicked.has(entry.id)}
                editing={entry.id === editing}
                onEdited={() => setEditing(null)}
                onPick={(event) => pick(entry.id, event)}
                rowIndex={item.index + 1}
                top={item.start}
              />
            );
          })}
        </div>
      </div>
      {list.length === 0 && (
        <EmptyList
          loaded={loaded && (found === null || found.filter === filter)}
          problem={shown.problem}
          filtered={found !== null}
          onClear={() => filterRuns('')}
        />
      )}
      <footer>
        <span>
          {found === null
            ? `${count(total)} ${total === 1 ? 'run' : 'runs'}`
            : `${count(found.total)} / ${count(total)} runs`}
        </span>
        <span className="push" />
        <Menu
          label="Group runs"
          trigger={
            <button type="button" className="btn plain icon">
              <Icon of={Rows3} />
            </button>
          }
          items={GROUPINGS.map((by) => ({
            label: `Group by ${by}`,
            checked: by === grouping,
            onSelect: () => {
              kept.setItem(GROUPING_KEY, by);
              setGrouping(by);
            },
          }))}
        />
        {picked.length > 0 && (
          <>
            <span className="k k-sel">{count(chosen.length)} marked</span>
            <IconButton icon={Star} label="Star the marked runs" onClick={() => runCommand('trace.star')} />
            <IconButton icon={Tag} label="Tag the marked runs" onClick={() => runCommand('trace.tag')} />
            <IconButton icon={Trash2} label="Delete the marked runs" onClick={() => runCommand('trace.delete')} />
          </>
        )}
        {row !== undefined && (
          <IconButton
            icon={Download}
            label={EXPORTS[Math.min(picked.length, 2)]!}
            chord={chordOf('trace.export')!}
            onClick={() => runCommand('trace.export')}
          />
        )}
      </footer>
    </nav>
  );
}

function FoldButton() {
  const folded = useListRail((rail) => rail.folded);
  return (
    <IconButton
      icon={folded ? PanelLeftOpen : PanelLeftClose}
      label={folded ? 'Unfold the run list' : 'Fold the run list'}
      chord={chordOf('list.fold')!}
      onClick={() => runCommand('list.fold')}
    />
  );
}

const keyOf = (row: ReturnType<typeof listRows>[number] | undefined) =>
  row === undefined ? '' : row.type === 'group' ? `group ${row.key}` : row.id;

function toggleFollow(runs: readonly TraceId[]): void {
  const follow = !useApp.getState().followList;
  if (follow && runs[0] !== undefined) selectTrace(runs[0], true);
  else useApp.setState({ followList: follow });
}

function EmptyList({
  loaded,
  problem,
  filtered,
  onClear,
}: {
  readonly loaded: boolean;
  readonly problem: string | null;
  readonly filtered: boolean;
  readonly onClear: () => void;
}) {
  if (!loaded) return null;
  if (problem !== null) return <p className="runs-empty">The runs could not be read: {problem}</p>;
  if (filtered)
    return (
      <p className="runs-empty">
        No run matches. <Button onClick={onClear}>Clear filter</Button>
      </p>
    );
  return <p className="runs-empty">Nothing captured yet.</p>;
}
