/** The lines of a time axis, each with its time, behind what is drawn over it. */
import { percent } from '../../components/format.ts';
import { tickText, ticks, toShare, type Window } from '../../parts/time/scale.ts';

/** `height`: of the lines, in pixels. */
export function TimeGrid({ window, height }: { readonly window: Window; readonly height: number }) {
  const { values, step } = ticks(window);
  return values.map((value) => {
    const x = percent(toShare(window, value));
    return (
      <g key={value}>
        <line className="grid" x1={x} x2={x} y1="0" y2={height} />
        <svg x={x} aria-hidden className="note-place">
          <text x="4" y="12">
            {tickText(value, step)}
          </text>
        </svg>
      </g>
    );
  });
}
