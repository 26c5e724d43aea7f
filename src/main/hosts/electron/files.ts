/**
 * Files that the system opens with the app: named on its command line, on that of a second start, or by macOS. A name is data:
 * what looks like a switch is passed over, only regular files are read, and only after the user was asked.
 */
import { constants } from 'node:fs';
import { open, realpath } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { app, BrowserWindow, dialog, type MessageBoxOptions } from 'electron';
import { FILE } from '../../../shared/rpc/handshake.ts';
import { MAX_IMPORT } from '../../../shared/model/import-limit.ts';
import { focusWindow, type PageCalls } from './page.ts';

/** Of one start. Whoever means more drops them on the window. */
const MAX_FILES = 10;
/** Of a question. */
const MAX_PATH = 300;

export interface OpenedFile {
  /** As it is on the disk, links resolved. */
  readonly path: string;
  readonly bytes: Buffer;
}

/** Before the app is ready: macOS names files early. What comes before `start` waits. */
export class SystemFiles {
  readonly #page: PageCalls;
  /** One question after the other. */
  #last: Promise<void>;
  readonly #started = Promise.withResolvers<void>();

  constructor(page: PageCalls) {
    this.#page = page;
    this.#last = this.#started.promise;
    app.on('open-file', (event, path) => {
      event.preventDefault();
      this.#open([path], '/');
    });
    app.on('second-instance', (_event, argv, folder) => {
      focusWindow();
      this.#open(namesIn(argv), folder);
    });
    this.#open(namesIn(process.argv), process.cwd());
  }

  /** There is a window to ask over. */
  start(): void {
    this.#started.resolve();
  }

  #open(names: readonly string[], folder: string): void {
    if (names.length === 0) return;
    this.#last = this.#last
      .then(() => this.#askAndOpen(names, folder))
      .catch((error: unknown) => console.error('A file could not be opened:', error));
  }

  async #askAndOpen(names: readonly string[], folder: string): Promise<void> {
    const files: OpenedFile[] = [];
    for (const name of names.slice(0, MAX_FILES)) {
      const file = await readRegular(resolve(folder, name)).catch(() => undefined);
      if (file) files.push(file);
    }
    if (files.length === 0 || !(await agreed(files))) return;
    for (const { path, bytes } of files) this.#page.say(FILE, basename(path), bytes.toString('base64'));
  }
}

/** What is no program, no entry of it and no switch. */
function namesIn(argv: readonly string[]): readonly string[] {
  return argv.slice(app.isPackaged ? 1 : 2).filter((argument) => argument !== '' && !argument.startsWith('-'));
}

/** Undefined for a folder, a device, a pipe, and what is too large. Rejects where it cannot be read. */
async function readRegular(name: string): Promise<OpenedFile | undefined> {
  const path = await realpath(name);
  // A pipe that nobody writes to would be waited for.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > MAX_IMPORT) return undefined;
    return { path, bytes: await file.readFile() };
  } finally {
    await file.close();
  }
}

async function agreed(files: readonly OpenedFile[]): Promise<boolean> {
  const [window] = BrowserWindow.getAllWindows();
  const options: MessageBoxOptions = {
    type: 'question',
    message: files.length === 1 ? 'Open this file in Tracelane?' : `Open these ${files.length} files in Tracelane?`,
    detail: files.map(({ path }) => shown(path)).join('\n'),
    buttons: ['Cancel', 'Open'],
    defaultId: 1,
    cancelId: 0,
    noLink: true,
  };
  const { response } = await (window ? dialog.showMessageBox(window, options) : dialog.showMessageBox(options));
  return response === 1;
}

/** A name may hold what turns a line around, or ends it. */
function shown(path: string): string {
  const plain = path.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '\uFFFD');
  return plain.length > MAX_PATH ? `${plain.slice(0, 100)} … ${plain.slice(-(MAX_PATH - 100))}` : plain;
}
