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
import { UsageError } from './terminal.ts';
import { addVectors } from './vectors.ts';

const ENDED_BY_SIGPIPE = 141;

/** Runs the command that the process was given; what went wrong becomes its exit code. */
export async function runCommandLine(files: ProgramFiles): Promise<void> {
  const program = new Command('tracelane')
    .description('Capture LLM streams on their way, decode them, compare their lanes, and check the adapters')
    .enablePositionalOptions()
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

  // Who reads the output may stop reading, as `head` does. That ends any command of a Unix shell, with this code and no word.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(ENDED_BY_SIGPIPE);
  });

  try {
    await program.parseAsync();
  } catch (error) {
    // Commander has said its own errors already, and help is none.
    if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2;
    else if (error instanceof UsageError) {
      console.error(error.message);
      process.exitCode = 2;
    } else throw error;
  }
}
