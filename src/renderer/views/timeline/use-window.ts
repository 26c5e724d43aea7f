/** The stretch that the timeline shows: all of it until someone zooms; then theirs, until they go back. */
import { useState, type RefObject } from 'react';
import { useSession, useTrace } from '../../stores/open.ts';
import { roundEnd, type Window } from '../../parts/time/scale.ts';
import { useZoom } from '../../parts/time/use-zoom.ts';

/** While a request waits for its answer the axis has this much at least: it would else grow with every drawing. */
const LEAST_LIVE_NS = 1e9;
const LEAST_NS = 1e6;
/** Nothing is told apart below this. */
const SMALLEST_NS = 1e5;
const SMALLEST_EVENTS = 4;

export interface TimelineView {
  readonly window: Window;
  readonly whole: Window;
  /** null shows all again. */
  readonly show: (window: Window | null) => void;
  readonly isZoomed: boolean;
}

/** `nowNs`: how far the stream has come. Of one that is read back the axis is that of the whole from the first. */
export function useTimelineWindow(plot: RefObject<HTMLElement | null>, timed: boolean, nowNs: number): TimelineView {
  const session = useSession();
  const { model } = session;
  useTrace((trace) => trace.pulse);
  const [chosen, setChosen] = useState<{ readonly session: typeof session; readonly window: Window } | null>(null);

  const least = !timed ? 1 : session.goesOn ? LEAST_LIVE_NS : LEAST_NS;
  const stored = session.stored?.metrics;
  const come = timed ? (stored?.totalNs ?? nowNs) : (stored?.events ?? model.events.length);
  const whole: Window = { start: 0, end: endOf(come, least, stored === undefined && model.ending === null) };
  const window = chosen?.session === session ? chosen.window : whole;
  const show = (next: Window | null) =>
    setChosen(next && next.end - next.start < whole.end - whole.start ? { session, window: next } : null);

  useZoom(plot, { window, whole, timed, smallest: timed ? SMALLEST_NS : SMALLEST_EVENTS, show });
  return { window, whole, show, isZoomed: window !== whole };
}

/** `come`: how far it is. All nanoseconds, or events. */
function endOf(come: number, least: number, grows: boolean): number {
  return grows ? roundEnd(Math.max(come * 1.04, least)) : Math.max(come, least) * 1.02;
}
