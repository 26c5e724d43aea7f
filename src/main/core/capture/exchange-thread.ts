/**
 * HTTP exchanges in a thread of their own, which only sends and takes times: a time is as true as that thread is idle, whatever
 * the program does meanwhile with this stream or with another.
 */
import type { BodyEnd } from '../../../shared/metrics/ending.ts';
import type { RequestPhase } from '../../../shared/metrics/http-wording.ts';
import { unpacked, type Batch } from '../worker/batch.ts';
import { WorkerThread } from '../worker/worker-thread.ts';
import type { ExchangeEvent, ExchangeHandlers, ExchangeTellers } from './serve-exchanges.ts';
import type { ExchangeListener, OutgoingRequest } from './transport.ts';

/** Told of an exchange of another thread, in the order of ExchangeListener. */
export interface RemoteListener extends Omit<ExchangeListener, 'phase'> {
  /** What is waited for before more is told; undefined where nothing is. The sender waits once much has come. */
  room(): Promise<void> | undefined;
}

/** An exchange of another thread. */
export interface RemoteExchange {
  /** What it waits for, while there is no answer. */
  readonly phase: RequestPhase;
  /** The host, as a person may read it. */
  readonly target: string;
  /** Ends it from this side, as `end` says, which is then told. Without effect once it has ended. */
  stop(end: BodyEnd): void;
}

class Exchange implements RemoteExchange {
  readonly target: string;
  readonly #listener: RemoteListener;
  readonly #stop: (end: BodyEnd) => void;
  readonly #sentAt = process.hrtime.bigint();
  #phase: RequestPhase = 'connect';
  #answered = false;
  #over = false;

  constructor({ url }: OutgoingRequest, listener: RemoteListener, stop: (end: BodyEnd) => void) {
    this.target = new URL(url).host;
    this.#listener = listener;
    this.#stop = stop;
  }

  get phase(): RequestPhase {
    return this.#phase;
  }

  get over(): boolean {
    return this.#over;
  }

  stop(end: BodyEnd): void {
    if (!this.#over) this.#stop(end);
  }

  take(event: ExchangeEvent): void {
    switch (event.type) {
      case 'phase':
        this.#phase = event.phase;
        return;
      case 'head':
        this.#answered = true;
        return this.#listener.head(event.head, event.tNs);
      case 'piece':
        return this.#listener.piece(event.bytes, event.tNs);
      case 'end':
        this.#over = true;
        return this.#listener.end(event.end, event.tNs, event.around);
    }
  }

  room(): Promise<void> | undefined {
    return this.#over ? undefined : this.#listener.room();
  }

  /** Its thread has gone. */
  fail(reason: string): void {
    if (this.#over) return;
    const end: BodyEnd = this.#answered
      ? { how: 'reset', reason }
      : { how: 'failed', phase: 'request', target: this.target, reason };
    this.take({ type: 'end', end, tNs: Number(process.hrtime.bigint() - this.#sentAt), around: {} });
  }
}

export class ExchangeThread {
  readonly #thread: WorkerThread<ExchangeHandlers>;
  readonly #exchanges = new Map<number, Exchange>();
  #count = 0;

  /** `module`: the thread's entry. It is started by the first exchange, and again by the next one where it has gone. */
  constructor(module: URL) {
    this.#thread = new WorkerThread({
      name: 'exchanges',
      module,
      data: null,
      handlers: { take: (id, batch) => this.#take(id, batch) } satisfies ExchangeTellers,
      onExit: (cause) => this.#gone(cause),
    });
  }

  /** Sends at once. The listener is never called before this has returned. */
  send(request: OutgoingRequest, listener: RemoteListener): RemoteExchange {
    const id = ++this.#count;
    const exchange = new Exchange(request, listener, (end) => this.#thread.notify('stop', [id, end]));
    this.#exchanges.set(id, exchange);
    this.#thread.request('send', [id, request]).catch((error: Error) => {
      this.#exchanges.delete(id);
      exchange.fail(error.message);
    });
    return exchange;
  }

  /** Ends what is under way as cancelled. */
  async close(): Promise<void> {
    await this.#thread.close();
  }

  async #take(id: number, batch: Batch<ExchangeEvent>): Promise<void> {
    const exchange = this.#exchanges.get(id);
    if (!exchange) return;
    for (const event of unpacked(batch)) exchange.take(event);
    if (exchange.over) this.#exchanges.delete(id);
    await exchange.room();
  }

  #gone(cause: string): void {
    const left = [...this.#exchanges.values()];
    this.#exchanges.clear();
    for (const exchange of left) exchange.fail(`its thread ended${cause && `: ${cause}`}`);
  }
}
