import { useLayoutEffect, useRef, useState } from 'react';
import { count } from './format.ts';
import { PieceReader } from './piece-reader.ts';
import { TextWriter } from './text-writer.ts';
import { fillFrame, forgetFrame, onNextFrame, roomInFrame } from '../stores/frame.ts';
import './long-text.css';

/** What is drawn at first, in UTF-16 units. */
const FIRST = 4_000;

interface LongTextProps {
  /** The text in pieces, of which more may come at the end; another text is another list. */
  readonly pieces: readonly string[];
  readonly className?: string;
  /** How much of it is drawn before all of it is asked for; Infinity: all. */
  readonly first?: number;
}

/**
 * A text that may be megabytes, with what it hides shown by its number: the beginning of it, and all of it when asked for. However
 * much that is, each frame draws a part.
 */
export function LongText({ pieces, className, first = FIRST }: LongTextProps) {
  const root = useRef<HTMLDivElement>(null);
  const [all, setAll] = useState(false);
  const [whole, setWhole] = useState(true);
  const most = all ? Number.POSITIVE_INFINITY : first;
  const drawMore = useRef((_most: number): void => {});
  useLayoutEffect(() => {
    const writer = new TextWriter(root.current!, { code: true });
    const reader = new PieceReader(pieces);
    let wanted = 0;
    const draw = (): void => {
      const text = reader.take(Math.min(wanted - reader.taken, roomInFrame()));
      fillFrame(text.length);
      writer.append(text);
      if (!reader.done && reader.taken < wanted) onNextFrame(draw);
      setWhole(reader.done || reader.taken < wanted);
    };
    drawMore.current = (to) => {
      wanted = to;
      draw();
    };
    return () => {
      forgetFrame(draw);
      writer.clear();
    };
  }, [pieces]);
  // With each drawing: the list may have grown.
  useLayoutEffect(() => drawMore.current(most));
  return (
    <>
      <div ref={root} className={className === undefined ? 'long-text' : `long-text ${className}`} />
      {!whole && (
        <button type="button" className="link more" onClick={() => setAll(true)}>
          Show all of {count(pieces.reduce((sum, piece) => sum + piece.length, 0))} characters
        </button>
      )}
    </>
  );
}
