/** What the headless host is told, on its command line and through the environment. */
import { parseArgs } from 'node:util';

export interface HeadlessOptions {
  /** Opens the page in the user's browser. */
  readonly open: boolean;
  /** 0: any that is free. */
  readonly port: number;
  /** See CoreSetup. */
  readonly samplePace: number | undefined;
}

export const USAGE = `Usage: npm start -- --headless [--no-open] [--port N]

  --no-open   does not open the page in the browser
  --port N    listens on this port instead of any that is free

Environment:
  TRACELANE_DATA_DIR     the folder for all that is kept, instead of the user's data folder
  TRACELANE_SAMPLE_PACE  how many times faster than a real model the sample provider answers; 0 as fast as it can`;

/** What was asked for is not understood, or is only a question; the message is all there is to say. */
export class OptionsError extends Error {}

export function parseOptions(args: readonly string[], env: NodeJS.ProcessEnv): HeadlessOptions {
  const { help, open, port } = parse(args);
  if (help) throw new OptionsError(USAGE);
  return { open, port: port === undefined ? 0 : portOf(port), samplePace: paceOf(env['TRACELANE_SAMPLE_PACE']) };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowNegative: true,
      options: { help: { type: 'boolean', default: false }, open: { type: 'boolean', default: true }, port: { type: 'string' } },
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

function paceOf(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const pace = Number(text);
  if (Number.isFinite(pace) && pace >= 0) return pace;
  throw new OptionsError(`TRACELANE_SAMPLE_PACE takes a number, 0 or more, not ${JSON.stringify(text)}.`);
}
