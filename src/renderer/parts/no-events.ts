/** What stands where events would be while there are none. */
import type { TraceSession } from '../stores/trace.ts';

/** `over`: no more will come. Of a playing, none before it was played says nothing of the wire; nor does a stored one before it was read. */
export function noEvents({ whole, model }: TraceSession, over: boolean): string {
  if (whole && model.ending === null) return 'Nothing has been played yet.';
  if (!over) return 'No event is complete yet.';
  return model.ending === null ? 'Reading the stream…' : 'This stream has no events.';
}
