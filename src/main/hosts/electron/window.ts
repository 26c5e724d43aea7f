/** The window: a page without powers, at the place where it last stood. */
import { BrowserWindow } from 'electron';
import { PAGE_URL } from './scheme.ts';
import { keepWindowState, readWindowState } from './window-state.ts';

export interface WindowSetup {
  /** The preload's file. */
  readonly preload: string;
  /** Where the window's place is kept. */
  readonly stateFile: string;
}

export function openWindow({ preload, stateFile }: WindowSetup): BrowserWindow {
  const state = readWindowState(stateFile);
  const window = new BrowserWindow({
    title: 'Tracelane',
    width: 1280,
    height: 800,
    ...state?.bounds,
    minWidth: 900,
    minHeight: 560,
    show: false,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webviewTag: false,
      // Chromium would fetch its dictionaries from the network.
      spellcheck: false,
    },
  });
  if (state?.maximized === true) window.maximize();
  keepWindowState(window, stateFile);
  window.once('ready-to-show', () => window.show());
  window.loadURL(PAGE_URL).catch((error: unknown) => console.error('The page could not be loaded:', error));
  return window;
}
