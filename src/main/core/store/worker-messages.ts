/**
 * What passes between the store's two sides. Writes go in batches, one at a time, each answered before the next is sent, so
 * that a batch whose answer never came can be sent again: every write is one that may be done twice.
 */
import type {
  EndpointColumns,
  CreatedColumns,
  FinishedColumns,
  HeadColumns,
  ListedColumns,
  ProviderTraceColumns,
  StoredColumns,
} from './rows.ts';
import type { ReadRun } from './parts.ts';
import type { BytesPage, ListPage } from './queries.ts';

/** Given to the worker as it starts. */
export interface WorkerSetup {
  readonly dataDir: string;
  /** When the program opened the store: what was deleted before is purged, what was deleted since can be restored. */
  readonly since: number;
}

export type WriteOp =
  | { readonly op: 'create'; readonly trace: CreatedColumns }
  | { readonly op: 'reads'; readonly id: string; readonly run: ReadRun }
  | { readonly op: 'head'; readonly id: string; readonly status: number; readonly head: string; readonly tNs: number }
  | { readonly op: 'finish'; readonly id: string; readonly result: FinishedColumns }
  | ({ readonly op: 'provider-trace'; readonly id: string } & ProviderTraceColumns)
  | { readonly op: 'rename'; readonly id: string; readonly title: string }
  | { readonly op: 'star'; readonly id: string; readonly starred: boolean }
  | { readonly op: 'delete'; readonly ids: readonly string[] }
  | { readonly op: 'restore'; readonly ids: readonly string[] }
  | { readonly op: 'settings'; readonly values: readonly { readonly key: string; readonly value: string }[] }
  | { readonly op: 'save-endpoint'; readonly endpoint: EndpointColumns }
  | { readonly op: 'remove-endpoint'; readonly id: string };

/** Of one write. `row` for the writes that answer with the trace's row. */
export type Outcome =
  | { readonly ok: true; readonly row?: ListedColumns }
  | { readonly ok: false; readonly code: string; readonly message: string };

/** What a batch changed in the list. */
export type CommittedChange =
  { readonly type: 'upsert'; readonly row: ListedColumns } | { readonly type: 'delete'; readonly id: string };

/** Questions and the shape of their answers. */
export interface Questions {
  list: { readonly ask: { readonly limit: number; readonly after: string | undefined }; readonly answer: ListPage };
  get: { readonly ask: { readonly id: string }; readonly answer: StoredColumns };
  head: { readonly ask: { readonly id: string }; readonly answer: HeadColumns };
  reads: {
    readonly ask: { readonly id: string; readonly from: number; readonly maxBytes: number | undefined };
    readonly answer: ReadRun;
  };
  bytes: {
    readonly ask: { readonly id: string; readonly start: number; readonly end: number };
    readonly answer: BytesPage;
  };
  providerTraces: { readonly ask: { readonly id: string }; readonly answer: readonly ProviderTraceColumns[] };
  unfinished: { readonly ask: null; readonly answer: readonly string[] };
  settings: { readonly ask: null; readonly answer: readonly { readonly key: string; readonly value: string }[] };
  endpoints: { readonly ask: null; readonly answer: readonly EndpointColumns[] };
}
export type QuestionName = keyof Questions;
export type Question = {
  [Name in QuestionName]: { readonly name: Name; readonly params: Questions[Name]['ask'] };
}[QuestionName];

export type ToWorker =
  | { readonly type: 'write'; readonly batch: number; readonly ops: readonly WriteOp[] }
  | { readonly type: 'ask'; readonly ask: number; readonly question: Question }
  | { readonly type: 'close' };

export type FromWorker =
  | { readonly type: 'opened'; readonly file: string | undefined; readonly problem: string | undefined }
  | {
      readonly type: 'written';
      readonly batch: number;
      readonly outcomes: readonly Outcome[];
      readonly changes: readonly CommittedChange[];
    }
  /** Nothing of the batch was written. */
  | { readonly type: 'failed'; readonly batch: number; readonly fact: string; readonly step: string }
  | { readonly type: 'answer'; readonly ask: number; readonly value: unknown }
  | { readonly type: 'refused'; readonly ask: number; readonly code: string; readonly message: string }
  | { readonly type: 'closed' };
