/**
 * Work on stored traces that takes long: run in a thread of its own, beside the one that stamps the reads of live runs.
 * A job is one entry here; it reads from whatever source its thread has.
 */
import { compareLanes } from '../../../shared/compare/lanes.ts';
import { fixtureFile } from '../../../shared/compare/fixture.ts';
import { readAll } from '../../../shared/compare/read-all.ts';
import { comparisonHtml } from '../../../shared/compare/html.ts';
import { optionsMatrix } from '../../../shared/compare/matrix.ts';
import type { CompareResult, MatrixResult, TraceCompareResult } from '../../../shared/compare/result.ts';
import { compareTraces, type TraceToCompare } from '../../../shared/compare/traces.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { AdapterOptions } from '../../../shared/model/trace.ts';
import type { EventDetail, SampleInfo } from '../../../shared/rpc/contract.ts';
import { decodeSetup } from './decode-setup.ts';
import { listSamples } from '../samples/list.ts';
import type { StoredTrace } from '../store/store.ts';
import { EventIndex, eventDetail } from './event-detail.ts';
import { canonical } from './options.ts';
import { LruCache } from './lru.ts';
import { decodeStored, storedReads } from './decode-stored.ts';
import type { TraceSource } from './trace-source.ts';

interface OneDecoding {
  readonly id: TraceId;
  /** Others than it was recorded with. */
  readonly options?: AdapterOptions | undefined;
}

export interface TaskTypes {
  readonly lanes: { readonly params: OneDecoding; readonly result: CompareResult };
  readonly traces: {
    readonly params: { readonly a: TraceId; readonly b: TraceId };
    readonly result: TraceCompareResult;
  };
  readonly matrix: { readonly params: { readonly id: TraceId }; readonly result: MatrixResult };
  readonly html: { readonly params: OneDecoding; readonly result: { readonly name: string; readonly html: string } };
  readonly fixture: {
    readonly params: OneDecoding;
    readonly result: { readonly name: string; readonly jsonl: string };
  };
  readonly event: { readonly params: OneDecoding & { readonly index: number }; readonly result: EventDetail };
  readonly samples: { readonly params: null; readonly result: readonly SampleInfo[] };
}
export type TaskName = keyof TaskTypes;
export type Tasks = {
  readonly [Name in TaskName]: (params: TaskTypes[Name]['params']) => Promise<TaskTypes[Name]['result']>;
};

/** Comparisons that are kept for the next question: a file of it is asked for right after it was looked at. */
const KEPT_COMPARISONS = 4;
/** Events and emissions that are kept: some 200 bytes each. */
const KEPT_EMISSIONS = 500_000;

export function tasksOver(source: TraceSource): Tasks {
  const comparisons = new LruCache<CompareResult>(KEPT_COMPARISONS);
  const indexes = new LruCache<EventIndex>(KEPT_EMISSIONS, ({ size }) => size);
  const lanes = ({ id, options }: OneDecoding): Promise<CompareResult> =>
    ofTrace(source, comparisons, { id, options }, async (trace) =>
      compareLanes((await comparisonInput(source, trace, options)).input),
    );
  return {
    lanes,
    traces: async ({ a, b }) =>
      compareTraces(
        await comparisonInput(source, await source.get(a)),
        await comparisonInput(source, await source.get(b)),
      ),
    matrix: async ({ id }) => {
      const trace = await source.get(id);
      return optionsMatrix(await allReads(source, trace), decodeSetup(trace));
    },
    html: async ({ id, options }) => {
      const { title, api, model, startedAt, storedBytes } = await source.get(id);
      const { bytes: body } = await source.bytes(id, 0, storedBytes);
      return {
        name: `${fileName(title)}-comparison.html`,
        html: comparisonHtml(await lanes({ id, options }), { title, api, model, startedAt, body }),
      };
    },
    fixture: async ({ id, options }) => {
      const trace = await source.get(id);
      const { bytes: body } = await source.bytes(id, 0, trace.storedBytes);
      const name = fileName(trace.title);
      return { name: `${name}.jsonl`, jsonl: fixtureFile(name, decodeSetup(trace, options), body) };
    },
    event: async ({ id, index, options }) => {
      const events = await ofTrace(source, indexes, { id, options }, (trace) => indexed(source, trace, options));
      const { framing } = await source.get(id);
      return eventDetail(events.find(index), framing, (start, end) => source.bytes(id, start, end));
    },
    samples: async () => listSamples(),
  };
}

/** What was worked out of a trace, or works it out. Kept once the trace has ended: before, it still grows. */
async function ofTrace<Value>(
  source: TraceSource,
  kept: LruCache<Value>,
  { id, options }: OneDecoding,
  work: (trace: StoredTrace) => Promise<Value>,
): Promise<Value> {
  const trace = await source.get(id);
  const key = `${id} ${canonical(options ?? trace.options)}`;
  const value = kept.get(key) ?? (await work(trace));
  if (trace.ending) kept.set(key, value);
  return value;
}

async function indexed(
  source: TraceSource,
  trace: StoredTrace,
  options: AdapterOptions | undefined,
): Promise<EventIndex> {
  const index = new EventIndex();
  for await (const { items } of decodeStored(source, trace, { options })) index.add(items);
  return index;
}

async function comparisonInput(
  source: TraceSource,
  detail: StoredTrace,
  options?: AdapterOptions,
): Promise<TraceToCompare> {
  const { timed, ending } = detail;
  const input = readAll(await allReads(source, detail), decodeSetup(detail, options), {
    timed,
    ...(ending && { ending }),
  });
  return { detail, input };
}

async function allReads(source: TraceSource, trace: StoredTrace): Promise<readonly Read[]> {
  const reads: Read[] = [];
  for await (const read of storedReads(source, trace)) reads.push(read);
  return reads;
}

/** Letters and digits of a title, for a name that any file system takes. */
function fileName(title: string): string {
  const words = title
    .normalize('NFKD')
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-+|-+$/g, '');
  return [...words].slice(0, 60).join('') || 'trace';
}
