import { memo } from 'react';
import type { EventSummary } from '../../../shared/model/stream.ts';
import { count, milliseconds } from '../../components/format.ts';
import { Glyph } from '../../components/Glyph.tsx';
import { GridRow } from '../../components/GridRow.tsx';
import { KIND_GLYPHS, KIND_TONES } from '../../components/names.ts';
import type { RowPlace } from '../../components/RowGrid.tsx';
import { Shown } from '../../components/Shown.tsx';
import { seenText } from '../../components/visible.ts';
import { ExpandedEvent } from './ExpandedEvent.tsx';

/** Whether the row's read gave the rows beside it too: the bracket goes on there. */
export type Bracket = 'alone' | 'opens' | 'goes-on' | 'closes';

interface EventRowProps extends RowPlace {
  readonly event: EventSummary;
  /** Time since the event before it, nanoseconds; null for the first. */
  readonly deltaNs: number | null;
  readonly timed: boolean;
  readonly bracket: Bracket;
  /** Of a merged row: how many events, and their sizes. */
  readonly merged: number;
  readonly sizes: readonly number[];
  readonly preview: string;
  readonly running: number;
  readonly bytes: number;
  readonly remark: string | null;
  readonly active: boolean;
  readonly open: boolean;
  readonly onPick: (event: number) => void;
  readonly onOpen: (event: number) => void;
}

/** One event, or a run of deltas, in one line; opened, with its JSON, text and bytes below. */
export const EventRow = memo(function EventRow({
  event,
  deltaNs,
  timed,
  bracket,
  merged,
  sizes,
  preview,
  running,
  bytes,
  remark,
  active,
  open,
  onPick,
  onOpen,
  ...place
}: EventRowProps) {
  return (
    <GridRow
      {...place}
      line="event-line"
      active={active}
      open={open}
      onPick={() => onPick(event.index)}
      onOpen={() => onOpen(event.index)}
      below={<ExpandedEvent event={event} />}
    >
      <span className="num" role="gridcell">
        {count(event.index)}
      </span>
      <span className="num strong" role="gridcell">
        {timed ? milliseconds(event.tNs) : '–'}
      </span>
      <span className="num" role="gridcell">
        {timed && deltaNs !== null ? milliseconds(deltaNs) : ''}
      </span>
      <span className={`bracket ${bracket}`} role="gridcell" title={`read ${event.read}`} />
      <span className={`grid-kind k ${KIND_TONES[event.kind]}`} role="gridcell" title={event.type}>
        <Glyph name={KIND_GLYPHS[event.kind]} size={12} />
        {event.kind}
      </span>
      <span className="cut far" role="gridcell" title={event.target === undefined ? undefined : seenText(event.target)}>
        {event.target === undefined ? '' : <Shown isName text={event.target} />}
      </span>
      <span className="preview" role="gridcell">
        {merged > 1 && <span className="times">{count(merged)} ×</span>}
        <span className="delta">
          <Shown text={preview} blanks />
        </span>
        {merged > 1 && <Sizes sizes={sizes} />}
      </span>
      <span className="num far" role="gridcell">
        {running === 0 ? '' : count(running)}
      </span>
      <span className="num far" role="gridcell">
        {count(bytes)}
      </span>
      <span role="gridcell">
        {remark !== null && (
          <span title={remark}>
            <Glyph name="refused" size={12} className="k-warn" label={remark} />
          </span>
        )}
      </span>
    </GridRow>
  );
});

/** How large each delta of a merged row was. */
function Sizes({ sizes }: { readonly sizes: readonly number[] }) {
  const largest = Math.max(...sizes, 1);
  const path = sizes.map((size, at) => `M${at * 2 + 1} 14v${-Math.max(1, Math.round((size / largest) * 12))}`).join('');
  return (
    <svg
      className="spark sizes"
      viewBox={`0 0 ${sizes.length * 2} 14`}
      width={sizes.length * 2}
      height={14}
      aria-hidden
    >
      <path d={path} />
    </svg>
  );
}
