/**
 * `npm run faults`: programs that are killed in the middle of their work, and disks that fail at each call in turn.
 *
 *   npm run faults -- kill --rounds 120
 *   npm run faults -- disk --every 5
 */
import { Command, InvalidArgumentError } from 'commander';
import { FAULTS, faultyDisk, type FaultPoint } from '../store/disk-faults.ts';
import { KILLED, killRounds } from '../store/kills.ts';

function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('It takes a whole number from 1 on.');
  return Number(text);
}

/** Calls past the last one that the program makes: nothing fails there. */
const PAST_ALL: FaultPoint = { fault: 'broken', at: 1_000_000, from: 'opening' };
/** Points for one process, so that a report comes now and then. */
const AT_ONCE = 20;

const program = new Command('npm run faults --');
program
  .command('kill')
  .option('--rounds <n>', 'kills of each kind', wholeNumber, 120)
  .option('--seed <n>', 'the same seed kills after the same steps', wholeNumber, 1)
  .option('--only <kind>', KILLED.join(', '))
  .action(
    async ({ rounds, seed, only }: { readonly rounds: number; readonly seed: number; readonly only?: string }) => {
      for (const kind of KILLED) {
        if (only !== undefined && only !== kind) continue;
        const { kills, promises } = await killRounds(kind, rounds, seed);
        console.log(`${kind.padEnd(8)} ${kills} kills, seed ${seed}: ${promises} promises kept, no file damaged`);
      }
    },
  );
program
  .command('disk')
  .option('--every <n>', 'of the calls', wholeNumber, 1)
  .action(async ({ every }: { readonly every: number }) => {
    const disk = faultyDisk();
    if (disk === null) throw new Error('A failing disk can be made on Linux only, with a C compiler.');
    try {
      for (const from of ['opening', 'writing'] as const) {
        const calls = (await disk.run([{ ...PAST_ALL, from }])).reduce((sum, one) => sum + one.calls, 0);
        for (const fault of FAULTS) {
          const points = Array.from({ length: Math.ceil(calls / every) }, (_, n) => ({
            fault,
            at: 1 + n * every,
            from,
          }));
          let [told, opened] = [0, 0];
          for (let n = 0; n < points.length; n += AT_ONCE) {
            for (const one of await disk.run(points.slice(n, n + AT_ONCE))) {
              if (one.told) told++;
              if (one.opened) opened++;
            }
          }
          console.log(
            `${fault.padEnd(10)} at ${points.length} of ${calls} calls from ${from} on: ${opened} worked on the file, ${told} said that it fails, no promise broken`,
          );
        }
      }
    } finally {
      disk.end();
    }
  });
await program.parseAsync();
