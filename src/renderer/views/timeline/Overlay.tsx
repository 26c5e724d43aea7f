import { useRef, useState, type PointerEvent } from 'react';
import { byteSize, count, durationText, offset, percent } from '../../components/format.ts';
import { selectEvent, useSession, useTrace } from '../../stores/open.ts';
import type { Row } from './draw.ts';
import { nearestEvent } from './hit.ts';
import { fromShare, panned, tickText, ticks, toShare } from '../../parts/time/scale.ts';
import type { TimelineData } from './timeline-data.ts';
import type { TimelineView } from './use-window.ts';

interface OverlayProps {
  readonly data: TimelineData;
  readonly rows: readonly Row[];
  readonly view: TimelineView;
  readonly timed: boolean;
  readonly axis: number;
}

/** A line farther right than this has no room for its number. */
const LABEL_ROOM = 0.95;
/** A press that moves less than this is a click. */
const CLICK_PX = 4;

/** What lies over and under the marks: axis, gaps, the selected event, the end of what has come; and the pointer. */
export function Overlay({ data, rows, view, timed, axis }: OverlayProps) {
  const session = useSession();
  const { model } = session;
  const { window } = view;
  const event = useTrace((trace) => trace.event);
  const range = useTrace((trace) => trace.range);
  const live = useTrace((trace) => trace.phase === 'live');
  const root = useRef<HTMLDivElement>(null);
  const [hovered, setHovered] = useState<number | null>(null);
  const [dragged, setDragged] = useState<readonly [from: number, to: number] | null>(null);
  const press = useRef<{ x: number; y: number; window: typeof window; pan: boolean } | null>(null);
  const { values, step } = ticks(window);
  const place = (at: number) => (timed ? (model.events[at]?.tNs ?? 0) : at);

  const at = (pointer: PointerEvent) => {
    const box = root.current!.getBoundingClientRect();
    return {
      x: pointer.clientX - box.left,
      y: pointer.clientY - box.top,
      share: (pointer.clientX - box.left) / box.width,
      width: box.width,
    };
  };
  const find = (pointer: PointerEvent) => {
    const { x, y, width } = at(pointer);
    return nearestEvent({ model, window, timed, width }, rows, x, y);
  };
  const onMove = (pointer: PointerEvent) => {
    const start = press.current;
    const { x, share, width } = at(pointer);
    if (!start) return setHovered(find(pointer));
    if (Math.abs(x - start.x) < CLICK_PX && !dragged) return;
    setHovered(null);
    if (start.pan) view.show(panned(start.window, ((start.x - x) / width) * (window.end - window.start), view.whole));
    else setDragged([fromShare(window, start.x / width), fromShare(window, Math.min(Math.max(share, 0), 1))]);
  };
  const onDown = (pointer: PointerEvent) => {
    if (pointer.button !== 0) return;
    pointer.currentTarget.setPointerCapture(pointer.pointerId);
    const { x, y } = at(pointer);
    press.current = { x, y, window, pan: pointer.shiftKey };
  };
  const onUp = (pointer: PointerEvent) => {
    if (!press.current) return;
    const { pan } = press.current;
    press.current = null;
    if (dragged && timed)
      session.store.setState({ range: dragged[0] < dragged[1] ? dragged : [dragged[1], dragged[0]] });
    else if (!dragged && !pan) {
      session.store.setState({ range: null });
      selectEvent(find(pointer));
    }
    setDragged(null);
  };

  const shownRange = dragged ?? range;
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
      {values.map((value) => (
        <span
          key={value}
          className={value === window.start ? 'tick first' : 'tick'}
          style={{ left: percent(toShare(window, value)) }}
        >
          {toShare(window, value) < LABEL_ROOM && (timed ? tickText(value, step) : count(value))}
        </span>
      ))}
      {rows.slice(1).map((row) => (
        <i key={row.top} className="row-line" style={{ top: row.top }} />
      ))}
      {timed &&
        data
          .silences()
          .map((gap) => (
            <GapMark
              key={gap.startNs}
              from={toShare(window, gap.startNs)}
              to={toShare(window, gap.endNs)}
              text={durationText(gap.endNs - gap.startNs)}
              top={axis}
            />
          ))}
      {live && timed && <Flag kind="now" share={toShare(window, model.lastNs)} text="now" />}
      {event !== null && model.events[event] && (
        <Flag
          kind="pick"
          share={toShare(window, place(event))}
          text={timed ? pickText(model.events[event]!.tNs) : count(event)}
        />
      )}
      {shownRange && (
        <RangeShade
          from={toShare(window, Math.min(...shownRange))}
          to={toShare(window, Math.max(...shownRange))}
          top={axis}
        />
      )}
      {hovered !== null && model.events[hovered] && (
        <EventTip event={hovered} share={toShare(window, place(hovered))} timed={timed} />
      )}
    </div>
  );
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

function Flag({ kind, share, text }: { readonly kind: 'pick' | 'now'; readonly share: number; readonly text: string }) {
  if (share < 0 || share > 1) return null;
  return (
    <div className={share < 0.06 ? `flag ${kind} right` : `flag ${kind}`} style={{ left: percent(share) }}>
      <span>{text}</span>
    </div>
  );
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
