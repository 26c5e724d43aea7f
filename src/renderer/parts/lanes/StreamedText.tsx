import { memo, useEffect, useRef } from 'react';
import type { LaneBlock } from '../../../shared/model/blocks.ts';
import { useContained } from '../../components/Boundary.tsx';
import { useSession } from '../../stores/open.ts';
import { FreshText, markAdded } from './text-marks.ts';
import { TextWriter } from './text-writer.ts';
import '../../components/shown.css';

interface StreamedTextProps {
  readonly block: LaneBlock;
  readonly className: string;
  /** Data, not prose. */
  readonly code: boolean;
  /** A stretch that the wire does not have here, in UTF-16 units. */
  readonly added?: readonly [start: number, end: number] | undefined;
}

/**
 * A block's text. React renders the empty element once; what arrives is appended with each frame, past React, so that
 * neither selection nor scroll position is lost and the cost is that of what is new.
 */
export const StreamedText = memo(function StreamedText({ block, className, code, added }: StreamedTextProps) {
  const session = useSession();
  const root = useRef<HTMLDivElement>(null);
  const contained = useContained();

  useEffect(() => {
    const writer = new TextWriter(root.current!, { code });
    const fresh = new FreshText();
    let drawn = 0;
    const draw = (): void => {
      const { pieces } = block;
      if (drawn === pieces.length) return;
      const text = drawn === pieces.length - 1 ? pieces[drawn]! : pieces.slice(drawn).join('');
      drawn = pieces.length;
      const before = writer.tail;
      writer.append(text);
      const after = writer.tail;
      if (after && !session.flooded)
        fresh.mark(after.node, after.node === before?.node ? before.length : 0, after.length);
    };
    draw();
    // What stood there before this element did is not new.
    fresh.clear();
    const stop = session.onDraw(() => contained(draw));
    return () => {
      stop();
      fresh.clear();
      writer.clear();
    };
  }, [block, code, session, contained]);

  const [start, end] = added ?? [0, 0];
  useEffect(() => (start === end ? undefined : markAdded(root.current!, start, end)), [start, end, block]);

  return <div ref={root} className={`streamed ${className}`} />;
});
