/**
 * From a character of a cell to the event that brought it, and from the selected event to its characters. A cell shows parts of
 * its text, each in an element that says where it begins (`data-at`, UTF-16 units), and may draw its blanks.
 */
import { useEffect, type MouseEvent, type RefObject } from 'react';
import { cellOf, type LaneBlock } from '../../../shared/model/block-row.ts';
import type { LaneId } from '../../../shared/model/messages.ts';
import { causeAt, stretchOf } from '../../../shared/model/text-causes.ts';
import { visibleBlanks } from '../../components/visible.ts';
import { markText, unitAt } from '../../parts/lanes/text-marks.ts';
import { selectEvent, useSession, useTrace } from '../../stores/open.ts';
import type { TraceModel } from '../../stores/trace-model.ts';
import type { TraceSession } from '../../stores/trace.ts';

interface CellText {
  readonly row: string;
  readonly lane: LaneId;
  /** All of it; null: there is none of this lane. */
  readonly text: string | null;
  /** Its blanks are drawn. */
  readonly blanks: boolean;
}

/** Of a playing the whole, which is what is compared. */
const modelOf = ({ whole, model }: TraceSession): TraceModel => whole ?? model;

/** Marks what the selected event brought, and returns what a click on a character does. */
export function useCharacters(
  root: RefObject<HTMLElement | null>,
  { row, lane, text, blanks }: CellText,
): (click: MouseEvent) => void {
  const session = useSession();
  const blocksOf = (): readonly LaneBlock[] => {
    const found = modelOf(session).blocks.row(row);
    const blocks = found ? cellOf(found, lane) : [];
    // What is compared may be told otherwise than it was said, as arguments with their keys in order are.
    const length = blocks.reduce((sum, { pieces }) => sum + pieces.reduce((own, piece) => own + piece.length, 0), 0);
    return length === text?.length ? blocks : [];
  };
  const chosen = useTrace(({ event }) => {
    const found = modelOf(session).blocks.row(row);
    if (event === null || !found || text === null) return '';
    if (event < (found.firstEvent ?? 0) || event > (found.lastEvent ?? -1)) return '';
    return stretchOf(blocksOf(), event, event)?.join() ?? '';
  });
  useEffect(() => {
    if (chosen === '' || !root.current || text === null) return;
    const [start, end] = chosen.split(',').map(Number);
    const shownLength = (raw: string): number => (blanks ? visibleBlanks(raw).length : raw.length);
    const unmarks = [...root.current.querySelectorAll<HTMLElement>('[data-at]')].map((part) => {
      const at = Number(part.dataset['at']);
      const place = (unit: number): number => shownLength(text.slice(at, Math.max(at, unit)));
      return markText('chosen', part, place(start!), place(end!));
    });
    return () => unmarks.forEach((unmark) => unmark());
  });
  return (click) => {
    const part = click.target instanceof Element ? click.target.closest<HTMLElement>('[data-at]') : null;
    const unit = part && document.getSelection()?.isCollapsed !== false ? unitAt(part, click) : null;
    if (!part || unit === null) return;
    const before = part.textContent.slice(0, unit);
    const raw = blanks ? before.replaceAll('→\t', '\t').replaceAll('¶\n', '\n') : before;
    const event = causeAt(blocksOf(), Number(part.dataset['at']) + raw.length);
    if (event !== null) selectEvent(event);
  };
}
