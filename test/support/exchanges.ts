/** The real thread of exchanges, one for a test file. */
import { afterAll } from 'vitest';
import { ExchangeThread } from '../../src/main/core/capture/exchange-thread.ts';

const ENTRY = new URL('../../src/main/exchange-worker.ts', import.meta.url);

/** Closes it after the last test of the file. `entry`: that of a thread with more than the real one. */
export function exchangesForFile(entry = ENTRY): ExchangeThread {
  const exchanges = new ExchangeThread(entry);
  afterAll(() => exchanges.close());
  return exchanges;
}
