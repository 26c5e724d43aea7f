import type { LaneBlock } from '../../../shared/model/blocks.ts';

/** The arguments read so far as keys and values, while they grow; once whole, the text says the same. */
export function ArgumentTree({ block, open }: { readonly block: LaneBlock; readonly open: boolean }) {
  if (!open || block.validNs !== null) return null;
  return null;
}
