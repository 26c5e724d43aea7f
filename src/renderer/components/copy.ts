/** To the clipboard: plain text, and nothing in it that a terminal or editor would obey unseen. */
import { plural } from './format.ts';
import { withoutControls } from './visible.ts';
import { toast, toastError, type ToastAction } from '../stores/toasts.ts';

/** `what` names it in the message: `Event 108 as JSON`; `then` is what may come next. */
export async function copyText(what: string, text: string | Promise<string>, then?: ToastAction): Promise<void> {
  try {
    const { text: clean, removed } = withoutControls(await text);
    await navigator.clipboard.writeText(clean);
    toast(removed === 0 ? `${what} copied` : `${what} copied without ${plural(removed, 'control character')}`, then);
  } catch (error) {
    toastError(`${what} could not be copied`, error);
  }
}
