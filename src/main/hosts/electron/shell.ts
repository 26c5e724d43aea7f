/** The desktop app, in the order in which it starts. What each part does stands in its own file. */
import { app, BrowserWindow } from 'electron';
import { join } from 'node:path';
import { guardSession, guardWindows } from './guards.ts';
import { registerScheme, serveRenderer } from './scheme.ts';
import { openWindow } from './window.ts';

/** Where the built files lie, which only the entry knows. */
export interface ShellSetup {
  readonly rendererDir: string;
  readonly preload: string;
  readonly storeWorker: URL;
  readonly readerWorker: URL;
}

export function startShell(setup: ShellSetup): void {
  app.enableSandbox();
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return;
  }
  registerScheme();
  guardWindows();
  app.on('second-instance', focusWindow);
  app.on('window-all-closed', () => app.quit());
  app.once('ready', () => {
    guardSession();
    serveRenderer(setup.rendererDir);
    openWindow({ preload: setup.preload, stateFile: join(app.getPath('userData'), 'window.json') });
  });
}

function focusWindow(): void {
  const window = BrowserWindow.getAllWindows()[0];
  if (!window) return;
  if (window.isMinimized()) window.restore();
  window.focus();
}
