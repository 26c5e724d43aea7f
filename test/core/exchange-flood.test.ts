/** What a flood leaves in the thread that takes times: nothing that its garbage collector would have to look for. */
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import { exchangesForFile } from '../support/exchanges.ts';
import { withServer } from '../support/runs.ts';

const exchanges = exchangesForFile(new URL('../fixtures/exchange-worker-that-weighs.ts', import.meta.url));

const MB = 1024 ** 2;
/** Its bytes differ from place to place, at distances that no buffer has. */
const BODY = Buffer.from(Uint32Array.from({ length: 12 * MB }, (_, n) => n * 2_654_435_761).buffer);

/** Resolves with the body as it was told, and how many bytes outside its heap the thread has held at most. */
function flooded(url: string): Promise<{ readonly body: Buffer; readonly held: number }> {
  const told = Promise.withResolvers<{ readonly body: Buffer; readonly held: number }>();
  const pieces: Uint8Array[] = [];
  exchanges.send(
    { method: 'POST', url, headers: [['host', new URL(url).host]], body: '{}' },
    {
      head: () => {},
      piece: (bytes) => pieces.push(bytes),
      room: () => undefined,
      end: (_end, _tNs, { trailers }) =>
        told.resolve({ body: Buffer.concat(pieces), held: Number(trailers?.[0]?.[1]) }),
    },
  );
  return told.promise;
}

const SENT: Readonly<Record<string, (response: ServerResponse) => void>> = {
  'of a stated length': (response) => response.setHeader('content-length', BODY.length).end(BODY),
  'in chunks': (response) => {
    for (let at = 0; at < BODY.length; at += 100_000) response.write(BODY.subarray(at, at + 100_000));
    response.end();
  },
};

test.each(Object.keys(SENT))('a flood %s', async (how) => {
  await withServer(
    (_, response) => SENT[how]!(response),
    async ({ baseUrl }) => {
      const two = await Promise.all([flooded(baseUrl), flooded(baseUrl)]);
      for (const { body, held } of two) {
        expect(body.equals(BODY)).toBe(true);
        expect(held).toBeLessThan(16 * MB);
      }
    },
  );
});
