/** Starts runs, and ends those that are under way when the program closes. */
import type { TraceId } from '../../../shared/model/ids.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { PROVIDERS, unknownApi } from '../../../shared/providers/registry.ts';
import type { ExchangeThread } from '../capture/exchange-thread.ts';
import type { CaptureLimits } from '../capture/received-body.ts';
import type { EndpointsService } from '../endpoints/endpoints-service.ts';
import { TRANSPORTS } from '../providers/registry.ts';
import type { RecordingStore } from '../recording/live-recording.ts';
import type { Recordings } from '../recording/recordings.ts';
import { previewOf, type SendingTransport } from './preview.ts';
import { Run, type RunParams } from './run.ts';
import type { RequestPreview } from '../../../shared/rpc/contract.ts';

export interface RunsSetup {
  readonly store: RecordingStore;
  readonly recordings: Recordings;
  readonly exchanges: Pick<ExchangeThread, 'send'>;
  readonly endpoints: Pick<EndpointsService, 'forRun'>;
  /** How much of one answer is captured; see Capture. */
  readonly limits?: CaptureLimits;
}

export class RunsService {
  readonly #setup: RunsSetup;
  /** From before the request is made until the result is settled. */
  readonly #runs = new Set<Run>();
  #closed = false;

  constructor(setup: RunsSetup) {
    this.#setup = setup;
  }

  /**
   * Sends a request and records it. Resolves once the trace exists, before the answer; what goes wrong from then on is the
   * trace's ending. Rejects with a ServiceError when nothing could be sent.
   */
  async start(params: RunParams): Promise<{ readonly id: TraceId }> {
    const { endpoints, ...setup } = this.#setup;
    const transport = transportOf(params.api);
    const target = await endpoints.forRun(params.endpoint);
    if (this.#closed)
      throw new ServiceError(
        'closing',
        'Tracelane is closing and no longer sends requests. Start it again, then run the request.',
      );
    const run = new Run({ ...setup, transport, target, params });
    this.#runs.add(run);
    void run.finished.then(() => this.#runs.delete(run));
    await run.created;
    return { id: run.id };
  }

  /** What a run of these parameters would send. Sends nothing. */
  async preview({
    api,
    endpoint,
    request,
    without = [],
  }: Pick<RunParams, 'api' | 'endpoint' | 'request' | 'without'>): Promise<RequestPreview> {
    const transport = transportOf(api);
    return previewOf({ transport, target: await this.#setup.endpoints.forRun(endpoint), request, without });
  }

  /** Without effect on a run that has ended. */
  cancel(id: TraceId): null {
    this.#setup.recordings.stop(id);
    return null;
  }

  /** Ends the live runs as cancelled. Resolves once their results are stored. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const run of this.#runs) run.cancel();
    await Promise.all([...this.#runs].map(({ finished }) => finished));
  }
}

/** Throws a ServiceError for an API that nothing can be sent to. */
function transportOf(api: string): SendingTransport {
  const provider = PROVIDERS.get(api);
  if (!provider) throw new ServiceError('unknown-api', unknownApi(api));
  const transport = TRANSPORTS.get(api);
  const send = transport?.send;
  if (!send)
    throw new ServiceError(
      'no-sender',
      `Requests of ${provider.label} cannot be sent from here. Record the stream with another program and import it.`,
    );
  return { ...transport, send };
}
