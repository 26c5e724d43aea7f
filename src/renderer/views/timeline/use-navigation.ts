/** Steps from mark to mark by key, and says where one has come: each mark is reachable without a pointer. */
import { rangeFigures } from '../../../shared/metrics/waits.ts';
import { useCommand } from '../../commands/commands.ts';
import { durationText, plural } from '../../components/format.ts';
import { eventLabel } from '../../parts/event-label.ts';
import { announce, answer } from '../../stores/announce.ts';
import { selectEvent, setRange, useSession } from '../../stores/open.ts';
import { seekPlayEvent, usePlay } from '../../stores/playback.ts';
import type { EventKind, EventSummary } from '../../../shared/model/stream.ts';
import type { TimelineData } from './timeline-data.ts';
import type { TimelineView } from './use-window.ts';

export function useNavigation(data: TimelineData, view: TimelineView): void {
  const session = useSession();
  const { model } = session;
  const now = () => session.store.getState().event;
  const timed = session.store.getState().detail?.timed ?? true;

  const go = (index: number | undefined) => {
    const event = index === undefined ? undefined : model.events[index];
    if (!event) return;
    if (usePlay.getState().state === 'open') seekPlayEvent(event.index);
    else {
      selectEvent(event.index);
      session.setFollow(false);
    }
    announce(eventLabel(event, timed));
  };
  /** The next event in a direction that passes; from nowhere, the first or last that does. `what` it is, where there is none. */
  const seek = (by: 1 | -1, passes: (event: EventSummary) => boolean, what: string) => {
    const from = now();
    for (
      let at = from === null ? (by === 1 ? 0 : model.events.length - 1) : from + by;
      at >= 0 && at < model.events.length;
      at += by
    ) {
      if (passes(model.events[at]!)) return go(at);
    }
    if (model.events.some(passes)) answer(`No ${what} ${by === 1 ? 'after' : 'before'} this event.`);
    else answer(`This stream has no ${what}.`);
  };
  /** By the block's own first event: a ping in its middle begins nothing. */
  const startsBlock = (kind: EventKind) => (event: EventSummary) =>
    event.kind === kind &&
    (event.block === undefined
      ? model.events[event.index - 1]?.kind !== kind
      : model.blocks.row(event.block)?.firstEvent === event.index);
  const sameLane = (event: EventSummary) => {
    const current = model.events[now() ?? -1];
    return (
      current === undefined || (event.kind === current.kind && (event.kind !== 'tool' || event.block === current.block))
    );
  };
  const afterGap = (event: EventSummary) =>
    data
      .silences(session.nowNs)
      .some(
        ({ endNs }) => model.reads[event.read]?.tNs === endNs && model.events[event.index - 1]?.read !== event.read,
      );

  const any = () => true;
  const hasError = (event: EventSummary) => event.kind === 'error';
  // A playing steps by the same keys, and the timeline may come back beside it.
  useCommand('event.next', () => seek(1, any, 'event'), true, true);
  useCommand('event.previous', () => seek(-1, any, 'event'), true, true);
  useCommand('event.nextInLane', () => seek(1, sameLane, 'event of this lane'));
  useCommand('event.previousInLane', () => seek(-1, sameLane, 'event of this lane'));
  useCommand('event.nextTool', () => seek(1, startsBlock('tool'), 'tool call'));
  useCommand('event.previousTool', () => seek(-1, startsBlock('tool'), 'tool call'));
  useCommand('event.nextReasoning', () => seek(1, startsBlock('reasoning'), 'reasoning'));
  useCommand('event.previousReasoning', () => seek(-1, startsBlock('reasoning'), 'reasoning'));
  useCommand('event.nextGap', () => seek(1, afterGap, 'gap'));
  useCommand('event.previousGap', () => seek(-1, afterGap, 'gap'));
  useCommand('event.nextError', () => seek(1, hasError, 'error event'));
  useCommand('event.previousError', () => seek(-1, hasError, 'error event'));
  const blockSpan = (event: EventSummary): readonly [number, number] => {
    const row = event.block === undefined ? undefined : model.blocks.row(event.block);
    const place = (index: number | null | undefined) =>
      timed ? (model.events[index ?? event.index]?.tNs ?? event.tNs) : (index ?? event.index);
    return [place(row?.firstEvent), place(row?.lastEvent)];
  };
  const toRange = () => {
    const event = model.events[now() ?? -1];
    if (!event) return;
    const span = blockSpan(event);
    setRange(span);
    const { durationNs, events } = rangeFigures(model, span);
    announce(`Range: ${durationText(durationNs)}, ${plural(events, 'event')}`);
  };
  useCommand('timeline.range', toRange, timed);
  useCommand('timeline.fit', () => fit(model.events[now() ?? -1], view, timed, blockSpan));
}

/** Centres the selected event; when it stands in the centre already, shows its block and nothing else. */
function fit(
  event: EventSummary | undefined,
  view: TimelineView,
  timed: boolean,
  spanOf: (event: EventSummary) => readonly [number, number],
): void {
  if (!event) return view.show(null);
  const at = timed ? event.tNs : event.index;
  const { start, end } = view.window;
  const size = end - start;
  const centred =
    Math.abs((start + end) / 2 - at) < size * 0.02 || (start === view.whole.start && at < size / 2) || !view.isZoomed;
  if (centred) {
    const [from, to] = spanOf(event);
    const margin = Math.max((to - from) * 0.08, timed ? 1e6 : 1);
    view.show({ start: Math.max(from - margin, view.whole.start), end: Math.min(to + margin, view.whole.end) });
  } else view.show({ start: at - size / 2, end: at + size / 2 });
}
