/** A store in memory: what a run tells it, kept as it was told, and made to fail on demand. */
import type { RunStore } from '../../src/main/core/runs/run.ts';
import type { NewTrace, ProviderTraceRow, StoredEndpoint, StoredTrace, TraceResult } from '../../src/main/core/store/store.ts';
import type { EndpointId, TraceId } from '../../src/shared/model/ids.ts';
import type { Read } from '../../src/shared/model/stream.ts';
import type { HttpHead, TraceRow } from '../../src/shared/model/trace.ts';

export class MemoryStore implements RunStore {
  readonly traces = new Map<TraceId, NewTrace>();
  readonly readsOf = new Map<TraceId, Read[]>();
  readonly heads = new Map<TraceId, { readonly head: HttpHead; readonly tNs: number }>();
  readonly results = new Map<TraceId, TraceResult>();
  readonly live: Partial<TraceRow>[] = [];
  readonly provider: ProviderTraceRow[] = [];
  readonly endpointsById = new Map<EndpointId, StoredEndpoint>();
  /** What fails from now on. */
  failing: 'nothing' | 'create' | 'finish' = 'nothing';

  async createTrace(trace: NewTrace): Promise<void> {
    if (this.failing === 'create') throw new Error('no room');
    this.traces.set(trace.id, trace);
    this.readsOf.set(trace.id, []);
  }

  appendReads(id: TraceId, reads: readonly Read[]): void {
    this.readsOf.get(id)!.push(...reads.map((read) => ({ ...read, bytes: read.bytes.slice() })));
  }

  setHead(id: TraceId, head: HttpHead, tNs: number): void {
    this.heads.set(id, { head, tNs });
  }

  setLive(_id: TraceId, row: Partial<TraceRow>): void {
    this.live.push(row);
  }

  async finishTrace(id: TraceId, result: TraceResult): Promise<void> {
    if (this.failing === 'finish') throw new Error('no room');
    this.results.set(id, result);
  }

  addProviderTrace(row: ProviderTraceRow): void {
    this.provider.push(row);
  }

  async get(id: TraceId): Promise<StoredTrace> {
    const trace = this.traces.get(id);
    if (!trace) throw new Error('not found');
    const reads = this.readsOf.get(id)!;
    return { ...trace, ...this.results.get(id), storedReads: reads.length, storedBytes: reads.reduce((sum, { bytes }) => sum + bytes.length, 0) } as StoredTrace;
  }

  async endpoints(): Promise<readonly StoredEndpoint[]> {
    return [...this.endpointsById.values()];
  }

  async saveEndpoint(endpoint: StoredEndpoint): Promise<void> {
    this.endpointsById.set(endpoint.id, endpoint);
  }

  async removeEndpoint(id: EndpointId): Promise<void> {
    this.endpointsById.delete(id);
  }
}
