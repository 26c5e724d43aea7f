/**
 * What the store does for the core. It lives in a worker thread with the one writing connection; these are messages to it,
 * at the level of services and not of statements. Errors are ServiceErrors with a sentence.
 */
import type { EndpointId, TraceId } from '../../../shared/model/ids.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { Ending, HttpHead, Metrics, TraceDetail, TraceRow } from '../../../shared/model/trace.ts';
import type { FinishReason, Usage } from '../../../shared/model/usage.ts';
import type { EndpointInfo, ListChange, ProviderTrace, Settings } from '../../../shared/rpc/contract.ts';

/** What is known when a request starts. `metrics` are all nothing and zero. */
export type NewTrace = Omit<TraceDetail, 'ending' | 'usage' | 'finish' | 'cost' | 'responseHead' | 'httpStatus'> & {
  /** The message id that every reading of this trace gives its messages, `message-<uuid4>`. */
  readonly messageId: string;
  /** The step id of its provider traces. */
  readonly stepId: string;
};

/** A trace with what only the core needs of it. */
export type StoredTrace = TraceDetail &
  Pick<NewTrace, 'messageId' | 'stepId'> & {
    /** Reads and body bytes that are stored. */
    readonly storedReads: number;
    readonly storedBytes: number;
  };

export interface TraceResult {
  readonly endedAtNs: number;
  readonly ending: Ending;
  readonly metrics: Metrics;
  readonly model?: string | null;
  readonly usage?: Usage;
  readonly finish?: FinishReason;
  readonly cost?: number;
}

export type ProviderTraceRow = ProviderTrace & { readonly trace: TraceId };

export type StoredEndpoint = Pick<EndpointInfo, 'id' | 'name' | 'baseUrl' | 'type' | 'provider_name' | 'limits'>;

export interface Store {
  /** Set when the file could not be opened as usual; the store then works in memory, so that runs do too. */
  readonly problem: { readonly sentence: string; readonly readable: boolean } | undefined;
  /** Where the traces are; undefined when the store works in memory, so that no other connection can read them. */
  readonly file: string | undefined;
  /**
   * Told when writing fails after the store was opened (disk full, file gone): `sentence` says which trace lost what. Told
   * again with undefined once writing works again.
   */
  onWriteProblem(listener: (sentence: string | undefined) => void): void;
  /** Every change of the list, once committed. Returns what ends it. */
  onChange(listener: (change: ListChange) => void): () => void;

  /**
   * Resolves once it is committed: from then on a crash leaves a readable, truncated trace. Rejects with code `not-stored`
   * where the file takes nothing: a run without a trace is not begun.
   */
  createTrace(trace: NewTrace): Promise<void>;
  /**
   * Takes reads in order, at once; they are committed in batches some 16 ms apart. Never throws and never waits: what
   * cannot be written is told to `onWriteProblem`. The bytes are not copied until then and must not change.
   */
  appendReads(id: TraceId, reads: readonly Read[]): void;
  /** The response's head, committed with the batch it falls in; `tNs` is when it arrived. */
  setHead(id: TraceId, head: HttpHead, tNs: number): void;
  /** Numbers of a live run for its row in the list; not committed by itself. */
  setLive(id: TraceId, row: Partial<Pick<TraceRow, 'metrics' | 'model' | 'usage'>>): void;
  /**
   * Commits what is buffered, seals the last segment and writes the result. Never rejects: where the file takes nothing it
   * resolves as soon as that is known, the result is kept with the reads and written when that works again.
   */
  finishTrace(id: TraceId, result: TraceResult): Promise<void>;
  /** One row for each adapter run; a failure is logged and changes nothing else. */
  addProviderTrace(row: ProviderTraceRow): void;

  /** Newest first; `after` is the `next` of the page before. Deleted traces are not in it. */
  list(page: {
    readonly limit: number;
    readonly after?: string;
  }): Promise<{ readonly rows: readonly TraceRow[]; readonly next: string | null; readonly total: number }>;
  /** Rejects with code `not-found` when there is none. */
  get(id: TraceId): Promise<StoredTrace>;
  /** The head and the time it came, when one did. */
  head(id: TraceId): Promise<{ readonly head: HttpHead; readonly tNs: number } | undefined>;
  /** Reads from number `from` on, as many whole segments as hold about `maxBytes`; empty at the end. */
  reads(id: TraceId, from: number, maxBytes?: number): Promise<readonly Read[]>;
  /** Body bytes, `end` exclusive, cut at the body's end. */
  bytes(
    id: TraceId,
    start: number,
    end: number,
  ): Promise<{ readonly start: number; readonly bytes: Uint8Array; readonly total: number }>;
  /** Traces without a result that this program does not record: a stopped one left them. The oldest first. */
  unfinished(): Promise<readonly TraceId[]>;
  providerTraces(id: TraceId): Promise<readonly ProviderTraceRow[]>;

  rename(id: TraceId, title: string): Promise<TraceRow>;
  star(id: TraceId, starred: boolean): Promise<TraceRow>;
  /** Hides them; `restore` brings them back until they are purged at the next start. */
  delete(ids: readonly TraceId[]): Promise<void>;
  restore(ids: readonly TraceId[]): Promise<void>;

  settings(): Promise<Partial<Settings>>;
  saveSettings(change: Partial<Settings>): Promise<void>;
  endpoints(): Promise<readonly StoredEndpoint[]>;
  saveEndpoint(endpoint: StoredEndpoint): Promise<void>;
  removeEndpoint(id: EndpointId): Promise<void>;

  /** Commits what is buffered, or tries to. */
  flush(): Promise<void>;
  /** Flushes, checkpoints and closes; the worker ends by itself. */
  close(): Promise<void>;
}
