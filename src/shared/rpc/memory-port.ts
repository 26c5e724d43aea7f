/** Ports within one thread: for tests, and for a core and a window that live together. */
import { Inbox } from './inbox.ts';
import type { Port } from './port.ts';

/** The two ends of one channel. Frames arrive in order, never within the call that sent them. */
export function memoryPorts(): readonly [Port, Port] {
  const first = new Inbox();
  const second = new Inbox();
  return [port(first, second), port(second, first)];
}

function port(own: Inbox, other: Inbox): Port {
  return {
    send(frame) {
      if (!own.closed) queueMicrotask(() => other.deliver(frame));
    },
    onMessage: (listener) => own.onMessage(listener),
    onClose: (listener) => own.onClose(listener),
    close() {
      own.close();
      queueMicrotask(() => other.close());
    },
  };
}
