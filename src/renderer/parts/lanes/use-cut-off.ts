import { useEffect, useState, type RefObject } from 'react';

/**
 * Whether the part of a block that is held to some lines fills them, so that there may be more; true while it is not asked, which is
 * `drawn` null. `drawn`: which of the elements is looked at.
 */
export function useCutOff(block: RefObject<HTMLElement | null>, drawn: 'plain' | 'formatted' | null): boolean {
  const [cut, setCut] = useState(true);
  useEffect(() => {
    const held = drawn === null ? null : block.current!.querySelector('.clamp');
    if (!held) return;
    const observer = new ResizeObserver(() =>
      setCut(held.clientHeight + 1 >= Number.parseFloat(getComputedStyle(held).maxHeight)),
    );
    observer.observe(held);
    return () => observer.disconnect();
  }, [block, drawn]);
  return cut || drawn === null;
}
