/** What can be read of a file with damaged pages: without its indexes, or trace by trace. Those that can be are as any other. */
import Database from 'better-sqlite3';
import type { Connection } from './connection.ts';
import { isDamage } from './problems.ts';

/**
 * What `ask` gives of the table `traces`, which stands in its SQL as the text that it gets; where an index of it is damaged, without
 * any; where the table itself is, what `oneByOne` gives. All of it of one state of the file.
 */
export function askedOf<Value>(db: Connection, ask: (traces: string) => Value, oneByOne: () => Value): Value {
  for (const traces of ['traces t', 'traces t NOT INDEXED']) {
    try {
      return db.snapshot(() => ask(traces));
    } catch (error) {
      if (!isDamage(error)) throw error;
    }
  }
  return oneByOne();
}

/** What knows of traces beside their own rows: each lies in other pages of the file. */
const WITNESSES = [
  'SELECT nr FROM traces',
  'SELECT nr FROM traces INDEXED BY sqlite_autoindex_traces_1',
  'SELECT trace AS nr FROM trace_documents',
  'SELECT DISTINCT trace AS nr FROM segments INDEXED BY segments_by_read',
];
const IDS = 'SELECT nr, id FROM traces INDEXED BY sqlite_autoindex_traces_1';

export interface KnownTrace {
  readonly nr: number;
  /** One of ours where the file does not say it any more. */
  readonly id: string;
}

/** All that anything in the file still knows of, the newest first. */
export function knownTraces(db: Connection): readonly KnownTrace[] {
  const known = new Set(WITNESSES.flatMap((sql) => readable<{ readonly nr: number }>(db, sql).map(({ nr }) => nr)));
  const ids = new Map(readable<KnownTrace>(db, IDS).map(({ nr, id }) => [nr, id] as const));
  return [...known].toSorted((a, b) => b - a).map((nr) => ({ nr, id: ids.get(nr) ?? `damaged-${nr}` }));
}

/** What `read` gives; what stands in for it where SQLite refuses. */
export function readOr<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
    return otherwise;
  }
}

const readable = <Row>(db: Connection, sql: string): readonly Row[] => readOr(() => db.all<Row>(sql), []);
