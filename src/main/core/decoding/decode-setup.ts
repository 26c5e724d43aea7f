/** How a trace is read: one setup for its live stream, its stored bytes and its playing, so that they are item for item equal. */
import type { LaneSetup } from '../../../shared/model/lane.ts';
import type { NewTrace } from '../store/store.ts';

/** What of a trace its readings depend on. */
export type DecodableTrace = Pick<
  NewTrace,
  'api' | 'framing' | 'endpoint' | 'request' | 'options' | 'messageId' | 'stepId' | 'startedAt'
>;

/** `options`: others than the trace was recorded with. */
export function decodeSetup(trace: DecodableTrace, options = trace.options): LaneSetup {
  const { api, framing, endpoint, messageId, stepId } = trace;
  // The agent server is a Python program: it writes UTC as +00:00.
  const date = new Date(trace.startedAt).toISOString().replace('Z', '+00:00');
  return { api, framing, endpoint, request: requestGiven(trace.request), options, messageId, stepId, now: () => date };
}

/**
 * What an adapter holds as its request: without the fields that only the sending adds (adapters, section 1). The agent
 * server never had them in its request, and its provider traces do not show them.
 */
function requestGiven(request: unknown): unknown {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return request;
  const { stream: _stream, stream_options: _options, ...given } = request as Readonly<Record<string, unknown>>;
  return given;
}
