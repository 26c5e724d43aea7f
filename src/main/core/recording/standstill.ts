/**
 * Watches whether this machine slept, or this program was stopped, while a stream was recorded: no read has a time of its own then. The clock of
 * durations stands still in a sleep on Linux and macOS and runs on on Windows; how long the machine is up counts all of it
 * everywhere, so the larger of both steps is what passed. Neither follows the clock on the wall.
 */
import { uptime } from 'node:os';
import { durationWords } from '../../../shared/text/duration.ts';

/** Two ways to measure what passed, in milliseconds. */
export interface Clocks {
  readonly running: () => number;
  readonly up: () => number;
}

const CLOCKS: Clocks = { running: () => performance.now(), up: () => uptime() * 1000 };
const LOOK_MS = 1_000;
/** What a busy machine is late by at times. */
const BUSY_MS = 5_000;
/** The ending names so many; a machine that sleeps more often does so all the time. */
const MAX_TOLD = 3;

interface Stand {
  readonly ms: number;
  /** Bytes of the body that had come. */
  readonly bytes: number;
}

export class Standstill {
  readonly #clocks: Clocks;
  readonly #bytes: () => number;
  readonly #stands: Stand[] = [];
  readonly #timer: NodeJS.Timeout;
  #running: number;
  #up: number;

  /** Watches from now on. `bytes`: how many bytes of the body have come. */
  constructor(bytes: () => number, clocks = CLOCKS) {
    this.#clocks = clocks;
    this.#bytes = bytes;
    this.#running = clocks.running();
    this.#up = clocks.up();
    this.#timer = setInterval(() => this.look(), LOOK_MS);
    this.#timer.unref();
  }

  /** Has something passed that was not watched? Called once a second, before what came meanwhile is taken. */
  look(): void {
    const [running, up] = [this.#clocks.running(), this.#clocks.up()];
    const ms = Math.max(running - this.#running, up - this.#up) - LOOK_MS;
    this.#running = running;
    this.#up = up;
    if (ms >= BUSY_MS) this.#stands.push({ ms, bytes: this.#bytes() });
  }

  /** Ends the watch. Sentences with a space before each; '' where all was watched. */
  end(): string {
    clearInterval(this.#timer);
    const told = this.#stands.toSorted((a, b) => b.ms - a.ms).slice(0, MAX_TOLD);
    const more = this.#stands.length - told.length;
    return [
      ...told.map(
        ({ ms, bytes }) =>
          ` This machine was suspended, or this program stopped, for ${durationWords(Math.round(ms / 1000))} after byte ${bytes}: what came then has the time of the waking.`,
      ),
      ...(more > 0 ? [` So it was ${more} more ${more === 1 ? 'time' : 'times'}.`] : []),
    ].join('');
  }
}
