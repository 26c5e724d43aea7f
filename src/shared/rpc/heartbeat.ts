/**
 * Notices a port whose other side is gone without a word: not every close arrives (a crashed page, a sleeping laptop, a
 * message port of Electron). Each side asks into a silence of one beat, and closes the port after three without an answer.
 * Beats are counted, not times compared: after the machine slept, the other side still gets its chance to answer.
 */
import type { Beat } from './frames.ts';
import type { Port } from './port.ts';

/** Milliseconds between beats. A hidden page's timers may be slower; it answers the other side at once all the same. */
export const BEAT_MS = 5000;
const SILENT_BEATS = 3;

const text = (t: Beat['t']): string => JSON.stringify({ t } satisfies Beat);
const PING = text('ping');
const PONG = text('pong');

export class Alive {
  readonly #port: Port;
  readonly #beatMs: number;
  #silent = 0;
  #timer: unknown;

  constructor(port: Port, beatMs: number = BEAT_MS) {
    this.#port = port;
    this.#beatMs = beatMs;
    this.#next();
  }

  /** Call for each frame that arrives, whatever it says. */
  heard(t: string): void {
    this.#silent = 0;
    if (t === 'ping') this.#port.send(PONG);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #next(): void {
    this.#timer = setTimeout(() => {
      if (this.#silent >= SILENT_BEATS) {
        this.#port.close();
        return;
      }
      if (this.#silent > 0) this.#port.send(PING);
      this.#silent++;
      this.#next();
    }, this.#beatMs);
  }
}
