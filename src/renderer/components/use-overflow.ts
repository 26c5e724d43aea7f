import { useEffect, useRef, useState, type RefObject } from 'react';

interface Overflowing {
  readonly tabIndex: 0;
  readonly 'data-scrolls-across': true;
}

/**
 * What an element gets while it holds more than it has width for: a place among the tabs, so that the arrow keys scroll it. Without
 * more it is no stop on the way.
 */
export function useOverflow<Element extends HTMLElement>(): readonly [RefObject<Element | null>, Overflowing | object] {
  const box = useRef<Element>(null);
  const [over, setOver] = useState(false);
  useEffect(() => {
    const element = box.current!;
    const observer = new ResizeObserver(() => {
      const { overflowX } = getComputedStyle(element);
      setOver(overflowX === 'auto' && element.scrollWidth > element.clientWidth + 1);
    });
    for (const one of [element, ...element.children]) observer.observe(one);
    return () => observer.disconnect();
  }, []);
  return [box, over ? { tabIndex: 0, 'data-scrolls-across': true } : {}];
}
