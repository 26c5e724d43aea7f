import { useRef, useState, type PointerEvent } from 'react';
import { byteSize, count, durationText, offset, percent, plural } from '../../components/format.ts';
import { lowerBound } from '../../stores/lower-bound.ts';
import type { Silence } from '../../../shared/metrics/silence.ts';
import { selectEvent, setRange, useSession, useTrace } from '../../stores/open.ts';
import { seekPlay, seekPlayEvent, usePlay } from '../../stores/playback.ts';
import type { Row } from './draw.ts';
import { nearestEvent } from './hit.ts';
import { fromShare, panned, tickText, ticks, toShare, type Window } from '../../parts/time/scale.ts';
import { flagLabel, labelled, rangeLabel, type Label } from './labels.ts';
import type { TimelineData } from './timeline-data.ts';
import type { TimelineView } from './use-window.ts';

interface OverlayProps {
  readonly data: TimelineData;
  readonly rows: readonly Row[];
  readonly view: TimelineView;
  readonly timed: boolean;
  /** How far the stream has come. */
  readonly nowNs: number;
  readonly width: number;
  readonly axis: number;
}

interface Press {
  readonly x: number;
  readonly y: number;
  /** What was shown then. */
  readonly window: Window;
  readonly drags: 'window' | 'playhead' | 'range';
  /** Where the range has its other end. */
  readonly from: number;
  /** The edge of the range that is dragged; -1: a new range is. */
  readonly edge: number;
  /** It is no click any more, wherever it goes. */
  moved: boolean;
}

/** So near to an edge of the range it is meant. */
const EDGE_PX = 5;

/** A press that moves less than this is a click. */
const CLICK_PX = 4;

/** What lies over and under the marks: axis, silences, the selected event, how far the stream has come; and the pointer. */
export function Overlay({ data, rows, view, timed, nowNs, width, axis }: OverlayProps) {
  const session = useSession();
  const { model, goesOn } = session;
  const { window } = view;
  const event = useTrace((trace) => trace.event);
  const range = useTrace((trace) => trace.range);
  const root = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const [dragged, setDragged] = useState<readonly [from: number, to: number] | null>(null);
  const press = useRef<Press | null>(null);
  const replaying = usePlay((play) => play.state === 'open');
  const lastPlayed = usePlay((play) => play.event);
  const played = usePlay((play) => (play.state !== 'open' ? null : timed ? play.positionNs : play.event + 1));
  // Without times, places are events: there is none between two.
  const { values, step } = ticks(window, { least: timed ? 0 : 1 });
  const rangeText = ([from, to]: readonly [number, number]) => {
    const [start, end] = from < to ? [from, to] : [to, from];
    const { events } = model;
    const first = lowerBound(events.length, (at) => events[at]!.tNs >= start);
    const after = lowerBound(events.length, (at) => events[at]!.tNs > end);
    return `${durationText(end - start)}, ${plural(after - first, 'event')}`;
  };
  const place = (at: number) => (timed ? (model.events[at]?.tNs ?? 0) : at);

  const at = (pointer: PointerEvent) => {
    const box = root.current!.getBoundingClientRect();
    return { x: pointer.clientX - box.left, y: pointer.clientY - box.top };
  };
  const find = (pointer: PointerEvent) => {
    const { x, y } = at(pointer);
    return nearestEvent({ model, window, timed, width }, rows, x, y);
  };
  const onMove = (pointer: PointerEvent) => {
    const start = press.current;
    const { x } = at(pointer);
    if (!start) return setHovered(find(pointer));
    if (Math.abs(x - start.x) >= CLICK_PX) start.moved = true;
    if (!start.moved) return;
    setHovered(null);
    if (start.drags === 'window')
      view.show(panned(start.window, ((start.x - x) / width) * (window.end - window.start), view.whole));
    else if (start.drags === 'playhead') seekTo(x);
    else setDragged([start.from, placeAt(x)]);
  };
  const onDown = (pointer: PointerEvent) => {
    if (pointer.button !== 0) return;
    pointer.currentTarget.setPointerCapture(pointer.pointerId);
    const { x, y } = at(pointer);
    const edge = range === null ? -1 : range.findIndex((at) => Math.abs(xOf(at) - x) <= EDGE_PX);
    const drags =
      edge >= 0 ? 'range' : pointer.shiftKey ? 'window' : replaying && !pointer.altKey ? 'playhead' : 'range';
    const from = edge >= 0 ? range![1 - edge]! : fromShare(window, x / width);
    press.current = { x, y, window, drags, from, edge, moved: false };
    if (drags !== 'playhead') return;
    const event = find(pointer);
    // A mark is meant with all that it stands for; elsewhere the time is.
    if (event === null) seekTo(x);
    else seekPlayEvent(event);
  };
  /** Of a stream without times, to the event whose place it is. */
  const seekTo = (x: number) => {
    const place = placeAt(x);
    if (timed) seekPlay(place);
    else seekPlayEvent(Math.round(place));
  };
  const onUp = (pointer: PointerEvent) => {
    if (!press.current) return;
    const { drags, edge } = press.current;
    press.current = null;
    if (dragged && timed) setRange(dragged[0] < dragged[1] ? dragged : [dragged[1], dragged[0]]);
    else if (!dragged && drags === 'range' && edge < 0) {
      setRange(null);
      selectEvent(find(pointer));
    }
    setDragged(null);
  };

  const shownRange = dragged ?? range;
  const placeAt = (x: number) => fromShare(window, Math.min(Math.max(x / width, 0), 1));
  const xOf = (value: number) => toShare(window, value) * width;
  const now = goesOn && timed ? flagLabel(xOf(nowNs), `now ${durationText(nowNs)}`, width, 'right') : null;
  const picked = event === null ? undefined : model.events[event];
  // The playhead's own label stands where its event is.
  const pick =
    picked && !(replaying && event === lastPlayed)
      ? flagLabel(xOf(place(event!)), timed ? pickText(picked.tNs) : count(event!), width, 'left')
      : null;
  const playhead =
    played === null ? null : flagLabel(xOf(played), timed ? durationText(played) : count(played), width, 'right');
  // Of a replay the figures below say it, and the place is the playhead's.
  const labelledRange = dragged ?? (replaying ? null : range);
  const ranged =
    labelledRange &&
    rangeLabel(xOf(Math.min(...labelledRange)), xOf(Math.max(...labelledRange)), rangeText(labelledRange), width);
  const texts = labelled(
    values.map((value) => ({ x: xOf(value), text: timed ? tickText(value, step) : count(value) })),
    [now, pick, playhead, ranged],
    width,
  );
  return (
    <div
      ref={root}
      className="timeline-over"
      onPointerMove={onMove}
      onPointerDown={onDown}
      onPointerUp={onUp}
      onPointerLeave={() => setHovered(null)}
      onDoubleClick={() => view.show(null)}
    >
      {values.map((value, at) => (
        <span
          key={value}
          className={value === window.start ? 'tick first' : 'tick'}
          style={{ left: percent(toShare(window, value)) }}
        >
          {texts[at]}
        </span>
      ))}
      {rows.slice(1).map((row) => (
        <i key={row.top} className="row-line" style={{ top: row.top }} />
      ))}
      {timed &&
        data
          .silences(nowNs)
          .map((silence) => (
            <GapMark
              key={silence.startNs}
              from={toShare(window, silence.startNs)}
              to={toShare(window, silence.endNs)}
              text={silenceText(silence, goesOn && silence.endNs === nowNs, model.reads.length === 0)}
              top={axis}
            />
          ))}
      {now && <Flag kind="now" label={now} />}
      {played !== null && <ToCome from={toShare(window, played)} top={axis} />}
      {pick && <Flag kind="pick" label={pick} />}
      {playhead && <Flag kind="playhead" label={playhead} />}
      {shownRange && (
        <RangeShade
          from={toShare(window, Math.min(...shownRange))}
          to={toShare(window, Math.max(...shownRange))}
          top={axis}
        />
      )}
      {range?.map((at) => (
        <i key={at} className="grip" style={{ left: percent(toShare(window, at)), top: axis }} />
      ))}
      {ranged && (
        <b className="range-label" style={{ left: ranged.x }}>
          {ranged.text}
        </b>
      )}
      {hovered !== null && model.events[hovered] && (
        <EventTip event={hovered} share={toShare(window, place(hovered))} timed={timed} />
      )}
    </div>
  );
}

/** While it goes on it is counted, in tenths of a second; a request without any answer yet waits. */
function silenceText({ startNs, endNs }: Silence, goesOn: boolean, isWait: boolean): string {
  if (!goesOn) return durationText(endNs - startNs);
  const seconds = `${((endNs - startNs) / 1e9).toFixed(1)} s`;
  return isWait ? `waiting ${seconds}` : `${seconds} silent`;
}

const pickText = (ns: number) => (ns < 1e9 ? `${(ns / 1e6).toFixed(0)} ms` : (ns / 1e9).toFixed(2));

/** A silence, hatched: nothing here. */
function GapMark({
  from,
  to,
  text,
  top,
}: {
  readonly from: number;
  readonly to: number;
  readonly text: string;
  readonly top: number;
}) {
  if (to < 0 || from > 1) return null;
  return (
    <div className="gapmark" style={{ left: percent(from), width: percent(to - from), top }}>
      <b>{text}</b>
    </div>
  );
}

function Flag({ kind, label }: { readonly kind: 'pick' | 'now' | 'playhead'; readonly label: Label }) {
  return (
    <div className={`flag ${kind} ${label.side}`} style={{ left: label.x }}>
      <span>{label.text}</span>
    </div>
  );
}

/** Right of the playhead all is dim. */
function ToCome({ from, top }: { readonly from: number; readonly top: number }) {
  return <i className="shade" style={{ left: percent(Math.min(Math.max(from, 0), 1)), right: 0, top }} />;
}

function RangeShade({ from, to, top }: { readonly from: number; readonly to: number; readonly top: number }) {
  return (
    <>
      <i className="shade before" style={{ left: 0, width: percent(Math.max(from, 0)), top }} />
      <i className="shade after" style={{ left: percent(Math.min(to, 1)), right: 0, top }} />
    </>
  );
}

function EventTip({
  event,
  share,
  timed,
}: {
  readonly event: number;
  readonly share: number;
  readonly timed: boolean;
}) {
  const { events } = useSession().model;
  const { kind, type, tNs, read, start, end, chars, preview } = events[event]!;
  const before = events[event - 1];
  return (
    <div className={share > 0.6 ? 'event-tip left' : 'event-tip'} style={{ left: percent(share) }}>
      <b>Event {event}</b> <span className="mono">{type || kind}</span>
      {timed && (
        <p>
          {offset(tNs)}
          {before && (
            <span className="quiet">
              {' '}
              {durationText(tNs - before.tNs)} after {event - 1}
            </span>
          )}
        </p>
      )}
      <p>
        {byteSize(end - start)} in read {read}
        {chars > 0 && `, ${count(chars)} ch`}
      </p>
      {preview !== '' && <p className="cut mono">{preview}</p>}
    </div>
  );
}
