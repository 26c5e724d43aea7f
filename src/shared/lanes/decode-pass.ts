/**
 * One reading of one stream: bytes in, items out, through the same framer and lanes whether the bytes come from a socket,
 * from the store or from a file. It holds no clock and no network; the same bytes and setup give the same items, so a
 * watcher that has counted its items can go on from any source.
 */
import type { TraceItem } from '../model/items.ts';
import { WIRE, type LaneId, type WireOutcome, type WireResult } from '../model/messages.ts';
import type { Api, Frame, Framed, Read } from '../model/stream.ts';
import type { Ending, HttpHead } from '../model/trace.ts';
import type { Framer } from '../framing/framer.ts';
import type { Lane, LaneSetup } from '../model/lane.ts';
import { framerOf } from '../providers/framer-of.ts';
import { createLane, laneDefinition, lanesReading } from './registry.ts';
import { providerOf } from '../providers/registry.ts';
import { createWireLane, type WireLane } from '../wire/wire-lane.ts';

/** Holds an event's place among the items until the wire has read it. */
const NO_EVENT: TraceItem = {
  k: 'event',
  event: { index: -1, start: 0, end: 0, read: 0, tNs: 0, kind: 'unknown', type: '', preview: '', chars: 0 },
};

/** A lane that is ended before the stream is: it was too much for the lane. */
export interface LaneCut {
  readonly lane: LaneId;
  /** Where it was: see DecodePlace. From there on the lane is given nothing. */
  readonly unit: number;
  /** Why, and what is kept. */
  readonly text: string;
}

/**
 * Where a pass is, written as it goes, so that another thread sees where it stays: the lane, as its place in `lanesOf`, -1 for
 * none, and the unit, which counts what the framer gave: 0 is before the first, and the end is one after the last.
 */
export interface DecodePlace {
  lane: number;
  unit: number;
}

export interface DecodeSetup extends LaneSetup {
  /** The lanes to run beside the wire, which always runs: the others are read against it. Absent: all that read the API. */
  readonly lanes?: readonly LaneId[];
  /** Sees what the framer gave, each once and in order, frames with the JSON that the lanes parsed of them: the protocol lint reads it. */
  readonly watch?: (framed: Framed) => void;
  readonly cuts?: readonly LaneCut[];
  readonly place?: DecodePlace;
}

/** The lanes that a pass runs, the wire first. Those that were asked for and are not in this program are none of them. */
export const lanesOf = ({ api, lanes = lanesReading(api) }: Pick<DecodeSetup, 'api' | 'lanes'>): readonly LaneId[] => [
  WIRE,
  ...lanes.filter((id) => id !== WIRE && canRead(id, api)),
];

const canRead = (id: LaneId, api: Api): boolean => laneDefinition(id)?.supports(api) ?? false;

/** A lane of a pass. */
interface Runner<Of extends Lane = Lane> {
  readonly lane: Of;
  /** Its place in `lanesOf`, which has those that could not be made, too. */
  readonly place: number;
  /** It threw, against its contract, or was cut: it is left out from then on, the others go on. */
  failed: boolean;
}

export class DecodePass {
  readonly #framer: Framer;
  readonly #wire: Runner<WireLane>;
  readonly #adapters: readonly Runner[];
  readonly #runners: readonly Runner[];
  readonly #watch: DecodeSetup['watch'];
  /** Asked for, and not in this program, or not for this API: a trace may have been recorded by one that had them. */
  readonly #leftOut: readonly LaneId[];
  readonly #cuts: readonly LaneCut[];
  readonly #place: DecodePlace;
  #offset = 0;
  #items: TraceItem[] = [];

  constructor(setup: DecodeSetup) {
    this.#watch = setup.watch;
    this.#framer = framerOf(setup.api, setup.framing);
    this.#wire = { lane: createWireLane(providerOf(setup.api).wire), place: 0, failed: false };
    this.#adapters = lanesOf(setup).flatMap((id, place) => (id === WIRE ? [] : this.#created(id, place, setup)));
    this.#leftOut = (setup.lanes ?? []).filter((id) => id !== WIRE && !canRead(id, setup.api));
    this.#runners = [this.#wire, ...this.#adapters];
    this.#cuts = setup.cuts ?? [];
    this.#place = setup.place ?? { lane: -1, unit: 0 };
    this.#place.unit = 0;
  }

  /** The wire's result so far. */
  get wire(): WireOutcome {
    return this.#wire.lane.outcome().outcome;
  }

  /** The provider's terminator was seen; cheap enough to ask after each read. */
  get terminated(): boolean {
    return this.#wire.lane.terminated;
  }

  /** Bytes taken so far. */
  get bytes(): number {
    return this.#offset;
  }

  /** What lanes emit before anything was read. Call once, first. */
  begin(): readonly TraceItem[] {
    for (const id of this.#leftOut)
      this.#note(
        'lane-left-out',
        0,
        `The lane ${id} is omitted: this program does not have it, or it does not support this API.`,
      );
    for (const runner of this.#runners) this.#ask(runner, 0, () => runner.lane.begin());
    return this.#take();
  }

  head(head: HttpHead, tNs: number): readonly TraceItem[] {
    return [{ k: 'head', tNs, head }];
  }

  /** `read.offset` must be where the last one ended. */
  feed(read: Read): readonly TraceItem[] {
    const { n, offset, tNs } = read;
    if (offset !== this.#offset) throw new Error(`Read ${n} starts at byte ${offset}, expected ${this.#offset}.`);
    this.#offset += read.bytes.length;
    this.#items.push({ k: 'read', n, offset, length: read.bytes.length, tNs });
    for (const framed of this.#framer.feed(read)) this.#pass(framed);
    return this.#take();
  }

  /**
   * The body is over: what the lanes hold, then the ending that `decide` makes of the wire's result, and of whether bytes
   * were left that are no whole frame. Call once, last.
   */
  end(tNs: number, decide: (wire: WireOutcome, unfinished: boolean) => Ending): readonly TraceItem[] {
    const last = this.#framer.end();
    for (const framed of last) this.#pass(framed);
    this.#place.unit++;
    for (const runner of this.#runners) this.#ask(runner, tNs, () => runner.lane.end());
    const wire = this.#wireOutcome();
    this.#items.push({ k: 'outcome', result: wire });
    for (const { lane } of this.#adapters) this.#outcome(lane, tNs);
    this.#items.push({
      k: 'ending',
      tNs,
      flushed: this.#items.length,
      ending: decide(
        wire.outcome,
        last.some(({ type }) => type === 'unfinished'),
      ),
    });
    return this.#take();
  }

  /** A lane that cannot even begin is none of the pass. */
  #created(id: LaneId, place: number, setup: LaneSetup): readonly Runner[] {
    try {
      return [{ lane: createLane(id, setup), place, failed: false }];
    } catch (error) {
      this.#noteFailure(id, 0, error);
      return [];
    }
  }

  /** What a lane holds at its end; one that fails in saying it has none. */
  #outcome(lane: Lane, tNs: number): void {
    try {
      this.#items.push({ k: 'outcome', result: lane.outcome() });
    } catch (error) {
      this.#noteFailure(lane.id, tNs, error);
    }
  }

  #wireOutcome(): WireResult {
    const result = this.#wire.lane.outcome();
    const cut = this.#cuts.find(({ lane }) => lane === WIRE);
    return cut ? { ...result, outcome: { ...result.outcome, limit: cut.text } } : result;
  }

  #pass(framed: Framed): void {
    this.#place.unit++;
    this.#watch?.(framed);
    if (framed.type === 'frame') return this.#passFrame(framed.frame, framed);
    const { type, start, end, tNs } = framed;
    this.#items.push({ k: 'note', start, end, tNs, type, text: 'text' in framed ? framed.text : '' });
    for (const runner of this.#runners) this.#give(runner, framed, tNs);
  }

  #passFrame(frame: Frame, framed: Framed): void {
    // The wire takes the frame first: its summary is the event's row, and stands before what it caused.
    const items = this.#items;
    const at = items.length;
    items.push(NO_EVENT);
    this.#give(this.#wire, framed, frame.tNs);
    items[at] = { k: 'event', event: this.#wire.lane.summary(frame) };
    for (const runner of this.#adapters) this.#give(runner, framed, frame.tNs);
  }

  /** The hot path of every stream: no closure is made for it. */
  #give(runner: Runner, framed: Framed, tNs: number): void {
    if (!this.#enters(runner, tNs)) return;
    try {
      for (const emission of runner.lane.take(framed)) this.#items.push({ k: 'message', emission });
    } catch (error) {
      this.#leaveOut(runner, tNs, error);
    }
    this.#place.lane = -1;
  }

  #ask(runner: Runner, tNs: number, emit: () => ReturnType<Lane['take']>): void {
    if (!this.#enters(runner, tNs)) return;
    try {
      for (const emission of emit()) this.#items.push({ k: 'message', emission });
    } catch (error) {
      this.#leaveOut(runner, tNs, error);
    }
    this.#place.lane = -1;
  }

  /** Whether the lane goes on. */
  #enters(runner: Runner, tNs: number): boolean {
    if (runner.failed || (this.#cuts.length > 0 && this.#isCut(runner, tNs))) return false;
    this.#place.lane = runner.place;
    return true;
  }

  #isCut(runner: Runner, tNs: number): boolean {
    const { unit } = this.#place;
    const cut = this.#cuts.find((one) => one.lane === runner.lane.id && one.unit === unit);
    if (!cut) return false;
    runner.failed = true;
    this.#note('lane-limit', tNs, cut.text);
    return true;
  }

  #leaveOut(runner: Runner, tNs: number, error: unknown): void {
    runner.failed = true;
    this.#noteFailure(runner.lane.id, tNs, error);
  }

  #noteFailure(lane: LaneId, tNs: number, error: unknown): void {
    const text = `The ${lane} lane failed and is omitted from here on: ${error instanceof Error ? error.message : String(error)}`;
    this.#note('lane-failed', tNs, text);
  }

  #note(type: string, tNs: number, text: string): void {
    this.#items.push({ k: 'note', start: this.#offset, end: this.#offset, tNs, type, text });
  }

  #take(): readonly TraceItem[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }
}
