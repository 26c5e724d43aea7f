#!/usr/bin/env node
/** The command line: one file of hosts/cli and one line here for each command. */
import { Command, CommanderError } from 'commander';
import { addCompare } from './hosts/cli/compare.ts';
import { addFuzz } from './hosts/cli/fuzz.ts';
import { addLanes } from './hosts/cli/lanes.ts';
import { UsageError } from './hosts/cli/usage-error.ts';
import { addVectors } from './hosts/cli/vectors.ts';

const ENDED_BY_SIGPIPE = 141;

const program = new Command('tracelane')
  .description('Streams of LLM answers, read from the wire and by the adapters')
  .exitOverride();
addVectors(program);
addFuzz(program);
addLanes(program);
addCompare(program);

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
