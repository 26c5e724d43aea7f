/**
 * What the program says to the window: a command of the menu, a file that the system opens with it. A page that is still loading, or loads
 * again, hears it once it listens; without a window, the next one hears it.
 */
import { BrowserWindow, ipcMain, type WebContents } from 'electron';
import { LISTENING } from '../../../shared/rpc/handshake.ts';
import { isOwnPage } from './own-page.ts';

/** More than a person does while a page loads. */
const MAX_WAITING = 100;

export class PageCalls {
  readonly #waiting: (readonly [channel: string, ...args: readonly string[]])[] = [];
  #listening: WebContents | undefined;

  constructor() {
    ipcMain.on(LISTENING, ({ sender, senderFrame }) => {
      if (!isOwnPage(senderFrame)) return;
      this.#listenTo(sender);
      for (const call of this.#waiting.splice(0)) sender.send(...call);
    });
  }

  say(channel: string, ...args: readonly string[]): void {
    if (this.#listening) this.#listening.send(channel, ...args);
    else if (this.#waiting.length < MAX_WAITING) this.#waiting.push([channel, ...args]);
  }

  #listenTo(contents: WebContents): void {
    if (this.#listening === contents) return;
    this.#listening = contents;
    const gone = (): void => {
      if (this.#listening === contents) this.#listening = undefined;
      for (const event of GONE) contents.off(event as 'destroyed', gone);
    };
    for (const event of GONE) contents.on(event as 'destroyed', gone);
  }
}

/** After these the page does not listen any more, or not yet again. */
const GONE = ['did-navigate', 'render-process-gone', 'destroyed'] as const;

/** Brings the window to the front, where there is one. */
export function focusWindow(): void {
  const window = BrowserWindow.getAllWindows()[0];
  if (!window) return;
  if (window.isMinimized()) window.restore();
  window.focus();
}
