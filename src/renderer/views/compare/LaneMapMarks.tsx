import { percent } from '../../components/format.ts';
import { memo, useId } from 'react';
import type { LaneMap, LaneMapNote } from '../../../shared/compare/result.ts';
import { WIRE } from '../../../shared/model/messages.ts';
import { useCompare } from '../../stores/compare.ts';
import { ticks, toShare, type Window } from '../../parts/time/scale.ts';
import {
  heldOf,
  isAbove,
  lineTop,
  noteRadius,
  slursOf,
  threadStart,
  type Axis,
  type Geometry,
  type Mark,
  type Span,
} from './lane-map-layout.ts';

interface MarksProps {
  readonly laneMap: LaneMap;
  readonly shape: Geometry;
  readonly axis: Axis;
  readonly window: Window;
  readonly marks: readonly Mark[];
  readonly spans: readonly Span[];
}

/** The drawing itself, from the ground up: silences, staves, threads, reads, notes, slurs. */
export const LaneMapMarks = memo(function LaneMapMarks({ laneMap, shape, axis, window, marks, spans }: MarksProps) {
  const id = useId();
  const hatch = { wait: `${id}-wait`, gone: `${id}-gone` };
  const placed = marks.filter(({ shape: form }) => form !== 'lost');
  const cut = marks.filter(({ shape: form }) => form === 'lost');
  return (
    <>
      <defs>
        <pattern
          id={hatch.wait}
          className="hatch-wait"
          width="6"
          height="6"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <line x1="0" x2="0" y1="0" y2="6" />
        </pattern>
        <pattern
          id={hatch.gone}
          className="hatch-gone"
          width="5"
          height="5"
          patternUnits="userSpaceOnUse"
          patternTransform="rotate(45)"
        >
          <line x1="0" x2="0" y1="0" y2="5" />
        </pattern>
      </defs>
      <Ground laneMap={laneMap} shape={shape} window={window} spans={spans} fill={`url(#${hatch.wait})`} />
      <Staves shape={shape} />
      <Holes spans={spans} shape={shape} fill={`url(#${hatch.gone})`} />
      {heldOf(placed).map(({ lane, line, kind, from, to }) => (
        <line
          key={`${lane} ${line}`}
          className={`held ${kind}`}
          x1={percent(from)}
          x2={percent(to)}
          y1={lineTop(shape, lane, line)}
          y2={lineTop(shape, lane, line)}
        />
      ))}
      {placed.map((mark, at) => (
        <Thread key={at} mark={mark} shape={shape} />
      ))}
      {cut.map((mark, at) => (
        <CutThread key={at} mark={mark} shape={shape} />
      ))}
      <Reads laneMap={laneMap} shape={shape} axis={axis} window={window} />
      {placed.map((mark, at) => (
        <Note key={at} mark={mark} shape={shape} />
      ))}
      {slursOf(placed).map(({ lane, line, from, to, finding }) => (
        <svg
          key={`${lane} ${finding}`}
          aria-hidden
          className="slur"
          x={percent(from)}
          width={percent(Math.max(to - from, 0.004))}
          y={lineTop(shape, lane, line) - 14}
          height="10"
          viewBox="0 0 100 10"
          preserveAspectRatio="none"
        >
          <path d="M0 10C12 -2 88 -2 100 10" />
        </svg>
      ))}
      <Facts spans={spans} shape={shape} />
    </>
  );
});

/** Grid, silences, and the stretch of the chosen finding. */
function Ground({
  laneMap,
  shape,
  window,
  spans,
  fill,
}: {
  readonly laneMap: LaneMap;
  readonly shape: Geometry;
  readonly window: Window;
  readonly spans: readonly Span[];
  readonly fill: string;
}) {
  const finding = useCompare((state) => state.finding);
  const chosen = spans.find(({ span }) => span.finding === finding);
  return (
    <>
      {ticks(window, { least: laneMap.timed ? 0 : 1 }).values.map((value) => (
        <line
          key={value}
          className="grid"
          x1={percent(toShare(window, value))}
          x2={percent(toShare(window, value))}
          y1="0"
          y2={shape.height}
        />
      ))}
      {laneMap.timed &&
        laneMap.silences.map(({ startNs, endNs }) => (
          <rect
            key={startNs}
            x={percent(toShare(window, startNs))}
            width={percent(toShare(window, endNs) - toShare(window, startNs))}
            y="0"
            height={shape.height}
            fill={fill}
          />
        ))}
      {chosen && (
        <rect
          className="chosen-span"
          x={percent(chosen.from - 0.004)}
          width={percent(chosen.to - chosen.from + 0.008)}
          y="0"
          height={shape.height}
          rx="2"
        />
      )}
    </>
  );
}

function Staves({ shape }: { readonly shape: Geometry }) {
  return shape.staves.flatMap((lane) =>
    shape.lines.map((_, at) => (
      <line
        key={`${lane} ${at}`}
        className={lane === WIRE ? 'staff wire' : 'staff'}
        x1="0"
        x2="100%"
        y1={lineTop(shape, lane, at)}
        y2={lineTop(shape, lane, at)}
      />
    )),
  );
}

/** Where a lane says nothing of what is lost, its line is hatched. */
function Holes({
  spans,
  shape,
  fill,
}: {
  readonly spans: readonly Span[];
  readonly shape: Geometry;
  readonly fill: string;
}) {
  return spans
    .filter(({ span }) => span.shape === 'lost')
    .map(({ span, from, to }) => (
      <g key={span.finding}>
        <rect
          className="hole-ground"
          x={percent(from)}
          width={percent(Math.max(to - from, 0.006))}
          y={lineTop(shape, span.lane, shape.indexOf(span.line)) - 4}
          height="9"
          rx="2"
        />
        <rect
          x={percent(from)}
          width={percent(Math.max(to - from, 0.006))}
          y={lineTop(shape, span.lane, shape.indexOf(span.line)) - 4}
          height="9"
          rx="2"
          fill={fill}
        />
      </g>
    ));
}

const bent = (shape: LaneMapNote['shape']): boolean => shape === 'merged' || shape === 'altered';
const isLate = (mark: Mark): boolean => mark.shape === 'late' || mark.from - mark.causeFrom > 0.002;

/** From the read that brought it to where it was emitted: upright when that was at once. */
function Thread({ mark, shape }: { readonly mark: Mark; readonly shape: Geometry }) {
  const { lane, line, source, kind, from, to, causeFrom, causeTo } = mark;
  const bottom = lineTop(shape, lane, line);
  const late = isLate(mark);
  const plain = !late && kind !== 'meta' && kind !== 'error';
  const top = plain ? threadStart(shape, lane, source) : shape.reads;
  const tone = mark.shape === 'late' || bent(mark.shape) ? 'bent' : kind;
  if (from === to)
    return <line className={`thread ${tone}`} x1={percent(causeFrom)} x2={percent(from)} y1={top} y2={bottom} />;
  if (late)
    return (
      <>
        <line className={`thread ${tone}`} x1={percent(causeFrom)} x2={percent(from)} y1={top} y2={bottom} />
        <line className={`thread ${tone}`} x1={percent(causeTo)} x2={percent(to)} y1={top} y2={bottom} />
      </>
    );
  return (
    <rect
      className={`weave ${tone}`}
      x={percent(from)}
      width={percent(to - from)}
      y={Math.min(top, bottom)}
      height={Math.abs(bottom - top)}
    />
  );
}

/** Pixels between the end of a cut thread and the staff it does not reach. */
const [CUT_ABOVE, CUT_BELOW] = [14, 12];

/** It was read and never said: the thread ends before it reaches the lane. */
function CutThread({ mark, shape }: { readonly mark: Mark; readonly shape: Geometry }) {
  const { lane, source, from, to } = mark;
  const start = threadStart(shape, lane, source);
  const end = isAbove(shape, lane)
    ? lineTop(shape, lane, shape.lines.length - 1) + CUT_ABOVE
    : lineTop(shape, lane, 0) - CUT_BELOW;
  if (from === to)
    return (
      <g data-event={mark.event ?? undefined}>
        <line className="thread bent" x1={percent(from)} x2={percent(from)} y1={start} y2={end} />
        <circle className="cut-dot" cx={percent(from)} cy={end} r="1.6" />
      </g>
    );
  return (
    <g data-event={mark.event ?? undefined}>
      <rect
        className="weave bent"
        x={percent(from)}
        width={percent(to - from)}
        y={Math.min(start, end)}
        height={Math.abs(end - start)}
      />
      <line className="cut-dots" x1={percent(from)} x2={percent(to)} y1={end} y2={end} />
    </g>
  );
}

/** More than this many ticks are a bar; each stands for the largest read of its place. */
const MOST_READS = 800;
const TALLEST = 12;

function Reads({
  laneMap,
  shape,
  axis,
  window,
}: {
  readonly laneMap: LaneMap;
  readonly shape: Geometry;
  readonly axis: Axis;
  readonly window: Window;
}) {
  const places = new Map<number, number>();
  if (axis.timed) {
    for (const { tNs, length } of laneMap.reads) {
      const share = toShare(window, tNs);
      if (share < 0 || share > 1) continue;
      const place = Math.round(share * MOST_READS) / MOST_READS;
      places.set(place, Math.max(places.get(place) ?? 0, length));
    }
  }
  return (
    <>
      <line
        className="reads"
        x1="0"
        x2={percent(Math.min(1, toShare(window, axis.timed ? laneMap.totalNs : laneMap.events)))}
        y1={shape.reads}
        y2={shape.reads}
      />
      {[...places].map(([share, length]) => (
        <line
          key={share}
          className="reads"
          x1={percent(share)}
          x2={percent(share)}
          y1={shape.reads}
          y2={shape.reads - Math.min(TALLEST, 2 + Math.log2(length + 1))}
        />
      ))}
    </>
  );
}

const BAND = 3;

function Note({ mark, shape }: { readonly mark: Mark; readonly shape: Geometry }) {
  const y = lineTop(shape, mark.lane, mark.line);
  const classes = `note ${mark.kind}${bent(mark.shape) ? ' bent' : ''}`;
  const event = mark.event ?? undefined;
  if (mark.from !== mark.to)
    return (
      <rect
        className={`${classes} band`}
        data-event={event}
        x={percent(mark.from)}
        width={percent(mark.to - mark.from)}
        y={y - BAND}
        height={2 * BAND}
        rx="2"
      />
    );
  const r = noteRadius(mark.chars);
  if (mark.kind === 'text' || mark.kind === 'reasoning')
    return <circle className={classes} data-event={event} cx={percent(mark.from)} cy={y} r={r} />;
  // A nested drawing has its place in percent and its shape in pixels.
  return (
    <svg x={percent(mark.from)} y={y} aria-hidden className="note-place">
      {mark.kind === 'tool' && (
        <rect className={classes} data-event={event} x={-r} y={-r} width={2 * r} height={2 * r} rx="1" />
      )}
      {mark.kind === 'meta' && <path className={classes} data-event={event} d="M0-3.6 3.6 0 0 3.6-3.6 0z" />}
      {mark.kind === 'error' && <path className={classes} data-event={event} d="M0-4.5 4.5 3.5h-9z" />}
    </svg>
  );
}

/** Findings that are no note's: usage, finish, errors stand on the meta line where they show. */
function Facts({ spans, shape }: { readonly spans: readonly Span[]; readonly shape: Geometry }) {
  return spans
    .filter(({ span }) => span.shape === 'fact' || span.shape === 'error')
    .map(({ span, to }) => (
      <svg
        key={span.finding}
        x={percent(to)}
        y={lineTop(shape, span.lane, span.shape === 'error' ? shape.indexOf(span.line) : 0)}
        aria-hidden
        className="note-place"
      >
        {span.shape === 'error' ? (
          <path className="note error" data-event={span.events[0]} d="M0-4.5 4.5 3.5h-9z" />
        ) : (
          <path className="note meta bent" data-event={span.events[0]} d="M0-3.6 3.6 0 0 3.6-3.6 0z" />
        )}
      </svg>
    ));
}
