/** A port over a connection of this machine: one frame a line. Frames are JSON, which has no line end of its own. */
import type { Socket } from 'node:net';
import { MAX_FRAME } from '../../../shared/rpc/frames.ts';
import { Inbox } from '../../../shared/rpc/inbox.ts';
import type { Port } from '../../../shared/rpc/port.ts';

/** `first`: what was read of the connection already. */
export function linePort(socket: Socket, first = ''): Port {
  const inbox = new Inbox();
  let rest = '';
  const take = (text: string): void => {
    const lines = (rest + text).split('\n');
    rest = lines.pop()!;
    if (rest.length > MAX_FRAME) socket.destroy();
    for (const line of lines) if (line !== '') inbox.deliver(line);
  };
  socket.setEncoding('utf8');
  socket.on('data', take);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => inbox.close());
  take(first);
  socket.resume();
  return {
    send(frame) {
      if (!inbox.closed) socket.write(`${frame}\n`);
    },
    onMessage: (listener) => inbox.onMessage(listener),
    onClose: (listener) => inbox.onClose(listener),
    close() {
      socket.end();
      inbox.close();
    },
  };
}
