/** The state of a trace when its recording begins, whatever feeds it. */
import { randomUUID } from 'node:crypto';
import { MetricsMeter } from '../../../shared/metrics/metrics.ts';
import { traceId } from '../../../shared/model/ids.ts';
import { providerOf } from '../../../shared/providers/registry.ts';
import type { NewTrace } from '../store/store.ts';

/** Facts that the source of a recording must supply. */
export type TraceFacts = Pick<
  NewTrace,
  'title' | 'source' | 'api' | 'model' | 'timed' | 'endpoint' | 'options' | 'lanes' | 'request'
> &
  Partial<Pick<NewTrace, 'id' | 'endpointId' | 'framing' | 'requestHead' | 'startedAt' | 'imported' | 'capture'>>;

export function newTrace(facts: TraceFacts): NewTrace {
  return {
    id: traceId(randomUUID()),
    renamed: false,
    starred: false,
    startedAt: Date.now(),
    metrics: new MetricsMeter().value(),
    framing: providerOf(facts.api).framing,
    messageId: `message-${randomUUID()}`,
    stepId: `step-${randomUUID()}`,
    ...facts,
  };
}
