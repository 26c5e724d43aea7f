/**
 * Whether events came in bursts after silences: a compressor that is not flushed after each event holds events back, and then all of a
 * burst have the time at which it was let go.
 */
import { durationWords } from '../text/duration.ts';

/** So many events of one read, after so long a silence, were not sent when they were made. */
const BURST_EVENTS = 8;
const SILENCE_NS = 250e6;

export class HeldBack {
  #lastNs = 0;
  #events = 0;
  #inBursts = 0;
  #bursts = 0;
  #longestNs = 0;

  /** The head came. */
  head(tNs: number): void {
    this.#lastNs = tNs;
  }

  /** The next read came, and so many events ended in it. */
  read(tNs: number, events: number): void {
    const silenceNs = tNs - this.#lastNs;
    this.#lastNs = tNs;
    this.#events += events;
    if (events < BURST_EVENTS || silenceNs < SILENCE_NS) return;
    this.#bursts++;
    this.#inBursts += events;
    this.#longestNs = Math.max(this.#longestNs, silenceNs);
  }

  /** A sentence where most events came so; `encoding` as the content-encoding header has it. */
  sentence(encoding: string): string | null {
    if (this.#inBursts * 2 <= this.#events) return null;
    const bursts = this.#bursts === 1 ? 'at once' : `in ${this.#bursts} bursts`;
    return `${this.#inBursts} of its ${this.#events} events came ${bursts}, after up to ${durationWords(this.#longestNs / 1e9)} of silence: they were buffered by compression (${encoding}), so that their times are those of the compressor, not of the model.`;
  }
}
