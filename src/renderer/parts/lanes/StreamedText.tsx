import { memo, useEffect, useLayoutEffect, useRef, useState, type MouseEvent } from 'react';
import type { LaneBlock } from '../../../shared/model/block-row.ts';
import { causeAt } from '../../../shared/model/text-causes.ts';
import { useContained } from '../../components/Boundary.tsx';
import { count } from '../../components/format.ts';
import { PieceReader } from '../../components/piece-reader.ts';
import { TextWriter } from '../../components/text-writer.ts';
import { fillFrame, roomInFrame } from '../../stores/frame.ts';
import { selectEvent, useSession, useTrace } from '../../stores/open.ts';
import { FreshText, unitAt } from './text-marks.ts';
import { markAll, useStretches, type Stretch } from './use-stretches.ts';
import '../../components/shown.css';

/** What is drawn of a text at first, in UTF-16 units: one of megabytes takes the browser seconds to lay out. */
const FIRST = 131_072;
/** While a stored stream is read: what a large window shows. The rest is drawn once all is read, which it would only delay. */
const FIRST_READ = 8_192;
/** Of one that shows a few lines. */
const FIRST_CLAMPED = 2_048;
/** How much more there is with each press. */
const MORE = 8;

const nothing = (): void => {};

interface StreamedTextProps {
  readonly block: LaneBlock;
  readonly className: string;
  /** Data, not prose. */
  readonly code: boolean;
  /** Only a few lines of it are seen. */
  readonly clamped: boolean;
  /** A stretch that the wire does not have here, in UTF-16 units. */
  readonly added?: readonly [start: number, end: number] | undefined;
}

/**
 * A block's text. React renders the empty element once; what arrives is appended with each frame, past React, so that
 * neither selection nor scroll position is lost and the cost is that of what is new. Much at once is spread over frames, and
 * of a very long text only the beginning is drawn, until more is asked for.
 */
export const StreamedText = memo(function StreamedText({ block, className, code, clamped, added }: StreamedTextProps) {
  const session = useSession();
  const root = useRef<HTMLDivElement>(null);
  const contained = useContained();
  const first = clamped ? FIRST_CLAMPED : FIRST;
  const limit = useRef(first);
  const [cut, setCut] = useState(false);
  const marks = useRef<readonly Stretch[]>([]);
  const unmark = useRef(nothing);
  const mark = (): void => {
    unmark.current();
    unmark.current = markAll(root.current!, marks.current);
  };

  const shown = useRef<{ show(block: LaneBlock): void } | null>(null);
  const { key } = block;

  // A block of the same key is the same text at another moment: what both have stays as it is drawn. Drawn before the frame is,
  // so that all panes stand at one moment.
  useLayoutEffect(() => {
    const writer = new TextWriter(root.current!, { code });
    const fresh = new FreshText();
    let reader = new PieceReader([]);
    let behind = false;
    const draw = (): void => {
      if (reader.done) return;
      const most = session.reading ? Math.min(limit.current, FIRST_READ) : limit.current;
      const text = reader.take(Math.min(Math.max(0, most - reader.taken), roomInFrame()));
      fillFrame(text.length);
      const wasBehind = behind;
      behind = !reader.done;
      if (behind && reader.taken >= limit.current) setCut(true);
      else if (behind && reader.taken < most) session.drawAgain();
      if (text === '') return;
      const before = writer.tail;
      writer.append(text);
      const after = writer.tail;
      if (after && !session.flooded && !behind && !wasBehind)
        fresh.mark(after.node, after.node === before?.node ? before.length : 0, after.length);
      mark();
    };
    const show = ({ pieces }: LaneBlock): void => {
      const { taken } = reader;
      reader = new PieceReader(pieces);
      reader.skip(taken);
      behind = false;
      // What stood there before this element did, or before the playhead was moved, is not new.
      fresh.clear();
      if (reader.taken < taken) writer.cut(reader.taken);
      if (reader.done) setCut(false);
      draw();
      fresh.clear();
    };
    shown.current = { show };
    const stop = session.onDraw(() => contained(draw));
    return () => {
      stop();
      unmark.current();
      unmark.current = nothing;
      fresh.clear();
      writer.clear();
      shown.current = null;
    };
  }, [key, code, session, contained]);
  // Also into what the effect above made anew.
  // oxlint-disable-next-line react/exhaustive-deps, react/exhaustive-effect-dependencies
  useLayoutEffect(() => shown.current!.show(block), [block, key, code, session, contained]);

  useEffect(() => {
    if (limit.current >= first) return;
    limit.current = first;
    setCut(false);
    session.drawAgain();
  }, [first, session]);

  const stretches = useStretches(block, added);
  useEffect(() => {
    marks.current = stretches;
    mark();
    // The text of another block is drawn by the effect above.
    // oxlint-disable-next-line react/exhaustive-deps, react/exhaustive-effect-dependencies
  }, [stretches, block]);

  /** A character leads to the delta that brought it. What ends a selection of text means the text. */
  const pick = (click: MouseEvent): void => {
    const unit = document.getSelection()?.isCollapsed === false ? null : unitAt(root.current!, click);
    const event = unit === null ? null : causeAt([block], unit);
    if (event === null) return;
    click.stopPropagation();
    session.setFollow(false);
    selectEvent(event);
  };

  const more = (): void => {
    limit.current *= MORE;
    setCut(false);
    session.drawAgain();
  };
  return (
    <>
      <div ref={root} className={`streamed ${className}`} onClick={pick} />
      {cut && !clamped && <Cut block={block} onMore={more} />}
    </>
  );
});

function Cut({ block, onMore }: { readonly block: LaneBlock; readonly onMore: () => void }) {
  // It may still grow.
  useTrace((trace) => trace.pulse);
  return (
    <p className="note">
      Only the beginning of {count(block.chars)} characters is drawn.{' '}
      <button
        type="button"
        className="link"
        onClick={(event) => {
          event.stopPropagation();
          onMore();
        }}
      >
        Draw more
      </button>
    </p>
  );
}
