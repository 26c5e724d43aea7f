/** `tracelane pair A [B]`: two recordings of one exchange, from both sides of a gateway: who held it, and what became of it. */
import { Option, type Command } from 'commander';
import { partnersIn } from '../../core/traces/partners.ts';
import { readAll } from '../../../shared/compare/read-all.ts';
import { SEVERITIES, type Severity } from '../../../shared/model/findings.ts';
import { traceId } from '../../../shared/model/ids.ts';
import { WIRE } from '../../../shared/model/messages.ts';
import type { Sign } from '../../../shared/pairing/evidence.ts';
import type { Hold } from '../../../shared/pairing/held.ts';
import {
  clocksDiffer,
  pairTraces,
  type PairResult,
  type PairSide,
  type TraceToPair,
} from '../../../shared/pairing/pair.ts';
import { durationText } from '../../../shared/text/duration.ts';
import { printable, UsageError } from './terminal.ts';
import { isFile } from './file-traces.ts';
import { namedTraces } from './traces.ts';

interface Flags {
  readonly json?: boolean;
  readonly dataDir?: string;
  readonly failOn?: Severity;
}

const SHOWN_HOLDS = 5;
const SIGNS: Readonly<Record<Sign, string>> = {
  digest: 'the same bytes',
  id: 'an id that both name',
  time: 'the time, as one lies within the other',
};

export function addPair(program: Command): void {
  program
    .command('pair')
    .description(
      'say which hop held an exchange that was recorded on both sides of a gateway, and what the gateway made of it',
    )
    .argument('<a>', 'the id of a trace in the data folder, or a file with one trace')
    .argument(
      '[b]',
      'the other side; which of them is the client’s is told by their times. Without it, the likeliest trace in the data folder',
    )
    .option('--json', 'print the whole result as JSON')
    .addOption(
      new Option('--fail-on <severity>', 'exit with code 1 if a finding is this grave, or graver').choices([
        ...SEVERITIES,
      ]),
    )
    .option('--data-dir <dir>', 'the data folder; default: TRACELANE_DATA_DIR, or the user’s own')
    .action(async (a: string, b: string | undefined, flags: Flags) => {
      const result = pairTraces(await sideOf(a, flags), await sideOf(b ?? (await partnerOf(a, flags)), flags));
      process.stdout.write(`${flags.json ? printable(JSON.stringify(result)) : report(result)}\n`);
      const { failOn } = flags;
      if (failOn !== undefined && result.findings.some(({ severity }) => isAsGrave(severity, failOn)))
        process.exitCode = 1;
    });
}

const isAsGrave = (severity: Severity, limit: Severity): boolean =>
  SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(limit);

/** The id of the trace that is likeliest the other side. Throws UsageError where there is none. */
async function partnerOf(name: string, { dataDir }: Flags): Promise<string> {
  if (isFile(name)) throw new UsageError('The other side of a file is not looked for. Name it, too.');
  const { folderOf, openFolder, storedIn } = await import('./stored-traces.ts');
  const reader = openFolder(folderOf(dataDir));
  try {
    await storedIn(reader, name);
    const [partner] = await partnersIn(reader, traceId(name));
    if (!partner) throw new UsageError('No captured exchange looks like the other side of this one. Name it, too.');
    return partner.id;
  } finally {
    reader.close();
  }
}

async function sideOf(name: string, flags: Flags): Promise<TraceToPair> {
  const traces = await namedTraces([name], flags);
  if (traces.length !== 1)
    throw new UsageError(`${name} has ${traces.length} traces, and a side is one. Import it and name two ids.`);
  const { facts, reads, setup } = traces[0]!;
  const { title, api, model, startedAt, timed, metrics, ending, responseHead, capture } = facts;
  const input = readAll(reads, setup, {
    lanes: [WIRE],
    timed,
    ...(ending && { ending }),
    ...(responseHead && { head: responseHead }),
  });
  const detail = { id: traceId(name), title, api, model, startedAt, timed, metrics };
  return {
    input,
    detail: {
      ...detail,
      ...(ending && { ending }),
      ...(responseHead && { responseHead }),
      ...(capture && { capture }),
    },
  };
}

function report(result: PairResult): string {
  const { outer, inner, evidence, timed, clockShiftNs, holds, providerNs, gatewayNs, delay, findings } = result;
  const signs = evidence.signs.map((sign) => SIGNS[sign]).join('; ');
  const longest = holds.toSorted((one, other) => lengthOf(other) - lengthOf(one)).slice(0, SHOWN_HOLDS);
  return [
    `Client's side:   ${sideText(outer)}`,
    `Provider's side: ${sideText(inner)}`,
    signs === '' ? 'Nothing says that these two belong together.' : `Paired by ${signs}.`,
    ...(clocksDiffer(result)
      ? [`The clocks differ: the provider's side was moved by ${durationText(-clockShiftNs)}.`]
      : []),
    '',
    ...(timed
      ? [
          `The client waited ${durationText(providerNs)} for the provider and ${durationText(gatewayNs)} for the gateway.`,
          ...(delay
            ? [
                `A piece was ${durationText(delay.medianNs)} in the gateway (median), at most ${durationText(delay.largestNs)}.`,
              ]
            : []),
          'The longest times in which the client got nothing:',
          ...longest.map(holdText),
        ]
      : ['One of the two has no times, so that nothing can be said of them.']),
    '',
    ...(findings.length === 0 ? ['The gateway lost, invented and changed nothing.'] : []),
    ...findings.map(({ severity, kind, of, sentence }) => `${severity} ${kind} ${of}: ${sentence}`),
  ]
    .map(printable)
    .join('\n');
}

const sideText = ({ title, api, model, endNs, startNs }: PairSide): string =>
  `${title} (${api}${model === null ? '' : `, ${model}`}), ${durationText(endNs - startNs)}`;

const lengthOf = ({ fromNs, toNs }: Hold): number => toNs - fromNs;

function holdText({ fromNs, toNs, providerNs, gatewayNs, event }: Hold): string {
  const until = event === null ? 'the end' : `event ${event}`;
  return `  ${durationText(toNs - fromNs)} from ${durationText(fromNs)} until ${until}: provider ${durationText(providerNs)}, gateway ${durationText(gatewayNs)}`;
}
