/**
 * `npm run faults`: programs that are killed in the middle of their work, disks that fail at each call in turn, and the capture proxy
 * under streams that do not end for long.
 *
 *   npm run faults -- kill --rounds 120
 *   npm run faults -- disk --every 5
 *   npm run build && npm run faults -- soak --minutes 30
 */
import { Command, InvalidArgumentError } from 'commander';
import { FAULTS, faultyDisk, type FaultPoint } from '../store/disk-faults.ts';
import { KILLED, killRounds } from '../store/kills.ts';
import { soak } from './soak.ts';

function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('It takes a whole number from 1 on.');
  return Number(text);
}

/** Calls past the last one that the program makes: nothing fails there. */
const PAST_ALL: FaultPoint = { fault: 'broken', at: 1_000_000, from: 'opening' };
/** Memory that grows by more than collectors explain is a leak. */
const MOST_GROWTH = 1.5;
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
program
  .command('soak')
  .option('--minutes <n>', 'how long', wholeNumber, 30)
  .option('--streams <n>', 'at once', wholeNumber, 50)
  .option('--seed <n>', 'of their lengths and endings', wholeNumber, 1)
  .action(async (flags: { readonly minutes: number; readonly streams: number; readonly seed: number }) => {
    const { exchanges, incomplete, changed, megabytes } = await soak({ ...flags, say: (line) => console.log(line) });
    const [first, second, last] = megabytes.map((value) => value.toFixed(0));
    console.log(
      `${exchanges} exchanges kept, ${incomplete} of them incomplete, ${changed} changed. Memory of the host, medians of the first third of the time, the second and the last: ${first}, ${second} and ${last} MB.`,
    );
    if (changed > 0 || megabytes[2] > megabytes[0] * MOST_GROWTH) process.exitCode = 1;
  });
await program.parseAsync();
