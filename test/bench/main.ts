/**
 * `npm run bench`: the targets of the program's speed, as ratios against a floor or a peer in the same run.
 *   --json       only `[{id, what, value, target, met}]`
 *   --only IDS   some of them, such as `P1,P6`
 */
import { Command } from 'commander';
import { ACCUMULATION } from './accumulation.ts';
import { COMPARE } from './compare.ts';
import { DECODING } from './decoding.ts';
import { eventLoop } from './event-loop.ts';
import { FINDING, searching } from './finding.ts';
import { firstPaint } from './first-paint.ts';
import { hostile } from './hostile.ts';
import { largeContent } from './large-content.ts';
import { largeTrace } from './large-trace.ts';
import { longList } from './long-list.ts';
import { judge, type Contest, type Result } from './measure.ts';
import { proxy } from './proxy.ts';
import { rendering } from './rendering.ts';
import { replay } from './replay.ts';
import { SEEK } from './seek.ts';
import { bytesOnDisk, STORE } from './store.ts';
import { endTransport, framesPerSecond, TRANSPORT } from './transport.ts';

/** Made one group at a time: the streams of all would not fit into memory together. */
const GROUPS: readonly (() => readonly Contest[])[] = [
  ...DECODING,
  ...ACCUMULATION,
  ...COMPARE,
  ...SEEK,
  ...STORE,
  ...FINDING,
  ...TRANSPORT,
];
/** Gives all of its results at its end, or each as soon as it is there. */
type Measure = () => Promise<readonly Result[]> | AsyncIterable<Result>;
/** Counts and shares, which have ways of their own; those that are measured together are named together. */
const OTHERS: readonly (readonly [ids: readonly string[], measure: Measure])[] = [
  [['P12'], bytesOnDisk],
  [['P15', 'P16'], searching],
  [['P18'], eventLoop],
  [['P19b'], framesPerSecond],
  [['P20', 'P20b'], rendering],
  [['P21', 'P22', 'P23'], proxy],
  [['P24'], replay],
  [['P25'], firstPaint],
  [['R6'], hostile],
  [['P26'], largeContent],
  [['P29'], largeTrace],
  [['P32'], longList],
];

const options = new Command('bench')
  .option('--json', 'print only JSON')
  .option('--only <ids>', 'targets to judge, with commas between them')
  .parse()
  .opts<{ json?: true; only?: string }>();
const only = options.only === undefined ? undefined : new Set(options.only.split(','));

const results: Result[] = [];
for (const group of GROUPS)
  for (const contest of group()) {
    if (only && !only.has(contest.id)) continue;
    take(await judge(contest));
  }
for (const [ids, measure] of OTHERS)
  if (!only || ids.some((id) => only.has(id)))
    for await (const result of await measure()) if (!only || only.has(result.id)) take(result);
await endTransport();
if (only && results.length === 0) {
  console.error(`No target is called ${[...only].join(' or ')}.`);
  process.exit(2);
}

if (options.json)
  console.log(JSON.stringify(results.map(({ id, what, value, target, met }) => ({ id, what, value, target, met }))));
else console.log(`\n${results.filter(({ met }) => met).length} of ${results.length} met`);

function take(result: Result): void {
  results.push(result);
  if (!options.json) print(result);
}

function print({ id, what, value, target, met, note }: Result): void {
  console.log(
    `${met ? 'met   ' : 'MISSED'} ${id.padEnd(5)} ${value.toFixed(2).padStart(6)}  target ${String(target).padEnd(5)} ${what}${note === undefined ? '' : `  (${note})`}`,
  );
}
