/** How long a stream has said nothing: two clocks, since keep-alive comments are bytes but no content. */
import type { TraceItem } from '../../../shared/model/items.ts';
import type { Read } from '../../../shared/model/stream.ts';

export class SilenceClock {
  readonly #limitMs: number;
  readonly #tooLong: (silence: 'byte' | 'content') => void;
  #contentAt = performance.now();
  #byteAt = this.#contentAt;
  #timer: NodeJS.Timeout | undefined;

  /** Runs from now on. `tooLong` is told once that nothing but keep-alive (`content`), or nothing at all (`byte`), came for so long. */
  constructor(limitSeconds: number, tooLong: (silence: 'byte' | 'content') => void) {
    this.#limitMs = limitSeconds * 1000;
    this.#tooLong = tooLong;
    this.#arm(this.#limitMs);
  }

  /** A read came, and gave these items. */
  heard(read: Read, items: readonly TraceItem[]): void {
    this.#byteAt = performance.now();
    if (saysSomething(read, items)) this.#contentAt = this.#byteAt;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** One timer for the whole stream: it looks how long is left, instead of being set anew with each read. */
  #arm(ms: number): void {
    this.#timer = setTimeout(() => {
      const leftMs = this.#limitMs - (performance.now() - this.#contentAt);
      if (leftMs > 0) this.#arm(leftMs);
      else this.#tooLong(this.#byteAt > this.#contentAt ? 'content' : 'byte');
    }, ms);
  }
}

/** A read of nothing but keep-alive says nothing. One that ends inside an event does: a large event takes many reads. */
function saysSomething(read: Read, items: readonly TraceItem[]): boolean {
  const told = items.filter((item) => item.k === 'event' || item.k === 'note');
  if (told.length > 0)
    return told.some((item) => (item.k === 'event' ? item.event.kind !== 'ping' : item.type !== 'comment'));
  return read.bytes.some((byte) => byte !== 0x0a && byte !== 0x0d);
}
