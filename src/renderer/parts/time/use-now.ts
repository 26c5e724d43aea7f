/** How far the shown stream has come, told again while it goes on: its silence grows on the screen, too. */
import { useEffect, useState } from 'react';
import { useSession, useTrace } from '../../stores/open.ts';

/** Nanoseconds since the request, at most `everyMs` old. The same number again draws nothing. */
export function useNow(everyMs: number): number {
  const session = useSession();
  const ended = useTrace((trace) => trace.phase === 'ended');
  const [now, setNow] = useState({ session, ns: session.nowNs });
  useEffect(() => {
    if (ended) return;
    const timer = setInterval(() => {
      const ns = session.nowNs;
      setNow((before) => (before.session === session && before.ns === ns ? before : { session, ns }));
    }, everyMs);
    return () => clearInterval(timer);
  }, [session, ended, everyMs]);
  return ended || now.session !== session ? session.nowNs : now.ns;
}
