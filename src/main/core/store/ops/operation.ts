/**
 * What an operation of the store is. One definition says all of it: what the caller gives, how that crosses to the store's
 * thread, what is done to the file there, and what the caller gets of it. The store's methods and their types are derived.
 *
 * Documents cross as JSON text, in both directions: text crosses a thread cheaply, and however deep it nests.
 */
import type { TraceRow } from '../../../../shared/model/trace.ts';
import type { Transferred } from '../../worker/channel.ts';
import type { Connection } from '../connection.ts';
import type { ListedColumns } from '../rows.ts';
import type { Tail } from '../tail.ts';

type List = readonly unknown[];

/** The transaction that a write is part of. */
export interface Transaction {
  readonly db: Connection;
  /** The row number of the next trace: higher than any before it, also of one that is no more. */
  nextNr(): number;
  /** The end of a trace's reads, by its row number. */
  tail(nr: number): Tail;
  /** No more reads come. */
  endTail(nr: number): void;
  /** The trace's row of the list is another now: it is told to who watches the list, unless the trace is deleted. */
  touch(id: string): void;
  /** It left the list. */
  gone(id: string): void;
  /** Whether it lies in a file under this database, which is only read. */
  isBelow(table: 'traces' | 'endpoints', id: string): boolean;
  /** The row after the write, as the answer. Throws a ServiceError when there is none. */
  touched(id: string): ListedColumns;
}

/** What the caller's side knows beyond the file. */
export interface Caller {
  /** With the numbers of a running trace, which are not in the file. */
  shown<Row extends TraceRow>(row: Row): Row;
  /** The folder of the trace file, for sentences. */
  readonly dataDir: string;
  /** This program records it now. */
  records(id: string): boolean;
}

interface Operation<Args extends List, Params extends List, Raw, Value> {
  /** On the caller's side: what crosses of the arguments; all of them unless it is said. */
  readonly params?: (...args: Args) => Params;
  /** On the caller's side: what the method gives of what came back; the same unless it is said. */
  readonly result?: (raw: Raw, caller: Caller) => Value;
}

export interface Query<Args extends List, Params extends List, Raw, Value> extends Operation<Args, Params, Raw, Value> {
  readonly type: 'query';
  readonly run: (db: Connection, ...params: Params) => Raw;
  /**
   * In the store's thread, where a file that cannot be written lies under what is recorded now: asks one or both. Unless it is
   * said, the file is asked for what is not found above it.
   */
  readonly layered?: (own: (...params: Params) => Raw, stored: (...params: Params) => Raw, ...params: Params) => Raw;
  /** In the store's thread: makes memory of its own of what `run` gave, to be moved instead of copied. */
  readonly send?: (raw: Raw) => Transferred<Raw>;
}

export interface Write<
  Type extends 'write' | 'kept',
  Args extends List,
  Params extends List,
  Raw,
  Value,
> extends Operation<Args, Params, Raw, Value> {
  readonly type: Type;
  /** To be done twice with the effect of once: a batch whose answer never came is sent again. Throws before it changes anything. */
  readonly run: (transaction: Transaction, ...params: Params) => Raw;
  /** Bytes that it keeps in memory while it waits, about. */
  readonly size?: (...params: Params) => number;
}

/** Asks the file, on the connection that writes or on any other. */
export function query<Params extends List, Raw, Value = Raw, Args extends List = Params>(
  definition: Omit<Query<Args, Params, Raw, Value>, 'type'>,
): Query<Args, Params, Raw, Value> {
  return { type: 'query', ...definition };
}

/** Changes the file for somebody who waits for it, and is refused where that cannot be done now. */
export function write<Params extends List, Raw, Value = Raw, Args extends List = Params>(
  definition: Omit<Write<'write', Args, Params, Raw, Value>, 'type'>,
): Write<'write', Args, Params, Raw, Value> {
  return { type: 'write', ...definition };
}

/** Changes the file with what a recording gives, and is kept until it can be done: nobody could give it again. */
export function keptWrite<Params extends List, Raw = void, Args extends List = Params>(
  definition: Omit<Write<'kept', Args, Params, Raw, Raw>, 'type'>,
): Write<'kept', Args, Params, Raw, Raw> {
  return { type: 'kept', ...definition };
}
