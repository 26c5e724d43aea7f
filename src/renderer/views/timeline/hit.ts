/** Which event lies under the pointer: of the row it is over, the one nearest in time. */
import { lowerBound } from '../../stores/lower-bound.ts';
import { eventX, type Row, type Scene } from './draw.ts';

/** Farther than this from the pointer nothing is meant. */
const REACH_PX = 12;

export function nearestEvent(
  scene: Pick<Scene, 'model' | 'window' | 'timed' | 'width'>,
  rows: readonly Row[],
  x: number,
  y: number,
): number | null {
  const row = rows.find(({ top, height }) => y >= top && y < top + height);
  const { events } = scene.model;
  const own = row?.lane?.events;
  const length = own?.length ?? events.length;
  const eventAt = (at: number) => own?.[at] ?? at;
  const after = lowerBound(length, (at) => eventX(scene, eventAt(at)) >= x);
  const near = [after - 1, after].filter((at) => at >= 0 && at < length).map(eventAt);
  const distance = (event: number) => Math.abs(eventX(scene, event) - x);
  const best = near.toSorted((a, b) => distance(a) - distance(b))[0];
  return best !== undefined && distance(best) <= REACH_PX ? best : null;
}
