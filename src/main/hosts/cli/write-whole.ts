/** Files that commands write for people. */
import { once } from 'node:events';
import { closeSync, existsSync, openSync, readdirSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { sentenceOf, UsageError } from './terminal.ts';

/** A file that was there stays as it was until the new one is complete. Throws UsageError. */
export function writeWhole(path: string, content: string): void {
  const file = new NewFile(path);
  try {
    file.write(Buffer.from(content));
    file.finish();
  } catch (error) {
    file.discard();
    throw error;
  }
}

/**
 * The same of the pieces of an export as they are made; how many bytes they had. What making them throws is thrown as it is. It holds
 * what was asked and answered: where there was no file, the new one is its user's alone.
 */
export async function writeExport(path: string, pieces: AsyncIterable<Uint8Array>): Promise<number> {
  const file = new NewFile(path, 0o600);
  let bytes = 0;
  try {
    for await (const piece of pieces) {
      file.write(piece);
      bytes += piece.length;
    }
    file.finish();
  } catch (error) {
    file.discard();
    throw error;
  }
  return bytes;
}

/** A file under another name until it is complete. Each method but `discard` throws UsageError where that cannot be done. */
class NewFile {
  readonly #path: string;
  /** Null: what is at the path cannot be replaced, and is written to. */
  readonly #beside: string | null;
  #file: number | undefined;

  /** `mode`: of a file that was not there; one that was keeps its own. */
  constructor(path: string, mode = 0o666) {
    this.#path = path;
    this.#beside = this.#told(() => (isReplaced(path) ? placeBeside(path) : null));
    this.#file = this.#told(() => {
      if (this.#beside === null) return openSync(path, 'w');
      return openSync(this.#beside, 'wx', (statSync(path, { throwIfNoEntry: false })?.mode ?? mode) & 0o777);
    });
  }

  write(bytes: Uint8Array): void {
    this.#told(() => {
      for (let at = 0; at < bytes.length;) at += writeSync(this.#file!, bytes, at);
    });
  }

  finish(): void {
    this.#told(() => {
      this.#close();
      if (this.#beside !== null) renameSync(this.#beside, this.#path);
    });
  }

  /** What was at the path stays. */
  discard(): void {
    this.#close();
    if (this.#beside !== null) rmSync(this.#beside, { force: true });
  }

  #close(): void {
    const file = this.#file;
    this.#file = undefined;
    if (file !== undefined) closeSync(file);
  }

  #told<Value>(work: () => Value): Value {
    try {
      return work();
    } catch (error) {
      throw new UsageError(`Cannot write ${this.#path}: ${sentenceOf(error)}`);
    }
  }
}

/** To standard output, as fast as whoever reads it. */
export async function writeToOutput(pieces: AsyncIterable<string | Uint8Array>): Promise<void> {
  for await (const piece of pieces) if (!process.stdout.write(piece)) await once(process.stdout, 'drain');
}

/** What is no plain file (a pipe, /dev/null) cannot be replaced; it is written to. */
const isReplaced = (path: string): boolean => !existsSync(path) || statSync(path).isFile();

function placeBeside(path: string): string {
  clearKilled(path);
  return `${path}.${process.pid}.part`;
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
