/** How a person types a command of this program: the one place that knows. */
import { fileURLToPath } from 'node:url';

/**
 * What stands before the name of a command, given where a module of the program is. npm starts the command line of a clone, in any folder;
 * `tracelane` is in the path only where npm has installed the program. Null in the packaged app, which is no Node for a command line: see
 * the fuses in electron-builder.config.mjs.
 */
export function commandLineOf(module: string): string | null {
  const path = fileURLToPath(module);
  const folder = /^(.*)[\\/](?:src|out)[\\/]main[\\/]/.exec(path)?.[1];
  if (folder !== undefined && /[\\/]app\.asar$/.test(folder)) return null;
  if (folder === undefined || /[\\/]node_modules[\\/]/.test(folder)) return 'tracelane';
  return `npm --prefix ${shellWord(folder)} run -s tracelane --`;
}

export const COMMAND_LINE = commandLineOf(import.meta.url);

/** The step `run …` of a sentence: a command with its arguments as a shell takes them, and where, if not in any folder. */
export function stepOf(commandLine: string | null, command: string, ...args: readonly string[]): string {
  const words = [command, ...args.map(shellWord)].join(' ');
  return commandLine === null
    ? `run, in a clone of its repository, npm run -s tracelane -- ${words}`
    : `run ${commandLine} ${words}`;
}

/** The step that repairs the trace file of a folder, once Tracelane is closed. */
export const toRepair = (dataDir: string): string => stepOf(COMMAND_LINE, 'repair', dataDir);

function shellWord(text: string): string {
  return /^[\w./:\\-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
