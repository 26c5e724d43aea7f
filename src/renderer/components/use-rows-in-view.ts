/** Which rows of a long list are drawn: those in view and some around them. */
import { useCallback, useEffect, useMemo, useState, type RefObject } from 'react';
import { flushSync } from 'react-dom';
import { forgetFrame, onFrameAfter } from '../stores/frame.ts';
import type { RowHeights, RowLayout } from './row-layout.ts';

/** Rows that are drawn above and below the view: a browser scrolls before the page has drawn what comes into view. */
const MARGIN = 12;
/** A list that moves less than this, pixels, is not rendered anew: that much more than the view is drawn. */
const STEP = 104;
/** A list that does not move for this long, milliseconds, gets its margin. */
const REST_MS = 100;

/** Pixels. */
interface View {
  readonly top: number;
  readonly height: number;
  /** Rows. */
  readonly margin: number;
  /** Where it came to in one go, with no row in common with what was drawn before. */
  readonly from: number;
}

export interface RowsInView {
  readonly first: number;
  /** Exclusive. */
  readonly end: number;
  /**
   * The place of a row among the elements. Rows that are drawn together have different ones, and a row keeps its own while the list
   * moves bit by bit. A list that jumps shows its new rows in the elements of the old ones: that costs a third of new elements.
   */
  slotOf(at: number): number;
  /** Draws what is in view after the list was moved by the program, without waiting for the browser to say so. */
  look(): void;
}

export function useRowsInView(scroller: RefObject<HTMLElement | null>, layout: RowLayout): RowsInView {
  const [view, setView] = useState<View>({ top: 0, height: 0, margin: MARGIN, from: 0 });
  const look = useCallback(() => {
    const { scrollTop, clientHeight } = scroller.current!;
    setView((before) => moved(before, scrollTop, clientHeight));
  }, [scroller]);
  useEffect(() => {
    const element = scroller.current!;
    const rest = (): void => setView((before) => (before.margin === MARGIN ? before : { ...before, margin: MARGIN }));
    // In the frame in which it was scrolled, or the place would be empty.
    const now = (): void => flushSync(look);
    const onScroll = (): void => {
      now();
      forgetFrame(rest);
      onFrameAfter(REST_MS, rest);
    };
    const observer = new ResizeObserver(now);
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
      forgetFrame(rest);
    };
  }, [scroller, look]);

  const first = Math.max(0, layout.rowAt(view.top) - view.margin);
  const last = view.height === 0 ? -1 : layout.rowAt(view.top + STEP + view.height) + view.margin;
  const slots = layout.most(view.height + STEP) + 2 * MARGIN;
  const from = layout.rowAt(view.from);
  return {
    first,
    end: Math.min(layout.count, last + 1),
    slotOf: (at) => (((at - from) % slots) + slots) % slots,
    look,
  };
}

/** The same object as long as its values are the same. */
export function useRowHeights({ row, below, opened }: RowHeights): RowHeights {
  const key = opened.join();
  // oxlint-disable-next-line react/exhaustive-deps -- the key has them
  return useMemo(() => ({ row, below, opened }), [row, below, key]);
}

function moved(before: View, scrollTop: number, height: number): View {
  const top = Math.floor(scrollTop / STEP) * STEP;
  const jumped = Math.abs(top - before.top) > height + STEP;
  const margin = jumped ? 0 : before.margin;
  const from = jumped ? top : before.from;
  if (top === before.top && height === before.height && margin === before.margin) return before;
  return { top, height, margin, from };
}
