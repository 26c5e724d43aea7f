/** A list of which each frame draws a part, however much of it is wanted. */
import { useEffect, useState } from 'react';
import { fillFrame, forgetFrame, itemsInFrame, onNextFrame } from '../stores/frame.ts';

/**
 * How many of `wanted` items to draw now: some at once, and more with each frame until it is all of them. `cost`: of one of them,
 * in UTF-16 units of text that take as long to draw. Of another list, by `key`, it begins anew.
 */
export function useSteps(wanted: number, cost: number, key: unknown): number {
  const [drawn, setDrawn] = useState(() => ({ key, count: firstStep(cost) }));
  const own = drawn.key === key ? drawn.count : firstStep(cost);
  useEffect(() => {
    if (own >= wanted) return;
    const next = (): void => {
      const step = Math.min(wanted - own, itemsInFrame(cost));
      if (step === 0) return onNextFrame(next);
      fillFrame(step * cost);
      setDrawn({ key, count: own + step });
    };
    onNextFrame(next);
    return () => forgetFrame(next);
  }, [own, wanted, cost, key]);
  return Math.min(own, wanted);
}

/** Characters of what is drawn at once, with the pane or the row in which it stands. */
const AT_ONCE = 4_096;

const firstStep = (cost: number): number => Math.max(1, Math.floor(AT_ONCE / cost));
