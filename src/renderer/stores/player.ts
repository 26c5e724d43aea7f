/**
 * Where the playhead stands in a recorded stream, and how far that lets its items go. It holds no timer and no page: whoever
 * shows the stream says what time it is, as often as it draws, so that nothing is added up and nothing can be late for long.
 */
import type { Silence } from '../../shared/metrics/silence.ts';
import { lowerBound } from './lower-bound.ts';
import type { TraceModel } from './trace-model.ts';

/** The speeds that are offered; null: as fast as possible. */
export const SPEEDS: readonly (number | null)[] = [0.1, 0.25, 0.5, 1, 2, 4, 8, 16, null];

/** What is left of a silence that is skipped, at its beginning and at its end, so that it is still seen. Nanoseconds on the stream's clock. */
const LEFT_OF_SILENCE_NS = 100e6;

/** What of a stream is played: all that has come of it, and its times. It may grow meanwhile. */
export type Played = Pick<
  TraceModel,
  'count' | 'ending' | 'lastNs' | 'reads' | 'events' | 'countAt' | 'countWith' | 'countWithRead' | 'timeOf'
>;

export interface PlayerSetup {
  readonly whole: Played;
  /** Those worth a name, in order. */
  readonly silences: readonly Silence[];
  readonly speed?: number | null;
}

/** Nanoseconds on the stream's clock. */
export type Range = readonly [startNs: number, endNs: number];

export class Player {
  readonly #whole: Played;
  readonly #silences: readonly Silence[];
  #playing = false;
  #speed: number | null;
  #skipsSilences = false;
  #loop: Range | null = null;
  /** Where the playhead stood at `#anchorNs` of the caller's clock; it moves from there while it plays. */
  #positionNs = 0;
  #anchorNs = 0;
  /** Items that are shown. A step may end inside a read, before all that came with it. */
  #count = 0;

  constructor({ whole, silences, speed = 1 }: PlayerSetup) {
    this.#whole = whole;
    this.#silences = silences;
    this.#speed = speed;
  }

  get playing(): boolean {
    return this.#playing;
  }

  get speed(): number | null {
    return this.#speed;
  }

  get skipsSilences(): boolean {
    return this.#skipsSilences;
  }

  get loop(): Range | null {
    return this.#loop;
  }

  /** On the stream's clock. */
  get positionNs(): number {
    return this.#positionNs;
  }

  get count(): number {
    return this.#count;
  }

  get done(): boolean {
    return this.#whole.ending !== null && this.#count === this.#whole.count;
  }

  /** The last event that is shown; -1 before the first. */
  get event(): number {
    return lowerBound(this.#whole.events.length, (at) => this.#whole.countWith(at) > this.#count) - 1;
  }

  /** From the start again where it is over. `nowNs`: of the caller's clock, here and below. */
  play(nowNs: number): void {
    if (this.done) this.seek(this.#loop?.[0] ?? 0);
    this.#playing = true;
    this.#anchorNs = nowNs;
  }

  pause(): void {
    this.#playing = false;
  }

  setSpeed(speed: number | null, nowNs: number): void {
    this.#anchorNs = nowNs;
    this.#speed = speed;
  }

  skipSilences(skips: boolean): void {
    this.#skipsSilences = skips;
  }

  /** A stretch that is played again and again; null: none. */
  setLoop(range: Range | null): void {
    this.#loop = range;
  }

  /** Stands at a time, with all that had come by then. It goes on from there if it plays. */
  seek(ns: number): void {
    this.#positionNs = Math.min(Math.max(ns, 0), this.#whole.lastNs);
    this.#count = this.#whole.countAt(this.#positionNs);
  }

  /** Stands after an event and what it caused, and nothing of the event after it; -1: at the start. */
  seekEvent(event: number): void {
    this.#playing = false;
    const last = this.#whole.events.length - 1;
    if (event > last) return this.#toEnd();
    this.#count = this.#whole.countWith(Math.max(event, -1));
    this.#positionNs = this.#whole.timeOf(this.#count);
  }

  stepEvent(by: 1 | -1): void {
    this.seekEvent(this.event + by);
  }

  /** To the end of the next read, or of the one before. */
  stepRead(by: 1 | -1): void {
    this.#playing = false;
    const { reads } = this.#whole;
    const shown = lowerBound(reads.length, (at) => this.#endOfRead(at) > this.#count);
    // Inside of a read, the step back ends at its beginning.
    const read = by === 1 ? shown : shown - 2 + (this.#isInside(shown) ? 1 : 0);
    if (read >= reads.length) return this.#toEnd();
    this.#count = read < 0 ? 0 : this.#endOfRead(read);
    this.#positionNs = read < 0 ? 0 : reads[read]!.tNs;
  }

  /** Moves on to this time; as fast as possible, by at most so many items. Returns whether anything changed. */
  moveOn(nowNs: number, most: number): boolean {
    if (!this.#playing) return false;
    const [count, position] = [this.#count, this.#positionNs];
    // A stream without times has no pace of its own.
    if (this.#speed === null || this.#whole.lastNs === 0) this.#moveItems(most);
    else this.#moveTime(nowNs, this.#speed);
    this.#anchorNs = nowNs;
    if (this.#loop && (this.#positionNs >= this.#loop[1] || this.done)) this.seek(this.#loop[0]);
    else if (this.done) this.#playing = false;
    return count !== this.#count || position !== this.#positionNs;
  }

  /** When the next item is due, on the caller's clock: nothing is to be seen before it. Infinity: never. */
  get dueNs(): number {
    if (!this.#playing || this.done) return Number.POSITIVE_INFINITY;
    if (this.#speed === null || this.#whole.lastNs === 0) return this.#anchorNs;
    const next = this.#whole.reads[this.#readsBy(this.#positionNs)]?.tNs ?? this.#whole.lastNs;
    return this.#anchorNs + (next - this.#positionNs) / this.#speed;
  }

  #moveTime(nowNs: number, speed: number): void {
    this.#positionNs = Math.min(this.#positionNs + Math.max(0, nowNs - this.#anchorNs) * speed, this.#whole.lastNs);
    if (this.#skipsSilences) this.#positionNs = this.#pastSilence(this.#positionNs);
    this.#count = Math.max(this.#count, this.#whole.countAt(this.#positionNs));
  }

  #moveItems(most: number): void {
    const end = this.#loop ? this.#whole.countAt(this.#loop[1]) : this.#whole.count;
    this.#count = Math.min(this.#count + most, Math.max(end, this.#count));
    this.#positionNs = this.#loop && this.#count >= end ? this.#loop[1] : this.#whole.timeOf(this.#count);
  }

  #pastSilence(ns: number): number {
    const silence = this.#silences.find(({ endNs }) => endNs > ns);
    if (!silence || ns < silence.startNs + LEFT_OF_SILENCE_NS) return ns;
    return Math.max(ns, silence.endNs - LEFT_OF_SILENCE_NS);
  }

  #toEnd(): void {
    this.#playing = false;
    this.#count = this.#whole.count;
    this.#positionNs = this.#whole.lastNs;
  }

  #readsBy(ns: number): number {
    const { reads } = this.#whole;
    return lowerBound(reads.length, (at) => reads[at]!.tNs > ns);
  }

  #endOfRead(read: number): number {
    return this.#whole.countWithRead(read);
  }

  /** Some of what a read gave is shown, and some is not. */
  #isInside(read: number): boolean {
    return read > 0 ? this.#count > this.#endOfRead(read - 1) : this.#count > 0;
  }
}
