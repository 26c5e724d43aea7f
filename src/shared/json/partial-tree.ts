/** The value that a reader builds while its text is still coming. Containers stand in it from their bracket on. */
import type { GrowingText } from './growing-text.ts';
import { isDict, setItem, type PyDict, type PyKey, type PyValue } from './python-value.ts';

/** What the end of the input cuts but the parser counts: the value to come at the innermost place. */
export interface Pending {
  /** Its key when the innermost container is an object. */
  readonly key: PyKey | undefined;
  readonly value: PyValue | GrowingText;
}

export class PartialTree {
  root: PyValue | undefined;
  readonly #open: (PyDict | PyValue[])[] = [];
  /** The key of each open container whose value is due; undefined in arrays. */
  readonly #keys: (PyKey | undefined)[] = [];

  /** Open containers. */
  get depth(): number {
    return this.#open.length;
  }

  get inner(): PyDict | PyValue[] | undefined {
    return this.#open[this.#open.length - 1];
  }

  get inDict(): boolean {
    return isDict(this.inner);
  }

  get key(): PyKey | undefined {
    return this.#keys[this.#keys.length - 1];
  }

  setKey(key: PyKey): void {
    this.#keys[this.#keys.length - 1] = key;
  }

  open(container: PyDict | PyValue[]): void {
    this.put(container);
    this.#open.push(container);
    this.#keys.push(undefined);
  }

  close(): void {
    this.#open.pop();
    this.#keys.pop();
  }

  put(value: PyValue): void {
    const inner = this.inner;
    if (inner === undefined) this.root = value;
    else if (isDict(inner)) setItem(inner, this.key!, value);
    else inner.push(value);
  }

  /** Puts what the end of the input cut into its place. After this the tree is a value and no longer grows. */
  finish(pending: Pending | undefined): PyValue | undefined {
    if (pending === undefined) return this.root;
    if (pending.key !== undefined) this.setKey(pending.key);
    const { value } = pending;
    this.put(isGrowing(value) ? value.beyond(0) : value);
    return this.root;
  }
}

export function isGrowing(value: PyValue | GrowingText | undefined): value is GrowingText {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isDict(value);
}
