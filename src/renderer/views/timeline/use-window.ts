/** The stretch that the timeline shows: all of it until someone zooms; then theirs, until they go back. */
import { useState, type RefObject } from 'react';
import { useSession, useTrace } from '../../stores/open.ts';
import { roundEnd, type Window } from '../../parts/time/scale.ts';
import { useZoom } from '../../parts/time/use-zoom.ts';

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

export function useTimelineWindow(plot: RefObject<HTMLElement | null>, timed: boolean): TimelineView {
  const session = useSession();
  const { model } = session;
  useTrace((trace) => trace.pulse);
  const ended = useTrace((trace) => trace.phase === 'ended');
  const [chosen, setChosen] = useState<{ readonly session: typeof session; readonly window: Window } | null>(null);

  const last = timed ? Math.max(model.lastNs, 1e6) : Math.max(model.events.length, 1);
  const whole: Window = {
    start: 0,
    end:
      session.whole !== undefined ? Math.max(session.whole, last) * 1.02 : ended ? last * 1.02 : roundEnd(last * 1.04),
  };
  const window = chosen?.session === session ? chosen.window : whole;
  const show = (next: Window | null) =>
    setChosen(next && next.end - next.start < whole.end - whole.start ? { session, window: next } : null);

  useZoom(plot, { window, whole, timed, smallest: timed ? SMALLEST_NS : SMALLEST_EVENTS, show });
  return { window, whole, show, isZoomed: window !== whole };
}
