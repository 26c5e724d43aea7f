/**
 * The thread of exchanges: it sends requests and gives each read of an answer its time. It does nothing else and holds little
 * memory, so that neither work of the program nor a long garbage collection makes a time late.
 */
import type { BodyEnd } from '../../../shared/metrics/ending.ts';
import type { RequestPhase } from '../../../shared/metrics/http-wording.ts';
import type { AroundBody, HttpHead } from '../../../shared/model/trace.ts';
import { packed, type Batch } from '../worker/batch.ts';
import { Channel, type ChannelPort } from '../worker/channel.ts';
import type { Closable } from '../worker/worker-thread.ts';
import { HttpExchange, type ExchangeListener, type OutgoingRequest } from './transport.ts';

export type ExchangeHandlers = Closable & {
  /** Sends at once; `id` is new. */
  readonly send: (id: number, request: OutgoingRequest) => void;
  /** Ends an exchange as `end` says; without effect once it has ended. */
  readonly stop: (id: number, end: BodyEnd) => void;
};

/** What the thread asks of the program. */
export type ExchangeTellers = {
  /** In order. Resolves when more of this exchange may come. */
  readonly take: (id: number, batch: Batch<ExchangeEvent>) => Promise<void>;
};

/** What an ExchangeListener is told. */
export type ExchangeEvent =
  | { readonly type: 'phase'; readonly phase: RequestPhase }
  | { readonly type: 'head'; readonly head: HttpHead; readonly tNs: number }
  | { readonly type: 'piece'; readonly bytes: Uint8Array; readonly tNs: number }
  | { readonly type: 'end'; readonly end: BodyEnd; readonly tNs: number; readonly around: AroundBody };

/** Bytes of one exchange on their way to the program, above which its sender has to wait. */
const MOST_UNTAKEN_BYTES = 1024 ** 2;

/** How long an event waits for others, so that a fast stream does not wake the program for each read, and bytes at which it does not. */
const BATCH_MS = 4;
const BATCH_BYTES = 256 * 1024;

type Send = (batch: Batch<ExchangeEvent>) => Promise<unknown>;

/** One exchange, which tells of itself in batches. */
class ToldExchange implements ExchangeListener {
  readonly #send: Send;
  readonly #over: () => void;
  /** Absent where it could not be sent. */
  readonly #exchange: HttpExchange | undefined;
  #events: ExchangeEvent[] = [];
  #waiting = 0;
  #timer: NodeJS.Timeout | undefined;
  #untaken = 0;

  constructor(request: OutgoingRequest, send: Send, over: () => void) {
    this.#send = send;
    this.#over = over;
    try {
      this.#exchange = new HttpExchange(request, this);
    } catch (error) {
      // Node refuses some header values that fetch takes.
      const { code, message } = error as NodeJS.ErrnoException;
      const { host } = new URL(request.url);
      const end: BodyEnd = { how: 'failed', phase: 'request', target: host, reason: code ?? message };
      // As any other end, it comes once the exchange is there.
      setImmediate(() => this.end(end, 0, {}));
    }
  }

  stop(end: BodyEnd): void {
    this.#exchange?.stop(end);
  }

  phase(phase: RequestPhase): void {
    this.#tell({ type: 'phase', phase });
  }

  head(head: HttpHead, tNs: number): void {
    this.#tell({ type: 'head', head, tNs });
  }

  piece(bytes: Uint8Array, tNs: number): void {
    this.#tell({ type: 'piece', bytes, tNs });
  }

  end(end: BodyEnd, tNs: number, around: AroundBody): void {
    this.#tell({ type: 'end', end, tNs, around });
  }

  #tell(event: ExchangeEvent): void {
    this.#events.push(event);
    if (event.type === 'piece') this.#waiting += event.bytes.length;
    if (event.type === 'end' || this.#waiting >= BATCH_BYTES) void this.#flush();
    else this.#timer ??= setTimeout(() => void this.#flush(), BATCH_MS);
  }

  /** Never rejects. */
  async #flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#waiting = 0;
    const batch = packed(this.#events);
    if (this.#events.at(-1)!.type === 'end') this.#over();
    this.#events = [];
    const { length } = batch.bytes;
    this.#untaken += length;
    if (this.#untaken > MOST_UNTAKEN_BYTES) this.#exchange?.pause();
    // Where the program has gone, so will this thread.
    await this.#send(batch).catch(() => undefined);
    this.#untaken -= length;
    if (this.#untaken <= MOST_UNTAKEN_BYTES) this.#exchange?.resume();
  }
}

export function serveExchanges(port: ChannelPort & { close(): void }): void {
  const exchanges = new Map<number, ToldExchange>();
  void new Channel<ExchangeTellers>(port, (program): ExchangeHandlers => ({
    send: (id, request) => {
      const send: Send = (batch) => program.request('take', [id, batch], { transfer: [batch.bytes.buffer] });
      exchanges.set(id, new ToldExchange(request, send, () => exchanges.delete(id)));
    },
    stop: (id, end) => exchanges.get(id)?.stop(end),
    close: () => {
      for (const exchange of exchanges.values()) exchange.stop({ how: 'cancelled' });
      // Behind the batches in which they tell so.
      setImmediate(() => port.close());
    },
  }));
}
