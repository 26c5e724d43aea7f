/** Zooming and panning a stretch of time, by the same keys and wheel wherever time is drawn. */
import { useEffect, useRef, type RefObject } from 'react';
import { useCommand } from '../../commands/commands.ts';
import { useSession } from '../../stores/open.ts';
import { fromShare, panned, zoomed, type Window } from './scale.ts';

/** One press or notch of the wheel. */
const ZOOM = 1.4;
const PAN = 0.15;
const WHEEL = 0.0015;

export interface Zoomed {
  readonly window: Window;
  readonly whole: Window;
  readonly timed: boolean;
  /** Nothing is told apart below this; nanoseconds, or events where there are no times. */
  readonly smallest: number;
  readonly show: (window: Window) => void;
}

export function useZoom(plot: RefObject<HTMLElement | null>, { window, whole, timed, smallest, show }: Zoomed): void {
  const session = useSession();
  /** The selected event where it is in view, else the middle. */
  const middle = () => {
    const { event } = session.store.getState();
    const at = event === null ? undefined : timed ? session.model.events[event]?.tNs : event;
    return at !== undefined && at > window.start && at < window.end ? at : (window.start + window.end) / 2;
  };
  const zoom = (factor: number, around: number) => show(zoomed(window, factor, around, whole, smallest));
  const pan = (share: number) => show(panned(window, share * (window.end - window.start), whole));
  useCommand('timeline.zoomIn', () => zoom(1 / ZOOM, middle()));
  useCommand('timeline.zoomOut', () => zoom(ZOOM, middle()));
  useCommand('timeline.panLeft', () => pan(-PAN));
  useCommand('timeline.panRight', () => pan(PAN));

  // The wheel listener must be able to stop the page's own zoom, which a passive one could not.
  const onWheel = useRef((_event: WheelEvent, _box: DOMRect) => {});
  useEffect(() => {
    onWheel.current = (event, { left, width }) => {
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
    const listen = (event: WheelEvent) => onWheel.current(event, element.getBoundingClientRect());
    element.addEventListener('wheel', listen, { passive: false });
    return () => element.removeEventListener('wheel', listen);
  }, [plot]);
}
