/** To the clipboard: plain text, and nothing in it that a terminal or editor would obey unseen. */
import { isHighSurrogate } from '../../shared/text/code-points.ts';
import { fileName } from '../../shared/text/file-name.ts';
import { plural } from './format.ts';
import { saveFile } from './save-file.ts';
import { withoutControls } from './visible.ts';
import { toast, toastError, type ToastAction } from '../stores/toasts.ts';
import { inTurns } from '../stores/turns.ts';

/** Characters that are looked through in one step. */
const STEP = 1_048_576;
/** Characters that are copied at most: the browser takes them over in one task, some 3 ms for each million. */
const MOST = 8 * STEP;

/** `what` names it in the message: `Event 108 as JSON`; `then` is what may come next. */
export const copyText = (what: string, text: string | Promise<string>, then?: ToastAction): Promise<void> =>
  copy(what, text, () => '', then);

/** A command of a POSIX shell; that it has several lines is said, since another shell may take each for a command. */
export const copyCommand = (what: string, command: string | Promise<string>): Promise<void> =>
  copy(what, command, (clean) => {
    const lines = clean.split('\n').length;
    return lines === 1
      ? ''
      : `. Its ${lines} lines are one command for a POSIX shell, such as bash; another shell may run each of them by itself.`;
  });

/** `remark`: what the message says after that, of the text as it was copied. */
async function copy(
  what: string,
  text: string | Promise<string>,
  remark: (clean: string) => string,
  then?: ToastAction,
): Promise<void> {
  try {
    const { text: clean, removed } = await cleaned(await text);
    if (clean.length > MOST) return offerFile(what, clean);
    await navigator.clipboard.writeText(clean);
    const without = removed === 0 ? '' : ` without ${plural(removed, 'control character')}`;
    toast(`${what} copied${without}${remark(clean)}`, then);
  } catch (error) {
    toastError(`${what} could not be copied`, error);
  }
}

/** What is too long to be copied may be saved. */
function offerFile(what: string, text: string): void {
  toast(`${what} not copied: ${plural(text.length, 'character')} are too many for the clipboard`, {
    label: 'Save as file',
    run: () => void saveText(what, text),
  });
}

async function saveText(what: string, text: string): Promise<void> {
  // A blob takes its text over in one task; blobs in a blob cost nothing.
  const parts: Blob[] = [];
  await inTurns(stretches(text), (stretch) => void parts.push(new Blob([stretch])));
  saveFile(`${fileName(what)}.txt`, new Blob(parts, { type: 'text/plain' }));
}

/** Copies of selected text are like those of a button: what was streamed is selected as it came. Called once. */
export function watchSelectionCopies(): void {
  document.addEventListener('copy', (event) => {
    const selected = document.getSelection();
    // What is selected in a field is the user's own, and no part of this selection.
    if (!event.clipboardData || !selected || selected.isCollapsed || isField(document.activeElement)) return;
    const { text, removed } = withoutControls(selected.toString());
    event.clipboardData.setData('text/plain', text);
    event.preventDefault();
    if (removed > 0) toast(`Selection copied without ${plural(removed, 'control character')}`);
  });
}

const isField = (element: Element | null): boolean => element?.matches('input, textarea, [contenteditable]') === true;

/** Lines of `text` of each of many things, made in turns with whatever else the window does. */
export async function linesOf<Thing>(things: readonly Thing[], text: (thing: Thing) => string): Promise<string> {
  const lines: string[] = [];
  await inTurns(things, (thing) => void lines.push(text(thing)));
  return lines.join('\n');
}

/** A copy of megabytes is looked through in turns, too. */
async function cleaned(text: string): Promise<ReturnType<typeof withoutControls>> {
  const kept: string[] = [];
  let removed = 0;
  await inTurns(stretches(text), (stretch) => {
    const clean = withoutControls(stretch);
    kept.push(clean.text);
    removed += clean.removed;
  });
  return { text: removed === 0 ? text : kept.join(''), removed };
}

/** None ends between the halves of a character. */
function* stretches(text: string): Generator<string> {
  for (let at = 0; at < text.length;) {
    const end = isHighSurrogate(text.charCodeAt(at + STEP - 1)) ? at + STEP + 1 : at + STEP;
    yield text.slice(at, end);
    at = end;
  }
}
