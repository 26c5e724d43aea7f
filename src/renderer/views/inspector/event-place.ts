/** Where an event stands in its stream. Pure. */
import { lowerBound } from '../../stores/lower-bound.ts';
import type { ReadMark, TraceModel } from '../../stores/trace-model.ts';

const WORDS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

/** `second of 2 events`, or `the only event`, of the read that completed it. */
export function placeInRead({ events }: Pick<TraceModel, 'events'>, index: number): string {
  const { read } = events[index]!;
  let [first, last] = [index, index];
  while (events[first - 1]?.read === read) first--;
  while (events[last + 1]?.read === read) last++;
  const total = last - first + 1;
  if (total === 1) return 'its only event';
  const place = index - first;
  return `${WORDS[place] ?? `number ${place + 1}`} of ${total} events`;
}

/** The read in which the event's first byte came; null when that is the one that completed it. */
export function begunIn(reads: readonly ReadMark[], start: number, completed: number): number | null {
  const at = lowerBound(reads.length, (index) => reads[index]!.offset + reads[index]!.length > start);
  const read = reads[at]?.n;
  return read === undefined || read === completed ? null : read;
}
