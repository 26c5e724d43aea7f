/**
 * What the store does for the core. It lives in a worker thread with the one writing connection; these are messages to it,
 * at the level of services and not of statements. Errors are ServiceErrors with a sentence.
 */
import type { TraceRow } from '../../../shared/model/trace.ts';
import type { ListChange } from '../../../shared/rpc/contract.ts';
import type { ArgsOf, RequestedMethods } from './ops/registry.ts';
import type { StoredTrace } from './stored.ts';

export type { NewTrace, ProviderTraceRow, StoredEndpoint, StoredTrace, TraceResult } from './stored.ts';

/** The operations in ops/ that somebody waits for, and what is below. */
export interface Store extends RequestedMethods {
  /** Set when the file could not be opened as usual; the store then works in memory, so that runs do too. */
  readonly problem: { readonly sentence: string; readonly readable: boolean } | undefined;
  /** Where the traces are; undefined when the store works in memory, so that no other connection can read them. */
  readonly file: string | undefined;
  /** What the person should know of the data folder, though it works: a sentence. */
  readonly remark: string | undefined;
  /**
   * Told when writing fails after the store was opened (disk full, file gone): `sentence` says which trace lost what. Told
   * again with undefined once writing works again.
   */
  onWriteProblem(listener: (sentence: string | undefined) => void): void;
  /** Every change of the list, once committed. Returns what ends it. */
  onChange(listener: (change: ListChange) => void): () => void;

  /**
   * Takes reads in order, at once; they are committed in batches some 16 ms apart. Never throws and never waits: what
   * cannot be written is told to `onWriteProblem`. The bytes are not copied until then and must not change.
   */
  appendReads(...args: ArgsOf<'appendReads'>): void;
  /**
   * Resolves once the reads that wait to be written are few enough for more; undefined where they are, or where waiting would not
   * help: the file takes nothing, or the disk does not answer. Reads that are given all the same are kept up to a bound.
   */
  room(): Promise<void> | undefined;
  setHead(...args: ArgsOf<'setHead'>): void;
  setCapture(...args: ArgsOf<'setCapture'>): void;
  /** Numbers of a live run for its row in the list; not committed by itself. */
  setLive(id: StoredTrace['id'], row: Partial<Pick<TraceRow, 'metrics' | 'model' | 'usage'>>): void;
  /**
   * Commits what is buffered, seals the last segment and writes the result. Never rejects: where the file takes nothing it
   * resolves as soon as that is known, the result is kept with the reads and written when that works again.
   */
  finishTrace(...args: ArgsOf<'finishTrace'>): Promise<void>;
  addProviderTrace(...args: ArgsOf<'addProviderTrace'>): void;

  /** Commits what is buffered, or tries to. */
  flush(): Promise<void>;
  /** Flushes, checkpoints and closes; the worker ends by itself. Gives what is lost, in a sentence, where the file did not take all. */
  close(): Promise<string | undefined>;
}
