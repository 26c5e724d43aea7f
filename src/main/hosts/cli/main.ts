/** The command line: one file of this folder and one line here for each command. */
import { Command, CommanderError } from 'commander';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { TooLongToCompare } from '../../../shared/compare/too-long.ts';
import type { ProgramFiles } from '../plain-core.ts';
import { printableLines, UsageError } from './terminal.ts';

type Add = (program: Command, files: ProgramFiles) => void;

/** What adds each command. One needs not load what the others do. */
const COMMANDS: Readonly<Record<string, () => Promise<Add>>> = {
  vectors: async () => (await import('./vectors.ts')).addVectors,
  lanes: async () => (await import('./lanes.ts')).addLanes,
  compare: async () => (await import('./compare.ts')).addCompare,
  check: async () => {
    const { addCheck } = await import('./check.ts');
    return (program, { version }) => addCheck(program, version);
  },
  import: async () => {
    const { addImport } = await import('./import.ts');
    return (program, { storeWorker }) => addImport(program, storeWorker);
  },
  export: async () => {
    const { addExport } = await import('./export.ts');
    return (program, { version }) => addExport(program, version);
  },
  mcp: async () => {
    const { addMcp } = await import('./mcp.ts');
    return (program, { version }) => addMcp(program, version);
  },
  capture: async () => (await import('./capture.ts')).addCapture,
  'check-proxy': async () => (await import('./check-proxy.ts')).addCheckProxy,
  pair: async () => (await import('./pair.ts')).addPair,
  replay: async () => (await import('./replay.ts')).addReplay,
  repair: async () => (await import('./repair.ts')).addRepair,
};

/** Of the command that is asked for; of all where help is, or a command that there is not. */
async function commandsFor(args: readonly string[]): Promise<readonly Add[]> {
  const [first = '', second = ''] = args;
  const name = first === 'help' ? second : first;
  const one = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  return Promise.all(one === undefined ? Object.values(COMMANDS).map((load) => load()) : [one()]);
}

const [BAD_USE, FAULT, ENDED_BY_SIGPIPE] = [2, 70, 141];

/** Runs the command that the process was given; what went wrong becomes its exit code. Rejects where a part of the program is missing. */
export async function runCommandLine(files: ProgramFiles): Promise<void> {
  const program = new Command('tracelane')
    .description('Capture LLM streams on their way, decode them, compare their lanes, and check the adapters')
    .enablePositionalOptions()
    // What was typed is in its words.
    .configureOutput({ writeErr: (text) => void process.stderr.write(printableLines(text)) })
    .exitOverride();
  for (const add of await commandsFor(process.argv.slice(2))) add(program, files);

  // Who reads the output may stop reading, as `head` does. That ends any command of a Unix shell, with this code and no word.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(ENDED_BY_SIGPIPE);
  });

  try {
    await program.parseAsync();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND') throw error;
    process.exitCode = endedBy(error);
  }
}

/** Says what went wrong, unless it was said already; the exit code. */
function endedBy(error: unknown): number {
  // Commander has said its own errors already, and help is none.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USE;
  if (error instanceof UsageError || error instanceof TooLongToCompare) {
    console.error(printableLines(error.message));
    return BAD_USE;
  }
  if (error instanceof ServiceError) {
    console.error(printableLines(`tracelane: ${error.message}`));
    return FAULT;
  }
  const [name, message] = error instanceof Error ? [error.name, error.message] : ['Error', String(error)];
  console.error(
    TOO_MUCH.test(message)
      ? `tracelane: The input is too large for this command (${message}). Cut the stream into pieces, and try again.`
      : printableLines(
          `tracelane: This is a fault of Tracelane: ${name}: ${message}\nReport it, with the command and, if you can, its input.`,
        ),
  );
  return FAULT;
}

/** What V8 says where an input is beyond what it can hold. */
const TOO_MUCH = /Maximum call stack|Invalid string length|Invalid array length|allocation failed|longer than 0x/;
