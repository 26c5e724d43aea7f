/** Files that commands write for people. */
import { existsSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { sentenceOf, UsageError } from './terminal.ts';

/** A file that was there stays as it was until the new one is complete. Throws UsageError. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  try {
    // What is no plain file (a pipe, /dev/null) cannot be replaced; it is written to.
    if (existsSync(path) && !statSync(path).isFile()) writeFileSync(path, content);
    else replace(path, content);
  } catch (error) {
    throw new UsageError(`Cannot write ${path}: ${sentenceOf(error)}`);
  }
}

function replace(path: string, content: string | Uint8Array): void {
  const beside = `${path}.${process.pid}.part`;
  try {
    writeFileSync(beside, content, { flag: 'wx' });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}
