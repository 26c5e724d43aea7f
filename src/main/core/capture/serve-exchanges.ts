/**
 * The thread of exchanges: it sends requests and gives each read of an answer its time. It does nothing else and holds little
 * memory, so that neither work of the program nor a long garbage collection makes a time late.
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BodyEnd } from '../../../shared/metrics/ending.ts';
import type { RequestPhase } from '../../../shared/metrics/http-wording.ts';
import type { AroundBody, HttpHead } from '../../../shared/model/trace.ts';
import { Channel, type ChannelPort } from '../worker/channel.ts';
import type { Closable } from '../worker/worker-thread.ts';
import { HttpExchange, type ExchangeListener, type OutgoingRequest } from './transport.ts';

export type ExchangeHandlers = Closable & {
  /** Sends at once; `id` is new. */
  readonly send: (id: number, request: OutgoingRequest) => void;
  /** Ends an exchange as `end` says; without effect once it has ended. */
  readonly stop: (id: number, end: BodyEnd) => void;
  /** Tells of all that has come by now. */
  readonly flush: (id: number) => Promise<void>;
  /** So many more bytes were worked off: as many others may come. */
  readonly taken: (id: number, bytes: number) => void;
  /** Whether somebody watches what comes of it; nobody does at first. */
  readonly watch: (id: number, watched: boolean) => void;
  /** How many batches were told of each exchange that is not over. */
  readonly told: () => readonly (readonly [id: number, batches: number])[];
};

/** What the thread tells the program. */
export type ExchangeTellers = {
  /** Batches of one exchange in order, `n` the number of this one, from 0. */
  readonly take: (id: number, n: number, batch: readonly ExchangeEvent[]) => void;
};

/** Pieces that came one after the other, as one: an object for each would cost both sides more than its bytes. */
export interface ExchangePieces {
  readonly type: 'pieces';
  readonly times: Float64Array<ArrayBuffer>;
  readonly lengths: Uint32Array<ArrayBuffer>;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** What an ExchangeListener is told. */
export type ExchangeEvent =
  | { readonly type: 'phase'; readonly phase: RequestPhase }
  | { readonly type: 'head'; readonly head: HttpHead; readonly tNs: number }
  | ExchangePieces
  | { readonly type: 'end'; readonly end: BodyEnd; readonly tNs: number; readonly around: AroundBody };

/** Bytes of one exchange on their way to the program, above which its sender has to wait. */
const MOST_UNTAKEN_BYTES = 1024 ** 2;

/**
 * Between two batches with pieces of one exchange; a piece that comes after a longer pause is told at once, and so is all that is no piece.
 * Each batch wakes the program, and where somebody watches, so does the answer of the lanes to it. A stream with so many reads that
 * nobody follows single ones may do so seldom.
 */
const BATCH_MS = 8;
const FAST_BATCH_MS = 32;
/** Reads in a millisecond. */
const FAST = 1;
/** The same while nobody watches. A program that is killed loses what came since the last batch. */
const UNWATCHED_BATCH_MS = 125;
/** Nothing waits beyond it. */
const BATCH_BYTES = 256 * 1024;

type Send = (n: number, batch: readonly ExchangeEvent[]) => void;

/** One exchange, which tells of itself in batches. */
class ToldExchange implements ExchangeListener {
  readonly #send: Send;
  readonly #over: () => void;
  /** Absent where it could not be sent. */
  readonly #exchange: HttpExchange | undefined;
  #events: ExchangeEvent[] = [];
  readonly #pieces = new Pieces();
  #timer: NodeJS.Timeout | undefined;
  #soon: NodeJS.Immediate | undefined;
  #flushedAt = -Infinity;
  #watchedMs = BATCH_MS;
  #watched = false;
  #untaken = 0;
  /** Batches that were told. */
  told = 0;

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

  /** Tells at once what waits. */
  flush(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#soon);
    this.#timer = undefined;
    this.#soon = undefined;
    const now = performance.now();
    this.#watchedMs = this.#pieces.count / (now - this.#flushedAt) < FAST ? BATCH_MS : FAST_BATCH_MS;
    this.#flushedAt = now;
    this.#endPieces();
    const events = this.#events;
    if (events.length === 0) return;
    this.#events = [];
    for (const event of events) if (event.type === 'pieces') this.#untaken += event.bytes.length;
    this.#send(this.told++, events);
    if (this.#untaken > MOST_UNTAKEN_BYTES) this.#exchange?.pause();
  }

  watch(watched: boolean): void {
    this.#watched = watched;
    if (watched) this.flush();
  }

  taken(bytes: number): void {
    this.#untaken -= bytes;
    if (this.#untaken <= MOST_UNTAKEN_BYTES) this.#exchange?.resume();
  }

  phase(phase: RequestPhase): void {
    this.#tell({ type: 'phase', phase });
  }

  head(head: HttpHead, tNs: number): void {
    this.#tell({ type: 'head', head, tNs });
  }

  piece(bytes: Uint8Array, tNs: number): void {
    this.#pieces.add(bytes, tNs);
    if (this.#pieces.length >= BATCH_BYTES) this.flush();
    else this.#flushInTime();
  }

  end(end: BodyEnd, tNs: number, around: AroundBody): void {
    this.#tell({ type: 'end', end, tNs, around });
    this.flush();
    this.#over();
  }

  #tell(event: ExchangeEvent): void {
    this.#endPieces();
    this.#events.push(event);
    this.#flushSoon();
  }

  #endPieces(): void {
    if (this.#pieces.count > 0) this.#events.push(this.#pieces.take());
  }

  #flushInTime(): void {
    if (this.#timer !== undefined || this.#soon !== undefined) return;
    const betweenMs = this.#watched ? this.#watchedMs : UNWATCHED_BATCH_MS;
    const leftMs = this.#flushedAt + betweenMs - performance.now();
    if (leftMs > 0) this.#timer = setTimeout(() => this.flush(), leftMs);
    else this.#flushSoon();
  }

  /** What came together goes together. */
  #flushSoon(): void {
    this.#soon ??= setImmediate(() => this.flush());
  }
}

/** Pieces on their way to be one. */
class Pieces {
  #pieces: Uint8Array[] = [];
  #times: number[] = [];
  /** Of their bytes. */
  length = 0;

  get count(): number {
    return this.#pieces.length;
  }

  add(bytes: Uint8Array, tNs: number): void {
    this.#pieces.push(bytes);
    this.#times.push(tNs);
    this.length += bytes.length;
  }

  take(): ExchangePieces {
    const bytes = new Uint8Array(this.length);
    const lengths = new Uint32Array(this.#pieces.length);
    let at = 0;
    for (const [i, piece] of this.#pieces.entries()) {
      bytes.set(piece, at);
      lengths[i] = piece.length;
      at += piece.length;
      free(piece);
    }
    const times = Float64Array.from(this.#times);
    this.#pieces = [];
    this.#times = [];
    this.length = 0;
    return { type: 'pieces', times, lengths, bytes };
  }
}

/** At once: garbage that waits for its collector would make that run. */
function free({ buffer, length }: Uint8Array): void {
  if (buffer instanceof ArrayBuffer && buffer.byteLength === length) buffer.transfer(0);
}

export function serveExchanges(port: ChannelPort & { close(): void }): void {
  const exchanges = new Map<number, ToldExchange>();
  void new Channel<ExchangeTellers>(port, (program): ExchangeHandlers => ({
    send: (id, request) => {
      const send: Send = (n, batch) => {
        const moved = batch.flatMap((event) => (event.type === 'pieces' ? [event.bytes.buffer] : []));
        program.notify('take', [id, n, batch], moved);
      };
      exchanges.set(id, new ToldExchange(request, send, () => exchanges.delete(id)));
    },
    stop: (id, end) => exchanges.get(id)?.stop(end),
    flush: async (id) => {
      // The turn of the event loop that brought this request may read from sockets after it.
      await nextTurn();
      exchanges.get(id)?.flush();
    },
    taken: (id, bytes) => exchanges.get(id)?.taken(bytes),
    watch: (id, watched) => exchanges.get(id)?.watch(watched),
    told: () => [...exchanges].map(([id, { told }]) => [id, told] as const),
    close: () => {
      for (const exchange of exchanges.values()) exchange.stop({ how: 'cancelled' });
      // Behind the batches in which they tell so.
      setImmediate(() => port.close());
    },
  }));
}
