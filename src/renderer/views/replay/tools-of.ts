/** The tools a trace knows: those of its request, and those that were called. Pure. */
import { toolNames } from '../../../shared/providers/tool-names.ts';
import type { TraceDetail } from '../../../shared/model/trace.ts';
import type { TraceModel } from '../../stores/trace-model.ts';

/** Names, each once. */
export function toolsOf(
  detail: Pick<TraceDetail, 'api' | 'request'> | null,
  { blocks }: Pick<TraceModel, 'blocks'>,
): readonly string[] {
  const offered = detail ? toolNames(detail.api, detail.request) : [];
  const called = blocks.rows.flatMap(({ cells }) => cells.wire.flatMap(({ name }) => name || []));
  return [...new Set([...offered, ...called])];
}
