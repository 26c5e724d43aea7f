/**
 * Watches whether this machine slept, or this program was stopped, while a stream was recorded: no read has a time of its own then. The clock of
 * durations stands still in a sleep on Linux and macOS and runs on on Windows; how long the machine is up counts all of it
 * everywhere, so the larger of both steps is what passed. Neither follows the clock on the wall. A program that only comes to
 * look late uses the processor meanwhile, and times are taken in other threads; one that is stopped uses nothing.
 */
import { uptime } from 'node:os';
import { durationWords } from '../../../shared/text/duration.ts';

/** Two ways to measure what passed, and how long this program's threads have computed in all; in milliseconds. */
export interface Clocks {
  readonly running: () => number;
  readonly up: () => number;
  readonly computed: () => number;
}

const CLOCKS: Clocks = {
  running: () => performance.now(),
  up: () => uptime() * 1000,
  computed: () => {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1000;
  },
};
const LOOK_MS = 250;
const NS_PER_MS = 1e6;
/** Shorter pauses are not told: a busy machine makes them. */
const LEAST_MS = 2_000;
/** Of the pause: who computed for longer was not stopped. */
const MOST_COMPUTED = 1 / 2;
/** Of the pause: its gap is as long at least. The pause is measured between two looks, of which a busy machine takes the second one late. */
const LEAST_OF_PAUSE = 1 / 2;
/** The ending names so many; a machine that sleeps more often does so all the time. */
const MAX_TOLD = 3;

/** Nothing came for so long, after so many bytes of the body. */
interface Gap {
  readonly ms: number;
  readonly bytes: number;
}

interface Stand {
  readonly ms: number;
  /** Of the gaps, those that ended between the two looks; absent where the clock of durations stood still as well, and made none. */
  readonly between: readonly [first: number, end: number] | undefined;
  /** Bytes of the body that had come when it was noticed. */
  readonly bytes: number;
}

export class Standstill {
  readonly #clocks: Clocks;
  readonly #stands: Stand[] = [];
  readonly #gaps: Gap[] = [];
  readonly #timer: NodeJS.Timeout;
  #running: number;
  #up: number;
  #computed: number;
  /** Of the gaps, those that were known when it looked last. */
  #knownGaps = 0;
  #lastNs = 0;
  #bytes = 0;

  /** Watches from now on. */
  constructor(clocks = CLOCKS) {
    this.#clocks = clocks;
    this.#running = clocks.running();
    this.#up = clocks.up();
    this.#computed = clocks.computed();
    this.#timer = setInterval(() => this.look(), LOOK_MS);
    this.#timer.unref();
  }

  /** Told of all that comes, in order: its time, and how many bytes of the body had come before it and with it. */
  came(tNs: number, before: number, after: number): void {
    const ms = (tNs - this.#lastNs) / NS_PER_MS;
    if (ms >= LEAST_MS) this.#gaps.push({ ms, bytes: before });
    this.#lastNs = tNs;
    this.#bytes = after;
  }

  /** Has something passed that was not watched? Called four times a second. */
  look(): void {
    const [running, up, computed] = [this.#clocks.running(), this.#clocks.up(), this.#clocks.computed()];
    const counted = running - this.#running - LOOK_MS;
    const ms = Math.max(counted, up - this.#up - LOOK_MS);
    if (ms >= LEAST_MS && computed - this.#computed < ms * MOST_COMPUTED) {
      const between = counted >= LEAST_MS ? ([this.#knownGaps, this.#gaps.length] as const) : undefined;
      this.#stands.push({ ms, between, bytes: this.#bytes });
    }
    this.#running = running;
    this.#up = up;
    this.#computed = computed;
    this.#knownGaps = this.#gaps.length;
  }

  /** Ends the watch. Sentences with a space before each; '' where all was watched. */
  end(): string {
    clearInterval(this.#timer);
    const told = this.#stands.toSorted((a, b) => b.ms - a.ms).slice(0, MAX_TOLD);
    const more = this.#stands.length - told.length;
    return [
      ...told.map(
        (stand) =>
          ` This machine was suspended, or this program stopped, for ${durationWords(Math.round(stand.ms / 1000))} after byte ${this.#placeOf(stand)}: what came then has the time of the waking.`,
      ),
      ...(more > 0 ? [` So it was ${more} more ${more === 1 ? 'time' : 'times'}.`] : []),
    ].join('');
  }

  /** No read has a time within it, so it lies in a gap: one that had ended when it was noticed, or else the next one. */
  #placeOf({ ms, between, bytes }: Stand): number {
    if (between === undefined) return bytes;
    const [first, end] = between;
    const ended = this.#gaps.slice(first, end).findLast((gap) => gap.ms >= ms * LEAST_OF_PAUSE);
    return (ended ?? this.#gaps[end])?.bytes ?? this.#bytes;
  }
}
