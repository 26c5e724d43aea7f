import { STATE_LOOKS, type StateLook } from '../../components/names.ts';
import type { TraceRow } from '../../../shared/model/trace.ts';

/** How a row's state looks. A connection that never gave a byte or a status was refused, not lost. */
export function lookOf(row: Pick<TraceRow, 'ending' | 'metrics' | 'httpStatus'>): StateLook {
  if (!row.ending) return STATE_LOOKS.live;
  const never = row.ending.state === 'reset' && row.httpStatus === undefined && row.metrics.reads === 0;
  return STATE_LOOKS[never ? 'refused' : row.ending.state];
}
