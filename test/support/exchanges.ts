/** The real thread of exchanges, one for a test file. */
import { afterAll } from 'vitest';
import { ExchangeThread } from '../../src/main/core/capture/exchange-thread.ts';

const ENTRY = new URL('../../src/main/exchange-worker.ts', import.meta.url);

/** Closes it after the last test of the file. */
export function exchangesForFile(): ExchangeThread {
  const exchanges = new ExchangeThread(ENTRY);
  afterAll(() => exchanges.close());
  return exchanges;
}
