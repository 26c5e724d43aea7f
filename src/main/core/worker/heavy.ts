/**
 * V8 collects nothing in a thread that rests: what one large stream left behind would be held until the next. A thread that holds much after
 * its work is ended instead, and the next work starts another.
 */
import { getHeapStatistics } from 'node:v8';

/** Several times what a thread holds that has just started. */
const HEAVY_BYTES = 256 * 1024 ** 2;

/** Whether the thread that calls it holds so much, garbage included. */
export function isHeavy(): boolean {
  const { total_heap_size, external_memory } = getHeapStatistics();
  return total_heap_size + external_memory > HEAVY_BYTES;
}
