/**
 * Work on stored traces that takes long: run in a thread of its own, beside the one that stamps the reads of live runs.
 * A job is one entry here; it reads from whatever source its thread has.
 */
import { compareLanes } from '../../../shared/compare/lanes.ts';
import type { ComparisonInput } from '../../../shared/compare/lane-reading.ts';
import { readAll } from '../../../shared/compare/read-all.ts';
import { comparisonHtml } from '../../../shared/compare/html.ts';
import { optionsMatrix } from '../../../shared/compare/matrix.ts';
import type { CompareResult, MatrixResult, TraceCompareResult } from '../../../shared/compare/result.ts';
import { compareTraces, type TraceToCompare } from '../../../shared/compare/traces.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { AdapterOptions } from '../../../shared/model/trace.ts';
import type { EventDetail, SampleInfo } from '../../../shared/rpc/contract.ts';
import { readingSetup } from '../runs/reading-setup.ts';
import { listSamples } from '../samples/list.ts';
import type { StoredTrace } from '../store/store.ts';
import { EventIndex, eventDetail } from './event-detail.ts';
import { canonical } from './options.ts';
import { storedReading, storedReads } from './stored-reading.ts';
import type { TraceSource } from './trace-source.ts';

interface OneReading {
  readonly id: TraceId;
  /** Others than it was recorded with. */
  readonly options?: AdapterOptions | undefined;
}

export interface JobTypes {
  readonly lanes: { readonly params: OneReading; readonly result: CompareResult };
  readonly traces: { readonly params: { readonly a: TraceId; readonly b: TraceId }; readonly result: TraceCompareResult };
  readonly matrix: { readonly params: { readonly id: TraceId }; readonly result: MatrixResult };
  readonly html: { readonly params: OneReading; readonly result: { readonly name: string; readonly html: string } };
  readonly event: { readonly params: OneReading & { readonly index: number }; readonly result: EventDetail };
  readonly samples: { readonly params: null; readonly result: readonly SampleInfo[] };
}
export type JobName = keyof JobTypes;
export type Jobs = { readonly [Name in JobName]: (params: JobTypes[Name]['params']) => Promise<JobTypes[Name]['result']> };

export function jobsOver(source: TraceSource): Jobs {
  const indexes = new EventIndexes(source);
  return {
    lanes: async ({ id, options }) => compareLanes((await comparisonInput(source, id, options)).input),
    traces: async ({ a, b }) => compareTraces(await comparisonInput(source, a), await comparisonInput(source, b)),
    matrix: async ({ id }) => {
      const trace = await source.get(id);
      return optionsMatrix(await allReads(source, trace), readingSetup(trace));
    },
    html: async ({ id, options }) => {
      const { detail, input, reads } = await comparisonInput(source, id, options);
      const { title, api, model, startedAt } = detail;
      const html = comparisonHtml(compareLanes(input), { title, api, model, startedAt, body: bodyOf(reads) });
      return { name: `${fileName(title)}-comparison.html`, html };
    },
    event: async ({ id, index, options }) => {
      const found = (await indexes.of(id, options)).find(index);
      return eventDetail(found, (start, end) => source.bytes(id, start, end));
    },
    samples: async () => listSamples(),
  };
}

async function comparisonInput(source: TraceSource, id: TraceId, options?: AdapterOptions): Promise<TraceToCompare & { readonly reads: readonly Read[] }> {
  const detail = await source.get(id);
  const reads = await allReads(source, detail);
  const { timed, ending } = detail;
  const input: ComparisonInput = readAll(reads, readingSetup(detail, options), { timed, ...(ending && { ending }) });
  return { detail, input, reads };
}

async function allReads(source: TraceSource, trace: StoredTrace): Promise<readonly Read[]> {
  const reads: Read[] = [];
  for await (const read of storedReads(source, trace)) reads.push(read);
  return reads;
}

function bodyOf(reads: readonly Read[]): Uint8Array {
  const body = new Uint8Array(reads.reduce((sum, { bytes }) => sum + bytes.length, 0));
  for (const { offset, bytes } of reads) body.set(bytes, offset);
  return body;
}

/** Letters and digits of a title, for a name that any file system takes. */
function fileName(title: string): string {
  const words = title.normalize('NFKD').replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-+|-+$/g, '');
  return [...words].slice(0, 60).join('') || 'trace';
}

/** Events and emissions that are kept for the next question: some 200 bytes each. */
const MAX_KEPT = 500_000;

/** The inspector asks for one event after the other: the last readings stay. */
class EventIndexes {
  readonly #source: TraceSource;
  readonly #kept = new Map<string, EventIndex>();

  constructor(source: TraceSource) {
    this.#source = source;
  }

  async of(id: TraceId, options: AdapterOptions | undefined): Promise<EventIndex> {
    const trace = await this.#source.get(id);
    const key = `${id} ${canonical(options ?? trace.options)}`;
    const kept = this.#kept.get(key);
    const index = kept ?? (await this.#read(trace, options));
    // What has no ending may still grow.
    if (trace.ending) this.#keep(key, index);
    return index;
  }

  async #read(trace: StoredTrace, options: AdapterOptions | undefined): Promise<EventIndex> {
    const index = new EventIndex();
    for await (const { items } of storedReading(this.#source, trace, { options })) index.add(items);
    return index;
  }

  /** Least recently used first; the one just used stays, however large. */
  #keep(key: string, index: EventIndex): void {
    this.#kept.delete(key);
    this.#kept.set(key, index);
    let size = [...this.#kept.values()].reduce((sum, one) => sum + one.size, 0);
    for (const [oldest, one] of this.#kept) {
      if (size <= MAX_KEPT || oldest === key) return;
      this.#kept.delete(oldest);
      size -= one.size;
    }
  }
}
