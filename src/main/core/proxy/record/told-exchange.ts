/** What the thread tells of one exchange, given to what keeps it: one trace, or one for each answer that came over a WebSocket. */
import type { Begun, TapEvent } from '../forward/tap.ts';
import { fieldOf, type CapturedExchange } from './captured-exchange.ts';
import { SocketExchanges } from './socket-exchanges.ts';

export class ToldExchange {
  readonly #begun: Begun;
  readonly #open: (begun: Begun) => CapturedExchange;
  readonly #first: CapturedExchange;
  #socket: SocketExchanges | undefined;

  constructor(begun: Begun, open: (begun: Begun) => CapturedExchange) {
    this.#begun = begun;
    this.#open = open;
    this.#first = open(begun);
  }

  /** Bytes that have come and are in no recording yet. */
  get waiting(): number {
    return (this.#socket ?? this.#first).waiting;
  }

  /** In order. What it throws has changed this exchange alone, which then can only fail. */
  take(event: TapEvent): void {
    if (this.#socket) return this.#socket.take(event);
    this.#first.take(event);
    if (event.type === 'head' && event.protocol?.toLowerCase() === 'websocket') this.#socket = this.#socketOf(event);
    return undefined;
  }

  /** Whoever forwarded it is gone. */
  abandon(): void {
    (this.#socket ?? this.#first).abandon();
  }

  /** See CapturedExchange. */
  fail(reason: string): void {
    (this.#socket ?? this.#first).fail(reason);
  }

  #socketOf(event: Extract<TapEvent, { readonly type: 'head' }>): SocketExchanges {
    const begun = this.#begun;
    return new SocketExchanges({
      url: begun.url,
      extensions: fieldOf(event.head.fields, 'sec-websocket-extensions') ?? '',
      first: this.#first,
      open: (tNs) => {
        const exchange = this.#open({ ...begun, startedAt: begun.startedAt + Math.round(tNs / 1e6) });
        exchange.take({ ...event, tNs: 0 });
        return exchange;
      },
    });
  }
}
