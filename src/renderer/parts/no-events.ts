/** What stands where events would be while there are none. */
import type { TraceSession } from '../stores/trace.ts';

/** `over`: no more will come. Of a playing, none before it was played says nothing of the wire. */
export function noEvents({ whole, model }: TraceSession, over: boolean): string {
  if (whole !== undefined && model.ending === null) return 'Nothing was played yet.';
  return over ? 'No event came on this wire.' : 'No event is complete yet.';
}
