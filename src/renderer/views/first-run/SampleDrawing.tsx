import type { SampleInfo } from '../../../shared/rpc/contract.ts';
import { useLaneName } from '../../stores/lanes.ts';

type Mark = SampleInfo['drawing'][string][number]['mark'];

/** From one lane to the next, in pixels. */
const ROW = 16;

/** A stream and its readings as marks: places in percent, so that it needs no redraw when its card grows. */
export function SampleDrawing({ drawing }: { readonly drawing: SampleInfo['drawing'] }) {
  const nameOf = useLaneName();
  const lanes = Object.entries(drawing);
  return (
    <span className="mini" style={{ height: lanes.length * ROW - 4 }} aria-hidden>
      <span className="mini-names">
        {lanes.map(([lane]) => (
          <span key={lane}>{nameOf(lane)}</span>
        ))}
      </span>
      <svg>
        {lanes.map(([lane, marks], at) => (
          <g key={lane}>
            <line x1="0" x2="100%" y1={at * ROW + 6.5} y2={at * ROW + 6.5} />
            {marks.map(({ at: place, mark }) => (
              <svg key={place} x={`${place * 100}%`} y={at * ROW + 6} overflow="visible">
                <Shape mark={mark} />
              </svg>
            ))}
          </g>
        ))}
      </svg>
    </span>
  );
}

/** Lost is a ring, altered a wide square, an error a triangle; what was kept has the shape of its kind. */
function Shape({ mark }: { readonly mark: Mark }) {
  if (mark === 'lost') return <circle className="lost" r="3" />;
  if (mark === 'altered') return <path className="bent" d="M-4-3h8v6h-8z" />;
  if (mark === 'error') return <path className="on k-error" d="M0-4.5 5 4H-5z" />;
  if (mark === 'tool') return <rect className="on k-tool" x="-3" y="-3" width="6" height="6" rx="1" />;
  if (mark === 'meta') return <path className="on k-meta" d="M0-4l4 4-4 4-4-4z" />;
  return <circle className={mark === 'text' ? 'on k-text' : 'on k-reason'} r="3" />;
}
