/** All there is to know of the selected event, asked for when the selection rests; the last one stays until the next is there. */
import { useEffect, useState } from 'react';
import type { EventDetail } from '../../shared/rpc/contract.ts';
import { client } from '../client/client.ts';
import { useSession } from '../stores/open.ts';
import type { TraceSession } from '../stores/trace.ts';

/** A held key moves faster than anyone reads. */
const REST_MS = 60;

interface Answer {
  readonly session: TraceSession;
  readonly index: number;
  readonly detail: EventDetail | null;
  readonly problem: string | null;
}

export interface EventAnswer {
  /** null while it is asked for. */
  readonly detail: EventDetail | null;
  readonly problem: string | null;
}

function fetchEvent(session: TraceSession, index: number): Promise<EventDetail> {
  return client().call('traces.event', { id: session.store.getState().id, index, ...session.decoding });
}

export function useEventDetail(index: number | null): EventAnswer {
  const session = useSession();
  const [answer, setAnswer] = useState<Answer | null>(null);
  useEffect(() => {
    if (index === null) return;
    let wanted = true;
    const settle = (detail: EventDetail | null, problem: string | null) => {
      if (wanted) setAnswer({ session, index, detail, problem });
    };
    const timer = setTimeout(() => {
      fetchEvent(session, index).then(
        (detail) => settle(detail, null),
        (error: unknown) => settle(null, error instanceof Error ? error.message : String(error)),
      );
    }, REST_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [session, index]);
  const fits = answer !== null && answer.session === session && answer.index === index;
  return fits ? answer : { detail: null, problem: null };
}
