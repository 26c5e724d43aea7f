/** Several files at once: all that is in each becomes traces, one file after the other, with no questions. */
import { client } from '../../client/client.ts';
import { count, plural } from '../../components/format.ts';
import { selectTrace } from '../../stores/app.ts';
import { toast, toastError, toastWork } from '../../stores/toasts.ts';
import { sourceOf } from './import-source.ts';

/** Readers of the screen say each change of the text. */
const SAID_EVERY_MS = 1000;
/** As many files as a message names. */
const MOST_NAMED = 3;

export async function importFiles(files: readonly File[]): Promise<void> {
  let given = true;
  const action = { label: 'Stop', run: () => (given = false) };
  const work = toastWork({ text: `Importing ${plural(files.length, 'file')} …`, action });
  const failed: string[] = [];
  let [done, traces, existing, saidAt] = [0, 0, 0, performance.now()];
  for (const file of files) {
    if (!given) break;
    try {
      const made = (await client().call('traces.import', await sourceOf(file))).traces;
      // Not followed: each of thousands would be opened.
      if (traces === 0 && made[0]) selectTrace(made[0].id);
      traces += made.length;
      existing += made.filter((one) => one.existing).length;
    } catch (error) {
      failed.push(`${file.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
    done++;
    if (performance.now() - saidAt < SAID_EVERY_MS) continue;
    saidAt = performance.now();
    work.say({ text: `Importing: ${count(done)} of ${count(files.length)} files …`, action });
  }
  work.close();
  if (failed.length > 0)
    toastError(
      `${plural(failed.length, 'file')} of ${count(files.length)} could not be imported`,
      new Error([...failed.slice(0, MOST_NAMED), ...moreThan(failed.length)].join(' ')),
    );
  toast(
    [
      `${plural(traces, 'trace')} of ${plural(done - failed.length, 'file')}.`,
      existing > 0 && `${count(existing)} of them ${existing === 1 ? 'was' : 'were'} imported before.`,
      done < files.length && `${plural(files.length - done, 'file was', 'files were')} not read, since you stopped.`,
    ]
      .filter(Boolean)
      .join(' '),
  );
}

const moreThan = (failed: number): readonly string[] =>
  failed > MOST_NAMED ? [`and ${count(failed - MOST_NAMED)} more`] : [];
