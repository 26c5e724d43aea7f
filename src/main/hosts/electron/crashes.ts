/**
 * What happens when a part dies. A window is loaded again and goes on from the store, since recording never depended on
 * it; a fault of the program itself is written down, what was recorded is flushed, and the program ends.
 */
import { app, dialog, type BrowserWindow } from 'electron';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { FaultLog } from './fault-log.ts';

/** A window that dies more often within a minute would go on dying. */
const MAX_RELOADS = 3;
const RELOADS_WITHIN_MS = 60_000;

/** Ends the program after a fault that nothing can mend. Says so once, whatever else goes wrong. */
export type Fail = (title: string, error: unknown) => void;

/** `flush` writes what is not yet written, and takes no longer than a user would wait. */
export function failure(log: FaultLog, flush: () => Promise<void>): Fail {
  let failing = false;
  return (title, error) => {
    log.write(title, error);
    if (failing) return;
    failing = true;
    void flush()
      .catch((flushError: unknown) => log.write('The latest recordings could not be written', flushError))
      .finally(() => {
        // What the program says itself has the next step.
        const step =
          error instanceof ServiceError ? error.message : 'Everything recorded until now is saved. Restart the app.';
        dialog.showErrorBox(title, `${step} The details are in ${log.file}.`);
        app.exit(1);
      });
  };
}

export function watchCrashes(log: FaultLog, fail: Fail): void {
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (error: unknown) => fail('Tracelane had an internal error and is closing', error));

  let reloads: number[] = [];
  app.on('render-process-gone', (_event, contents, details) => {
    if (details.reason === 'clean-exit') return;
    log.write('The window crashed', details);
    const now = performance.now();
    reloads = [...reloads.filter((at) => now - at < RELOADS_WITHIN_MS), now];
    if (reloads.length > MAX_RELOADS) fail('The Tracelane window keeps crashing', details);
    else contents.reload();
  });
  // Chromium starts its helpers again by itself.
  app.on('child-process-gone', (_event, details) => {
    if (details.reason !== 'clean-exit') log.write('A helper process crashed', details);
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
    message: 'The window is not responding.',
    detail: 'Recording continues. Reload the window, or wait for it.',
    buttons: ['Wait', 'Load Again'],
    defaultId: 0,
    cancelId: 0,
    signal,
  });
  // A page that hangs cannot be reloaded; one that has died is.
  if (response === 1 && !signal.aborted && !window.isDestroyed()) window.webContents.forcefullyCrashRenderer();
}
