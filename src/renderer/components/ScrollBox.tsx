import { useEffect, useRef, useState, type ReactNode } from 'react';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import { IconButton } from './Button.tsx';
import './scroll-box.css';

/** How much of the box one press moves. */
const PRESS = 0.8;

interface ScrollBoxProps {
  readonly className?: string;
  /** Of what is in it. */
  readonly label: string;
  readonly children: ReactNode;
}

/** Holds what may be wider than its room: a shade and a button on each side say that there is more, and go there. */
export function ScrollBox({ className = '', label, children }: ScrollBoxProps) {
  const box = useRef<HTMLDivElement>(null);
  const [more, setMore] = useState({ left: false, right: false });
  useEffect(() => {
    const element = box.current!;
    const look = () => {
      const { scrollLeft, clientWidth, scrollWidth } = element;
      const left = scrollLeft > 1;
      const right = scrollLeft + clientWidth < scrollWidth - 1;
      setMore((before) => (before.left === left && before.right === right ? before : { left, right }));
    };
    const observer = new ResizeObserver(look);
    observer.observe(element);
    for (const child of element.children) observer.observe(child);
    element.addEventListener('scroll', look, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', look);
    };
  }, []);
  const move = (by: 1 | -1) => box.current!.scrollBy({ left: by * PRESS * box.current!.clientWidth });
  return (
    <div className={`scroll-box ${className}`} data-left={more.left} data-right={more.right}>
      {/* With the focus it moves by the arrow keys, too. */}
      <div
        className="scroll-box-in"
        ref={box}
        role="region"
        aria-label={label}
        tabIndex={0}
        data-scrolls-across={more.left || more.right || undefined}
      >
        {children}
      </div>
      {more.left && (
        <IconButton icon={ChevronLeft} label="More to the left" className="left" onClick={() => move(-1)} />
      )}
      {more.right && (
        <IconButton icon={ChevronRight} label="More to the right" className="right" onClick={() => move(1)} />
      )}
    </div>
  );
}
