/**
 * Hands the page one port to the program, and the menu's choices. Nothing of Electron passes: no channel, no event object,
 * no function. Sandboxed, so it may load nothing but `electron`, and is built as one CommonJS file.
 */
import { contextBridge, ipcRenderer } from 'electron';
import { COMMAND, CONNECT, FILE, LISTENING, PORT } from '../shared/rpc/handshake.ts';

contextBridge.exposeInMainWorld('tracelane', { host: 'electron' });

// A port cannot cross the context bridge, so both sides speak through the window; the nonce says whose port it is.
window.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (event.source !== window || event.origin !== location.origin) return;
  if (typeOf(event.data) === LISTENING) ipcRenderer.send(LISTENING);
  const nonce = connectNonce(event.data);
  if (nonce !== undefined) ipcRenderer.postMessage(CONNECT, nonce);
});

ipcRenderer.on(PORT, (event, nonce: string) =>
  window.postMessage({ type: PORT, nonce }, location.origin, [...event.ports]),
);
ipcRenderer.on(COMMAND, (_event, id: string) => window.postMessage({ type: COMMAND, id }, location.origin));
ipcRenderer.on(FILE, (_event, name: string, base64: string) =>
  window.postMessage({ type: FILE, name, base64 }, location.origin),
);

const typeOf = (data: unknown): unknown => (data as { readonly type?: unknown } | null | undefined)?.type;

function connectNonce(data: unknown): string | undefined {
  const { nonce } = (data ?? {}) as { readonly nonce?: unknown };
  return typeOf(data) === CONNECT && typeof nonce === 'string' ? nonce : undefined;
}
