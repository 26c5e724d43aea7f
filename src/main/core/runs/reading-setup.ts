/** How a trace is read: one setup for its live stream, its stored bytes and its playing, so that they are item for item equal. */
import type { LaneSetup } from '../../../shared/adapters/lane.ts';
import type { NewTrace } from '../store/store.ts';

/** What of a trace its readings depend on. */
export type ReadTrace = Pick<NewTrace, 'api' | 'endpoint' | 'request' | 'options' | 'messageId' | 'stepId' | 'startedAt'>;

/** `options`: others than the trace was recorded with. */
export function readingSetup(trace: ReadTrace, options = trace.options): LaneSetup {
  const { api, endpoint, request, messageId, stepId } = trace;
  // The agent server is a Python program: it writes UTC as +00:00.
  const date = new Date(trace.startedAt).toISOString().replace('Z', '+00:00');
  return { api, endpoint, request, options, messageId, stepId, now: () => date };
}
