/** `tracelane repair [DIR]`: brings what can be read of a damaged trace file into a new one, and says what could not be. */
import { resolve } from 'node:path';
import type { Command } from 'commander';
import { isLossy, repair, RepairError, type Repaired } from '../../core/repair/repair.ts';
import { checkSqlite } from '../../core/store/read-only.ts';
import { dataDirectory } from '../environment.ts';
import { printable, UsageError } from './terminal.ts';
import { counted } from '../../../shared/text/count.ts';

const SOMETHING_LOST = 1;

export function addRepair(program: Command): void {
  program
    .command('repair')
    .description(
      'bring everything that can be read of a damaged trace file into a new one; exit code 1: something could not be read',
    )
    .argument('[dir]', 'the data folder; default: TRACELANE_DATA_DIR, or the user’s own')
    .action((dir: string | undefined) => {
      const repaired = repairIn(dir === undefined ? dataDirectory() : resolve(dir));
      process.stdout.write(`${report(repaired).map(printable).join('\n')}\n`);
      if (isLossy(repaired)) process.exitCode = SOMETHING_LOST;
    });
}

function repairIn(dataDir: string): Repaired {
  checkSqlite();
  try {
    return repair(dataDir);
  } catch (error) {
    throw error instanceof RepairError ? new UsageError(error.message) : error;
  }
}

function report(repaired: Repaired): readonly string[] {
  const { file, traces, gone, broken, lostPages, kept } = repaired;
  const partly = traces.filter(({ lost }) => lost.length > 0);
  if (kept === undefined) return [`${file} is whole: ${counted(traces.length, 'trace')}. Nothing was changed.`];
  return [
    `${counted(traces.length - partly.length, 'trace')} brought over whole.`,
    ...(partly.length > 0
      ? [`${counted(partly.length, 'trace')} brought over in part. Lost of ${partly.length === 1 ? 'it' : 'them'}:`]
      : []),
    ...partly.map(({ title, id, lost }) => `  “${title}” (${id}): ${lost.join(', ')}`),
    ...(gone.length > 0 ? [`Lost but for their ids, traces or endpoints: ${gone.join(', ')}.`] : []),
    ...(broken > 0 ? [`${counted(broken, 'row')} could not be read.`] : []),
    ...(lostPages > 0 ? [`${counted(lostPages, 'page')} of the file could not be read.`] : []),
    `The new file is ${file}. The damaged one is kept as ${kept}; delete it once you miss nothing.`,
  ];
}
