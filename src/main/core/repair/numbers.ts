/** The numbers of a trace, worked out again from its stored bytes. */
import { MetricsMeter } from '../../../shared/metrics/metrics.ts';
import { WIRE } from '../../../shared/model/messages.ts';
import { Recording } from '../decoding/recording.ts';
import type { QueryMethods } from '../store/ops/registry.ts';
import type { StoredTrace, TraceResult } from '../store/store.ts';

export type Numbers = Pick<TraceResult, 'metrics' | 'model' | 'usage' | 'finish' | 'cost'>;

/** Of a longer body only the counts are told. */
const LONGEST_BYTES = 64 * 1024 * 1024;

/** `whole`: nothing of the body is missing. */
export function numbersOf(queries: QueryMethods, trace: StoredTrace, whole: boolean): Numbers {
  const { storedReads: reads, storedBytes: bytes } = trace;
  if (!whole || bytes > LONGEST_BYTES) return { metrics: { ...new MetricsMeter().value(), reads, bytes } };
  const recording = new Recording({ trace, lanes: [WIRE] });
  recording.begin();
  const head = queries.head(trace.id);
  if (head) recording.head(head.head, head.tNs);
  for (let page = queries.reads(trace.id, 0); page.length > 0; page = queries.reads(trace.id, page.at(-1)!.n + 1))
    for (const read of page) recording.read(read);
  recording.end({ how: 'stopped', reads }, recording.lastNs);
  const { metrics, model, usage, finish, cost } = recording.result!;
  return {
    metrics,
    ...(model !== undefined && { model }),
    ...(usage && { usage }),
    ...(finish && { finish }),
    ...(cost !== undefined && { cost }),
  };
}
