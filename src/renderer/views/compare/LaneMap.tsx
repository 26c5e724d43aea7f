import { useEffect, useMemo, useRef, useState, type MouseEvent, type RefObject } from 'react';
import type { CompareResult } from '../../../shared/compare/result.ts';
import { WIRE, type LaneId } from '../../../shared/model/messages.ts';
import { count, durationText, plural, percent } from '../../components/format.ts';
import { Shown } from '../../components/Shown.tsx';
import { chooseFinding, useCompare } from '../../stores/compare.ts';
import { useLaneName } from '../../stores/lanes.ts';
import { selectEvent, useSession, useTrace } from '../../stores/open.ts';
import { tickText, ticks, toShare, type Window } from '../../parts/time/scale.ts';
import { LaneMapMarks } from './LaneMapMarks.tsx';
import {
  axisOf,
  geometry,
  isAbove,
  labelsOf,
  lineTop,
  marksOf,
  passagesOf,
  spanShares,
  type Axis,
  type Geometry,
  type Label,
  type Mark,
} from './lane-map-layout.ts';
import { useLaneMapWindow } from './use-lane-map-window.ts';
import './lane-map.css';

const FIRST_WIDTH = 600;

/** Width of an element, for what has to know its pixels: only the words beside the staves. */
function useWidth(element: RefObject<HTMLElement | null>): number {
  const [width, setWidth] = useState(FIRST_WIDTH);
  useEffect(() => {
    const observer = new ResizeObserver(([entry]) => setWidth(entry!.contentRect.width));
    observer.observe(element.current!);
    return () => observer.disconnect();
  }, [element]);
  return width;
}

/** A staff for each lane on one time axis: what was lost, late or merged is a shape. The list of findings says the same in words. */
export function LaneMap({ result }: { readonly result: CompareResult }) {
  const { laneMap } = result;
  const plot = useRef<HTMLDivElement>(null);
  const width = useWidth(plot);
  const shape = useMemo(() => geometry(laneMap, result.lanes), [laneMap, result]);
  const axis = useMemo(() => axisOf(laneMap), [laneMap]);
  const window = useLaneMapWindow(plot, axis, laneMap);
  const lines = useMemo(() => new Map(laneMap.spans.map(({ finding, line }) => [finding, line])), [laneMap]);
  const marks = useMemo(() => marksOf(laneMap, shape, axis, window, lines), [laneMap, shape, axis, window, lines]);
  const spans = useMemo(() => spanShares(laneMap.spans, axis, window), [laneMap, axis, window]);
  const labels = useMemo(() => labelsOf(spans, shape.staves, width), [spans, shape, width]);
  const onClick = (event: MouseEvent) => {
    const of = event.target instanceof Element ? event.target.closest('[data-event]') : null;
    if (of) selectEvent(Number(of.getAttribute('data-event')));
  };
  return (
    <section className="lane-map" aria-label="Lane map">
      <div className="lane-map-corner quiet">{axis.timed ? 'since request' : 'order only'}</div>
      <Scale axis={axis} window={window} result={result} />
      <Clefs shape={shape} result={result} />
      <div className="lane-map-plot" ref={plot} onClick={onClick}>
        <svg className="lane-map-drawing" height={shape.height} role="img" aria-label={summary(result, shape)}>
          <LaneMapMarks laneMap={laneMap} shape={shape} axis={axis} window={window} marks={marks} spans={spans} />
        </svg>
        <Pick axis={axis} window={window} />
        <Labels labels={labels} shape={shape} result={result} />
        <Tip plot={plot} marks={marks} shape={shape} axis={axis} />
      </div>
    </section>
  );
}

function summary({ lanes, findings, laneMap }: CompareResult, { staves }: Geometry): string {
  const late = findings.filter(({ kind }) => kind === 'late').length;
  return `Lane map of ${plural(laneMap.events, 'event')} over ${plural(staves.length, 'staff', 'staves')}: ${staves.map((id) => lanes.find((lane) => lane.id === id)!.label.toLowerCase()).join(', ')}; ${plural(findings.length, 'finding')}${late > 0 ? `, ${late} of them late` : ''}. The findings are listed beside it.`;
}

/** A line farther right than this has no room for its number, which would be cut. */
const LABEL_ROOM = 0.92;

/** Round times above, and under them what the wire says then. */
function Scale({
  axis,
  window,
  result,
}: {
  readonly axis: Axis;
  readonly window: Window;
  readonly result: CompareResult;
}) {
  const { values, step } = ticks(window, { least: axis.timed ? 0 : 1 });
  const passages = passagesOf(result, axis, window);
  return (
    <div className="lane-map-scale" aria-hidden>
      {values.map((value) => (
        <span key={value} className="lane-map-tick" style={{ left: percent(toShare(window, value)) }}>
          {toShare(window, value) < LABEL_ROOM && (axis.timed ? tickText(value, step) : count(value))}
        </span>
      ))}
      {passages.map(({ text, kind, from, to }) => (
        <span
          key={`${from} ${text}`}
          className={`passage k ${TONES[kind]}`}
          style={{ left: percent(from), width: percent(to - from) }}
        >
          <Shown text={text} />
        </span>
      ))}
    </div>
  );
}

const TONES: Readonly<Record<string, string>> = {
  text: 'k-text',
  reasoning: 'k-reason',
  tool: 'k-tool',
  meta: 'k-meta',
  error: 'k-error',
  wait: 'k-meta',
};

function Clefs({ shape, result }: { readonly shape: Geometry; readonly result: CompareResult }) {
  const { model } = useSession();
  const nameOf = useLaneName();
  return (
    <div className="clefs" style={{ height: shape.height }}>
      {shape.staves.map((lane) => (
        <div key={lane} className="clef" style={{ top: lineTop(shape, lane, 0) - 8 }}>
          <b>{nameOf(lane)}</b>
          {shape.lines.length > 2 && (
            <small>{count(lane === WIRE ? result.laneMap.events : model.messagesOf(lane))}</small>
          )}
          <ol>
            {shape.lines.map(({ label, kind }, at) => (
              <li key={at} className={`cut k ${TONES[kind]}`} style={{ top: at * shape.step }}>
                {label}
              </li>
            ))}
          </ol>
        </div>
      ))}
      <small className="clef-reads" style={{ top: shape.reads - 9 }}>
        {result.laneMap.timed ? plural(result.laneMap.reads.length, 'read') : plural(result.laneMap.events, 'event')}
      </small>
    </div>
  );
}

/** The selected event, as in the timeline. */
function Pick({ axis, window }: { readonly axis: Axis; readonly window: Window }) {
  const { model } = useSession();
  const event = useTrace((trace) => trace.event);
  const at = event === null ? undefined : axis.timed ? model.events[event]?.tNs : event;
  if (at === undefined) return null;
  const share = toShare(window, at);
  return share < 0 || share > 1 ? null : <i className="lane-map-pick" style={{ left: percent(share) }} />;
}

function Labels({
  labels,
  shape,
  result,
}: {
  readonly labels: readonly Label[];
  readonly shape: Geometry;
  readonly result: CompareResult;
}) {
  const chosen = useCompare((state) => state.finding);
  // Outside of the staves: above those that stand above the wire, below those that stand below it.
  const topOf = (lane: LaneId) =>
    isAbove(shape, lane) ? lineTop(shape, lane, 0) - 20 : lineTop(shape, lane, shape.lines.length - 1) + 4;
  return (
    <ul className="lane-map-labels" aria-label="Findings in the lane map">
      {labels.map(({ finding: number, lane, text, left }) => {
        const finding = result.findings[number - 1];
        if (!finding) return null;
        return (
          <li key={number} style={{ left: percent(left), top: topOf(lane) }}>
            <button
              type="button"
              aria-pressed={number === chosen}
              aria-label={`${number} ${text}, finding: ${finding.sentence}`}
              onClick={() => chooseFinding(finding)}
            >
              <b className={number === chosen ? 'no chosen' : 'no'}>{number}</b> {text}
            </button>
          </li>
        );
      })}
    </ul>
  );
}

interface TipProps {
  readonly plot: RefObject<HTMLDivElement | null>;
  readonly marks: readonly Mark[];
  readonly shape: Geometry;
  readonly axis: Axis;
}

const NEAR_PX = 8;

/** What is under the pointer, in words. */
function Tip({ plot, marks, shape, axis }: TipProps) {
  const nameOf = useLaneName();
  const [near, setNear] = useState<Mark | null>(null);
  useEffect(() => {
    const element = plot.current!;
    const onMove = (event: PointerEvent) => {
      const { left, top, width } = element.getBoundingClientRect();
      const [x, y] = [event.clientX - left, event.clientY - top];
      const under = marks.filter(
        (mark) =>
          Math.abs(lineTop(shape, mark.lane, mark.line) - y) < NEAR_PX &&
          x > mark.from * width - NEAR_PX &&
          x < mark.to * width + NEAR_PX,
      );
      setNear(under.toSorted((a, b) => Math.abs(a.from * width - x) - Math.abs(b.from * width - x))[0] ?? null);
    };
    const onLeave = () => setNear(null);
    element.addEventListener('pointermove', onMove);
    element.addEventListener('pointerleave', onLeave);
    return () => {
      element.removeEventListener('pointermove', onMove);
      element.removeEventListener('pointerleave', onLeave);
    };
  }, [plot, marks, shape]);
  if (!near) return null;
  return (
    <div
      className={near.from > 0.6 ? 'lane-map-tip left' : 'lane-map-tip'}
      style={{ left: percent(near.from), top: lineTop(shape, near.lane, near.line) + 10 }}
    >
      <b>{nameOf(near.lane)}</b>{' '}
      {near.notes === 1 ? `event ${near.event ?? 'before the first'}` : plural(near.notes, 'message')}
      {near.chars > 0 && `, ${count(near.chars)} ch`}
      <span className="quiet"> {WORDS[near.shape]}</span>
      <Lag mark={near} timed={axis.timed} />
    </div>
  );
}

const WORDS: Readonly<Record<Mark['shape'], string>> = {
  'on-time': 'on time',
  late: 'late',
  lost: 'never emitted',
  merged: 'merged',
  altered: 'altered',
};

function Lag({ mark, timed }: { readonly mark: Mark; readonly timed: boolean }) {
  const { model } = useSession();
  const event = mark.event === null ? undefined : model.events[mark.event];
  return timed && event ? <span className="quiet">, at {durationText(event.tNs)}</span> : null;
}
