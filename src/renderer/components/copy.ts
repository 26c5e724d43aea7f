/** To the clipboard: plain text, and nothing in it that a terminal or editor would obey unseen. */
import { plural } from './format.ts';
import { withoutControls } from './visible.ts';
import { toast, toastError } from '../stores/toasts.ts';

/** `what` names it in the message: `Event 108 as JSON`. */
export async function copyText(what: string, text: string | Promise<string>): Promise<void> {
  try {
    const { text: clean, removed } = withoutControls(await text);
    await navigator.clipboard.writeText(clean);
    toast(removed === 0 ? `${what} copied` : `${what} copied without ${plural(removed, 'control character')}`);
  } catch (error) {
    toastError(`${what} could not be copied`, error);
  }
}
