/** An event as a screen reader is told of it. */
import type { EventSummary } from '../../shared/model/stream.ts';
import { durationText, offset } from '../components/format.ts';

export function eventLabel(event: EventSummary, timed: boolean): string {
  const when = timed ? `, ${event.tNs < 1e9 ? offset(event.tNs) : durationText(event.tNs)}` : '';
  return `Event ${event.index}, ${event.kind}${when}${event.preview === '' ? '' : `: ${event.preview.slice(0, 60)}`}`;
}
