/** Draws when each lane spoke: a tick for each delta or message, and the stretches in which a lane said nothing of what was sent. */
import { cellFact } from '../../../shared/compare/cell-facts.ts';
import type { BlockRow } from '../../../shared/model/block-row.ts';
import { WIRE, type Emission, type LaneId } from '../../../shared/model/messages.ts';
import type { EventSummary } from '../../../shared/model/stream.ts';
import { plural } from '../../components/format.ts';
import type { TraceModel } from '../../stores/trace-model.ts';

/** Height of one lane in pixels. */
export const STRIP_LANE = 28;

type Tone = 'text' | 'reasoning' | 'tool' | 'meta' | 'error';

export interface StripPalette {
  readonly bg: string;
  readonly accent: string;
  readonly lost: string;
  readonly font: string;
  readonly tones: Readonly<Record<Tone, string>>;
}

export interface StripScene {
  readonly model: TraceModel;
  /** All of what the model is a part of, while a playhead moves over it. */
  readonly toCome: TraceModel | undefined;
  readonly lanes: readonly LaneId[];
  /** Where the axis ends, nanoseconds since the request. */
  readonly end: number;
  readonly width: number;
  readonly live: boolean;
}

export function readStripPalette(element: Element): StripPalette {
  const style = getComputedStyle(element);
  const get = (name: string) => style.getPropertyValue(name).trim();
  return {
    bg: get('--bg'),
    accent: get('--accent'),
    lost: get('--diff-del'),
    font: `500 11px ${get('--sans')}`,
    tones: {
      text: get('--text'),
      reasoning: get('--reason'),
      tool: get('--tool'),
      meta: get('--meta'),
      error: get('--error'),
    },
  };
}

export function drawStrip(context: CanvasRenderingContext2D, scene: StripScene, palette: StripPalette): void {
  context.clearRect(0, 0, scene.width, STRIP_LANE * scene.lanes.length);
  if (scene.toCome) {
    const whole = { ...scene, model: scene.toCome };
    context.globalAlpha = 0.3;
    scene.lanes.forEach((lane, at) => {
      for (const mark of marksOf(whole.model, lane)) drawMark(context, whole, at * STRIP_LANE, mark, palette);
    });
    context.globalAlpha = 1;
  }
  scene.lanes.forEach((lane, at) => {
    const top = at * STRIP_LANE;
    if (lane !== WIRE) drawLosses(context, scene, { lane, top }, palette);
    for (const mark of marksOf(scene.model, lane)) drawMark(context, scene, top, mark, palette);
  });
  if (!scene.live) return;
  const now = Math.round((scene.model.lastNs / scene.end) * scene.width);
  context.fillStyle = palette.accent;
  context.fillRect(now, 0, 1, STRIP_LANE * scene.lanes.length);
}

interface Mark {
  readonly tNs: number;
  readonly tone: Tone;
  /** Length of the delta; 0 for what has none. */
  readonly chars: number;
}

const TONE_OF_EVENT: Readonly<Partial<Record<EventSummary['kind'], Tone>>> = {
  text: 'text',
  reasoning: 'reasoning',
  tool: 'tool',
  start: 'meta',
  usage: 'meta',
  finish: 'meta',
  done: 'meta',
  error: 'error',
};

function marksOf(model: TraceModel, lane: LaneId): readonly Mark[] {
  if (lane === WIRE)
    return model.events.flatMap(({ kind, tNs, chars }) =>
      TONE_OF_EVENT[kind] ? [{ tNs, chars, tone: TONE_OF_EVENT[kind] }] : [],
    );
  return model.messages.flatMap((emission) => {
    const event = emission.lane === lane && emission.event !== null ? model.events[emission.event] : undefined;
    return event ? [{ tNs: event.tNs, chars: event.chars, tone: toneOf(emission) }] : [];
  });
}

function toneOf({ message }: Emission): Tone {
  const type = message.message_type;
  if (type === 'error' || type === 'stop_reason') return 'error';
  if (type.includes('reasoning')) return 'reasoning';
  if (type.includes('tool') || type.includes('approval')) return 'tool';
  return type === 'assistant_message' ? 'text' : 'meta';
}

/** Logarithmic: a delta of one character is still seen, one of a hundred does not burst the lane. */
const heightOf = (chars: number): number => 5 + Math.min(Math.log2(1 + chars) / 5, 1) * (STRIP_LANE - 14);

function drawMark(
  context: CanvasRenderingContext2D,
  { end, width }: StripScene,
  top: number,
  { tNs, tone, chars }: Mark,
  palette: StripPalette,
): void {
  const x = Math.round((tNs / end) * width);
  context.fillStyle = palette.tones[tone];
  if (tone !== 'meta' && tone !== 'error') {
    const height = heightOf(chars);
    context.fillRect(x, top + STRIP_LANE - 6 - height, 1, height);
    return;
  }
  const y = top + STRIP_LANE / 2;
  context.beginPath();
  context.moveTo(x, y - 4);
  if (tone === 'meta') context.lineTo(x + 4, y);
  context.lineTo(tone === 'meta' ? x : x + 4.5, y + 4);
  context.lineTo(tone === 'meta' ? x - 4 : x - 4.5, tone === 'meta' ? y : y + 4);
  context.closePath();
  context.fill();
}

/** Where the wire had content and the lane had none: filled in rose, and said. */
function drawLosses(
  context: CanvasRenderingContext2D,
  scene: StripScene,
  { lane, top }: { readonly lane: LaneId; readonly top: number },
  palette: StripPalette,
): void {
  for (const row of scene.model.blocks.rows) {
    const fact = cellFact(row, lane);
    const span = fact?.type === 'nothing' ? spanOf(row) : undefined;
    if (!span || fact?.type !== 'nothing') continue;
    const left = Math.round((span[0] / scene.end) * scene.width);
    const right = Math.max(Math.round((span[1] / scene.end) * scene.width), left + 3);
    context.fillStyle = palette.lost;
    context.globalAlpha = 0.16;
    context.fillRect(left, top + 5, right - left, STRIP_LANE - 10);
    context.globalAlpha = 1;
    context.font = palette.font;
    context.textBaseline = 'middle';
    const text = `nothing emitted for ${plural(fact.events, `${row.kind} event`)}`;
    if (context.measureText(text).width + 12 < right - left)
      context.fillText(text, left + 8, top + STRIP_LANE / 2 + 0.5);
  }
}

function spanOf(row: BlockRow): readonly [first: number, last: number] | undefined {
  const [first, last] = [row.cells.wire[0], row.cells.wire.at(-1)];
  return first && last ? [first.firstNs, last.lastNs] : undefined;
}
