/** The stretch that the lane map shows: all of it, until someone zooms with the timeline's keys or the wheel. */
import { useEffect, useMemo, useRef, useState, type RefObject } from 'react';
import type { LaneMap } from '../../../shared/compare/result.ts';
import { useCommand } from '../../commands/commands.ts';
import { useCompare } from '../../stores/compare.ts';
import { within, type Window } from '../../parts/time/scale.ts';
import { useZoom } from '../../parts/time/use-zoom.ts';
import type { Axis } from './lane-map-layout.ts';

const SMALLEST_NS = 1e6;
const SMALLEST_EVENTS = 4;

export function useLaneMapWindow(plot: RefObject<HTMLElement | null>, axis: Axis, laneMap: LaneMap): Window {
  const { whole, timed } = axis;
  const [chosen, setChosen] = useState<{ readonly axis: Axis; readonly window: Window } | null>(null);
  const finding = useCompare((state) => state.finding);
  const smallest = timed ? SMALLEST_NS : SMALLEST_EVENTS;
  const window = chosen?.axis === axis ? chosen.window : whole;
  const show = (next: Window) =>
    setChosen(next.end - next.start < whole.end - whole.start ? { axis, window: next } : null);
  useZoom(plot, { window, whole, timed, smallest, show });
  const stretch = useMemo(() => stretchOf(laneMap, finding), [laneMap, finding]);
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

  return window;
}

function stretchOf(laneMap: LaneMap, finding: number | null): Window | null {
  const span = laneMap.spans.find((one) => one.finding === finding);
  if (!span) return null;
  const [start, end] = laneMap.timed ? [span.startNs, span.endNs] : span.events;
  return { start, end };
}
