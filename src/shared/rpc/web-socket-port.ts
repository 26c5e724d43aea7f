/** A port over a WebSocket: the browser's own, Node's, or one of the `ws` package. */
import { Inbox } from './inbox.ts';
import type { Port } from './port.ts';

/** A WebSocket as far as it is used here. */
export interface WebSocketLike {
  readonly readyState: number;
  send(text: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'close' | 'error' | 'open', listener: () => void): void;
}

const OPEN = 1;
/** Close code of the WebSocket protocol for data of a kind that is not taken. */
const UNSUPPORTED_DATA = 1003;

/** A port over a socket that is open or opening; frames sent before it is open are dropped. */
export function webSocketPort(socket: WebSocketLike): Port {
  const inbox = new Inbox();
  socket.addEventListener('message', ({ data }) => {
    if (typeof data === 'string') inbox.deliver(data);
    else socket.close(UNSUPPORTED_DATA, 'Frames are text.');
  });
  socket.addEventListener('close', () => inbox.close());
  // Without a listener, the `ws` package throws; the close that follows says all there is to know.
  socket.addEventListener('error', () => undefined);
  return {
    send(frame) {
      if (socket.readyState === OPEN) socket.send(frame);
    },
    onMessage: (listener) => inbox.onMessage(listener),
    onClose: (listener) => inbox.onClose(listener),
    close() {
      socket.close();
      inbox.close();
    },
  };
}

/** Resolves once the socket is open, with its port; rejects when it closes before. */
export function openWebSocketPort(socket: WebSocketLike): Promise<Port> {
  const port = webSocketPort(socket);
  return new Promise((resolve, reject) => {
    socket.addEventListener('open', () => resolve(port));
    port.onClose(() => reject(new Error('The program could not be reached.')));
  });
}
