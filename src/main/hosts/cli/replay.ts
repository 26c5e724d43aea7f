/** `tracelane replay ID|FILE…`: a server that answers programs with recorded streams, as their provider did. */
import { Option, type Command } from 'commander';
import type { TraceToExport } from '../../core/exports/exported.ts';
import { PROVIDERS } from '../../../shared/providers/registry.ts';
import { say } from '../log.ts';
import { UsageError } from './terminal.ts';
import { namedTraces } from './traces.ts';

interface Flags {
  readonly port: number;
  readonly pace: number;
  readonly api?: string;
  readonly dataDir?: string;
}

export function addReplay(program: Command): void {
  program
    .command('replay')
    .description('answer programs with recorded streams, until you stop it: same bytes, same times, same end')
    .argument('<traces...>', 'ids of traces in the data folder, or files; - reads standard input')
    .option('--port <n>', 'the port to listen on; 0: any that is free', portOf, 0)
    .option('--pace <factor>', 'how many times faster than recorded; 0: as fast as the client reads', paceOf, 1)
    .addOption(new Option('--api <api>', 'the API of a file whose bytes do not tell it').choices([...PROVIDERS.keys()]))
    .option('--data-dir <dir>', 'the data folder; default: TRACELANE_DATA_DIR, or the user’s own')
    .action(async (names: readonly string[], flags: Flags) => {
      await serve(await namedTraces(names, flags), flags);
    });
}

async function serve(traces: readonly TraceToExport[], { port, pace }: Flags): Promise<void> {
  // They bring the SDKs of all providers with them, for which no other command should wait.
  const [{ recordedAnswer, replayRefusal }, { ReplayServer }, { sampleFormatOf }] = await Promise.all([
    import('../../core/replay/recorded-answer.ts'),
    import('../../core/replay/replay-server.ts'),
    import('../../core/providers/registry.ts'),
  ]);
  const refusal = traces.map(replayRefusal).find((sentence) => sentence !== null) ?? null;
  if (refusal !== null) throw new UsageError(refusal);
  const answers = traces.map(recordedAnswer);
  const told = ({ method, url, answer, sentence }: Parameters<Parameters<typeof ReplayServer.open>[0]['told']>[0]) =>
    say(`${method} ${url}: ${answer ? `“${answer.title}”. ` : 'refused. '}${sentence}`);
  const server = await ReplayServer.open({ answers, port, pace, told }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(`Port ${port} cannot be used (${error.code ?? error.message}). Choose another with --port.`);
  });
  const model = traces.find(({ facts }) => facts.model !== null)?.facts.model ?? 'model';
  const paths = [...new Set(answers.map(({ api }) => sampleFormatOf(api).path(model)))];
  const count = answers.length === 1 ? 'one recorded stream' : `${answers.length} recorded streams`;
  say(
    `Answering with ${count} at ${paths.map((path) => `http://127.0.0.1:${server.port}${path}`).join(' and ')}. Point your program there. Stop with Ctrl+C.`,
  );
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port <= 65_535) return port;
  throw new UsageError(`--port takes a number from 0 to 65535, not ${JSON.stringify(text)}.`);
}

function paceOf(text: string): number {
  const pace = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
  if (pace >= 0) return pace;
  throw new UsageError(`--pace takes a number from 0 on, such as 10 or 0.5, not ${JSON.stringify(text)}.`);
}
