import { create } from 'zustand';
import type { LaneBlock } from '../../../shared/model/block-row.ts';
import { JsonTree } from '../../components/JsonTree.tsx';
import { late } from '../../components/late.tsx';
import { kept } from '../../stores/kept.ts';

const KEPT = 'tracelane.blocks.formatted';
/** Of a longer text, in characters, only the text itself is shown: reading it takes a window too long. */
const LONGEST: Partial<Readonly<Record<LaneBlock['kind'], number>>> = { text: 16_384, tool: 262_144 };

const Markdown = late(async () => (await import('./Markdown.tsx')).Markdown);

/** Whether closed blocks are shown as a person reads them, or as they came. */
export const useFormatted = create<{ readonly on: boolean }>()(() => ({ on: kept.getItem(KEPT) === 'yes' }));

export function toggleFormatted(): void {
  const on = !useFormatted.getState().on;
  kept.setItem(KEPT, on ? 'yes' : 'no');
  useFormatted.setState({ on });
}

/** A block that is whole, and that can be set otherwise than it came: an answer's Markdown, a call's arguments as a tree. */
export const canFormat = ({ kind, chars, valid, row }: LaneBlock, open: boolean): boolean =>
  !open && !row.open && chars > 0 && chars <= (LONGEST[kind] ?? 0) && (kind === 'text' || valid === true);

interface FormattedProps {
  readonly block: LaneBlock;
  /** Only a few lines of it are seen. */
  readonly clamped: boolean;
}

export function Formatted({ block, clamped }: FormattedProps) {
  const text = block.pieces.join('');
  return block.kind === 'text' ? (
    <Markdown text={text} clamped={clamped} />
  ) : (
    <JsonTree key={text} text={text} label="Arguments" />
  );
}
