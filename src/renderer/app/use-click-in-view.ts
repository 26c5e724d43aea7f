import { useCallback, useEffect, useRef, type RefObject } from 'react';

/** Room around a place, in pixels: about a line of text. */
const LINE = 16;

interface Place {
  readonly element: Element;
  /** In pixels from its top. */
  readonly below: number;
}

/** Returns what to call right before the pane loses height: what was clicked last in it, if it is in view, stays so. */
export function useClickInView(pane: RefObject<HTMLElement | null>): () => void {
  const clicked = useRef<Place | null>(null);
  useEffect(() => {
    const element = pane.current!;
    const keep = ({ target, clientY }: MouseEvent): void => {
      if (target instanceof Element)
        clicked.current = { element: target, below: clientY - target.getBoundingClientRect().top };
    };
    element.addEventListener('click', keep, { capture: true });
    return () => element.removeEventListener('click', keep, { capture: true });
  }, [pane]);
  return useCallback(() => {
    const place = clicked.current;
    clicked.current = null;
    if (!place || scrollersOf(place).some((box) => hiddenBelow(place, box) > 0)) return;
    // It tells once all is laid out for the next frame.
    const observer = new ResizeObserver(() => {
      observer.disconnect();
      for (const box of scrollersOf(place)) box.scrollTop += Math.max(0, LINE + hiddenBelow(place, box));
    });
    observer.observe(pane.current!);
  }, [pane]);
}

/** What a place is scrolled by, from the inside out. */
function scrollersOf({ element }: Place): readonly Element[] {
  const boxes: Element[] = [];
  for (let box: Element | null = element; box; box = box.parentElement)
    if (['auto', 'scroll'].includes(getComputedStyle(box).overflowY)) boxes.push(box);
  return boxes;
}

/** How far a place lies below the view of a box, in pixels. */
const hiddenBelow = ({ element, below }: Place, box: Element): number =>
  element.getBoundingClientRect().top + below - box.getBoundingClientRect().bottom;
