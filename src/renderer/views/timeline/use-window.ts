/** The stretch that the timeline shows: all of it until someone zooms; then theirs, until they go back. */
import { useEffect, useRef, useState, type RefObject } from 'react';
import { useCommand } from '../../app/commands.ts';
import { useSession, useTrace } from '../../stores/open.ts';
import { fromShare, panned, roundEnd, zoomed, type Window } from './scale.ts';

/** One press or notch of the wheel. */
const ZOOM = 1.4;
const PAN = 0.15;
const WHEEL = 0.0015;
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
  const whole: Window = { start: 0, end: session.whole !== undefined ? Math.max(session.whole, last) * 1.02 : ended ? last * 1.02 : roundEnd(last * 1.04) };
  const window = chosen?.session === session ? chosen.window : whole;
  const smallest = timed ? SMALLEST_NS : SMALLEST_EVENTS;
  const show = (next: Window | null) => setChosen(next && next.end - next.start < whole.end - whole.start ? { session, window: next } : null);

  const middle = () => {
    const { event } = session.store.getState();
    const at = event === null ? undefined : timed ? model.events[event]?.tNs : event;
    return at !== undefined && at > window.start && at < window.end ? at : (window.start + window.end) / 2;
  };
  const zoom = (factor: number, around: number) => show(zoomed(window, factor, around, whole, smallest));
  const pan = (share: number) => show(panned(window, share * (window.end - window.start), whole));
  useCommand('timeline.zoomIn', () => zoom(1 / ZOOM, middle()));
  useCommand('timeline.zoomOut', () => zoom(ZOOM, middle()));
  useCommand('timeline.panLeft', () => pan(-PAN));
  useCommand('timeline.panRight', () => pan(PAN));

  // The wheel listener must be able to stop the page's own zoom, which a passive one could not.
  const onWheel = useRef((_event: WheelEvent, _left: number, _width: number) => {});
  useEffect(() => {
    onWheel.current = (event, left, width) => {
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        zoom(Math.exp(event.deltaY * WHEEL), fromShare(window, (event.clientX - left) / width));
      } else if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
        event.preventDefault();
        pan((event.deltaX || event.deltaY) / width);
      }
    };
  });
  useEffect(() => {
    const element = plot.current!;
    const listen = (event: WheelEvent) => {
      const { left, width } = element.getBoundingClientRect();
      onWheel.current(event, left, width);
    };
    element.addEventListener('wheel', listen, { passive: false });
    return () => element.removeEventListener('wheel', listen);
  }, [plot]);

  return { window, whole, show, isZoomed: window !== whole };
}
