/**
 * What a task is: work on stored traces that takes long, so that it runs in a thread of its own, beside the one that stamps the
 * reads of live runs. It bears the name of the method that it answers, and takes and gives what the contract says of that,
 * or is one of the program's own.
 */
import { LRUCache } from 'lru-cache';
import type { CompareResult } from '../../../../shared/compare/result.ts';
import type { TraceId } from '../../../../shared/model/ids.ts';
import type { TraceFacts } from '../../../../shared/model/facts.ts';
import type { Decoding } from '../../../../shared/model/trace.ts';
import type { CheckedParamsOf, MethodName, ResultOf } from '../../../../shared/rpc/contract.ts';
import { SearchReader, type FoundPage, type SearchQuery } from '../../search/reader.ts';
import { SearchWriter, type TracePlace } from '../../search/writer.ts';
import type { StoredTrace } from '../../store/store.ts';
import { Gate } from '../../worker/gate.ts';
import type { EventIndex } from '../event-detail.ts';
import { StoredEvents } from '../stored-events.ts';
import { decodingKey } from '../same-decoding.ts';
import type { TraceSource } from '../decode-stored.ts';

/** Tasks that the program gives itself: no client can ask for them. `lost`: see `takeLoss` of SearchWriter. */
export interface OwnTasks {
  /** Works out the facts of a trace that has ended, and puts it where it is searched. */
  readonly index: {
    readonly params: TracePlace;
    readonly result: { readonly facts: TraceFacts; readonly lost: boolean };
  };
  /** See SearchWriter. */
  readonly 'search.missing': {
    readonly params: { readonly traces: readonly TracePlace[]; readonly before: number | null };
    readonly result: { readonly missing: readonly TraceId[]; readonly lost: boolean };
  };
  readonly 'search.remove': {
    readonly params: { readonly ids: readonly TraceId[] };
    readonly result: { readonly lost: boolean };
  };
  readonly 'search.merge': {
    readonly params: object;
    readonly result: { readonly more: boolean; readonly lost: boolean };
  };
  /** Throws away all that is searched. */
  readonly 'search.erase': { readonly params: object; readonly result: null };
  /** See SearchReader. */
  readonly 'search.find': { readonly params: SearchQuery; readonly result: FoundPage | 'damaged' };
  readonly 'search.traces': {
    readonly params: Omit<SearchQuery, 'limit'>;
    readonly result: { readonly nrs: readonly number[]; readonly next: number | null } | 'damaged';
  };
}

type AnyTaskName = MethodName | keyof OwnTasks;
export type TaskParamsOf<Name extends AnyTaskName> = Name extends keyof OwnTasks
  ? OwnTasks[Name]['params']
  : CheckedParamsOf<Extract<Name, MethodName>>;
export type TaskResultOf<Name extends AnyTaskName> = Name extends keyof OwnTasks
  ? OwnTasks[Name]['result']
  : ResultOf<Extract<Name, MethodName>>;

export type Task<Name extends AnyTaskName> = (
  context: TaskContext,
  params: TaskParamsOf<Name>,
) => Promise<TaskResultOf<Name>>;
/** Definitions of one subject, by their names. */
export type TaskDefinitions = { readonly [Name in AnyTaskName]?: Task<Name> };

/** A trace, and how it is decoded. */
export interface OneDecoding extends Decoding {
  readonly id: TraceId;
}

/** Comparisons that are kept for the next question: a file of it is asked for right after it was looked at. */
const KEPT_COMPARISONS = 4;
/** Events and emissions that are kept: some 200 bytes each. */
const KEPT_EMISSIONS = 500_000;

/** What the tasks of one thread share: where traces are read from, and what was worked out of them lately. */
export class TaskContext {
  readonly source: TraceSource;
  /** Of this program. */
  readonly version: string;
  /** Undefined where the store works in memory. */
  readonly search: { readonly writer: SearchWriter; readonly reader: SearchReader } | undefined;
  readonly #comparisons = new LRUCache<string, CompareResult>({ max: KEPT_COMPARISONS });
  readonly #events = new LRUCache<string, StoredEvents>({
    maxSize: KEPT_EMISSIONS,
    // The one just made is kept, however large it is: the next event of the same trace is asked for soon.
    sizeCalculation: ({ index }) => Math.min(Math.max(1, index.size), KEPT_EMISSIONS),
  });

  constructor(source: TraceSource, version: string, dataDir: string | undefined, gate = new Gate()) {
    this.source = source;
    this.version = version;
    this.search =
      dataDir === undefined
        ? undefined
        : { writer: new SearchWriter(dataDir, gate), reader: new SearchReader(dataDir, gate) };
  }

  close(): void {
    this.search?.writer.close();
    this.search?.reader.close();
  }

  /** What was worked out of a trace, or works it out. Kept once the trace has ended: before, it still grows. */
  async comparison(
    { id, ...decoding }: OneDecoding,
    work: (trace: StoredTrace) => Promise<CompareResult>,
  ): Promise<CompareResult> {
    const trace = await this.source.get(id);
    const key = `${id} ${decodingKey(decoding, trace)}`;
    const value = this.#comparisons.get(key) ?? (await work(trace));
    if (trace.ending) this.#comparisons.set(key, value);
    return value;
  }

  /** The events of `trace`, as the source just gave it, with this one if it has come. One that still runs is read on, from where it was. */
  async events({ id, ...decoding }: OneDecoding, trace: StoredTrace, event: number): Promise<EventIndex> {
    const key = `${id} ${decodingKey(decoding, trace)}`;
    const events = this.#events.get(key) ?? new StoredEvents(trace, decoding);
    // What is read while this fails would be lost to the next question.
    this.#events.delete(key);
    await events.readTo(event, this.source, trace);
    this.#events.set(key, events);
    return events.index;
  }
}
