/** A body in pieces, and a server that sends it so: what a provider's own client and the lanes are both given. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll } from 'vitest';

export const inPieces = (bytes: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(bytes.length / size) }, (_, i) => bytes.subarray(i * size, (i + 1) * size));

export interface PiecesServer {
  readonly url: string;
  /** What every request is answered with from now on, a write for each piece. */
  send(pieces: readonly Uint8Array[]): void;
}

/** For the tests of one file. */
export function usePiecesServer(contentType: string): PiecesServer {
  let body: readonly Uint8Array[] = [];
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': contentType });
    for (const piece of body) response.write(piece);
    response.end();
  });
  beforeAll(async () => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterAll(() => void server.close());
  return {
    get url() {
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    send(pieces) {
      body = pieces;
    },
  };
}
