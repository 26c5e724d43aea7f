/**
 * `npm run bench`: the targets of the program's speed, as ratios against a floor or a peer in the same run.
 *   --json       only `[{id, what, value, target, met}]`
 *   --only IDS   some of them, such as `P1,P6`
 */
import { Command } from 'commander';
import { ACCUMULATION } from './accumulation.ts';
import { DECODING } from './decoding.ts';
import { judge, type Contest, type Result } from './measure.ts';

/** Made one group at a time: the streams of all would not fit into memory together. */
const GROUPS: readonly (() => readonly Contest[])[] = [...DECODING, ...ACCUMULATION];

const options = new Command('bench').option('--json', 'print only JSON').option('--only <ids>', 'targets to judge, with commas between them').parse().opts<{ json?: true; only?: string }>();
const only = options.only === undefined ? undefined : new Set(options.only.split(','));

const results: Result[] = [];
for (const group of GROUPS)
  for (const contest of group()) {
    if (only && !only.has(contest.id)) continue;
    const result = await judge(contest);
    results.push(result);
    if (!options.json) print(result);
  }

if (options.json) console.log(JSON.stringify(results.map(({ id, what, value, target, met }) => ({ id, what, value, target, met }))));
else console.log(`\n${results.filter(({ met }) => met).length} of ${results.length} met`);

function print({ id, what, value, target, met, note }: Result): void {
  console.log(`${met ? 'met   ' : 'MISSED'} ${id.padEnd(5)} ${value.toFixed(2).padStart(6)}  target ${String(target).padEnd(5)} ${what}${note === undefined ? '' : `  (${note})`}`);
}
