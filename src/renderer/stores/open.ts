/**
 * What the centre shows: the chosen trace as recorded, or, over it, a playing or another reading of the same trace.
 * Components below <ShownTrace> read it with `useTrace` and need not know which it is.
 */
import { createContext, useContext, useEffect } from 'react';
import { create, useStore } from 'zustand';
import type { TraceId } from '../../shared/model/ids.ts';
import type { LaneId } from '../../shared/model/messages.ts';
import type { Api } from '../../shared/model/stream.ts';
import { onNextFrame } from './frame.ts';
import { kept } from './kept.ts';
import { useRuns } from './runs.ts';
import { TraceSession, type TraceState } from './trace.ts';

interface OpenState {
  readonly recorded: TraceSession | null;
  /** A session laid over the recorded one; whoever lays it there closes it. */
  readonly over: TraceSession | null;
  /** The whole of what is laid over, where that is a part of it: the recorded one, or another reading of it. */
  readonly whole: TraceSession | null;
}

export const useOpen = create<OpenState>()(() => ({ recorded: null, over: null, whole: null }));

const lanesKey = (api: Api): string => `tracelane.lanes.${api}`;

/** The lanes that were last chosen for traces of an API; undefined: those that a trace was recorded with. */
function chosenLanes(api: Api | undefined): readonly LaneId[] | undefined {
  const lanes = api === undefined ? null : kept.getItem(lanesKey(api));
  return lanes === null ? undefined : lanes.split(',');
}

function open(id: TraceId | null): void {
  const before = useOpen.getState().recorded;
  before?.close();
  useOpen.getState().over?.close();
  const row = id === null ? undefined : useRuns.getState().rows.get(id);
  const recorded =
    id === null
      ? null
      : new TraceSession(id, {
          // Read again with other lanes it is the same trace: its lanes can be chosen again at once.
          detail: before?.store.getState().id === id ? before.store.getState().detail : null,
          stored: row?.ending === undefined ? undefined : row,
          decoding: { lanes: chosenLanes(row?.api) },
        });
  if (recorded && wanted?.id === id) recorded.store.setState({ event: wanted.event, follow: false });
  wanted = null;
  recorded?.watch();
  useOpen.setState({ recorded, over: null, whole: null });
}

/** Where a trace that is about to be opened is shown. */
let wanted: { readonly id: TraceId; readonly event: number | null } | null = null;

/** Selects an event of a trace that is chosen now, as soon as it is open. */
export function openAt(id: TraceId, event: number | null): void {
  wanted = { id, event };
  const { recorded } = useOpen.getState();
  if (recorded?.store.getState().id === id) recorded.store.setState({ event, follow: false });
}

/** Keeps the session of the chosen trace open. */
export function useOpenTrace(id: TraceId | null): TraceSession | null {
  useEffect(() => {
    if (useOpen.getState().recorded) return open(id);
    let wanted = true;
    // Drawing what it stands in is one task, drawing it another.
    onNextFrame(() => wanted && open(id));
    return () => {
      wanted = false;
    };
  }, [id]);
  return useOpen((state) => state.over ?? state.recorded);
}

/**
 * Decodes the chosen trace once more, with these lanes, and from now on the other traces of its API; null: with those that
 * they were recorded with. What lay over it goes.
 */
export function readWithLanes(lanes: readonly LaneId[] | null): void {
  const { recorded } = useOpen.getState();
  const { id, detail } = recorded?.store.getState() ?? {};
  if (id === undefined || !detail) return;
  if (lanes === null) kept.removeItem(lanesKey(detail.api));
  else kept.setItem(lanesKey(detail.api), lanes.join());
  open(id);
}

/** Shows another session over the recorded one, or, with null, the recorded one again. `whole`: see OpenState. */
export function layOver(over: TraceSession | null, whole: TraceSession | null = null): void {
  useOpen.getState().over?.close();
  useOpen.setState({ over, whole });
}

const Shown = createContext<TraceSession | null>(null);
export const ShownTrace = Shown.Provider;

/** The shown session; throws outside of <ShownTrace>. */
export function useSession(): TraceSession {
  const session = useContext(Shown);
  if (!session) throw new Error('useSession is used outside of a shown trace.');
  return session;
}

/** A part of the shown trace's state. */
export function useTrace<Part>(select: (state: TraceState) => Part): Part {
  return useStore(useSession().store, select);
}

/** The session that is shown, and the whole that it is a part of. */
function shownSessions(): readonly TraceSession[] {
  const { recorded, over, whole } = useOpen.getState();
  return [over ?? recorded, whole].filter((session) => session !== null);
}

/** Selects an event in every pane; null selects none. */
export function selectEvent(event: number | null): void {
  for (const { store } of shownSessions()) store.setState({ event });
}

/** Filters every pane by a stretch of time, nanoseconds; null: shows all. */
export function setRange(range: readonly [startNs: number, endNs: number] | null): void {
  for (const { store } of shownSessions()) store.setState({ range });
}
