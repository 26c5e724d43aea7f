/** A plain TCP relay, in a thread of its own: what any proxy costs that looks at nothing. */
import { connect, createServer, type AddressInfo } from 'node:net';
import { parentPort, workerData } from 'node:worker_threads';

const { port } = workerData as { readonly port: number };

const server = createServer((client) => {
  const provider = connect(port, '127.0.0.1');
  for (const socket of [client, provider]) {
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
  }
  client.pipe(provider);
  provider.pipe(client);
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address() as AddressInfo;
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- not a window's
  parentPort!.postMessage(address.port);
});
