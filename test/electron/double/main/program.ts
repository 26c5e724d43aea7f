/** What the program's half offers: each event of the browser, and each act of a user or a test, on its object. */
import type { ProgramSide } from '../protocol.ts';
import { app } from './app.ts';
import { offer } from './browser.ts';
import { ipcMain, WebFrameMain } from './ipc.ts';
import { openPorts, portClosed, portMessage } from './ports.ts';
import { emitPreventable } from './preventable.ts';
import { rotateStorageKey } from './safe-storage.ts';
import { answerRequest, privilegedSchemes, session } from './session.ts';
import { answerDialogs, clickMenu, menuEntries } from './system.ts';
import { BrowserWindow, contentsOf, openClient, windowOf } from './windows.ts';

const program: ProgramSide = {
  start: () => app.becomeReady(),
  fetch: answerRequest,
  requestAllowed: (url) => session.defaultSession.requestAllowed(url),
  navigationAllowed: (contents, url, frame) => windowOf(contents).webContents.navigationAllowed(url, frame),
  windowOpenAllowed: (contents, url) => windowOf(contents).webContents.windowOpenAllowed(url),
  permissionAllowed: (contents, permission, origin) =>
    session.defaultSession.permissionAllowed(windowOf(contents).webContents, permission, origin),
  downloadAllowed: (url) => session.defaultSession.downloadAllowed(url),
  navigated: (contents, url) => windowOf(contents).webContents.navigated(url),
  loaded(contents) {
    windowOf(contents).webContents.emit('did-finish-load');
    windowOf(contents).emit('ready-to-show');
  },
  rendererGone: (contents) => windowOf(contents).webContents.rendererGone(),
  hangs(contents, hangs) {
    windowOf(contents).emit(hangs ? 'unresponsive' : 'responsive');
  },
  ipc(contents, frame, channel, args) {
    ipcMain.emit(
      channel,
      { sender: contentsOf(contents), senderFrame: new WebFrameMain(contents, frame), ports: [] },
      ...args,
    );
  },
  portMessage,
  portClosed,
  openClient,
  inspect: () => ({
    sandboxed: app.sandboxed,
    schemes: privilegedSchemes(),
    windows: BrowserWindow.getAllWindows().map((window) => window.info()),
    menu: menuEntries(),
    ports: openPorts(),
  }),
  clickMenu: (id) => clickMenu(id),
  closeWindow(contents) {
    windowOf(contents).close();
  },
  minimize: (contents) => windowOf(contents).minimize(),
  quit: () => app.quit(),
  emit: (contents, event, params) => emitPreventable(windowOf(contents).webContents, event, params),
  input(contents, type) {
    windowOf(contents).webContents.emit('input-event', {}, { type });
  },
  answerDialogs,
  rotateStorageKey,
  async collectGarbage() {
    // What one collection lets go of, the next one finalises.
    for (let n = 0; n < 3; n++) {
      globalThis.gc?.();
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
  },
  throwLater(message) {
    setImmediate(() => {
      throw new Error(message);
    });
  },
};

offer(program);
// A test that was killed must not leave its program behind.
process.once('disconnect', () => process.exit(1));
