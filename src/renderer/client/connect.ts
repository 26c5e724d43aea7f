/** The window's way to its host: a WebSocket to where the page came from, or in Electron a port that the preload hands over. */
import { createClient, type Client } from '../../shared/rpc/client.ts';
import { CONNECT, PORT } from '../../shared/rpc/handshake.ts';
import { messagePort } from '../../shared/rpc/message-port.ts';
import type { Port } from '../../shared/rpc/port.ts';
import { openWebSocketPort } from '../../shared/rpc/web-socket-port.ts';
import { inTurns } from './in-turns.ts';
import { openingProtocols } from './session.ts';

declare global {
  interface Window {
    /** Set by the preload before the page's own scripts; absent in a browser. */
    readonly tracelane?: { readonly host: 'electron' };
  }
}

/** A port is handed over at once or not at all. */
const ELECTRON_WAIT_MS = 10_000;

export function connect(): Client {
  const open = window.tracelane?.host === 'electron' ? fromPreload : fromOwnOrigin;
  return createClient(async () => inTurns(await open()));
}

async function fromOwnOrigin(): Promise<Port> {
  const protocols = await openingProtocols();
  return openWebSocketPort(new WebSocket(`ws://${location.host}/rpc`, protocols));
}

/** Asks the preload for a port. The nonce tells the answer from whatever else is posted to this window. */
function fromPreload(): Promise<Port> {
  const nonce = crypto.randomUUID();
  return new Promise((resolve, reject) => {
    const done = (): void => {
      clearTimeout(timer);
      removeEventListener('message', take);
    };
    const take = ({ source, origin, data, ports }: MessageEvent<unknown>): void => {
      const [port] = ports;
      if (source !== window || origin !== location.origin || !isAnswer(data, nonce) || !port) return;
      done();
      resolve(messagePort(port));
    };
    const timer = setTimeout(() => {
      done();
      reject(new Error('The program gave no port.'));
    }, ELECTRON_WAIT_MS);
    addEventListener('message', take);
    postMessage({ type: CONNECT, nonce }, location.origin);
  });
}

function isAnswer(data: unknown, nonce: string): boolean {
  const answer = typeof data === 'object' && data !== null ? (data as Readonly<Record<string, unknown>>) : {};
  return answer['type'] === PORT && answer['nonce'] === nonce;
}
