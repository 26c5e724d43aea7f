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
import { soak, type Thirds } from './soak.ts';

function wholeNumber(text: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(text)) throw new InvalidArgumentError('It takes a whole number from 1 on.');
  return Number(text);
}

/** Past the last call that the program makes: nothing fails there. */
const PAST_ALL = 1_000_000;
/** What is held after a collection is some streams more or less, and nothing of those that have ended. */
const MOST_HELD_GROWTH = 1.1;
/** From the second third of the time to the last: by then caches are full and heaps as large as they get, if it is some 30 minutes. */
const MOST_ANONYMOUS_GROWTH = 1.15;
/** Points for one process, and processes at once. */
const AT_ONCE = 30;
const PROCESSES = 3;

const inWords = (megabytes: Thirds): string => {
  const [first, second, last] = megabytes.map((value) => value.toFixed(0));
  return `${first}, ${second} and ${last} MB`;
};

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
      for (const fault of FAULTS) {
        const [{ calls } = { calls: 0 }] = await disk.run([{ fault, at: PAST_ALL, from: 'opening' }]);
        const points = Array.from({ length: Math.ceil(calls / every) }, (_, n): FaultPoint => ({
          fault,
          at: 1 + n * every,
          from: 'opening',
        }));
        const count = points.length;
        let [told, opened] = [0, 0];
        const worker = async (): Promise<void> => {
          for (let some = points.splice(0, AT_ONCE); some.length > 0; some = points.splice(0, AT_ONCE))
            for (const one of await disk.run(some)) {
              if (one.told) told++;
              if (one.opened) opened++;
            }
        };
        await Promise.all(Array.from({ length: PROCESSES }, worker));
        console.log(
          `${fault.padEnd(10)} at ${count} of ${calls} calls: ${opened} times the store worked on the file, ${told} times it said that writing fails, no promise broken`,
        );
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
    const { exchanges, incomplete, changed, held, anonymous } = await soak({
      ...flags,
      say: (line) => console.log(line),
    });
    console.log(
      `${exchanges} exchanges kept, ${incomplete} of them incomplete, ${changed} changed. Memory of the host, medians of the first third of the time, the second and the last: ${inWords(held)} held after a collection, ${inWords(anonymous)} in all without files.`,
    );
    const grew = held[2] > held[0] * MOST_HELD_GROWTH || anonymous[2] > anonymous[1] * MOST_ANONYMOUS_GROWTH;
    if (changed > 0 || grew) process.exitCode = 1;
  });
await program.parseAsync();
