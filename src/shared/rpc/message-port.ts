/**
 * A port over a MessageChannel of a page or of Node; Electron's main process has a kind of its own. Only strings are
 * posted: a value that cannot be cloned would close the channel. Whoever holds a port must hold it for as long as it is
 * wanted, since a channel that is collected closes.
 */
import { Inbox } from './inbox.ts';
import type { Port } from './port.ts';

/** A MessagePort of a page or of Node, as far as it is used here. */
export interface MessagePortLike {
  postMessage(value: string): void;
  addEventListener(type: 'message' | 'close', listener: (event: object) => void): void;
  start(): void;
  close(): void;
}

export function messagePort(port: MessagePortLike): Port {
  const inbox = new Inbox();
  port.addEventListener('message', (event) => {
    const { data } = event as { readonly data?: unknown };
    // Anything else comes from nobody of ours and says nothing.
    if (typeof data === 'string') inbox.deliver(data);
  });
  port.addEventListener('close', () => inbox.close());
  port.start();
  return {
    send(frame) {
      if (!inbox.closed) port.postMessage(frame);
    },
    onMessage: (listener) => inbox.onMessage(listener),
    onClose: (listener) => inbox.onClose(listener),
    close() {
      port.close();
      inbox.close();
    },
  };
}
