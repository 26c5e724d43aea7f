/** `tracelane check-proxy URL`: what another proxy or gateway does to the streams that pass it. */
import { Option, type Command } from 'commander';
import type { CaseResult } from '../../core/check/check.ts';
import { apiOfUrl } from '../../../shared/providers/detect.ts';
import { PROVIDERS } from '../../../shared/providers/registry.ts';
import { say } from '../log.ts';
import { printable, UsageError } from './terminal.ts';

interface Flags {
  readonly upstreamPort: number;
  readonly api?: string;
  readonly model: string;
  readonly header: readonly string[];
  readonly patience: number;
  readonly wait: number;
  readonly json?: boolean;
}

const DIFFERS = 1;
const TITLE_WIDTH = 62;
const FAULT_WIDTH = 11;

export function addCheckProxy(program: Command): void {
  program
    .command('check-proxy')
    .description(
      'send made streams through a proxy or gateway, and say what it merged, delayed, buffered, rewrote or dropped',
    )
    .argument('<url>', 'the address that clients of the proxy use; without a path, that of the API is added')
    .option('--upstream-port <n>', 'the port that the proxy sends to, where this command listens', portOf, 0)
    .addOption(
      new Option('--api <api>', 'the API that it is asked in; without it the path tells').choices([
        ...PROVIDERS.keys(),
      ]),
    )
    .option('--model <name>', 'the model that is asked for, where the proxy routes by it', 'check-model')
    .option('--header <line>', 'a header that each request carries, such as "authorization: Bearer …"', collected, [])
    .option('--patience <ms>', 'after how long what has not arrived counts as held back', millisecondsOf, 500)
    .option('--wait <s>', 'how long to wait for the proxy to lead here', secondsOf, 60)
    .option('--json', 'print one line of JSON per case')
    .action(async (address: string, flags: Flags) => {
      process.exitCode = await check(address, flags);
    });
}

async function check(address: string, flags: Flags): Promise<number> {
  const url = URL.parse(address);
  if (!url || !/^https?:$/.test(url.protocol))
    throw new UsageError(
      `check-proxy takes the address of a proxy, such as http://localhost:4000, not ${JSON.stringify(address)}.`,
    );
  // They bring the SDKs of all providers with them, for which no other command should wait.
  const [{ examine, leadsHere }, { CheckServer }, { sampleFormatOf, sampleFormats }] = await Promise.all([
    import('../../core/check/check.ts'),
    import('../../core/check/sides.ts'),
    import('../../core/providers/registry.ts'),
  ]);
  const api = flags.api ?? apiOfUrl(url.href) ?? sampleFormats()[0]!.api;
  const format = sampleFormatOf(api);
  if (url.pathname === '/') url.pathname = format.path(flags.model);
  const server = await CheckServer.open(flags.upstreamPort).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `Port ${flags.upstreamPort} cannot be used (${error.code ?? error.message}). Choose another with --upstream-port.`,
    );
  });
  const setup = {
    server,
    url,
    format,
    model: flags.model,
    headers: flags.header.map(fieldOf),
    patienceMs: flags.patience,
  };
  try {
    say(
      `Listening at http://127.0.0.1:${server.port} as the provider. Point the proxy's upstream there, if it is not yet.`,
    );
    if (!(await leadsHere(setup, flags.wait * 1000))) {
      say(
        `No request to ${url.href} got here within ${flags.wait} seconds. Check the proxy's upstream, or give its port with --upstream-port.`,
      );
      return DIFFERS;
    }
    const results: CaseResult[] = [];
    for await (const result of examine(setup)) {
      results.push(result);
      process.stdout.write(flags.json ? `${printable(JSON.stringify(result))}\n` : linesOf(result));
    }
    if (!flags.json) process.stdout.write(summaryOf(results));
    return results.every(isSame) ? 0 : DIFFERS;
  } finally {
    await server.close();
  }
}

const isSame = ({ findings, notPassed }: CaseResult): boolean => findings.length === 0 && notPassed === undefined;

function linesOf({ title, findings, notPassed }: CaseResult): string {
  const rows =
    notPassed !== undefined
      ? [['refused', notPassed]]
      : findings.length === 0
        ? [['unchanged', '']]
        : findings.map(({ fault, sentence }) => [fault, sentence]);
  return rows
    .map(([fault, sentence], i) =>
      printable(`${(i === 0 ? title : '').padEnd(TITLE_WIDTH)} ${fault!.padEnd(FAULT_WIDTH)}${sentence}`).trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join('');
}

function summaryOf(results: readonly CaseResult[]): string {
  const counts = new Map<string, number>();
  for (const { findings, notPassed } of results)
    for (const fault of notPassed === undefined ? new Set(findings.map((one) => one.fault)) : ['refused'])
      counts.set(fault, (counts.get(fault) ?? 0) + 1);
  const same = results.filter(isSame).length;
  const rest = [...counts].map(([fault, count]) => `${fault} ${count}`).join(', ');
  return `\n${same} of ${results.length} unchanged${rest === '' ? '.' : `; ${rest}.`}\n`;
}

const collected = (line: string, before: readonly string[]): readonly string[] => [...before, line];

function fieldOf(line: string): readonly [string, string] {
  const [, name, value] = /^([^:\s]+):\s*(.*?)\s*$/.exec(line) ?? [];
  if (name === undefined || value === undefined)
    throw new UsageError(`--header takes a line such as "authorization: Bearer …", not ${JSON.stringify(line)}.`);
  return [name, value];
}

const numberOf =
  (flag: string, most: number) =>
  (text: string): number => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : NaN;
    if (value <= most) return value;
    throw new UsageError(`${flag} takes a number from 0 to ${most}, not ${JSON.stringify(text)}.`);
  };
const portOf = numberOf('--upstream-port', 65_535);
const millisecondsOf = numberOf('--patience', 60_000);
const secondsOf = numberOf('--wait', 3_600);
