import { useEffect, useRef, type ReactNode } from 'react';
import { withFrame } from '../stores/frame.ts';

const STEPS = 8;
const STEP_MS = 150;

const turning = new Set<HTMLElement>();
let timer: ReturnType<typeof setInterval> | undefined;

function turn(): void {
  const angle = (Math.floor(performance.now() / STEP_MS) % STEPS) * (360 / STEPS);
  for (const { style } of turning) style.rotate = `${angle}deg`;
}

/**
 * Turns a drawing by steps, which come with what else is drawn. An animation would have its styles computed again with each frame of
 * the window, a sixth of what text costs as it streams.
 */
export function Spinner({ children }: { readonly children: ReactNode }) {
  const root = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    const element = root.current!;
    turning.add(element);
    timer ??= setInterval(() => withFrame(turn), STEP_MS);
    return () => {
      turning.delete(element);
      if (turning.size > 0) return;
      clearInterval(timer);
      timer = undefined;
    };
  }, []);
  return (
    <span ref={root} className="spinner">
      {children}
    </span>
  );
}
