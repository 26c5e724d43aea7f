/** How a person types a command of this program: the one place that knows. */
import { fileURLToPath } from 'node:url';

/**
 * What stands before the name of a command, given where a module of the program is. npm starts the command line of a clone, in any folder;
 * `tracelane` is in the path only where the program is installed.
 */
export function commandLineOf(module: string): string {
  const path = fileURLToPath(module);
  const clone = /^(.*)[\\/](?:src|out)[\\/]main[\\/]/.exec(path)?.[1];
  if (clone === undefined || /[\\/](?:node_modules|app\.asar)(?:[\\/]|$)/.test(clone)) return 'tracelane';
  return `npm --prefix ${shellWord(clone)} run -s tracelane --`;
}

export const COMMAND_LINE = commandLineOf(import.meta.url);

/** A command with its arguments, as a shell takes them. */
export const typed = (command: string, ...args: readonly string[]): string =>
  [COMMAND_LINE, command, ...args.map(shellWord)].join(' ');

function shellWord(text: string): string {
  return /^[\w./:\\-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
