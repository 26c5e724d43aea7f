/**
 * The events of one trace as they can be asked for: decoded once, and read on from where that stopped when a trace that still
 * runs has got more. What the lanes hold then is what they held after the last read, so that nothing is decoded twice.
 */
import { DecodePass } from '../../../shared/lanes/decode-pass.ts';
import type { Decoding } from '../../../shared/model/trace.ts';
import type { StoredTrace } from '../store/store.ts';
import { decodeSetup } from './decode-setup.ts';
import { storedPages, type TraceSource } from './decode-stored.ts';
import { EventIndex } from './event-detail.ts';

export class StoredEvents {
  readonly index = new EventIndex();
  readonly #pass: DecodePass;
  /** The read that comes next. */
  #next = 0;
  #ended = false;

  constructor(trace: StoredTrace, decoding: Decoding) {
    this.#pass = new DecodePass(decodeSetup(trace, decoding));
    this.index.add(this.#pass.begin());
  }

  /** Knows then what `trace`, as `source` just gave it, has of the event, and all of it when it has ended. */
  async readTo(event: number, source: TraceSource, trace: StoredTrace): Promise<void> {
    if (this.#ended || (!trace.ending && this.index.has(event))) return;
    for await (const page of storedPages(source, trace, this.#next)) {
      for (const read of page) this.index.add(this.#pass.feed(read));
      this.#next = page.at(-1)!.n + 1;
    }
    const { ending } = trace;
    if (!ending) return;
    this.index.add(this.#pass.end(trace.metrics.totalNs ?? 0, () => ending));
    this.#ended = true;
  }
}
