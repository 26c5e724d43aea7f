/** The forwarding half of the capture proxy in this thread, with all that it tells of exchanges. */
import { ProxyListener, type ListenerLimits } from '../../src/main/core/proxy/forward/listener.ts';
import type { Route } from '../../src/main/core/proxy/forward/routes.ts';
import type { TapEvent } from '../../src/main/core/proxy/forward/tap.ts';
import { Signal } from '../../src/main/core/watch/signal.ts';

export type Told<Type extends TapEvent['type']> = Extract<TapEvent, { readonly type: Type }>;

export class TestProxy {
  readonly listener: ProxyListener;
  readonly events: TapEvent[];
  readonly #changed: Signal;

  private constructor(listener: ProxyListener, events: TapEvent[], changed: Signal) {
    this.listener = listener;
    this.events = events;
    this.#changed = changed;
  }

  static async open(
    routes: readonly Route[] = [],
    { port = 0, limits }: { readonly port?: number; readonly limits?: ListenerLimits } = {},
  ): Promise<TestProxy> {
    const events: TapEvent[] = [];
    const changed = new Signal();
    const listener = await ProxyListener.open({
      port,
      ...(limits && { limits }),
      tap: {
        event: (event) => {
          events.push(event);
          changed.call();
        },
      },
    });
    listener.setRoutes(routes);
    return new TestProxy(listener, events, changed);
  }

  get port(): number {
    return this.listener.port;
  }

  of<Type extends TapEvent['type']>(type: Type): readonly Told<Type>[] {
    return this.events.filter((event): event is Told<Type> => event.type === type);
  }

  /** Resolves with the events of this type once there are so many. */
  async until<Type extends TapEvent['type']>(type: Type, count = 1): Promise<readonly Told<Type>[]> {
    while (this.of(type).length < count) await this.#changed.next(new AbortController().signal);
    return this.of(type);
  }

  forget(): void {
    this.events.length = 0;
  }
}
