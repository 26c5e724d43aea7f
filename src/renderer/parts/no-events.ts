/** What stands where events would be while there are none. */
import type { TraceSession } from '../stores/trace.ts';

/** `over`: no more will come. Of a playing, none before it was played says nothing of the wire. */
export function noEvents({ whole, model }: TraceSession, over: boolean): string {
  if (whole && model.ending === null) return 'Nothing has been played yet.';
  return over ? 'This stream has no events.' : 'No event is complete yet.';
}
