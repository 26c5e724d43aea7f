/** The stretch that the score shows: all of it, until someone zooms with the timeline's keys or the wheel. */
import { useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { Score } from '../../../shared/compare/result.ts';
import { useCommand } from '../../app/commands.ts';
import { useCompare } from '../../stores/compare.ts';
import { useSession } from '../../stores/open.ts';
import { fromShare, panned, within, zoomed, type Window } from '../timeline/scale.ts';
import type { Axis } from './score-layout.ts';

const ZOOM = 1.4;
const PAN = 0.15;
const WHEEL = 0.0015;
const SMALLEST_NS = 1e6;
const SMALLEST_EVENTS = 4;

export function useScoreWindow(plot: RefObject<HTMLElement | null>, axis: Axis, score: Score): Window {
  const { whole, timed } = axis;
  const session = useSession();
  const [chosen, setChosen] = useState<{ readonly axis: Axis; readonly window: Window } | null>(null);
  const finding = useCompare((state) => state.finding);
  const smallest = timed ? SMALLEST_NS : SMALLEST_EVENTS;
  const window = chosen?.axis === axis ? chosen.window : whole;
  const show = (next: Window) => setChosen(next.end - next.start < whole.end - whole.start ? { axis, window: next } : null);
  const size = window.end - window.start;

  /** The selected event where it is in view, else the middle. */
  const middle = () => {
    const { event } = session.store.getState();
    const at = event === null ? undefined : timed ? session.model.events[event]?.tNs : event;
    return at !== undefined && at > window.start && at < window.end ? at : (window.start + window.end) / 2;
  };
  const zoom = (factor: number, around: number) => show(zoomed(window, factor, around, whole, smallest));
  const pan = (share: number) => show(panned(window, share * size, whole));
  useCommand('timeline.zoomIn', () => zoom(1 / ZOOM, middle()));
  useCommand('timeline.zoomOut', () => zoom(ZOOM, middle()));
  useCommand('timeline.panLeft', () => pan(-PAN));
  useCommand('timeline.panRight', () => pan(PAN));
  const stretch = useMemo(() => stretchOf(score, finding), [score, finding]);
  useCommand('timeline.fit', () => {
    if (!stretch) return setChosen(null);
    const margin = Math.max((stretch.end - stretch.start) * 0.1, smallest);
    show(within({ start: stretch.start - margin, end: stretch.end + margin }, whole));
  });

  // A chosen finding is in view, whatever stretch was shown before.
  const view = useRef({ window, whole });
  useEffect(() => {
    view.current = { window, whole };
  });
  useEffect(() => {
    if (!stretch) return;
    const { window: shown, whole: all } = view.current;
    if (stretch.start >= shown.start && stretch.start <= shown.end) return;
    const half = (shown.end - shown.start) / 2;
    setChosen({ axis, window: within({ start: stretch.start - half, end: stretch.start + half }, all) });
  }, [stretch, axis]);

  // A passive listener could not keep the page from zooming itself.
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

  return window;
}

function stretchOf(score: Score, finding: number | null): Window | null {
  const span = score.spans.find((one) => one.finding === finding);
  if (!span) return null;
  const [start, end] = score.timed ? [span.startNs, span.endNs] : span.events;
  return { start, end };
}
