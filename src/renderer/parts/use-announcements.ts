/** Tells a screen reader how a run or its replay goes: when it began, now and then a sentence if wanted, and how it ended. */
import { useEffect } from 'react';
import { lookOf } from '../components/names.ts';
import { count, plural } from '../components/format.ts';
import { given } from '../components/given.ts';
import { announce } from '../stores/announce.ts';
import { useApp } from '../stores/app.ts';
import { useOpen, useSession, useTrace } from '../stores/open.ts';
import type { TraceModel } from '../stores/trace-model.ts';

/** Sentences about a running stream come no closer together. */
const PROGRESS_MS = 5000;

export function useAnnouncements(): void {
  const session = useSession();
  // Until it is known of a trace whether it is over, nothing is said of it.
  const live = useTrace((trace) => trace.phase === 'live' && trace.detail !== null);
  const replay = useOpen((state) => state.over !== null);
  const progress = useApp((state) => state.settings?.announce === 'progress');

  useEffect(() => {
    if (!live) return;
    announce(replay ? 'Replay started' : 'Run started');
    const timer = progress ? setInterval(() => announce(progressSentence(session.model)), PROGRESS_MS) : undefined;
    return () => {
      clearInterval(timer);
      // Of a playing, not the model that it began with.
      const { model } = session;
      if (model.ending) announce(endingSentence(model));
    };
  }, [live, progress, replay, session]);
}

const progressSentence = ({ events, metrics }: TraceModel): string =>
  `${plural(events.length, 'event')}, ${plural(metrics.textChars, 'character')} of text so far`;

function endingSentence({ ending, head, metrics, usage, wire }: TraceModel): string {
  const finish = wire?.finish[0];
  const parts = [
    lookOf({ ending: ending!, httpStatus: head?.status, metrics }).label,
    given(usage?.output) && `${count(usage.output)} tokens`,
    finish && (finish.raw ?? finish.unified),
  ];
  return parts.filter(Boolean).join(', ');
}
