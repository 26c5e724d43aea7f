/**
 * `tracelane capture -- CMD`: runs a program whose requests to LLM APIs go by way of the capture proxy. The program has the
 * terminal to itself; what this command has to say comes after it, in one line.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { resolve } from 'node:path';
import type { Command } from 'commander';
import type { CapturedSession, MethodName, ParamsOf, ResultOf } from '../../../shared/rpc/contract.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { dataDirectory, proxyPort, samplePace } from '../environment.ts';
import { say } from '../log.ts';
import type { ProgramFiles } from '../plain-core.ts';
import { capturedEnvironment, plannedVariables, signsBedrock, upstreamOf } from './capture-environment.ts';
import { readHosts, refuseProxyBefore, TrustFiles } from './capture-https.ts';
import { counted } from '../../../shared/text/count.ts';

interface Flags {
  readonly to?: string;
  readonly dataDir?: string;
  readonly httpsProxy?: true;
}

/** The program that captures: one that runs already, or one that this command has started. */
interface Program {
  call<Name extends MethodName>(name: Name, params: ParamsOf<Name>): Promise<ResultOf<Name>>;
  /** Gives what is lost, in a sentence, where the disk did not take all. */
  close(): Promise<string | undefined>;
}

/** As shells have it. */
const [NOT_FOUND, NOT_EXECUTABLE, BY_SIGNAL] = [127, 126, 128];
/** Signals that are the program's to answer. Those of the keyboard reach it from the terminal itself. */
const PASSED: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2', 'SIGCONT', 'SIGWINCH'];
const KEYBOARD: readonly NodeJS.Signals[] = ['SIGINT', 'SIGQUIT'];

export function addCapture(program: Command, files: ProgramFiles): void {
  program
    .command('capture')
    .usage('[options] -- COMMAND [ARGS…]')
    .description('run a program and record its requests to LLM APIs on their way')
    .option('--to <url>', 'send all requests there, instead of where each would go by itself')
    .option('--data-dir <dir>', 'keep the traces in this folder, instead of the usual one')
    .option('--https-proxy', 'be its HTTPS_PROXY, for a program that takes no base URL from its environment')
    .argument('<command...>', 'the program and its arguments')
    .passThroughOptions()
    .action(async ([command = '', ...args]: string[], flags: Flags) => {
      process.exitCode = await capture([command, ...args], flags, files);
    });
}

async function capture([command, ...args]: [string, ...string[]], flags: Flags, files: ProgramFiles): Promise<number> {
  const to = flags.to === undefined ? undefined : upstreamOf(flags.to);
  const dataDir = flags.dataDir === undefined ? dataDirectory() : resolve(flags.dataDir);
  if (flags.httpsProxy) refuseProxyBefore(process.env);
  const planned = plannedVariables(process.env, to);
  const program = await programOver(dataDir, files);
  try {
    const routes = [...new Set(planned.map(({ route }) => route))];
    const { session, url, https } = await program.call(
      'capture.openSession',
      flags.httpsProxy
        ? { routes: [], https: { hosts: [...readHosts(routes, to)], ...(to !== undefined && { to }) } }
        : { routes },
    );
    using trust = https && new TrustFiles(process.env, https);
    const code = await run(command, args, trust?.environment ?? capturedEnvironment(process.env, planned, url));
    // Whatever becomes of what was recorded, the program's own code is what its caller waits for.
    const lines = await program
      .call('capture.closeSession', { session })
      .then(closingLines, (error) => [sentenceOf(error)]);
    for (const line of lines) say(`tracelane: ${line}`);
    if (!https && to === undefined && signsBedrock(process.env))
      say(
        'tracelane: Requests to Amazon Bedrock are signed for its own address, and were not captured. Use --https-proxy.',
      );
    return code;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    say(`tracelane: ${command} was not started. ${error.message}`);
    return 1;
  } finally {
    const lost = await program.close();
    if (lost !== undefined) say(`tracelane: ${lost}`);
  }
}

async function programOver(dataDir: string, files: ProgramFiles): Promise<Program> {
  // What talks to a running program, and the whole program below: no other command should wait for them.
  const { findRunning } = await import('../../core/control/control.ts');
  const running = await findRunning(dataDir);
  if (running)
    return {
      call: (name, params) => running.call(name, params),
      close: async () => {
        running.close();
        return undefined;
      },
    };
  const [pace, port] = [samplePace(), proxyPort()];
  const { openPlainCore } = await import('../plain-core.ts');
  const core = await openPlainCore(files, {
    dataDir,
    ...(pace !== undefined && { samplePace: pace }),
    ...(port !== undefined && { proxyPort: port }),
  });
  const { storeProblem } = await core.services['app.info']({});
  if (storeProblem) say(`tracelane: ${storeProblem.sentence}`);
  return {
    call: async (name, params) => core.services[name](params as never) as never,
    close: () => core.close(),
  };
}

/** Resolves with the code that this command ends with, too. */
function run(command: string, args: readonly string[], env: Record<string, string | undefined>): Promise<number> {
  const child = spawn(command, args, { stdio: 'inherit', env });
  const stop = passSignals(child);
  return new Promise((end) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      stop();
      say(`tracelane: ${command} could not be started (${error.code ?? error.message}). Check its name and its path.`);
      end(error.code === 'ENOENT' ? NOT_FOUND : NOT_EXECUTABLE);
    });
    child.once('exit', (code, signal) => {
      stop();
      end(code ?? BY_SIGNAL + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** Returns what ends it. A signal of the keyboard is for every program of a terminal; elsewhere for this one alone. */
function passSignals(child: ChildProcess): () => void {
  const own = process.stdin.isTTY ? [] : KEYBOARD;
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  const ignore = (): void => undefined;
  for (const signal of [...PASSED, ...own]) process.on(signal, pass);
  for (const signal of KEYBOARD) process.on(signal, ignore);
  return () => {
    for (const signal of [...PASSED, ...own]) process.off(signal, pass);
    for (const signal of KEYBOARD) process.off(signal, ignore);
  };
}

function closingLines({ exchanges, bytes, incomplete, distrusted, dataDir }: CapturedSession): readonly string[] {
  const kept = `${counted(exchanges, 'exchange')} kept, ${counted(bytes, 'byte')} of responses, in ${dataDir}.`;
  const missing = incomplete === 0 ? '' : ` ${counted(incomplete, 'of them is', 'of them are')} incomplete.`;
  const ended = distrusted.map(
    ([host, connections]) =>
      `${counted(connections, 'connection')} to ${host} ended before encryption was agreed on. The program may not accept the certificate that its environment names.`,
  );
  return [`${kept}${missing}`, ...ended];
}

const sentenceOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
