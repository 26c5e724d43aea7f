/** From what the store has of a trace to what a file may say of it. */
import type { RecordedTrace } from '../../../shared/bundle/recorded-trace.ts';
import type { StoredTrace } from '../store/store.ts';

/** `headNs`: when the response's head came. What belongs to this data folder alone (endpoint's id, star) stays here. */
export function recordedTrace(
  trace: Omit<StoredTrace, 'nr' | 'storedReads' | 'storedBytes' | 'starred'>,
  headNs: number,
): RecordedTrace {
  const { id, title, renamed, source, api, framing, model, startedAt, timed, endpoint, options, lanes } = trace;
  const { messageId, stepId, request, requestHead, responseHead, capture, imported } = trace;
  const { ending, metrics, usage, finish, cost } = trace;
  return {
    id,
    title,
    renamed,
    source,
    api,
    framing,
    model,
    startedAt,
    timed,
    endpoint,
    options,
    lanes,
    messageId,
    stepId,
    metrics,
    ...(request !== undefined && { request }),
    ...(requestHead && { requestHead }),
    ...(responseHead && { responseHead: { ...responseHead, tNs: headNs } }),
    ...(capture && { capture }),
    ...(imported && { imported }),
    ...(ending && { ending }),
    ...(usage && { usage }),
    ...(finish && { finish }),
    ...(cost !== undefined && { cost }),
  };
}
