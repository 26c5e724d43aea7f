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

type Send = (batch: Batch<ExchangeEvent>) => Promise<unknown>;

/** One exchange, which tells of itself in batches: one for each turn of the event loop. */
class ToldExchange implements ExchangeListener {
  readonly #send: Send;
  readonly #over: () => void;
  /** Absent where it could not be sent. */
  readonly #exchange: HttpExchange | undefined;
  #events: ExchangeEvent[] = [];
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
      this.end({ how: 'failed', phase: 'request', target: host, reason: code ?? message }, 0, {});
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
    if (this.#events.push(event) === 1) setImmediate(() => void this.#flush());
  }

  /** Never rejects. */
  async #flush(): Promise<void> {
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
