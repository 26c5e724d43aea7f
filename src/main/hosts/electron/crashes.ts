/**
 * What happens when a part dies. A window is loaded again and goes on from the store, since recording never depended on
 * it; a fault of the program itself is written down, what was recorded is flushed, and the program ends.
 */
import { appendFileSync } from 'node:fs';
import { app, dialog, type BrowserWindow, type WebContents } from 'electron';

/** A window that dies this often within a minute would go on dying. */
const MAX_RELOADS = 3;
const RELOADS_WITHIN_MS = 60_000;
/** For the flush after a fault: the store may be what is broken. */
const FLUSH_MS = 5_000;

export interface CrashSetup {
  /** Faults are added to it, for the user only. */
  readonly logFile: string;
  /** Writes what is not yet written. */
  readonly flush: () => Promise<void>;
}

export function watchCrashes({ logFile, flush }: CrashSetup): void {
  let failing = false;

  function fail(title: string, error: unknown): void {
    log(logFile, title, error);
    if (failing) return;
    failing = true;
    void Promise.race([flush(), delay(FLUSH_MS)])
      .catch((flushError: unknown) => log(logFile, 'The flush failed', flushError))
      .finally(() => {
        dialog.showErrorBox(`${title}.`, `What was recorded is kept. Start the app again; the details are in ${logFile}.`);
        app.exit(1);
      });
  }

  process.on('uncaughtException', (error) => fail('Tracelane has met a fault and ends', error));
  process.on('unhandledRejection', (error) => fail('Tracelane has met a fault and ends', error));

  let reloads: number[] = [];
  app.on('render-process-gone', (_event, contents: WebContents, details) => {
    if (details.reason === 'clean-exit') return;
    log(logFile, 'The window died', details);
    reloads = [...reloads.filter((at) => performance.now() - at < RELOADS_WITHIN_MS), performance.now()];
    if (reloads.length > MAX_RELOADS) fail('The window of Tracelane keeps dying', details);
    else contents.reload();
  });
  // Chromium starts its helpers again by itself.
  app.on('child-process-gone', (_event, details) => {
    if (details.reason !== 'clean-exit') log(logFile, 'A helper process died', details);
  });
}

/** Asks whether to wait for a window that hangs; the question goes when the window answers again. */
export function watchHangs(window: BrowserWindow): void {
  let question: AbortController | undefined;
  window.on('responsive', () => question?.abort());
  window.on('unresponsive', () => {
    question = new AbortController();
    void ask(window, question.signal);
  });
}

async function ask(window: BrowserWindow, signal: AbortSignal): Promise<void> {
  const { response } = await dialog.showMessageBox(window, {
    type: 'warning',
    message: 'The window does not answer.',
    detail: 'Recording goes on. Load the window again, or wait for it.',
    buttons: ['Wait', 'Load Again'],
    defaultId: 0,
    cancelId: 0,
    signal,
  });
  // A hung page cannot be asked to reload; one that has died is loaded again.
  if (response === 1 && !signal.aborted && !window.isDestroyed()) window.webContents.forcefullyCrashRenderer();
}

function log(file: string, title: string, error: unknown): void {
  const text = error instanceof Error ? (error.stack ?? error.message) : JSON.stringify(error);
  console.error(`${title}: ${text}`);
  try {
    appendFileSync(file, `${new Date().toISOString()} ${title}: ${text}\n`, { mode: 0o600 });
  } catch (fault) {
    console.error(`${file} could not be written:`, fault);
  }
}

const delay = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
