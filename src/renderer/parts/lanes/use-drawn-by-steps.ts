/** Rows that come by the dozen are drawn a few with each frame, from the first on: all in one would hold the window up. */
import { useEffect, useMemo, useState } from 'react';
import type { BlockRow } from '../../../shared/model/block-row.ts';
import { forgetFrame, onNextFrame } from '../../stores/frame.ts';

/** Rows that one frame adds. */
const STEP = 8;

export function useDrawnBySteps(rows: readonly BlockRow[]): readonly BlockRow[] {
  const [drawn, setDrawn] = useState<ReadonlySet<string>>(new Set());
  const shown = useMemo(() => withFewNew(rows, drawn), [rows, drawn]);
  useEffect(() => {
    if (shown.every(({ id }) => drawn.has(id))) return;
    const next = (): void => setDrawn(new Set(shown.map(({ id }) => id)));
    onNextFrame(next);
    return () => forgetFrame(next);
  }, [shown, drawn]);
  return shown;
}

/** Those before the first that would be one new row too many. */
function withFewNew(rows: readonly BlockRow[], drawn: ReadonlySet<string>): readonly BlockRow[] {
  let left = STEP;
  for (const [at, { id }] of rows.entries()) if (!drawn.has(id) && left-- === 0) return rows.slice(0, at);
  return rows;
}
