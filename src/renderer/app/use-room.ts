import { useLayoutEffect, useRef, type RefObject } from 'react';

/** In pixels, what the styles ask for. */
const WIDTHS = [900, 760, 700, 520];
const HEIGHTS = [480];

/**
 * Tells the styles how much room the trace has: `--trace-height`, and in `data-narrow` those of the widths that it does not exceed,
 * in `data-low` those of the heights. It is no size container, since all that is in one takes twice as long to lay out each time.
 */
export function useRoom<Box extends HTMLElement>(): RefObject<Box | null> {
  const box = useRef<Box>(null);
  useLayoutEffect(() => {
    const element = box.current!;
    const tell = (width: number, height: number): void => {
      element.style.setProperty('--trace-height', `${height}px`);
      element.dataset['narrow'] = WIDTHS.filter((most) => width <= most).join(' ');
      element.dataset['low'] = HEIGHTS.filter((most) => height <= most).join(' ');
    };
    // Before the window shows it; then as often as the size changes, which is before the window shows that.
    tell(element.clientWidth, element.clientHeight);
    const observer = new ResizeObserver(([entry]) => tell(entry!.contentRect.width, entry!.contentRect.height));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return box;
}
