/** Reads stored bytes for a comparison. Apart from what only folds and compares, because it brings all adapters along. */
import type { LaneSetup } from '../model/lane.ts';
import { DecodePass } from '../lanes/decode-pass.ts';
import { allLanes, chosenLanes } from '../lanes/registry.ts';
import type { LaneId, WireOutcome } from '../model/messages.ts';
import type { Framed, Read } from '../model/stream.ts';
import type { Ending, HttpHead } from '../model/trace.ts';
import { piecesOf, piecesOfRead } from '../framing/pieces.ts';
import { BODY_START_BYTES, countsAsEvent, endingOfBody, type TransportFacts } from '../metrics/ending.ts';
import { checkEvents, checkLength } from './too-long.ts';
import type { FaultFinder, FramingFaults } from '../framing/faults.ts';
import { faultFinderOf } from '../providers/faults-of.ts';
import { HeldBody } from './held-body.ts';
import { ReadingFold, type ComparisonInput } from './lane-reading.ts';

export interface ReadAllOptions {
  /** Absent: every lane that reads the API. */
  readonly lanes?: readonly LaneId[];
  readonly timed?: boolean;
  /** Of the response, where it is known. */
  readonly head?: HttpHead;
  /** The ending as it was recorded; without one the bytes decide. */
  readonly ending?: Ending;
  /** With more events and remarks between them it throws; absent: as many as are compared at once. */
  readonly mostEvents?: number;
}

/** Runs stored reads through the lanes. A body without times may be given as one piece. Throws TooLongToCompare. */
export function readAll(
  reads: Uint8Array | readonly Read[],
  setup: LaneSetup,
  options: ReadAllOptions = {},
): ComparisonInput {
  const isPiece = reads instanceof Uint8Array;
  const reading = new WholeReading(setup, { ...options, timed: options.timed ?? !isPiece });
  for (const read of isPiece ? piecesOf(reads) : reads) reading.feed(read);
  return reading.end();
}

/** The same read by read, for who may stop before the end. It holds all that it was given. */
export class WholeReading {
  readonly #setup: LaneSetup;
  readonly #options: ReadAllOptions;
  readonly #lanes: readonly LaneId[];
  readonly #stored: Read[] = [];
  readonly #faults: FaultFinder;
  /** Events and remarks between them. */
  #framed = 0;
  #events = 0;
  readonly #pass: DecodePass;
  readonly #fold = new ReadingFold();

  constructor(setup: LaneSetup, options: ReadAllOptions) {
    this.#setup = setup;
    this.#options = options;
    this.#lanes = chosenLanes(setup.api, options.lanes ?? null);
    this.#faults = faultFinderOf(setup.api);
    this.#pass = new DecodePass({ ...setup, lanes: this.#lanes, watch: (one) => this.#watch(one) });
    this.#fold.add(this.#pass.begin());
  }

  /** Bytes given so far. */
  get bytes(): number {
    return this.#pass.bytes;
  }

  /** The wire's result so far: after a read that was too long, of its beginning. */
  get wire(): WireOutcome {
    return this.#pass.wire;
  }

  /** `read.offset` must be where the last one ended. Throws TooLongToCompare. */
  feed(read: Read): void {
    checkLength(this.bytes + read.bytes.length);
    this.#stored.push(read);
    for (const piece of piecesOfRead(read)) this.#fold.add(this.#pass.feed(piece));
  }

  #watch(framed: Framed): void {
    this.#faults.take(framed);
    if (framed.type === 'frame' && countsAsEvent(framed.frame, this.#setup.framing)) this.#events++;
    checkEvents(++this.#framed, this.#options.mostEvents);
  }

  /** Once, last. */
  end(): ComparisonInput {
    const { head = null, ending, timed = true } = this.#options;
    const setup = this.#setup;
    const body = new HeldBody(setup.api, setup.framing, this.#stored);
    const { bytes } = this.#pass;
    let faults: FramingFaults | undefined;
    const facts = (unfinished: boolean): Omit<TransportFacts, 'end'> => ({
      head,
      framing: setup.framing,
      bytes,
      events: this.#events,
      bodyStart: body.slice(0, Math.min(bytes, BODY_START_BYTES)),
      unfinished,
      faults: (faults ??= this.#faults.end()),
    });
    const tNs = this.#stored.at(-1)?.tNs ?? 0;
    this.#fold.add(
      this.#pass.end(tNs, (wire, unfinished) => ending ?? endingOfBody(setup.api, facts(unfinished), wire)),
    );
    return this.#fold.result(setup, {
      lanes: allLanes().filter(({ id }) => this.#lanes.includes(id)),
      body,
      faults: faults ?? this.#faults.end(),
      timed,
    });
  }
}
