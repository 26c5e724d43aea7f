import { create } from 'zustand';
import { objectOf, parseJson } from '../../../shared/json/json-object.ts';
import type { LaneBlock } from '../../../shared/model/blocks.ts';
import { JsonText } from '../../components/JsonText.tsx';
import { late } from '../../components/late.tsx';
import { kept } from '../../stores/kept.ts';

const KEPT = 'tracelane.blocks.formatted';
/** Of a longer text, in UTF-16 units, only the text itself is shown: reading it takes a window too long. */
const LONGEST = 16_384;

const Markdown = late(async () => (await import('./Markdown.tsx')).Markdown);

/** Whether closed blocks are shown as a person reads them, or as they came. */
export const useFormatted = create<{ readonly on: boolean }>()(() => ({ on: kept.getItem(KEPT) === 'yes' }));

export function toggleFormatted(): void {
  const on = !useFormatted.getState().on;
  kept.setItem(KEPT, on ? 'yes' : 'no');
  useFormatted.setState({ on });
}

/** A block that is whole, and that can be set otherwise than it came: an answer's Markdown, a call's arguments as JSON. */
export const canFormat = ({ kind, chars, valid, row }: LaneBlock, open: boolean): boolean =>
  !open && !row.open && chars > 0 && chars <= LONGEST && (kind === 'text' || (kind === 'tool' && valid === true));

export function Formatted({ block }: { readonly block: LaneBlock }) {
  const text = block.pieces.join('');
  if (block.kind === 'text') return <Markdown text={text} />;
  const value = parseJson(text);
  return <JsonText text={JSON.stringify(objectOf(value) ?? value, null, 2)} />;
}
