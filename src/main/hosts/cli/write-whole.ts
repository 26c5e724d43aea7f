/** Files that commands write for people. */
import { existsSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
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
  clearKilled(path);
  try {
    writeFileSync(beside, content, { flag: 'wx' });
    renameSync(beside, path);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** What a command leaves that is killed while it writes this file. */
function clearKilled(path: string): void {
  const start = `${basename(path)}.`;
  for (const name of readdirSync(dirname(path))) {
    const pid = name.startsWith(start) ? /^([1-9]\d*)\.part$/.exec(name.slice(start.length))?.[1] : undefined;
    if (pid !== undefined && isGone(Number(pid))) rmSync(join(dirname(path), name), { force: true });
  }
}

/** Also this process: what it left is of another before it that had its number. */
function isGone(pid: number): boolean {
  if (pid === process.pid) return true;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}
