/** What stands where events would be while there are none. */
import type { TraceSession } from '../stores/trace.ts';

/** Said while a stream that is over is read back, wherever something of it is missing. */
export const READING = 'Reading the stream…';

/** Said at the beginning of a replay, with what can be done about it. */
export const NOTHING_PLAYED = 'Nothing has been played yet. Press play, or choose a place in the timeline.';

/** Of a playing, none before it was played says nothing of the wire; nor does a stored one before it was read. */
export function noEvents({ whole, store }: TraceSession): string {
  const { phase } = store.getState();
  if (phase === 'ended') return 'This stream has no events.';
  if (phase === 'loading') return READING;
  return whole ? NOTHING_PLAYED : 'No event is complete yet.';
}
