/**
 * Which rows are folded. A closed row folds by itself once another stands below it, the whole row at once; what a person
 * folded or unfolded stays. While someone reads further up, nothing folds under their eyes.
 */
import { useCallback, useEffect, useRef, useState } from 'react';
import type { BlockRow } from '../../../shared/model/block-row.ts';

const FOLDABLE: ReadonlySet<BlockRow['kind']> = new Set([
  'text',
  'reasoning',
  'hidden',
  'refusal',
  'server_tool_result',
]);

export interface Folds {
  readonly isFolded: (row: BlockRow) => boolean;
  readonly toggle: (row: BlockRow) => void;
}

export function useFolds(rows: readonly BlockRow[], reading: boolean): Folds {
  const [choices, setChoices] = useState<ReadonlyMap<string, boolean>>(new Map());
  /** Rows that were open to the reader when last looked. */
  const seenOpen = useRef(new Set<string>());
  const lastContent = rows.findLast((row) => FOLDABLE.has(row.kind) || row.kind === 'tool');

  const isFolded = useCallback(
    (row: BlockRow): boolean => {
      const chosen = choices.get(row.id);
      if (chosen !== undefined) return chosen;
      if (!FOLDABLE.has(row.kind) || row.open || row === lastContent) return false;
      return !(reading && seenOpen.current.has(row.id));
    },
    [choices, lastContent, reading],
  );

  useEffect(() => {
    if (!reading) seenOpen.current = new Set(rows.filter((row) => !isFolded(row)).map((row) => row.id));
  });

  const toggle = useCallback(
    (row: BlockRow) => setChoices((before) => new Map(before).set(row.id, !isFolded(row))),
    [isFolded],
  );
  return { isFolded, toggle };
}
