/** The thread that decodes live streams, for a test file. Starting it is too slow to do it for each test. */
import { afterAll } from 'vitest';
import { RecordingThread, type RecordingThreadSetup } from '../../src/main/core/decoding/recording-thread.ts';

const DECODE_WORKER = new URL('../../src/main/decode-worker.ts', import.meta.url);

export function threadForFile(setup: Partial<RecordingThreadSetup> = {}): RecordingThread {
  const thread = new RecordingThread({ module: DECODE_WORKER, ...setup });
  afterAll(() => thread.close());
  return thread;
}
