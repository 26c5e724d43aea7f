/** The thread that decodes live streams, for a test file. Starting it is too slow to do it for each test. */
import { afterAll } from 'vitest';
import { LaneThread, type LaneThreadSetup } from '../../src/main/core/decoding/lane-thread.ts';

const DECODE_WORKER = new URL('../../src/main/decode-worker.ts', import.meta.url);

export function threadForFile(setup: Partial<LaneThreadSetup> = {}): LaneThread {
  const thread = new LaneThread({ module: DECODE_WORKER, ...setup });
  afterAll(() => thread.close());
  return thread;
}
