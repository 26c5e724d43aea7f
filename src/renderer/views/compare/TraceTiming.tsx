import { useMemo, useState } from 'react';
import type { TraceCompareResult } from '../../../shared/compare/result.ts';
import { durationText, percent } from '../../components/format.ts';
import { toShare } from '../../parts/time/scale.ts';
import { blockLook } from './looks.ts';
import { Segments } from '../../components/Segments.tsx';
import { TimeGrid } from './TimeGrid.tsx';
import { ALIGNMENTS, overlay, partsOf, type Alignment, type Bar } from './two-traces.ts';

const ROW = 24;
const HEAD = 34;
/** A bar that is shorter is drawn this wide. */
const LEAST = 0.003;
const MOST_ROWS = 24;

/** Both runs on one axis, block by block: A filled above, B outlined below. */
export function TraceTiming({ result }: { readonly result: TraceCompareResult }) {
  const [alignment, setAlignment] = useState<Alignment>('request');
  const both = useMemo(() => overlay(result, alignment), [result, alignment]);
  return (
    <section className="traces-part" aria-label="Timing">
      <h2>
        Timing
        <Segments label="Aligned at" values={ALIGNMENTS} value={alignment} onChoose={setAlignment} />
      </h2>
      {both === null ? <p className="traces-says">{missingPoint(result, alignment)}</p> : <Drawing both={both} />}
    </section>
  );
}

function missingPoint({ a, b }: TraceCompareResult, alignment: Alignment): string {
  if (alignment !== 'request') return 'One of the runs does not have this point.';
  return a.timed && b.timed
    ? 'When the request of one of the runs was sent is not known. Align them at the first byte.'
    : 'One of the runs was not timed.';
}

function Drawing({ both }: { readonly both: NonNullable<ReturnType<typeof overlay>> }) {
  const window = { start: both.start, end: both.end };
  const rows = both.rows.slice(0, MOST_ROWS);
  const height = HEAD + rows.length * ROW;
  return (
    <div className="overlaid">
      <ol className="overlaid-names" style={{ paddingTop: HEAD }}>
        {rows.map(({ title, kind }, at) => (
          <li key={at} className={`cut k ${blockLook(kind).tone}`} style={{ height: ROW }}>
            {title}
          </li>
        ))}
      </ol>
      <svg
        className="overlaid-plot"
        height={height}
        role="img"
        aria-label={`Timing of both runs; ${rows.map(({ title, a, b }) => `${title}: ${said(a)} in A, ${said(b)} in B`).join('; ')}`}
      >
        <TimeGrid window={window} height={height} />
        {(['a', 'b'] as const).map((side) =>
          both.marks[side].map(({ name, at }) => (
            <g key={`${side} ${name}`} className={`moment ${side}`}>
              <title>{`${side.toUpperCase()}: ${name} at ${durationText(at)}`}</title>
              <line x1={percent(toShare(window, at))} x2={percent(toShare(window, at))} y1="18" y2={height} />
              <svg x={percent(toShare(window, at))} aria-hidden className="note-place">
                <text x="3" y={side === 'a' ? 22 : 32}>
                  {side.toUpperCase()}
                </text>
              </svg>
            </g>
          )),
        )}
        {rows.flatMap(({ a, b, kind }, at) => [
          a && <BarShape key={`a${at}`} bar={a} side="a" kind={kind} top={HEAD + at * ROW + 4} window={window} />,
          b && <BarShape key={`b${at}`} bar={b} side="b" kind={kind} top={HEAD + at * ROW + 13} window={window} />,
        ])}
      </svg>
      {both.rows.length > rows.length && (
        <p className="traces-says">{both.rows.length - rows.length} more blocks are not drawn here.</p>
      )}
    </div>
  );
}

function said(bar: Bar | null): string {
  if (bar === null) return 'none';
  const silent = bar.silences.map(({ from, to }) => durationText(to - from));
  return `${durationText(bar.from)} to ${durationText(bar.to)}${silent.length > 0 ? `, silent for ${silent.join(', ')}` : ''}`;
}

function BarShape({
  bar,
  side,
  kind,
  top,
  window,
}: {
  readonly bar: Bar;
  readonly side: 'a' | 'b';
  readonly kind: string;
  readonly top: number;
  readonly window: { readonly start: number; readonly end: number };
}) {
  const width = (from: number, to: number) => percent(Math.max(toShare(window, to) - toShare(window, from), LEAST));
  const at = (ns: number) => percent(toShare(window, ns));
  return (
    <g className={blockLook(kind).tone}>
      <title>{`${side.toUpperCase()}: ${said(bar)}`}</title>
      {partsOf(bar).map(({ from, to }) => (
        <rect key={from} className={`bar ${side}`} x={at(from)} width={width(from, to)} y={top} height="7" rx="1.5" />
      ))}
      {bar.silences.map(({ from, to }) => (
        <line key={from} className="silence" x1={at(from)} x2={at(to)} y1={top + 3.5} y2={top + 3.5} />
      ))}
    </g>
  );
}
