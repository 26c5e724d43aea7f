/** Starts and cancels runs, and holds their items for as long as they are live. */
import type { TraceId } from '../../../shared/model/ids.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { CaptureLimits } from '../capture/capture.ts';
import type { EndpointsService } from '../endpoints/endpoints-service.ts';
import type { StoredTrace } from '../store/store.ts';
import { Run, type RunParams, type RunStore } from './run.ts';
import type { RunItems } from './run-items.ts';

export interface RunsSetup {
  readonly store: RunStore;
  readonly endpoints: Pick<EndpointsService, 'forRun'>;
  /** How much of one answer is captured; see Capture. */
  readonly limits?: CaptureLimits;
}

/** Runs that the store could not take whole stay in memory until the program ends: the last few, and so many bytes of them. */
const KEPT_RUNS = 8;
const KEPT_BYTES = 64 * 1024 ** 2;

export class RunsService {
  readonly #setup: RunsSetup;
  readonly #live = new Map<TraceId, Run>();
  /** Settle once the run is over and either stored or kept. */
  readonly #settling = new Map<TraceId, Promise<void>>();
  /** The oldest first. */
  readonly #kept = new Map<TraceId, Run>();
  #closed = false;

  constructor(setup: RunsSetup) {
    this.#setup = setup;
  }

  /**
   * Sends a request and records it. Resolves once the trace exists, before the answer; what goes wrong from then on is the
   * trace's ending. Rejects with a ServiceError when nothing could be sent.
   */
  async start(params: RunParams): Promise<{ readonly id: TraceId }> {
    const { store, endpoints, limits } = this.#setup;
    const target = await endpoints.forRun(params.endpoint);
    if (this.#closed)
      throw new ServiceError(
        'closing',
        'Tracelane is closing and sends nothing any more. Start it again, then run the request.',
      );
    const run = new Run({ store, target, params, ...(limits && { limits }) });
    this.#live.set(run.id, run);
    this.#settling.set(
      run.id,
      this.#settle(run).finally(() => this.#settling.delete(run.id)),
    );
    await run.created;
    return { id: run.id };
  }

  /** Without effect on a run that has ended. */
  cancel(id: TraceId): null {
    this.#live.get(id)?.cancel();
    return null;
  }

  /** The items of a run while it is live, and after it when the store could not take all of it. */
  live(id: TraceId): RunItems | undefined {
    return this.#of(id)?.items;
  }

  /** What is known of a run whose items are here: for a trace that the store does not have, or only in part. */
  trace(id: TraceId): StoredTrace | undefined {
    return this.#of(id)?.trace;
  }

  /** Resolves once a live run has ended and its result is stored, or cannot be; at once for any other trace. */
  async settled(id: TraceId): Promise<void> {
    await this.#settling.get(id);
  }

  /** Ends the live runs as cancelled. Resolves once their results are stored. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const run of this.#live.values()) run.cancel();
    await Promise.all(this.#settling.values());
  }

  #of(id: TraceId): Run | undefined {
    return this.#live.get(id) ?? this.#kept.get(id);
  }

  async #settle(run: Run): Promise<void> {
    await run.finished;
    if (run.trace && !(await run.isStored())) this.#keep(run);
    this.#live.delete(run.id);
  }

  #keep(run: Run): void {
    this.#kept.set(run.id, run);
    const bytes = (): number => [...this.#kept.values()].reduce((sum, one) => sum + (one.trace?.metrics.bytes ?? 0), 0);
    while (this.#kept.size > KEPT_RUNS || (this.#kept.size > 1 && bytes() > KEPT_BYTES))
      this.#kept.delete(this.#kept.keys().next().value!);
  }
}
