/**
 * The order in which the items of a stream came, one byte each: the items themselves lie in the lists of the model, by kind, so
 * that the next of its kind is the one that is meant.
 */
import type { TraceItem } from '../../shared/model/items.ts';

const KINDS = ['read', 'event', 'message', 'note', 'head', 'outcome', 'ending'] as const;
const NUMBERS = Object.fromEntries(KINDS.map((kind, number) => [kind, number])) as Record<TraceItem['k'], number>;

export class ItemLog {
  #kinds = new Uint8Array(1024);
  #length = 0;
  /** By the number of a read or event: where its item stands. */
  readonly reads = new Numbers();
  readonly events = new Numbers();
  /** Where the head stands; -1 without one. */
  head = -1;

  get length(): number {
    return this.#length;
  }

  add(kind: TraceItem['k']): void {
    if (kind === 'read') this.reads.add(this.#length);
    else if (kind === 'event') this.events.add(this.#length);
    else if (kind === 'head') this.head = this.#length;
    if (this.#length === this.#kinds.length) this.#kinds = grown(this.#kinds, new Uint8Array(this.#length * 2));
    this.#kinds[this.#length++] = NUMBERS[kind];
  }

  kind(at: number): TraceItem['k'] {
    return KINDS[this.#kinds[at]!]!;
  }
}

/** A list of places that takes four bytes for each. */
class Numbers {
  #values = new Uint32Array(256);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  add(value: number): void {
    if (this.#length === this.#values.length) this.#values = grown(this.#values, new Uint32Array(this.#length * 2));
    this.#values[this.#length++] = value;
  }

  at(index: number): number {
    return this.#values[index]!;
  }
}

function grown<List extends Uint8Array | Uint32Array>(from: List, to: List): List {
  to.set(from);
  return to;
}
