/** What a stopped program left behind. */
import { traceId, type TraceId } from '../../../../shared/model/ids.ts';
import type { Connection } from '../connection.ts';
import { query } from './operation.ts';

const UNFINISHED = 'SELECT id FROM traces WHERE state IS NULL AND deleted_at IS NULL ORDER BY nr';

/** Traces without a result that this program does not record: a stopped one left them. The oldest first. */
export const unfinished = query({
  run: (db: Connection) => db.all<{ readonly id: string }>(UNFINISHED),
  // What is in a file that cannot be written is not ended here.
  layered: (own) => own(),
  result: (rows, { records }): readonly TraceId[] => rows.map(({ id }) => traceId(id)).filter((id) => !records(id)),
});
