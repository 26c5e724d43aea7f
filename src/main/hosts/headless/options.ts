/** What the headless host is told, on its command line and through the environment. */
import { Command, CommanderError } from 'commander';
import { OptionsError, proxyPort, samplePace } from '../environment.ts';

export interface HeadlessOptions {
  /** Opens the page in the user's browser. */
  readonly open: boolean;
  /** 0: any that is free. */
  readonly port: number;
  /** See CoreSetup. */
  readonly samplePace: number | undefined;
  readonly proxyPort: number | undefined;
}

const ENVIRONMENT = `
Environment:
  TRACELANE_DATA_DIR     the data folder, instead of the default for the user
  TRACELANE_CAPTURE_PORT the port that the capture proxy tries first, 4141 unless set; 0: any that is free
  TRACELANE_SAMPLE_PACE  the speed of the sample provider, as a multiple of a real model's; 0: as fast as possible`;

/** Throws OptionsError with what to print. */
export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): HeadlessOptions {
  const said: string[] = [];
  const say = (text: string): void => void said.push(text);
  const command = new Command('npm start --')
    .usage('--headless [options]')
    .option('--open', 'open the page in the browser', true)
    .option('--no-open', 'do not open it')
    .option<number>('--port <n>', 'listen on this port instead of any free one', portOf, 0)
    .addHelpText('after', ENVIRONMENT)
    .showHelpAfterError()
    .configureOutput({ writeOut: say, writeErr: say })
    .exitOverride();
  try {
    command.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    throw new OptionsError(said.join('').trimEnd());
  }
  return {
    ...command.opts<Pick<HeadlessOptions, 'open' | 'port'>>(),
    samplePace: samplePace(env),
    proxyPort: proxyPort(env),
  };
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new OptionsError(`--port takes a number from 0 to 65535, not ${JSON.stringify(text)}.`);
}
