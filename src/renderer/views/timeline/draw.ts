/**
 * Draws the timeline's marks on one canvas. Where marks stand closer than pixels they merge by column, the highest one
 * showing: the picture stays true and the work is bounded by the width, not by the stream.
 */
import type { EventKind } from '../../../shared/model/stream.ts';
import type { TraceModel } from '../../stores/trace-model.ts';
import { given } from '../../components/given.ts';
import { lowerBound } from '../../stores/lower-bound.ts';
import { toShare, type Window } from '../../parts/time/scale.ts';
import type { TimelineData, TimelineLane } from './timeline-data.ts';

export interface Row {
  readonly type: 'rate' | 'network' | 'events' | 'lane' | 'meta' | 'whole';
  readonly top: number;
  readonly height: number;
  readonly lane?: TimelineLane;
}

export interface Scene {
  readonly model: TraceModel;
  readonly data: TimelineData;
  readonly rows: readonly Row[];
  readonly window: Window;
  readonly timed: boolean;
  /** How far the stream has come: what is shown ends here. What came since waits for the next drawing. */
  readonly nowNs: number;
  /** It is not over: nothing may lie right of "now". */
  readonly goesOn: boolean;
  readonly selected: number | null;
  readonly width: number;
  readonly height: number;
}

export interface Palette {
  readonly bg: string;
  readonly fg3: string;
  readonly accent: string;
  readonly tint: number;
  readonly kinds: Readonly<Record<'reasoning' | 'text' | 'tool' | 'meta' | 'error' | 'wait' | 'warn', string>>;
}

type Tone = keyof Palette['kinds'];
const TONES: Readonly<Record<EventKind, Tone>> = {
  start: 'meta',
  usage: 'meta',
  finish: 'meta',
  ping: 'meta',
  done: 'meta',
  meta: 'meta',
  unknown: 'warn',
  reasoning: 'reasoning',
  text: 'text',
  tool: 'tool',
  error: 'error',
};

export function readPalette(element: Element): Palette {
  const style = getComputedStyle(element);
  const get = (name: string) => style.getPropertyValue(name).trim();
  return {
    bg: get('--bg'),
    fg3: get('--fg-3'),
    accent: get('--accent'),
    tint: Number.parseFloat(get('--tint')) / 100,
    kinds: {
      reasoning: get('--reason'),
      text: get('--text'),
      tool: get('--tool'),
      meta: get('--meta'),
      error: get('--error'),
      wait: get('--wait'),
      warn: get('--warn'),
    },
  };
}

export function draw(context: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
  context.clearRect(0, 0, scene.width, scene.height);
  context.save();
  if (scene.goesOn && scene.timed) {
    // Marks are wider than their moment: one that has only just come is drawn as far as "now", and a dot whole.
    context.beginPath();
    context.rect(0, 0, xOf(scene, scene.nowNs) + DOT, scene.height);
    context.clip();
  }
  for (const row of scene.rows) {
    if (row.type === 'rate') drawRate(context, scene, row, palette);
    else if (row.type === 'network') drawNetwork(context, scene, row, palette);
    else if (row.type === 'events') drawEvents(context, scene, row, palette);
    else if (row.type === 'meta') drawMeta(context, scene, row, palette);
    else if (row.type === 'whole') drawWhole(context, scene, row, palette);
    else drawLane(context, scene, row, palette);
  }
  drawSelected(context, scene, palette);
  context.restore();
}

/** Where an event stands, in pixels. */
export function eventX(
  { model, window, timed, width }: Pick<Scene, 'model' | 'window' | 'timed' | 'width'>,
  event: number,
): number {
  return toShare(window, timed ? model.events[event]!.tNs : event) * width;
}

const xOf = ({ window, width }: Scene, ns: number): number => toShare(window, ns) * width;
const outside = (x: number, width: number): boolean => x < -4 || x > width + 4;

/** A whole pixel, so that one-pixel lines are sharp. */
const crisp = (x: number): number => Math.round(x);

function drawNetwork(context: CanvasRenderingContext2D, scene: Scene, { top, height }: Row, palette: Palette): void {
  const columns = new Map<number, number>();
  for (const { tNs, length } of scene.model.reads) {
    if (tNs > scene.nowNs) break;
    const x = crisp(xOf(scene, tNs));
    if (!outside(x, scene.width)) columns.set(x, Math.max(columns.get(x) ?? 0, length));
  }
  const [base, room] = [top + height - 4, height - 10];
  context.fillStyle = palette.fg3;
  for (const [x, length] of columns) {
    // One byte is 3 pixels high, 64 KB fill the lane.
    const tall = Math.max(3, Math.min(room, (Math.log2(length + 1) / 16) * room));
    context.fillRect(x, base - tall, 1, tall);
  }
}

/** The radius of a dot. */
const DOT = 1.75;
/** Room that a dot needs; where events stand closer, columns replace dots. */
const DOT_ROOM = 2.5;
const STACK = 3;

function drawEvents(context: CanvasRenderingContext2D, scene: Scene, row: Row, palette: Palette): void {
  const { model, width } = scene;
  const [first, last] = visible(scene);
  const dense = last > first && (eventX(scene, last) - eventX(scene, first)) / (last - first) < DOT_ROOM;
  if (dense) {
    drawEventColumns(context, scene, row, palette, first, last);
    return;
  }
  const base = row.top + row.height / 2 + (row.height > 24 ? 4 : 3);
  const step = row.height > 24 ? 5 : 4;
  for (let at = first; at <= last;) {
    const event = model.events[at]!;
    const x = eventX(scene, at);
    let end = at + 1;
    if (scene.timed) while (end <= last && model.events[end]!.read === event.read) end++;
    if (!outside(x, width)) {
      for (let k = at; k < end && k - at < STACK; k++) {
        context.fillStyle = palette.kinds[TONES[model.events[k]!.kind]];
        context.beginPath();
        context.arc(x, base - (k - at) * step, DOT, 0, 2 * Math.PI);
        context.fill();
      }
      if (end - at > 1) bracket(context, x, base + 4, palette);
    }
    at = end;
  }
}

/** Under the events of one read. */
function bracket(context: CanvasRenderingContext2D, x: number, y: number, palette: Palette): void {
  context.strokeStyle = palette.fg3;
  context.lineWidth = 1;
  const left = crisp(x) - 1.5;
  context.beginPath();
  context.moveTo(left, y - 0.5);
  context.lineTo(left, y + 1.5);
  context.lineTo(left + 4, y + 1.5);
  context.lineTo(left + 4, y - 0.5);
  context.stroke();
}

function drawEventColumns(
  context: CanvasRenderingContext2D,
  scene: Scene,
  { top, height }: Row,
  palette: Palette,
  first: number,
  last: number,
): void {
  const room = height - 10;
  let [column, size, tone] = [Number.NaN, 0, 'meta' as Tone];
  const flush = () => {
    if (size === 0) return;
    const tall = Math.min(room, 3 + size * 2);
    context.fillStyle = palette.kinds[tone];
    context.fillRect(column, top + height - 5 - tall, 1, tall);
  };
  for (let at = first; at <= last; at++) {
    const x = crisp(eventX(scene, at));
    if (x !== column) {
      flush();
      [column, size] = [x, 0];
    }
    size++;
    tone = TONES[scene.model.events[at]!.kind];
  }
  flush();
}

/** The stream in one row: its lanes over one another, and the marks of the stream as a whole. */
function drawWhole(context: CanvasRenderingContext2D, scene: Scene, row: Row, palette: Palette): void {
  for (const lane of scene.data.lanes) drawLane(context, scene, { ...row, lane }, palette);
  drawMeta(context, scene, row, palette);
}

/** What is shorter is drawn so wide, in pixels; to the left where it has only just come. */
const LEAST_BAR = 3;

function drawLane(context: CanvasRenderingContext2D, scene: Scene, row: Row, palette: Palette): void {
  const lane = row.lane!;
  const { data, width } = scene;
  const colour = palette.kinds[lane.kind];
  const newest = newestOf(scene);
  const end = scene.timed ? Math.floor(xOf(scene, scene.nowNs)) : Number.POSITIVE_INFINITY;
  const base = row.top + row.height - 7;
  const room = row.height - 13;
  context.fillStyle = colour;
  // Blocks that would cover the same pixels as the one before them add nothing to be seen.
  let [drawnLeft, drawnRight, closedAt] = [Number.NaN, Number.NaN, Number.NaN];
  for (const segment of lane.segments) {
    const { first, last } = segment;
    if (first > newest) continue;
    const begins = crisp(eventX(scene, first));
    const right = Math.min(Math.max(crisp(eventX(scene, Math.min(last, newest))), begins + LEAST_BAR), end);
    const left = Math.min(begins, right - LEAST_BAR);
    if (right < 0 || left > width) continue;
    if (left !== drawnLeft || right !== drawnRight) {
      [drawnLeft, drawnRight] = [left, right];
      context.globalAlpha = palette.tint;
      context.fillRect(left, base - room, right - left, room);
      context.globalAlpha = 0.55;
      context.fillRect(left, base - 1, right - left, 1);
    }
    if (right === closedAt || data.rowOf(segment)?.open !== false) continue;
    closedAt = right;
    context.globalAlpha = 1;
    context.fillRect(right - 1, base - room - 1, 2, room + 1);
  }
  context.globalAlpha = 1;
  drawDeltas(context, scene, lane, newest, base, room);
  if (lane.kind !== 'tool' || !scene.timed) return;
  let ringedAt = Number.NaN;
  for (const segment of lane.segments) {
    const validNs = data.rowOf(segment)?.cells.wire[0]?.validNs;
    if (!given(validNs) || validNs > scene.nowNs) continue;
    const x = xOf(scene, validNs);
    if (crisp(x) === ringedAt || outside(x, width)) continue;
    ringedAt = crisp(x);
    ring(context, x, base - room, palette, colour);
  }
}

/** One tick for each delta, as high as the root of its length. */
function drawDeltas(
  context: CanvasRenderingContext2D,
  scene: Scene,
  lane: TimelineLane,
  newest: number,
  base: number,
  room: number,
): void {
  let [column, chars] = [Number.NaN, 0];
  const flush = () => {
    if (chars === 0) return;
    const tall = Math.max(2, Math.min(room, Math.sqrt(chars / 60) * room));
    context.fillRect(column, base - tall, 1, tall);
  };
  for (const event of lane.events) {
    if (event > newest) break;
    const x = crisp(eventX(scene, event));
    if (x !== column) {
      flush();
      [column, chars] = [x, 0];
      if (x > scene.width + 4) return;
    }
    if (x >= -4) chars = Math.max(chars, scene.model.events[event]!.chars);
  }
  flush();
}

function ring(context: CanvasRenderingContext2D, x: number, y: number, palette: Palette, colour: string): void {
  context.beginPath();
  context.arc(x, y, 3, 0, 2 * Math.PI);
  context.fillStyle = palette.bg;
  context.fill();
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke();
  context.fillStyle = colour;
}

/** Half of a diamond's width, and the room that marks of the stream as a whole need. */
const DIAMOND = 4.5;
const META_ROOM: Readonly<Record<'ping' | 'other', number>> = { ping: 5, other: 9 };

function drawMeta(context: CanvasRenderingContext2D, scene: Scene, { top, height }: Row, palette: Palette): void {
  const y = top + height / 2;
  let [drawnKind, drawnAt] = ['' as EventKind | '', Number.NaN];
  for (const { kind, x } of metaMarks(scene)) {
    if (outside(x, scene.width) || (kind === drawnKind && crisp(x) === drawnAt)) continue;
    [drawnKind, drawnAt] = [kind, crisp(x)];
    context.fillStyle = palette.kinds[TONES[kind]];
    context.beginPath();
    if (kind === 'ping') context.arc(x, y, DOT, 0, 2 * Math.PI);
    else {
      context.moveTo(x, y - DIAMOND);
      context.lineTo(x + DIAMOND, y);
      context.lineTo(x, y + DIAMOND);
      context.lineTo(x - DIAMOND, y);
    }
    context.fill();
  }
}

export interface MetaMark {
  readonly kind: EventKind;
  /** The middle, in pixels. */
  readonly x: number;
}

/**
 * Marks of one moment stand beside each other, as far as they need: to the right of it, or to the left where nothing may lie
 * to the right, as at the end. Those at the edges are whole.
 */
export function metaMarks(scene: Pick<Scene, 'model' | 'data' | 'window' | 'timed' | 'nowNs' | 'width'>): MetaMark[] {
  const { model, data, window, timed, nowNs, width } = scene;
  const newest = newestOf(scene);
  const marks: { kind: EventKind; x: number }[] = [];
  const roomOf = (kind: EventKind): number => META_ROOM[kind === 'ping' ? 'ping' : 'other'];
  let free = DIAMOND;
  for (const event of data.meta) {
    if (event > newest) break;
    const { kind } = model.events[event]!;
    const place = eventX(scene, event);
    // What is out of view to the left pushes nothing that is in view.
    if (place < -DIAMOND) continue;
    if (place > width + DIAMOND) break;
    marks.push({ kind, x: Math.max(place, free) });
    free = marks.at(-1)!.x + roomOf(kind);
  }
  const end = timed ? toShare(window, nowNs) * width : width;
  let last = Math.min(end, width - DIAMOND);
  for (const mark of marks.toReversed()) {
    if (mark.x <= last) break;
    mark.x = Math.max(last, DIAMOND);
    last = mark.x - roomOf(mark.kind);
  }
  return marks;
}

/** Width of one step of the rate curve, in pixels, and over how many steps it is smoothed. */
const RATE_STEP = 4;
const SMOOTH = [0.06, 0.12, 0.2, 0.24, 0.2, 0.12, 0.06];

export interface Rate {
  /** Visible characters per second, by step. */
  readonly values: Float64Array;
  readonly tones: readonly Tone[];
  readonly peak: number;
}

function rateOf(scene: Scene): Rate {
  const steps = Math.max(1, Math.ceil(scene.width / RATE_STEP));
  const raw = new Float64Array(steps);
  const tones: Tone[] = Array.from({ length: steps }, () => 'wait');
  const [first, last] = visible(scene);
  for (let at = first; at <= last; at++) {
    const { kind, chars, tNs } = scene.model.events[at]!;
    const step = Math.floor(toShare(scene.window, tNs) * steps);
    if (chars === 0 || step < 0 || step >= steps) continue;
    raw[step]! += chars;
    tones[step] = TONES[kind];
  }
  const seconds = (scene.window.end - scene.window.start) / 1e9 / steps;
  const values = new Float64Array(steps);
  let peak = 0;
  for (let at = 0; at < steps; at++) {
    let sum = 0;
    for (let k = 0; k < SMOOTH.length; k++) sum += SMOOTH[k]! * (raw[at + k - 3] ?? 0);
    values[at] = sum / seconds;
    peak = Math.max(peak, values[at]!);
  }
  return { values, tones: spread(tones), peak };
}

/** A phase goes on until the next one begins, so that small gaps inside it do not break its colour. */
function spread(tones: Tone[]): Tone[] {
  const REACH = 10;
  let last = -1;
  for (let at = 0; at < tones.length; at++) {
    if (tones[at] === 'wait') continue;
    if (last >= 0 && at - last <= REACH) tones.fill(tones[last]!, last, at);
    last = at;
  }
  return tones;
}

function drawRate(context: CanvasRenderingContext2D, scene: Scene, { top, height }: Row, palette: Palette): void {
  const { values, tones, peak } = rateOf(scene);
  const base = top + height - 3;
  const room = height - 9;
  const y = (value: number) => base - (peak === 0 ? 0 : (value / peak) * room);
  const now = xOf(scene, scene.nowNs);
  for (let at = 0; at < values.length;) {
    let end = at + 1;
    while (end < values.length && tones[end] === tones[at]) end++;
    const [left, right] = [at * RATE_STEP, Math.min(end * RATE_STEP, now)];
    if (left < now)
      drawPhase(context, {
        from: at,
        to: Math.min(end, values.length - 1),
        left,
        right,
        base,
        colour: palette.kinds[tones[at]!],
        values,
        y,
      });
    at = end;
  }
}

interface Phase {
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly right: number;
  readonly base: number;
  readonly colour: string;
  readonly values: Float64Array;
  readonly y: (value: number) => number;
}

function drawPhase(context: CanvasRenderingContext2D, { from, to, left, right, base, colour, values, y }: Phase): void {
  const line = new Path2D();
  for (let at = from; at <= to; at++) {
    const x = Math.min((at + 0.5) * RATE_STEP, right);
    if (at === from) line.moveTo(x, y(values[at]!));
    else line.lineTo(x, y(values[at]!));
  }
  const area = new Path2D(line);
  area.lineTo(right, base);
  area.lineTo(left, base);
  area.closePath();
  context.fillStyle = colour;
  context.globalAlpha = 0.18;
  // A canvas context, no array.
  // oxlint-disable-next-line unicorn/no-array-fill-with-reference-type
  context.fill(area);
  context.globalAlpha = 1;
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.stroke(line);
  context.fillRect(left, base, right - left, 2);
}

function drawSelected(context: CanvasRenderingContext2D, scene: Scene, palette: Palette): void {
  const { selected, model } = scene;
  const row = scene.rows.find(({ type }) => type === 'events');
  const event = selected === null ? undefined : model.events[selected];
  if (!row || !event) return;
  let stack = 0;
  if (scene.timed) while (stack < STACK - 1 && model.events[selected! - stack - 1]?.read === event.read) stack++;
  const [base, step] = [row.top + row.height / 2 + (row.height > 24 ? 4 : 3), row.height > 24 ? 5 : 4];
  context.beginPath();
  context.arc(eventX(scene, selected!), base - stack * step, 4.5, 0, 2 * Math.PI);
  context.strokeStyle = palette.accent;
  context.lineWidth = 1.5;
  context.stroke();
}

/** The last event that may be shown; -1 while there is none. */
function newestOf({ model: { events }, timed, nowNs }: Pick<Scene, 'model' | 'timed' | 'nowNs'>): number {
  if (!timed) return events.length - 1;
  let newest = events.length - 1;
  // At most what came since the last drawing.
  while (newest >= 0 && events[newest]!.tNs > nowNs) newest--;
  return newest;
}

/** First and last event that stand in the window; [0, -1] when none do. */
function visible(scene: Pick<Scene, 'model' | 'window' | 'timed' | 'nowNs'>): readonly [first: number, last: number] {
  const { model, window, timed } = scene;
  const { events } = model;
  const newest = newestOf(scene);
  if (newest < 0) return [0, -1];
  if (!timed) return [Math.max(0, Math.floor(window.start)), Math.min(newest, Math.ceil(window.end))];
  return [
    lowerBound(events.length, (at) => events[at]!.tNs >= window.start),
    Math.min(newest, lowerBound(events.length, (at) => events[at]!.tNs > window.end) - 1),
  ];
}
