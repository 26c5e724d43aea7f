/** A file that could not even be passed on to the thread that reads files. */
import { expect, test } from 'vitest';
import { Recognition } from '../../src/main/core/imports/recognition.ts';

test('an import says that there was no memory to pass the file on', async () => {
  const recognition = new Recognition(new URL('unread-import-worker.ts', import.meta.url));
  const file = { name: 'large.sse', bytes: new Uint8Array(64 * 1024), api: null };
  await expect(recognition.recognize(file)).rejects.toMatchObject({
    code: 'too-large',
    message:
      'The file or its streams could not be passed between threads (no memory). Cut out the exchange that matters.',
  });
  await recognition.close();
});
