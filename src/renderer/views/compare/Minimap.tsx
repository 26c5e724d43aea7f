import { useMemo, type MouseEvent } from 'react';
import type { AlignedRow } from '../../../shared/compare/result.ts';
import { LANES } from '../../../shared/model/messages.ts';
import { mapColumn } from './column-rows.ts';
import { blockLook } from './looks.ts';
import { percent } from './percent.ts';

interface MinimapProps {
  readonly rows: readonly AlignedRow[];
  readonly bytes: number;
  /** First and last row in view. */
  readonly shown: readonly [string, string] | null;
  readonly onPick: (row: string) => void;
}

/** A third of it for each lane, so that it says which one differs, and where, by bytes. */
export function Minimap({ rows, bytes, shown, onPick }: MinimapProps) {
  const columns = useMemo(() => LANES.map((lane) => mapColumn(rows, lane, bytes)), [rows, bytes]);
  const divergences = rows.filter(({ equal }) => !equal).length;
  const pick = (event: MouseEvent) => {
    const box = event.currentTarget.getBoundingClientRect();
    const at = ((event.clientY - box.top) / box.height) * bytes;
    const row = rows.findLast(({ byte }) => byte !== null && byte <= at) ?? rows[0];
    if (row) onPick(row.id);
  };
  return (
    <svg className="minimap" role="img" aria-label={`${divergences} of ${rows.length} blocks differ`} onClick={pick}>
      {columns.map((stretches, column) =>
        stretches.map(({ from, to, kind, differs }) => (
          <rect
            key={`${column} ${from}`}
            className={differs ? 'differs' : blockLook(kind).tone}
            x={1.5 + column * 3.5}
            width="3"
            y={percent(from)}
            height={percent(Math.max(to - from, 0.004))}
          />
        )),
      )}
      {shown && <Here rows={rows} bytes={bytes} shown={shown} />}
    </svg>
  );
}

function Here({
  rows,
  bytes,
  shown,
}: {
  readonly rows: readonly AlignedRow[];
  readonly bytes: number;
  readonly shown: readonly [string, string];
}) {
  const first = rows.findIndex(({ id }) => id === shown[0]);
  const last = rows.findIndex(({ id }) => id === shown[1]);
  const share = (row: AlignedRow | undefined, other: number) => (row?.byte ?? other) / Math.max(bytes, 1);
  const from = share(rows[first], first <= 0 ? 0 : bytes);
  const to = share(rows[last + 1], bytes);
  return <rect className="here" x="0.75" width="10.5" y={percent(from)} height={percent(Math.max(to - from, 0.02))} />;
}
