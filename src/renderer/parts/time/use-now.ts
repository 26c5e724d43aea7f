/** How far the shown stream has come, told again while it goes on: its silence grows on the screen, too. */
import { useCallback, useMemo, useSyncExternalStore } from 'react';
import { forgetFrame, withFrame } from '../../stores/frame.ts';
import { useSession, useTrace } from '../../stores/open.ts';
import type { TraceSession } from '../../stores/trace.ts';

/**
 * Nanoseconds since the request, at most `everyMs` old. It is told with the numbers of the trace, and by itself where none come.
 * The same number again draws nothing.
 */
export function useNow(everyMs: number): number {
  const session = useSession();
  const ended = useTrace((trace) => trace.phase === 'ended');
  const clock = useMemo(() => new ToldClock(session, everyMs), [session, everyMs]);
  const watch = useCallback((changed: () => void) => (ended ? idle : clock.watch(changed)), [clock, ended]);
  const ns = useSyncExternalStore(watch, clock.told);
  return ended ? session.nowNs : ns;
}

const idle = (): void => undefined;

class ToldClock {
  readonly #session: TraceSession;
  readonly #everyMs: number;
  #ns: number;

  constructor(session: TraceSession, everyMs: number) {
    this.#session = session;
    this.#everyMs = everyMs;
    this.#ns = session.nowNs;
  }

  readonly told = (): number => this.#ns;

  watch(changed: () => void): () => void {
    let timer: ReturnType<typeof setTimeout>;
    const tell = (): void => {
      clearTimeout(timer);
      forgetFrame(tell);
      timer = setTimeout(() => withFrame(tell), this.#everyMs);
      const { nowNs } = this.#session;
      if (nowNs === this.#ns) return;
      this.#ns = nowNs;
      changed();
    };
    tell();
    const stop = this.#session.store.subscribe(({ pulse }, before) => pulse !== before.pulse && tell());
    return () => {
      stop();
      clearTimeout(timer);
      forgetFrame(tell);
    };
  }
}
