/** What the MCP server reads: the list of stored traces, and whole ones; it is given no way to change any. */
import type { TraceRow } from '../../../shared/model/trace.ts';
import type { TraceToExport } from '../exports/exported.ts';
import type { ListPage } from '../store/ops/list.ts';

export interface TraceAccess {
  /** Rejects with a sentence where there is no list that can be read. */
  list(
    page: ListPage,
  ): Promise<{ readonly rows: readonly TraceRow[]; readonly next: string | null; readonly total: number }>;
  /** The trace of this id, or the streams of this file. Rejects with a sentence where there are none. */
  open(name: string): Promise<readonly TraceToExport[]>;
}
