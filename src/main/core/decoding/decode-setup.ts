/** How a trace is read: one setup for its live stream, its stored bytes and its playing, so that they are item for item equal. */
import type { DecodeSetup } from '../../../shared/lanes/decode-pass.ts';
import type { LaneId } from '../../../shared/model/messages.ts';
import type { Decoding } from '../../../shared/model/trace.ts';
import type { NewTrace } from '../store/store.ts';

/** What of a trace its readings depend on. */
export type DecodableTrace = Pick<
  NewTrace,
  'api' | 'framing' | 'endpoint' | 'request' | 'options' | 'lanes' | 'messageId' | 'stepId' | 'startedAt'
>;

export type TraceDecodeSetup = DecodeSetup & { readonly lanes: readonly LaneId[] };

/** `decoding`: other than the trace was recorded with. */
export function decodeSetup(
  trace: DecodableTrace,
  { options = trace.options, lanes = trace.lanes }: Decoding = {},
): TraceDecodeSetup {
  const { api, framing, endpoint, messageId, stepId } = trace;
  // The agent server is a Python program: it writes UTC as +00:00.
  const date = new Date(trace.startedAt).toISOString().replace('Z', '+00:00');
  return {
    api,
    framing,
    endpoint,
    request: requestGiven(trace.request),
    options,
    lanes,
    messageId,
    stepId,
    now: () => date,
  };
}

/**
 * What an adapter holds as its request: without the fields that only the sending adds (docs/adapters.md, 1). The agent
 * server never had them in its request, and its provider traces do not show them.
 */
function requestGiven(request: unknown): unknown {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) return request;
  const { stream: _stream, stream_options: _options, ...given } = request as Readonly<Record<string, unknown>>;
  return given;
}
