/** Faults that no boundary sees: of event handlers, timers, drawings and promises. Each becomes a toast with its report. */
import { copyText } from '../components/copy.ts';
import { faultSentence, reportNow } from '../stores/faults.ts';
import { toastFault } from '../stores/toasts.ts';

/** What comes with every frame is said once in this time. */
const AGAIN_MS = 10_000;

export function watchFaults(): void {
  const said = new Map<string, number>();
  const tell = (error: unknown) => {
    const fault = { what: 'Something in the window', error };
    const sentence = faultSentence(fault);
    const now = performance.now();
    if (now - (said.get(sentence) ?? -Infinity) < AGAIN_MS) return;
    said.set(sentence, now);
    const report = reportNow(fault);
    toastFault(sentence, { label: 'Copy report', run: () => void copyText('Report', report) });
  };
  addEventListener('error', ({ error, message }) => {
    // The browser says this of an observer whose work goes on in the next frame: nothing has failed.
    if (message.startsWith('ResizeObserver loop')) return;
    tell(error ?? message);
  });
  addEventListener('unhandledrejection', ({ reason }) => tell(reason));
}
