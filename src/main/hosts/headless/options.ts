/** What the headless host is told, on its command line and through the environment. */
import { parseArgs } from 'node:util';
import { OptionsError, samplePace } from '../environment.ts';

export interface HeadlessOptions {
  /** Opens the page in the user's browser. */
  readonly open: boolean;
  /** 0: any that is free. */
  readonly port: number;
  /** See CoreSetup. */
  readonly samplePace: number | undefined;
}

const USAGE = `Usage: npm start -- --headless [--no-open] [--port N]

  --no-open   does not open the page in the browser
  --port N    listens on this port instead of any that is free

Environment:
  TRACELANE_DATA_DIR     the folder for all that is kept, instead of the user's data folder
  TRACELANE_SAMPLE_PACE  how many times faster than a real model the sample provider answers; 0 as fast as it can`;

export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): HeadlessOptions {
  const { help, open, port } = parse(args);
  if (help) throw new OptionsError(USAGE);
  return { open, port: port === undefined ? 0 : portOf(port), samplePace: samplePace(env) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowNegative: true,
      options: {
        help: { type: 'boolean', default: false },
        open: { type: 'boolean', default: true },
        port: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new OptionsError(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  }
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= 0 && port <= 65_535) return port;
  throw new OptionsError(`--port takes a number from 0 to 65535, not ${JSON.stringify(text)}.`);
}
