/** What the agent server would have written of each adapter's run, as it was recorded. */
import type { TraceId } from '../../../../shared/model/ids.ts';
import { ServiceError } from '../../../../shared/rpc/services.ts';
import { toRepair } from '../../command-line/typed.ts';
import type { Connection } from '../connection.ts';
import { rowNumber } from '../lookup.ts';
import type { ProviderTraceColumns } from '../rows.ts';
import type { ProviderTraceRow } from '../stored.ts';
import { jsonOr } from '../sound.ts';
import { keptWrite, query } from './operation.ts';

type Lane = ProviderTraceRow['lane'];

const ADD = 'INSERT OR REPLACE INTO provider_traces (trace, lane, step_id, document) VALUES (?, ?, ?, ?)';

/** One row for each adapter run; a failure is logged and changes nothing else. */
export const addProviderTrace = keptWrite({
  params: ({ trace, lane, stepId, document }: ProviderTraceRow): [string, Lane, string, string] => [
    trace,
    lane,
    stepId,
    JSON.stringify(document),
  ],
  run: ({ db }, trace: string, lane: Lane, stepId: string, document: string): void => {
    db.run(ADD, rowNumber(db, trace), lane, stepId, document);
  },
  size: (_trace, _lane, _stepId, document) => document.length,
});

const OF_TRACE = `SELECT t.id AS trace, p.lane, p.step_id, p.document FROM provider_traces p JOIN traces t ON t.nr = p.trace
  WHERE t.id = ? AND t.deleted_at IS NULL ORDER BY p.rowid`;

export const providerTraces = query({
  run: (db: Connection, id: TraceId) => db.all<ProviderTraceColumns>(OF_TRACE, id),
  layered: (own, stored, id) => [...own(id), ...stored(id)],
  result: (rows, { dataDir }): readonly ProviderTraceRow[] =>
    rows.map(({ trace, lane, step_id, document }) => ({
      trace,
      lane,
      stepId: step_id,
      document: documentOf(document, lane, dataDir),
    })),
});

function documentOf(text: string, lane: Lane, dataDir: string): ProviderTraceRow['document'] {
  const document = jsonOr(text, null);
  if (typeof document === 'object' && document !== null) return document as ProviderTraceRow['document'];
  throw new ServiceError(
    'damaged',
    `The provider trace of the lane ${lane} is damaged in the trace file. Close Tracelane and ${toRepair(dataDir)}.`,
  );
}
