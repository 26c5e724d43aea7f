/** `tracelane import FILE…`: what the files hold becomes traces in the data folder, as if it had been dropped on the window. */
import { basename, resolve } from 'node:path';
import { Option, type Command } from 'commander';
import { recordHere } from '../../core/decoding/record.ts';
import type { Store } from '../../core/store/store.ts';
import type { ImportedTrace } from '../../../shared/rpc/contract.ts';
import type { MethodService } from '../../../shared/rpc/services.ts';
import { PROVIDERS } from '../../../shared/providers/registry.ts';
import { dataDirectory } from '../environment.ts';
import { inputName, readInput } from './input.ts';
import { printable, UsageError } from './terminal.ts';
import { counted } from '../../../shared/text/count.ts';

interface Flags {
  readonly json?: boolean;
  readonly again?: boolean;
  readonly api?: string;
  readonly dataDir?: string;
}

const REFUSED = 2;

/** `storeWorker`: the module of the store's thread. */
export function addImport(program: Command, storeWorker: URL): void {
  program
    .command('import')
    .description('make traces of the streams in files: responses, curl output, HAR, cassettes, flows, logs, JSON')
    .argument('<files...>', '- reads standard input')
    .option('--json', 'print one line of JSON per trace: file, format, api, events, timed, repaired, id, existing')
    .addOption(
      new Option('--api <api>', 'the API of bytes that do not tell it themselves').choices([...PROVIDERS.keys()]),
    )
    .option('--again', 'make a new trace also of bytes that were imported before')
    .option('--data-dir <dir>', 'the data folder; default: TRACELANE_DATA_DIR, or the user’s own')
    .action(async (files: readonly string[], flags: Flags) => {
      // They record and store, for which no other command should wait.
      const [{ importFile }, { SettingsService }] = await Promise.all([
        import('../../core/imports/import-service.ts'),
        import('../../core/settings.ts'),
      ]);
      const store = await storeIn(flags.dataDir === undefined ? dataDirectory() : resolve(flags.dataDir), storeWorker);
      const settings = new SettingsService(store);
      const service = importFile({ store, defaults: () => settings.get(), record: recordHere });
      let isWritten = true;
      store.onWriteProblem((sentence) => (isWritten = sentence === undefined));
      try {
        for (const file of files) {
          if (!(await importOne(service, file, flags, () => isWritten))) process.exitCode = REFUSED;
          // Each of the others would fail of the same.
          if (!isWritten) break;
        }
      } finally {
        const lost = await store.close();
        if (lost !== undefined) console.error(printable(lost));
      }
    });
}

/** Throws UsageError where nothing could be kept. */
async function storeIn(dataDir: string, worker: URL): Promise<Store> {
  const { openStore } = await import('../../core/store/open-store.ts');
  const store = await openStore({ dataDir, worker });
  const { problem } = store;
  if (problem === undefined) return store;
  await store.close();
  throw new UsageError(`Nothing was imported. ${problem.sentence}`);
}

/** Whether it became traces; what was refused is said on standard error. */
async function importOne(
  service: MethodService<'traces.import'>,
  file: string,
  { json = false, again = false, api }: Flags,
  isWritten: () => boolean,
): Promise<boolean> {
  try {
    const base64 = Buffer.from(readInput(file).buffer).toString('base64');
    const name = file === '-' ? inputName(file) : basename(file);
    const { traces } = await service({ name, base64, again, ...(api !== undefined && { api }) });
    if (!isWritten()) throw new Error('Not all of it was stored, and what was is taken back at the next start.');
    for (const trace of traces) process.stdout.write(json ? jsonLine(file, trace) : report(file, trace));
    return true;
  } catch (error) {
    console.error(printable(`${file}: ${error instanceof Error ? error.message : String(error)}`));
    return false;
  }
}

function jsonLine(file: string, { format, api, events, timed, repaired, id, existing, label }: ImportedTrace): string {
  const line = { file, format: format.id, api, events, timed, repaired, id, existing, label };
  return `${printable(JSON.stringify(line))}\n`;
}

function report(file: string, { format, api, events, timed, repaired, id, existing, label }: ImportedTrace): string {
  const facts = [
    `${format.label}${label === '' ? '' : `, ${label}`}`,
    api,
    counted(events, 'event'),
    timed ? 'with times' : 'order only',
    existing ? `imported before as ${id}` : id,
  ];
  return [`${file}: ${facts.join('; ')}`, ...repaired.map((sentence) => `  ${sentence}`)]
    .map((line) => `${printable(line)}\n`)
    .join('');
}
