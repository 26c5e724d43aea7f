import { percent } from '../../components/format.ts';
import { useMemo, type MouseEvent } from 'react';
import type { AlignedRow, LaneName } from '../../../shared/compare/result.ts';
import { mapColumn } from './column-rows.ts';
import { blockLook } from './looks.ts';

interface MinimapProps {
  readonly rows: readonly AlignedRow[];
  readonly lanes: readonly LaneName[];
  readonly bytes: number;
  /** First and last row in view. */
  readonly shown: readonly [string, string] | null;
  readonly onPick: (row: string) => void;
}

/** Pixels: what the lanes share, after its edge. */
const WIDTH = 10.5;
const EDGE = 1.5;

/** A part of it for each lane, so that it says which one differs, and where, by bytes. */
export function Minimap({ rows, lanes, bytes, shown, onPick }: MinimapProps) {
  const columns = useMemo(() => lanes.map(({ id }) => mapColumn(rows, id, bytes)), [rows, lanes, bytes]);
  const step = WIDTH / lanes.length;
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
            x={EDGE + column * step}
            width={step * (6 / 7)}
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
