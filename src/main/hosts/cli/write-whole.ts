/** Files that commands write for people. */
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  openSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sentenceOf, UsageError } from './terminal.ts';

/** A file that was there stays as it was until the new one is complete. Throws UsageError. */
export function writeWhole(path: string, content: string | Uint8Array): void {
  try {
    if (!isReplaced(path)) return writeFileSync(path, content);
    const beside = placeBeside(path);
    try {
      writeFileSync(beside, content, { flag: 'wx' });
      renameSync(beside, path);
    } catch (error) {
      rmSync(beside, { force: true });
      throw error;
    }
  } catch (error) {
    throw cannotWrite(path, error);
  }
}

/** The same of pieces as they are made; how many bytes they had. What making them throws is thrown as it is. */
export async function writePieces(path: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  const told = <Value>(work: () => Value): Value => {
    try {
      return work();
    } catch (error) {
      throw cannotWrite(path, error);
    }
  };
  const beside = told(() => (isReplaced(path) ? placeBeside(path) : null));
  const file = told(() => openSync(beside ?? path, beside === null ? 'w' : 'wx'));
  let [open, bytes] = [true, 0];
  try {
    for await (const piece of pieces) {
      told(() => writeAll(file, piece));
      bytes += piece.length;
    }
    open = false;
    told(() => closeSync(file));
    if (beside !== null) told(() => renameSync(beside, path));
  } catch (error) {
    if (open) closeSync(file);
    if (beside !== null) rmSync(beside, { force: true });
    throw error;
  }
  return bytes;
}

/** To standard output, as fast as whoever reads it. */
export async function writeToOutput(pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
  for await (const piece of pieces) if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
}

function writeAll(file: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) at += writeSync(file, bytes, at);
}

/** What is no plain file (a pipe, /dev/null) cannot be replaced; it is written to. */
const isReplaced = (path: string): boolean => !existsSync(path) || statSync(path).isFile();

function placeBeside(path: string): string {
  clearKilled(path);
  return `${path}.${process.pid}.part`;
}

const cannotWrite = (path: string, error: unknown): UsageError =>
  new UsageError(`Cannot write ${path}: ${sentenceOf(error)}`);

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
