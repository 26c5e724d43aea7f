/**
 * The one way out of the window: a web page over https, in the user's browser, after a click and a question that shows where it leads. What
 * a page opens by itself, and while it is asked about another, opens nowhere.
 */
import { BrowserWindow, dialog, shell, type WebContents } from 'electron';

/** Between a click or a key and the page that it opens: a script of the page may look something up. */
const AFTER_INPUT_MS = 1_000;
const INPUTS: ReadonlySet<string> = new Set([
  'mouseDown',
  'mouseUp',
  'rawKeyDown',
  'keyDown',
  'touchEnd',
  'gestureTap',
]);

export function askBeforeLinks(contents: WebContents): void {
  let inputAt = Number.NEGATIVE_INFINITY;
  let asking = false;
  contents.on('input-event', (_event, { type }) => {
    if (INPUTS.has(type)) inputAt = performance.now();
  });
  contents.setWindowOpenHandler(({ url }) => {
    const address = webPage(url);
    if (address !== undefined && !asking && performance.now() - inputAt <= AFTER_INPUT_MS) {
      // One click opens one page.
      inputAt = Number.NEGATIVE_INFINITY;
      asking = true;
      void askAndOpen(contents, address).finally(() => (asking = false));
    }
    return { action: 'deny' };
  });
}

/** As it would be opened; undefined for what is no web page over https, or says a name and a password. */
function webPage(url: string): string | undefined {
  const parsed = URL.parse(url);
  return parsed?.protocol === 'https:' && parsed.username === '' && parsed.password === '' ? parsed.href : undefined;
}

async function askAndOpen(contents: WebContents, address: string): Promise<void> {
  const window = BrowserWindow.getAllWindows().find(({ webContents }) => webContents === contents);
  if (!window) return;
  try {
    const { response } = await dialog.showMessageBox(window, {
      type: 'question',
      message: 'Open this address in your browser?',
      detail: address,
      buttons: ['Cancel', 'Open'],
      defaultId: 0,
      cancelId: 0,
      noLink: true,
    });
    if (response === 1) await shell.openExternal(address);
  } catch (error) {
    console.error(`${address} could not be opened:`, error);
  }
}
