/** A sample drawn as its failure: along the stream, what the wire said and what each adapter made of it. */
import { comparedLanes, type ComparisonInput } from '../../../shared/compare/lane-reading.ts';
import type { CompareResult, LaneMapNote } from '../../../shared/compare/result.ts';
import { WIRE, type LaneId } from '../../../shared/model/messages.ts';
import type { EventKind } from '../../../shared/model/stream.ts';
import type { SampleInfo } from '../../../shared/rpc/contract.ts';

type Drawing = SampleInfo['drawing'];
type Marks = Drawing[LaneId];
type Mark = Marks[number]['mark'];

/** As many marks as stay apart in a card's width. */
const MAX_STRETCHES = 18;

/** What an event is drawn as; kinds that say nothing of the answer are not drawn. */
const MARK_OF_EVENT: Readonly<Partial<Record<EventKind, Mark>>> = {
  text: 'text',
  reasoning: 'reasoning',
  tool: 'tool',
  usage: 'meta',
  finish: 'meta',
  error: 'error',
};
/** Where events of several kinds share a stretch, the first of these is drawn. */
const LOUDEST: readonly Mark[] = ['error', 'tool', 'reasoning', 'text', 'meta'];

/** Pure. Places run from 0 to 1 over the events of the stream. */
export function drawSample(input: ComparisonInput, comparison: CompareResult): Drawing {
  const stretches = new Stretches(input.events.length);
  const wire = stretches.marks((events) =>
    loudest(events.flatMap((event) => MARK_OF_EVENT[input.events[event]!.kind] ?? [])),
  );
  const meta = new Set(wire.flatMap(({ at, mark }) => (mark === 'meta' ? [at] : [])));
  const others = comparedLanes(input).map((id): [LaneId, Marks] => [
    id,
    new AdapterDrawing(input, comparison, id).marks(stretches, meta),
  ]);
  return { [WIRE]: wire, ...Object.fromEntries(others) };
}

const loudest = (marks: readonly Mark[]): Mark | undefined => LOUDEST.find((mark) => marks.includes(mark));

class Stretches {
  readonly #events: number;
  readonly #count: number;

  constructor(events: number) {
    this.#events = events;
    this.#count = Math.min(events, MAX_STRETCHES);
  }

  marks(markOf: (events: readonly number[], at: number) => Mark | undefined): Marks {
    return Array.from({ length: this.#count }, (_, i) => {
      const [first, end] = [this.#bound(i), this.#bound(i + 1)];
      const at = (i + 0.5) / this.#count;
      const mark = markOf(
        Array.from({ length: end - first }, (_one, offset) => first + offset),
        at,
      );
      return mark ? [{ at, mark }] : [];
    }).flat();
  }

  #bound(i: number): number {
    return Math.floor((i * this.#events) / this.#count);
  }
}

class AdapterDrawing {
  readonly #notes = new Map<number, LaneMapNote[]>();
  /** Events whose token counts the lane got wrong. */
  readonly #miscounted: ReadonlySet<number>;
  /** The event at which the lane ended in an error; the last one when it did so after the stream, none when it did not. */
  readonly #ended: number;

  constructor(input: ComparisonInput, { laneMap, findings }: CompareResult, lane: LaneId) {
    for (const note of laneMap.notes) {
      if (note.lane === lane && note.event !== null)
        this.#notes.set(note.event, [...(this.#notes.get(note.event) ?? []), note]);
    }
    const wrongUsage = findings.some((finding) => finding.lane === lane && finding.kind.startsWith('usage-'));
    const usage = input.emissions.wire.flatMap(({ message, event }) =>
      message.message_type === 'usage' && event !== null ? [event] : [],
    );
    this.#miscounted = new Set(wrongUsage ? usage : []);
    const error = input.adapters[lane]?.error;
    this.#ended = error ? (error.event ?? input.events.length - 1) : Infinity;
  }

  /** `meta`: places where the wire has nothing but bookkeeping, of which a lane that goes on makes no message. */
  marks(stretches: Stretches, meta: ReadonlySet<number>): Marks {
    return stretches.marks((events, at) => {
      if (events.includes(this.#ended)) return 'error';
      if (events.every((event) => event > this.#ended)) return undefined;
      return this.#mark(events) ?? (meta.has(at) ? 'meta' : undefined);
    });
  }

  #mark(events: readonly number[]): Mark | undefined {
    const notes = events.flatMap((event) => this.#notes.get(event) ?? []);
    if (notes.some(({ shape }) => shape === 'merged' || shape === 'altered')) return 'altered';
    if (notes.some(({ shape }) => shape === 'lost')) return 'lost';
    if (events.some((event) => this.#miscounted.has(event))) return 'altered';
    return loudest(notes.map(({ kind }) => kind));
  }
}
