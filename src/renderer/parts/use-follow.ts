/**
 * Keeps the end of the stream in view. Scrolling up lets go, coming back to the end takes hold again; meanwhile the place
 * that is read does not move.
 */
import { useEffect, type RefObject } from 'react';
import { atFrameEnd } from '../stores/frame.ts';
import { useSession, useTrace } from '../stores/open.ts';

/** "At the bottom" means within this many pixels. */
const NEAR = 5;
/** A scroll this soon after an input is the input's doing; smooth scrolling takes a while. */
const HAND_MS = 500;
const INPUTS = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

export interface Follow {
  /** Events that came since the person scrolled up. */
  readonly missed: number;
  readonly toEnd: () => void;
}

export function useFollow(scroller: RefObject<HTMLElement | null>): Follow {
  const session = useSession();
  const follow = useTrace((trace) => trace.follow);
  const live = useTrace((trace) => trace.phase === 'live');
  const leftAt = useTrace((trace) => trace.leftAt);

  useEffect(() => {
    const element = scroller.current!;
    // Of the last input or what it moved. Not looked at now: what has just been drawn would be laid out for it at once.
    let top = 0;
    let touched = -Infinity;
    const onInput = (event: Event) => {
      touched = performance.now();
      top = element.scrollTop;
      // A wheel turned up lets go at once: text that comes before the view has moved would put it back to the end.
      const up = event instanceof WheelEvent && event.deltaY < 0 && !event.ctrlKey && element.scrollTop > 0;
      if (up && session.store.getState().follow) session.setFollow(false);
    };
    const onScroll = () => {
      // Text that folds away or follows moves the view too: only a person's hand lets go. Nothing is measured without one, which
      // would have the page laid out once more.
      if (performance.now() - touched >= HAND_MS) return;
      const up = element.scrollTop < top - 1;
      top = element.scrollTop;
      const atEnd = element.scrollHeight - top - element.clientHeight <= NEAR;
      const { follow: following, phase } = session.store.getState();
      if (following && up && !atEnd) session.setFollow(false);
      else if (!following && atEnd && phase === 'live') session.setFollow(true);
    };
    element.addEventListener('scroll', onScroll, { passive: true });
    for (const type of INPUTS) element.addEventListener(type, onInput, { passive: true });
    return () => {
      element.removeEventListener('scroll', onScroll);
      for (const type of INPUTS) element.removeEventListener(type, onInput);
    };
  }, [session, scroller]);

  useEffect(() => {
    if (!follow || !live) return;
    const stick = () => {
      const element = scroller.current;
      element?.scrollTo({ top: element.scrollHeight });
    };
    stick();
    const stop = session.onDraw(() => atFrameEnd(stick));
    return () => {
      stop();
      // What stands after the end comes with it.
      if (session.model.ending && session.store.getState().follow) stick();
    };
  }, [follow, live, session, scroller]);

  return {
    missed: follow || !live ? 0 : session.model.events.length - leftAt,
    toEnd: () => {
      scroller.current!.scrollTo({ top: scroller.current!.scrollHeight });
      session.setFollow(true);
    },
  };
}
