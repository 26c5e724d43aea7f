/**
 * The window's way to the program. A page asks on the one channel there is and gets one end of a new message channel; the
 * services answer on the other. A page that was reloaded asks again, and goes on where its streams stood.
 */
import { ipcMain, MessageChannelMain, type IpcMainEvent, type MessagePortMain, type WebContents } from 'electron';
import { CONNECT, PORT } from '../../../shared/rpc/handshake.ts';
import { messagePort } from '../../../shared/rpc/message-port.ts';
import type { Port } from '../../../shared/rpc/port.ts';
import { isOwnPage } from './own-page.ts';

const MAX_NONCE = 100;

/** Calls `serve` with a port for each page of ours that asks. Whoever else asks is not answered. */
export function servePorts(serve: (port: Port) => void): void {
  // Electron closes a port that is garbage collected, so each is held here until its page has gone.
  const ports = new Map<number, MessagePortMain>();
  const watched = new WeakSet<WebContents>();

  function drop(id: number): void {
    ports.get(id)?.close();
    ports.delete(id);
  }

  /** The close event does not always come when a page dies. */
  function watch(contents: WebContents): void {
    if (watched.has(contents)) return;
    watched.add(contents);
    const { id } = contents;
    contents.on('render-process-gone', () => drop(id));
    contents.once('destroyed', () => drop(id));
  }

  ipcMain.on(CONNECT, (event: IpcMainEvent, nonce: unknown) => {
    const frame = event.senderFrame;
    if (!isOwnPage(frame) || typeof nonce !== 'string' || nonce.length > MAX_NONCE) {
      console.error(`A port was refused to ${frame?.url ?? 'a frame that has gone'}.`);
      return;
    }
    const { id } = event.sender;
    watch(event.sender);
    drop(id);
    const { port1, port2 } = new MessageChannelMain();
    ports.set(id, port1);
    port1.once('close', () => {
      if (ports.get(id) === port1) ports.delete(id);
    });
    frame.postMessage(PORT, nonce, [port2]);
    serve(portOf(port1));
  });
}

/** Electron's kind of port emits its events as Node does; what they carry is the same. */
function portOf(port: MessagePortMain): Port {
  return messagePort({
    postMessage: (frame) => port.postMessage(frame),
    addEventListener: (type, listener) => port.on(type as 'message', listener),
    start: () => port.start(),
    close: () => port.close(),
  });
}
