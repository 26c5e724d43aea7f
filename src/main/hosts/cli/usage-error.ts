/** Bad input on the command line: its message is the one sentence that is printed, and the exit code is 2. */
export class UsageError extends Error {}
