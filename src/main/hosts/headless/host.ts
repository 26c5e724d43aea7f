/** The headless host: the program without a window of its own, in the foreground of a terminal, its page in a browser. */
import { ServiceError, type Services } from '../../../shared/rpc/services.ts';
import type { Core } from '../../core/core.ts';
import { dataDirectory, OptionsError } from '../environment.ts';
import { openPlainCore, type ProgramFiles } from '../plain-core.ts';
import { Access } from './access.ts';
import { openBrowser, openCommand } from './browser.ts';
import { logFault, say } from '../log.ts';
import { upgradePage, upgradeSentences } from '../upgrade-notice.ts';
import { parseOptions, type HeadlessOptions } from './options.ts';
import { startServer, type ServerSetup } from './server.ts';

/** Where the built files lie and which version this is, which only the entry knows. */
export interface HeadlessSetup extends ProgramFiles {
  readonly rendererDir: string;
  /**
   * The token of all hosts of one series, and the port of the one before, which this one takes over without a word: its pages go
   * on with what they have.
   */
  readonly resume?: { readonly port?: number; readonly token: string };
}

/** Longest time for what was recorded to be written when the program ends. */
const CLOSE_MS = 10_000;
const USAGE_ERROR = 2;

/** Runs until it is told to end by a signal; the process then exits by itself. */
export async function startHeadless(setup: HeadlessSetup): Promise<void> {
  let options: HeadlessOptions;
  try {
    options = parseOptions(process.argv.slice(2), process.env);
  } catch (error) {
    if (!(error instanceof OptionsError)) throw error;
    say(error.message);
    process.exitCode = USAGE_ERROR;
    return;
  }
  const ending = new Ending();
  const dataDir = dataDirectory();
  const { rendererDir, resume, ...rest } = setup;
  const isFirst = resume?.port === undefined;
  if (isFirst) say(`Opening the traces in ${dataDir} …`);
  const services = Promise.withResolvers<Services>();
  let core: Core | undefined;
  ending.add(async () => {
    const lost = await core?.close();
    if (lost !== undefined) say(lost);
  });
  /** Once: for an upgrade before the core is there, else with it. */
  let serving: Promise<boolean> | undefined;
  const serve = (what: Pick<ServerSetup, 'services' | 'openingPage'>): Promise<boolean> =>
    (serving ??= serveWindow({ ...what, rendererDir, resume, options }, ending));

  core = await openPlainCore(rest, {
    dataDir,
    ...(options.samplePace !== undefined && { samplePace: options.samplePace }),
    ...(options.proxyPort !== undefined && { proxyPort: options.proxyPort }),
    onUpgrade: (bytes) => {
      for (const sentence of upgradeSentences(bytes)) say(sentence);
      void serve({ services: services.promise, openingPage: upgradePage(rendererDir, bytes) });
    },
  }).catch(refuseStart);
  if (!core) return ending.end(1);
  services.resolve(core.services);
  if (core.remark !== undefined) say(core.remark);
  const { storeProblem } = await core.services['app.info']({});
  if (storeProblem) say(storeProblem.sentence);
  if (!(await serve({ services: core.services }))) return ending.end(1);
  const { state } = core.proxy;
  if (state.listening) process.stdout.write(`Capture proxy at http://127.0.0.1:${state.port}/\n`);
  const notAsUsual = state.listening ? state.remark : state.problem;
  if (notAsUsual !== undefined) say(notAsUsual);
  if (isFirst) say('It stays here until you press Ctrl+C.');
}

interface Serving extends Pick<ServerSetup, 'services' | 'openingPage' | 'rendererDir'> {
  readonly resume: HeadlessSetup['resume'] | undefined;
  readonly options: HeadlessOptions;
}

/** Listens, says where, and opens a browser. False where it cannot listen, which was said. */
async function serveWindow({ resume, options, ...what }: Serving, ending: Ending): Promise<boolean> {
  const access = new Access(resume?.token);
  let printed = access.newCode();
  const port = resume?.port ?? options.port;
  const server = await startServer({
    ...what,
    port,
    access,
    log: logFault,
    onSession: () => {
      // The address that stands at the terminal always opens a browser.
      if (!access.hasCode(printed)) say(`To open it in another browser: ${address((printed = access.newCode()))}`);
    },
  }).catch((error: unknown) => refusePort(error, port));
  if (!server) return false;
  ending.add(() => server.close());

  const address = (code: string): string => `http://127.0.0.1:${server.port}/?code=${code}`;
  process.stdout.write(`Tracelane runs at ${address(printed)}\n`);
  const command = resume?.port === undefined && options.open ? openCommand() : undefined;
  if (command)
    openBrowser(command, address(access.newCode()), () =>
      say(`${command[0]} could not open the browser; open the address above yourself.`),
    );
  return true;
}

/** Says why the program could not be opened, as when a module of it is missing. */
function refuseStart(error: unknown): undefined {
  if (!(error instanceof ServiceError)) throw error;
  say(`tracelane: ${error.message}`);
}

/** Says why the server could not listen. */
function refusePort(error: unknown, port: number): undefined {
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'EADDRINUSE')
    say(
      `tracelane: Port ${port} is in use by another program. Choose another with --port, or omit --port to use any free port.`,
    );
  else if (code === 'EACCES')
    say(`tracelane: Port ${port} is reserved for privileged users. Choose one above 1023 with --port, or omit --port.`);
  else logFault('tracelane: The server could not be started', error);
}

/** The end of the process, whatever brings it about: what was started is closed once, the last first. */
class Ending {
  readonly #closers: (() => Promise<void>)[] = [];
  #begun = false;

  constructor() {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void this.end(0));
    process.on('uncaughtException', (error) => this.#fail(error));
    process.on('unhandledRejection', (error) => this.#fail(error));
    // A reader of the address that has seen enough is no reason to end.
    for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  }

  add(close: () => Promise<void>): void {
    this.#closers.unshift(close);
  }

  /** Once begun, it is not begun again: Ctrl+C reaches a process by more ways than one. */
  async end(code: number): Promise<void> {
    if (this.#begun) return;
    this.#begun = true;
    setTimeout(() => {
      say(`Closing took longer than ${CLOSE_MS / 1000} seconds; the end of what was recorded may be missing.`);
      process.exit(1);
    }, CLOSE_MS).unref();
    try {
      for (const close of this.#closers) await close();
    } catch (error) {
      logFault('tracelane: Closing failed', error);
      process.exit(1);
    }
    process.exit(code);
  }

  #fail(error: unknown): void {
    logFault('tracelane had an internal error and is closing; everything recorded until now is saved', error);
    void this.end(1);
  }
}
