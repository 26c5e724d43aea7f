/**
 * A double of the `electron` module, for machines without the binary. The built `out/main/index.js` and
 * `out/preload/index.cjs` run on it unchanged: this module takes the place of `electron` in a Node process of their own
 * (hook.ts), and a second half (driver.ts) in the test's process gives it a browser. A BrowserWindow is a page in Chromium;
 * the preload runs there in an isolated world, before the page's own scripts; `protocol.handle` answers the page's requests;
 * messages are cloned, ports are closed by their page's end, by garbage collection and by what cannot be cloned.
 *
 * Chromium knows the scheme `app:` only inside Electron, so a page stands under https://app.tracelane.invalid instead, and
 * every address is put into the one or the other form at the border (origin.ts).
 *
 * What this cannot prove, and what only a run with the binary shows (real.spec.ts, which is skipped where there is none):
 * - the sandbox of the renderer, and that the preload keeps within what a sandboxed one may load, beyond `require`;
 * - the timing of real IPC, and what happens to messages that are on their way when a process dies;
 * - `safeStorage` on a real key store: here it is AES with a key in a file;
 * - that `app:` counts as a standard and secure scheme: https does anyway;
 * - native menus, dialogs, window management, and what the system makes of them; fuses, asar, packaging, code signing;
 * - `window.open` gives an object here that closes at once, and null in Electron.
 *
 * What it adds to Chromium, as Electron does: the close event of a page's MessagePort (main-world.js).
 *
 * Stricter than Electron 45 in one point: what cannot be cloned closes the port, as it did up to version 31, since nothing
 * of ours may rely on the difference.
 */
export { app } from './main/app.ts';
export { BrowserWindow } from './main/windows.ts';
export { MessageChannelMain } from './main/ports.ts';
export { dialog, Menu, screen, shell } from './main/system.ts';
export { ipcMain } from './main/ipc.ts';
export { protocol, session } from './main/session.ts';
export { safeStorage } from './main/safe-storage.ts';
import './main/program.ts';
