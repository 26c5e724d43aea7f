/** What is marked in the text of a block: what the selected event brought, what lies outside of the chosen range, what the wire does not have. */
import { useMemo } from 'react';
import type { LaneBlock } from '../../../shared/model/block-row.ts';
import { stretchOf } from '../../../shared/model/text-causes.ts';
import { lowerBound } from '../../stores/lower-bound.ts';
import { useTrace } from '../../stores/open.ts';
import type { TraceModel } from '../../stores/trace-model.ts';
import { markText, type MarkName } from './text-marks.ts';

/** In UTF-16 units; to Infinity: to the end of the text. */
export type Stretch = readonly [mark: MarkName, start: number, end: number];

const NOWHERE = '';

export function useStretches(
  block: LaneBlock,
  added: readonly [start: number, end: number] | undefined,
): readonly Stretch[] {
  // Texts, so that the same places again are the same value.
  const chosen = useTrace(({ event }) => (event === null ? NOWHERE : placesOf(block, event, event)));
  const inside = useTrace(({ range, model }) => {
    if (range === null) return null;
    const [first, last] = eventsIn(model, range);
    return placesOf(block, first, last);
  });
  const [start, end] = added ?? [0, 0];
  return useMemo(() => {
    const stretches: Stretch[] = start < end ? [['added', start, end]] : [];
    if (chosen !== NOWHERE) stretches.push(['chosen', ...numbersOf(chosen)]);
    if (inside === NOWHERE) stretches.push(['outside', 0, Number.POSITIVE_INFINITY]);
    else if (inside !== null) {
      const [from, to] = numbersOf(inside);
      stretches.push(['outside', 0, from], ['outside', to, Number.POSITIVE_INFINITY]);
    }
    return stretches;
  }, [start, end, chosen, inside]);
}

/** First and last event of a range; none of them when the first is after the last. */
export function eventsIn({ events }: Pick<TraceModel, 'events'>, range: readonly [startNs: number, endNs: number]) {
  const first = lowerBound(events.length, (at) => events[at]!.tNs >= range[0]);
  return [first, lowerBound(events.length, (at) => events[at]!.tNs > range[1]) - 1] as const;
}

function placesOf(block: LaneBlock, first: number, last: number): string {
  if (block.firstEvent === null || block.lastEvent === null) return NOWHERE;
  if (last < block.firstEvent || first > block.lastEvent) return NOWHERE;
  return stretchOf([block], first, last)?.join() ?? NOWHERE;
}

function numbersOf(places: string): readonly [start: number, end: number] {
  const [start, end] = places.split(',').map(Number);
  return [start!, end!];
}

/** Returns what takes the marks away. */
export function markAll(root: Element, stretches: readonly Stretch[]): () => void {
  const unmarks = stretches.map(([name, start, end]) => markText(name, root, start, end));
  return () => unmarks.forEach((unmark) => unmark());
}
