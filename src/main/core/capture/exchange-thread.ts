/**
 * HTTP exchanges in a thread of their own, which only sends and takes times: a time is as true as that thread is idle, whatever
 * the program does meanwhile with this stream or with another.
 */
import type { BodyEnd } from '../../../shared/metrics/ending.ts';
import type { RequestPhase } from '../../../shared/metrics/http-wording.ts';
import { NotAnswered, WorkerThread } from '../worker/worker-thread.ts';
import { faultEnd } from './fault.ts';
import type { ExchangeEvent, ExchangeHandlers, ExchangePieces, ExchangeTellers } from './serve-exchanges.ts';
import type { ExchangeListener, OutgoingRequest } from './transport.ts';

/** Told of an exchange of another thread, in the order of ExchangeListener. Where it throws, the exchange ends there. */
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
  /** Whether somebody watches what comes of it; nobody does at first. It is told sooner then, and at once what waits. */
  watch(watched: boolean): void;
  /** Resolves with true once all that has come by now was told, with false where that is not known. Never rejects. */
  caughtUp(): Promise<boolean>;
}

/** Bytes that were taken before the thread is told so: a part of what it may have on its way. */
const TOLD_BYTES = 256 * 1024;
const LOST = 'a message between its threads was lost';

interface ExchangeSetup {
  readonly request: OutgoingRequest;
  readonly listener: RemoteListener;
  readonly stop: (end: BodyEnd) => void;
  readonly watch: (watched: boolean) => void;
  /** Resolves once all that has come by now was told. */
  readonly flush: () => Promise<void>;
  /** So many bytes were worked off. */
  readonly taken: (bytes: number) => void;
}

class Exchange implements RemoteExchange {
  readonly target: string;
  readonly #setup: ExchangeSetup;
  readonly #sentAt = process.hrtime.bigint();
  #phase: RequestPhase = 'connect';
  #answered = false;
  #over = false;
  #taken = 0;
  /** Batches that have come. */
  batches = 0;

  constructor(setup: ExchangeSetup) {
    this.target = new URL(setup.request.url).host;
    this.#setup = setup;
  }

  get phase(): RequestPhase {
    return this.#phase;
  }

  get over(): boolean {
    return this.#over;
  }

  stop(end: BodyEnd): void {
    if (!this.#over) this.#setup.stop(end);
  }

  watch(watched: boolean): void {
    if (!this.#over) this.#setup.watch(watched);
  }

  async caughtUp(): Promise<boolean> {
    if (this.#over) return true;
    return this.#setup.flush().then(
      () => true,
      () => false,
    );
  }

  take(n: number, batch: readonly ExchangeEvent[]): void {
    if (this.#over) return;
    if (n !== this.batches++) return this.fault(LOST);
    let bytes = 0;
    try {
      for (const event of batch) {
        this.#take(event);
        if (event.type === 'pieces') bytes += event.bytes.length;
      }
    } catch (error) {
      return this.#refused(error);
    }
    if (bytes > 0 && !this.#over) void this.#workedOff(bytes);
    return undefined;
  }

  /** Its thread has gone. */
  fail(reason: string): void {
    this.#end({ how: 'reset', reason }, reason);
  }

  /** What comes of it from now on cannot be taken. What came before is kept. */
  fault(reason: string): void {
    if (this.#over) return;
    this.#setup.stop({ how: 'cancelled' });
    this.#end(faultEnd(reason), reason);
  }

  #refused(error: unknown): void {
    console.error(`What came from ${this.target} could not be taken.`, error);
    this.fault(error instanceof Error ? error.message : String(error));
  }

  #take(event: ExchangeEvent): void {
    const { listener } = this.#setup;
    switch (event.type) {
      case 'phase':
        this.#phase = event.phase;
        return;
      case 'head':
        this.#answered = true;
        return listener.head(event.head, event.tNs);
      case 'pieces':
        return this.#pieces(event);
      case 'end':
        this.#over = true;
        return listener.end(event.end, event.tNs, event.around);
    }
  }

  #pieces({ times, lengths, bytes }: ExchangePieces): void {
    let at = 0;
    for (let i = 0; i < times.length; i++) {
      const end = at + lengths[i]!;
      this.#setup.listener.piece(bytes.subarray(at, end), times[i]!);
      at = end;
    }
  }

  /** Never rejects. */
  async #workedOff(bytes: number): Promise<void> {
    try {
      const room = this.#setup.listener.room();
      if (room) await room;
    } catch (error) {
      return this.#refused(error);
    }
    this.#taken += bytes;
    if (this.#taken < TOLD_BYTES || this.#over) return;
    this.#setup.taken(this.#taken);
    this.#taken = 0;
  }

  /** `end`: of an answer that had begun. */
  #end(end: BodyEnd, reason: string): void {
    if (this.#over) return;
    this.#over = true;
    const tNs = Number(process.hrtime.bigint() - this.#sentAt);
    const failed: BodyEnd = { how: 'failed', phase: 'request', target: this.target, reason };
    try {
      this.#setup.listener.end(this.#answered ? end : failed, tNs, {});
    } catch (error) {
      console.error(`The end of what came from ${this.target} could not be taken.`, error);
    }
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
      handlers: { take: (id, n, batch) => this.#take(id, n, batch) } satisfies ExchangeTellers,
      onUnread: () => void this.#unread(),
      onExit: (cause) => this.#gone(cause),
    });
  }

  /** Sends at once. The listener is never called before this has returned. */
  send(request: OutgoingRequest, listener: RemoteListener): RemoteExchange {
    const id = ++this.#count;
    const exchange = new Exchange({
      request,
      listener,
      stop: (end) => this.#thread.notify('stop', [id, end]),
      watch: (watched) => this.#thread.notify('watch', [id, watched]),
      flush: () => this.#thread.request('flush', [id]),
      taken: (bytes) => this.#thread.notify('taken', [id, bytes]),
    });
    this.#exchanges.set(id, exchange);
    this.#thread.request('send', [id, request]).catch((error: Error) => {
      // Told for all exchanges of the thread, below.
      if (error instanceof NotAnswered) return;
      this.#exchanges.delete(id);
      exchange.fail(error.message);
    });
    return exchange;
  }

  /** Ends what is under way as cancelled. */
  async close(): Promise<void> {
    await this.#thread.close();
  }

  #take(id: number, n: number, batch: readonly ExchangeEvent[]): void {
    const exchange = this.#exchanges.get(id);
    if (!exchange) return;
    exchange.take(n, batch);
    if (exchange.over) this.#exchanges.delete(id);
  }

  /** A message was lost, to the thread or from it: which exchange it was of is seen by what the thread has told of each. */
  async #unread(): Promise<void> {
    const before = [...this.#exchanges];
    // Where it cannot be asked, the thread has gone.
    const told = new Map(await this.#thread.request('told', []).catch(() => undefined));
    for (const [id, exchange] of before) {
      if (told.get(id) === exchange.batches) continue;
      this.#exchanges.delete(id);
      exchange.fault(LOST);
    }
  }

  #gone(cause: string): void {
    const left = [...this.#exchanges.values()];
    this.#exchanges.clear();
    for (const exchange of left) exchange.fail(`its thread ended${cause && `: ${cause}`}`);
  }
}
