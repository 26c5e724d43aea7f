/** The command line: one file of this folder and one line here for each command. */
import { Command, CommanderError } from 'commander';
import type { ProgramFiles } from '../plain-core.ts';
import { addCapture } from './capture.ts';
import { addCheck } from './check.ts';
import { addCheckProxy } from './check-proxy.ts';
import { addCompare } from './compare.ts';
import { addExport } from './export.ts';
import { addImport } from './import.ts';
import { addLanes } from './lanes.ts';
import { addMcp } from './mcp.ts';
import { addPair } from './pair.ts';
import { addRepair } from './repair.ts';
import { printableLines, UsageError } from './terminal.ts';
import { addVectors } from './vectors.ts';

const [BAD_USE, FAULT, ENDED_BY_SIGPIPE] = [2, 70, 141];

/** Runs the command that the process was given; what went wrong becomes its exit code. */
export async function runCommandLine(files: ProgramFiles): Promise<void> {
  const program = new Command('tracelane')
    .description('Capture LLM streams on their way, decode them, compare their lanes, and check the adapters')
    .enablePositionalOptions()
    // What was typed is in its words.
    .configureOutput({ writeErr: (text) => void process.stderr.write(printableLines(text)) })
    .exitOverride();
  addVectors(program);
  addLanes(program);
  addCompare(program);
  addCheck(program, files.version);
  addImport(program, files.storeWorker);
  addExport(program, files.version);
  addMcp(program, files.version);
  addCapture(program, files);
  addCheckProxy(program);
  addPair(program);
  addRepair(program);

  // Who reads the output may stop reading, as `head` does. That ends any command of a Unix shell, with this code and no word.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(ENDED_BY_SIGPIPE);
  });

  try {
    await program.parseAsync();
  } catch (error) {
    process.exitCode = endedBy(error);
  }
}

/** Says what went wrong, unless it was said already; the exit code. */
function endedBy(error: unknown): number {
  // Commander has said its own errors already, and help is none.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : BAD_USE;
  if (error instanceof UsageError) {
    console.error(printableLines(error.message));
    return BAD_USE;
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
