/** What stands where events would be while there are none. */
import type { TraceSession } from '../stores/trace.ts';

/** Said while a stream that is over is read back, wherever something of it is missing. */
export const READING = 'Reading the stream…';

/** Of a playing, none before it was played says nothing of the wire; nor does a stored one before it was read. */
export function noEvents({ whole, store }: TraceSession): string {
  const { phase } = store.getState();
  if (phase === 'ended') return 'This stream has no events.';
  if (phase === 'loading') return READING;
  return whole ? 'Nothing has been played yet.' : 'No event is complete yet.';
}
