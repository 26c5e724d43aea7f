import { useEffect, useMemo, useRef, useState } from 'react';
import { flushSync } from 'react-dom';
import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowUpRight, Download, Rows3, Star, Tag, Trash2, PanelLeftClose, PanelLeftOpen } from 'lucide-react';
import type { TraceId } from '../../../shared/model/ids.ts';
import { chordOf, runCommand, useCommand } from '../../commands/commands.ts';
import { IconButton } from '../../components/Button.tsx';
import { count } from '../../components/format.ts';
import { Icon } from '../../components/Icon.tsx';
import { Menu } from '../../components/Menu.tsx';
import { Shown } from '../../components/Shown.tsx';
import { openOverlay, selectTrace, togglePicked, useApp } from '../../stores/app.ts';
import { onNextFrame } from '../../stores/frame.ts';
import { groupRuns, loadGroupedRows, useGroupedRuns } from '../../stores/grouped-runs.ts';
import { GROUPINGS, totalOf } from '../../stores/grouping.ts';
import type { Listing } from '../../stores/listing.ts';
import { foldList, useListRail } from '../../stores/list-rail.ts';
import { filterRuns, loadRows, useRuns } from '../../stores/runs.ts';
import { deleteTraces, starTraces } from '../../stores/change-runs.ts';
import { EmptyList } from './EmptyList.tsx';
import { FilterBox } from './FilterBox.tsx';
import { FilterChips } from './FilterChips.tsx';
import { groupedRows, listRows } from './list-rows.ts';
import { markRange, markTo, markToEnd } from './marking.ts';
import { areWhole, heightOf, keyOf, stretchOf } from './row-places.ts';
import { RunRow, type PickKeys } from './RunRow.tsx';
import { usePlaceKept } from './use-place-kept.ts';
import './runs.css';

const EXPORTS = ['Export the selected run', 'Export both marked runs', 'Export the marked runs'] as const;
const rowId = (id: TraceId) => `run-${id}`;

export function RunList() {
  const { all, rows, total, loaded, problem, filter, unread, found } = useRuns();
  const { selected, choices, picked, followList } = useApp();
  const { by: grouping, grouped } = useGroupedRuns();
  const [editing, setEditing] = useState<TraceId | null>(null);
  const [focused, setFocused] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement>(null);

  const shown: Listing = found ?? all;
  const list = useMemo(
    () =>
      grouped
        ? groupedRows(grouped.groups, rows, { pinLive: followList, whole: grouped.filter === '' })
        : listRows(shown, rows, { pinLive: followList, now: Date.now() }),
    [shown, rows, followList, grouped],
  );
  const runs = useMemo(() => list.flatMap((row) => (row.type === 'run' ? [row.id] : [])), [list]);

  // The rule speaks for the React Compiler, which is not in use here.
  // oxlint-disable-next-line react/incompatible-library
  const virtual = useVirtualizer({
    count: list.length,
    getScrollElement: () => scroller.current,
    estimateSize: (at) => heightOf(list[at]),
    getItemKey: (at) => keyOf(list[at]),
    overscan: 8,
  });
  // After each drawing, not only a scroll: a list that was searched again may lack what one looks at already.
  useEffect(() => {
    const seen = stretchOf(list, virtual);
    if (!seen) return;
    void (grouped ? loadGroupedRows : loadRows)(...seen);
  });
  usePlaceKept(list, {
    topOf: () => virtual.scrollOffset ?? 0,
    endOf: () => virtual.getTotalSize() - (virtual.scrollRect?.height ?? 0),
    scrollBy: (by) => scroller.current?.scrollBy(0, by),
  });

  // Wherever it was chosen: here, in the palette, by a run that has just begun.
  const place = list.findIndex((row) => row.type === 'run' && row.id === selected);
  const moved = useRef(0);
  useEffect(() => {
    if (place < 0 || moved.current === choices) return;
    moved.current = choices;
    virtual.scrollToIndex(place === 1 ? 0 : place);
  }, [virtual, choices, place]);
  const step = (by: 1 | -1) => {
    // Past what is not loaded nobody steps: it is on its way.
    if (place >= 0 && list[place + by]?.type === 'gap') return;
    const at = selected === null ? -1 : runs.indexOf(selected);
    const id = runs[Math.min(Math.max(at + by, 0), runs.length - 1)];
    if (id !== undefined && id !== selected) selectTrace(id);
  };
  const row = selected === null ? undefined : rows.get(selected);
  const chosen = selected === null ? picked : [selected, ...picked];
  const isPicked = useMemo(() => new Set(picked), [picked]);
  const pick = (id: TraceId, { ctrlKey, metaKey, shiftKey }: PickKeys) => {
    if (ctrlKey || metaKey) return togglePicked(id);
    if (!shiftKey || selected === null) return selectTrace(id);
    const from = runs.indexOf(selected);
    const to = runs.indexOf(id);
    if (from >= 0 && areWhole(list, selected, id))
      return markRange(Math.abs(to - from) + 1, runs.slice(Math.min(from, to), Math.max(from, to) + 1));
    const [chosenRow, row] = [rows.get(selected), rows.get(id)];
    // One of them has left the list meanwhile.
    if (!chosenRow || !row) return selectTrace(id);
    void markTo(chosenRow, row, what);
  };
  const what = { grouped: grouped !== null, filter: found?.filter };
  const markEnd = (end: 'first' | 'last') => {
    const from = selected === null ? undefined : rows.get(selected);
    if (!from) return;
    virtual.scrollToIndex(end === 'first' ? 0 : list.length - 1);
    void markToEnd(from, end, what);
  };
  const drawn = virtual.getVirtualItems();
  // Of what the list shows: the groups may be of an earlier filter than what was found.
  const listed = grouped ? totalOf(grouped.groups) : shown.total;
  const filtered = (grouped ? grouped.filter === '' : found === null) ? null : listed;
  useCommand('list.next', () => step(1), runs.length > 0);
  useCommand('list.previous', () => step(-1), runs.length > 0);
  useCommand('list.markToStart', () => markEnd('first'), focused && row !== undefined);
  useCommand('list.markToEnd', () => markEnd('last'), focused && row !== undefined);
  useCommand('list.filter', () => {
    // What is typed next is meant for the field, and not a frame later.
    flushSync(() => foldList(false));
    field.current?.focus();
  });
  useCommand('list.follow', () => toggleFollow(runs));
  useCommand('trace.star', () => void starTraces(chosen), row !== undefined);
  useCommand('trace.tag', () => openOverlay('tags', { ids: chosen }), row !== undefined);
  useCommand('trace.rename', () => setEditing(selected), row !== undefined);
  const remove = async () => {
    await deleteTraces(chosen, runs);
    // The button that was pressed may have gone with the marks.
    onNextFrame(() => document.activeElement === document.body && scroller.current?.focus());
  };
  useCommand('trace.delete', () => void remove(), row !== undefined);
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
      {/* Where the list is empty, the sentence stands in its place. */}
      <p className={list.length === 0 ? 'unseen' : 'runs-unread k k-error'} role="status">
        {unread}
      </p>
      <FilterChips field={field} />
      <div
        className="runs-scroll"
        ref={scroller}
        onFocus={() => setFocused(true)}
        onBlur={() => setFocused(false)}
        role="grid"
        aria-label="Runs"
        aria-rowcount={listed}
        aria-multiselectable
        tabIndex={0}
        aria-activedescendant={
          selected !== null && drawn.some(({ index }) => index === place) ? rowId(selected) : undefined
        }
      >
        <div className="runs-all" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
          {drawn.map((item) => {
            const entry = list[item.index]!;
            if (entry.type === 'gap')
              return (
                <div
                  key={item.key}
                  className="run-gap"
                  role="presentation"
                  style={{ transform: `translateY(${item.start}px)`, height: item.size }}
                />
              );
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
                rowIndex={entry.at + 1}
                top={item.start}
              />
            );
          })}
        </div>
      </div>
      {list.length === 0 && (
        <EmptyList
          loaded={loaded && (unread !== null || found === null || found.filter === filter)}
          unread={unread}
          problem={grouped?.problem ?? (found ? found.problem : problem)}
          filter={grouped ? grouped.filter || null : (found?.filter ?? null)}
          onClear={() => filterRuns('')}
        />
      )}
      <footer>
        <span>
          {filtered === null
            ? `${count(total)} ${total === 1 ? 'run' : 'runs'}`
            : `${count(filtered)} / ${count(total)} runs`}
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
            chosen: by === grouping,
            onSelect: () => groupRuns(by),
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

function toggleFollow(runs: readonly TraceId[]): void {
  const follow = !useApp.getState().followList;
  if (follow && runs[0] !== undefined) selectTrace(runs[0], true);
  else useApp.setState({ followList: follow });
}
