/** The three ways a client reaches a server, each as a source of new connections that a test can cut. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { MessageChannel } from 'node:worker_threads';
import WebSocket, { WebSocketServer } from 'ws';
import { memoryPorts } from '../../src/shared/rpc/memory-port.ts';
import { messagePort } from '../../src/shared/rpc/message-port.ts';
import type { Port } from '../../src/shared/rpc/port.ts';
import { openWebSocketPort, webSocketPort } from '../../src/shared/rpc/web-socket-port.ts';

export interface Transport {
  /** A new connection: gives `accept` the server's end and resolves with the client's. */
  connect(accept: (port: Port) => void): Promise<Port>;
  close(): Promise<void>;
}

export const TRANSPORTS: Readonly<Record<string, () => Promise<Transport>>> = {
  memory,
  MessageChannel: messageChannel,
  WebSocket: webSocket,
};

function memory(): Promise<Transport> {
  return Promise.resolve({
    connect(accept) {
      const [client, server] = memoryPorts();
      accept(server);
      return Promise.resolve(client);
    },
    close: () => Promise.resolve(),
  });
}

function messageChannel(): Promise<Transport> {
  const open = new Set<Port>();
  return Promise.resolve({
    connect(accept) {
      const { port1, port2 } = new MessageChannel();
      const client = messagePort(port1);
      open.add(client);
      client.onClose(() => open.delete(client));
      accept(messagePort(port2));
      return Promise.resolve(client);
    },
    close() {
      for (const port of open) port.close();
      return Promise.resolve();
    },
  });
}

async function webSocket(): Promise<Transport> {
  const http = createServer();
  const sockets = new WebSocketServer({ server: http });
  let accepting: (port: Port) => void = () => undefined;
  sockets.on('connection', (socket) => accepting(webSocketPort(socket)));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    connect(accept) {
      accepting = accept;
      return openWebSocketPort(new WebSocket(`ws://127.0.0.1:${port}`));
    },
    async close() {
      for (const socket of sockets.clients) socket.terminate();
      http.close();
      await once(http, 'close');
    },
  };
}
