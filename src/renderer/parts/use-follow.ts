/**
 * Keeps the end of the stream in view, whatever else moves it. Scrolling up lets go, coming back to the end takes hold again;
 * meanwhile the place that is read does not move.
 */
import { useEffect, useRef, type RefObject } from 'react';
import { useSession, useTrace } from '../stores/open.ts';

/** "At the bottom" means within this many pixels. */
const NEAR = 5;
/** A scroll this soon after an input is the input's doing; smooth scrolling takes a while. */
const HAND_MS = 500;
const NOTHING = (): void => undefined;
const INPUTS = ['wheel', 'touchmove', 'pointerdown', 'keydown'] as const;

const UP_KEYS: ReadonlySet<string> = new Set(['ArrowUp', 'PageUp', 'Home']);

/** Whether a wheel or a key moves the view up. */
function isUp(event: Event, scroller: HTMLElement): boolean {
  if (event instanceof WheelEvent) return event.deltaY < 0 && !event.ctrlKey;
  return event instanceof KeyboardEvent && event.target === scroller && UP_KEYS.has(event.key);
}

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
  /** Back to the end, while it is followed. */
  const stick = useRef<() => void>(NOTHING);

  useEffect(() => {
    const element = scroller.current!;
    // Of the last input or what it moved. Not looked at now: what has just been drawn would be laid out for it at once.
    let top = 0;
    let touched = -Infinity;
    const onInput = (event: Event) => {
      touched = performance.now();
      top = element.scrollTop;
      // Lets go at once: text that comes before the view has moved would put it back to the end.
      if (top > 0 && isUp(event, element) && session.store.getState().follow) session.setFollow(false);
    };
    const onScroll = () => {
      // Text that folds away or follows moves the view too: only a person's hand lets go.
      if (performance.now() - touched >= HAND_MS) return stick.current();
      const before = top;
      top = element.scrollTop;
      const atEnd = element.scrollHeight - top - element.clientHeight <= NEAR;
      const { follow: following, phase } = session.store.getState();
      if (following && top < before - 1 && !atEnd) session.setFollow(false);
      else if (!following && top > before && atEnd && phase === 'live') session.setFollow(true);
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
    const element = scroller.current!;
    const toEnd = () => element.scrollTo({ top: element.scrollHeight });
    stick.current = toEnd;
    // It tells once all is laid out for the next frame, so that nothing is laid out twice for it.
    const observer = new ResizeObserver(toEnd);
    for (const one of [element, ...element.children]) observer.observe(one);
    return () => {
      observer.disconnect();
      stick.current = NOTHING;
      // What stands after the end comes with it.
      if (session.model.ending && session.store.getState().follow) toEnd();
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
