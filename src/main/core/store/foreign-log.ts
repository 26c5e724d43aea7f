/**
 * Whether the log beside a trace file is of another file, as after one of the two was put there by hand. SQLite does not ask: it
 * brings whatever log it finds into the file, whose own traces are then gone.
 */
import type Database from 'better-sqlite3';
import { edgeOf, rowsOf } from './cells.ts';
import { sizeOf } from './files.ts';
import { openPages } from './pages.ts';

/**
 * Told by the oldest and the newest traces that the file alone has: at least one of them is still there where its own log deletes some.
 * `withLog`: a connection to the file, which reads its log as well.
 */
export function hasForeignLog(withLog: Database.Database, file: string): boolean {
  if (sizeOf(`${file}-wal`) === 0) return false;
  const root = withLog.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'traces'").pluck().get();
  if (typeof root !== 'number') return false;
  const traces = tracesAlone(file, root);
  const count = withLog.prepare('SELECT count(*) FROM traces WHERE nr = ? AND id = ?').pluck();
  return traces.length > 0 && traces.every(({ nr, id }) => count.get(nr, id) === 0);
}

/** Some of those that the file has without its log; none where that cannot be read, as when a checkpoint was cut short. */
function tracesAlone(file: string, root: number): readonly { readonly nr: number; readonly id: string }[] {
  const pages = openPages(file, { alone: true });
  if (!pages) return [];
  try {
    const edges = (['lowest', 'highest'] as const).map((edge) => edgeOf(pages, root, edge));
    return edges.flatMap((edge) =>
      rowsOf(pages, edge).rows.flatMap(({ rowid, values: [nr, id] }) =>
        nr === null && typeof id === 'string' ? [{ nr: rowid, id }] : [],
      ),
    );
  } catch (error) {
    if (error instanceof RangeError) return [];
    throw error;
  } finally {
    pages.close();
  }
}
