/** Streams from outside: pasted text and files. What they hold is for the program to say; the window only asks. */
import { NOT_HELD } from '../../../shared/rpc/agreed.ts';
import type { ParamsOf, ResultOf } from '../../../shared/rpc/contract.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { client } from '../../client/client.ts';
import {
  closeOverlay,
  openOverlay,
  selectTrace,
  useApp,
  type AskedImport,
  type ImportInput,
} from '../../stores/app.ts';
import { toast, toastError } from '../../stores/toasts.ts';
import { importFiles } from './import-files.ts';
import { sourceOf, type ImportSource } from './import-source.ts';

export type Recognized = ResultOf<'imports.recognize'>;

export function askAbout(source: ImportSource, api?: string): AskedImport {
  const ticket = crypto.randomUUID();
  let answered = false;
  const answer = client()
    .call('imports.recognize', { ...source, ticket, ...(api !== undefined && { api }) })
    .finally(() => (answered = true));
  // Whoever waits for it is told; nobody may wait any more.
  answer.catch(() => undefined);
  return {
    answer,
    cancel: () => {
      if (!answered) cancelImport(ticket);
    },
  };
}

export interface ImportChoice extends Pick<ParamsOf<'traces.import'>, 'streams' | 'api'> {
  readonly source: ImportSource;
  readonly name: string;
  /** What the program holds of it since it recognized it. */
  readonly held: string;
  /** By which it can be given up. */
  readonly ticket: string;
}

/** An import that goes on: `share` of it is done, 0 to 1. */
export interface RunningImport {
  readonly ticket: string;
  readonly share: number;
}

/** Tells how far an import comes, until the returned function is called. */
export const watchImport = (ticket: string, tell: (share: number) => void): (() => void) =>
  client().subscribe(
    'imports.progress',
    { ticket },
    {
      items: (batch) => tell(batch.at(-1)!.share),
      // Whoever asked for the import is told what became of it.
      error: () => undefined,
    },
  );

export function cancelImport(ticket: string): void {
  client()
    .call('imports.cancel', { ticket })
    .catch(() => undefined);
}

/** Makes traces of the streams and shows the first. Rejects with the program's sentence. */
export async function importStreams({ source, held, ...choice }: ImportChoice): Promise<void> {
  const { traces } = await client()
    .call('traces.import', { ...choice, held })
    .catch((error: unknown) => {
      if (!(error instanceof ServiceError && error.code === NOT_HELD)) throw error;
      return client().call('traces.import', { ...source, ...choice });
    });
  const [first] = traces;
  if (!first) return;
  selectTrace(first.id, true);
  if (first.existing) toast('These bytes were imported before. This is the existing trace.');
}

/** Opens a file at once where it is one stream as the server sent it; else the dialog shows what is in it. */
async function openFile(file: File): Promise<void> {
  try {
    const source = await sourceOf(file);
    const asked = askAbout(source);
    const input: ImportInput = { source, asked };
    const answer = asked.answer.catch(() => null);
    const quick = await Promise.race([answer, after(SHOWN_AFTER_MS)]);
    if (quick === null) openOverlay('import', input);
    const found = await answer;
    // Whoever closed the dialog meanwhile has given the file up.
    if (quick === null && useApp.getState().overlay?.input !== input) return;
    if (found?.streams.length === 1 && found.others === 0 && found.streams[0]!.repaired.length === 0) {
      if (quick === null) closeOverlay();
      await importStreams({ source, name: file.name, held: found.held, ticket: crypto.randomUUID() });
    } else if (quick !== null) openOverlay('import', input);
  } catch (error) {
    toastError(`${file.name} could not be read`, error);
  }
}

/** What takes longer is shown while it goes on, and can be given up. */
const SHOWN_AFTER_MS = 500;
const after = (ms: number): Promise<null> => new Promise((resolve) => void setTimeout(resolve, ms, null));

/** Files are read one after the other, however many there are, and however often some are dropped. */
let opened: Promise<void> = Promise.resolve();

export function openFiles(files: Iterable<File>): void {
  const all = [...files];
  if (all.length === 0) return;
  opened = opened.then(() => (all.length === 1 ? openFile(all[0]!) : importFiles(all)));
}

/** Asks for files, as Ctrl+O does everywhere. */
export function chooseFiles(): void {
  const input = document.createElement('input');
  input.type = 'file';
  input.multiple = true;
  input.addEventListener('change', () => {
    openFiles(input.files ?? []);
  });
  input.click();
}
