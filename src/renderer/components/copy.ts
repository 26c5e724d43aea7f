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
/** Lines that are joined in one step. */
const JOINED = 1_000;
/** Characters that are copied at most: the browser takes them over in one task, some 3 ms for each million. */
const MOST = 8 * STEP;

/** A text, or its pieces in order, none of which ends between the halves of a character: joined, megabytes are one task. */
type CopiedText = string | readonly string[];

/** `what` names it in the message: `Event 108 as JSON`; `then` is what may come next. */
export const copyText = (what: string, text: CopiedText | Promise<CopiedText>, then?: ToastAction): Promise<void> =>
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
  text: CopiedText | Promise<CopiedText>,
  remark: (clean: string) => string,
  then?: ToastAction,
): Promise<void> {
  try {
    const { pieces, length, removed } = await cleaned(await text);
    if (length > MOST) return offerFile(what, pieces, length);
    const clean = pieces.join('');
    await navigator.clipboard.writeText(clean);
    const without = removed === 0 ? '' : ` without ${plural(removed, 'control character')}`;
    toast(`${what} copied${without}${remark(clean)}`, then);
  } catch (error) {
    toastError(`${what} could not be copied`, error);
  }
}

/** What is too long to be copied may be saved. */
function offerFile(what: string, pieces: readonly string[], length: number): void {
  toast(`${what} not copied: ${plural(length, 'character')} are too many for the clipboard`, {
    label: 'Save as file',
    run: () => void savePieces(what, pieces),
  });
}

async function savePieces(what: string, pieces: readonly string[]): Promise<void> {
  // A blob takes its text over in one task; blobs in a blob cost nothing.
  const parts: Blob[] = [];
  await inTurns(pieces, (piece) => void parts.push(new Blob([piece])));
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

/** Lines of `text` of each of many things, in pieces, made in turns with whatever else the window does. */
export async function linesOf<Thing>(
  things: readonly Thing[],
  text: (thing: Thing) => string,
): Promise<readonly string[]> {
  const pieces: string[] = [];
  let lines: string[] = [];
  await inTurns(things, (thing) => {
    if (lines.length === JOINED) {
      pieces.push(`${lines.join('\n')}\n`);
      lines = [];
    }
    lines.push(text(thing));
  });
  return [...pieces, lines.join('\n')];
}

/** A copy of megabytes is looked through in turns, too. */
async function cleaned(
  text: CopiedText,
): Promise<{ readonly pieces: readonly string[]; readonly length: number; readonly removed: number }> {
  const pieces: string[] = [];
  let [length, removed] = [0, 0];
  await inTurns(stretches(typeof text === 'string' ? [text] : text), (stretch) => {
    const clean = withoutControls(stretch);
    pieces.push(clean.text);
    length += clean.text.length;
    removed += clean.removed;
  });
  return { pieces, length, removed };
}

/** None ends between the halves of a character. */
function* stretches(pieces: readonly string[]): Generator<string> {
  for (const text of pieces)
    for (let at = 0; at < text.length;) {
      const end = isHighSurrogate(text.charCodeAt(at + STEP - 1)) ? at + STEP + 1 : at + STEP;
      yield text.slice(at, end);
      at = end;
    }
}
