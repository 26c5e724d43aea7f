/**
 * Items as bytes, for the way between two threads and for as long as nobody looks at them. A fast stream makes a hundred thousand
 * objects in a second; held as objects in the main thread, they made its garbage collector stop it for 300 ms.
 */
import { deserialize, serialize } from 'node:v8';
import type { TraceItem } from '../../../shared/model/items.ts';

export interface PackedItems {
  readonly count: number;
  /** Has a buffer of its own, which may be transferred. Null for items that nobody wanted: they are counted alone. */
  readonly bytes: Uint8Array<ArrayBuffer> | null;
}

/** Throws where an item holds what cannot be cloned. */
export function packItems(items: readonly TraceItem[]): PackedItems {
  if (items.length === 0) return counted(0);
  // A view of the buffer: a Buffer arrives in another thread as one of these anyway.
  const { buffer, byteOffset, byteLength } = serialize(items);
  return { count: items.length, bytes: new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength) };
}

export const counted = (count: number): PackedItems => ({ count, bytes: null });

/** None where they were only counted. */
export function unpackItems({ bytes }: PackedItems): readonly TraceItem[] {
  return bytes === null ? [] : (deserialize(bytes) as readonly TraceItem[]);
}
