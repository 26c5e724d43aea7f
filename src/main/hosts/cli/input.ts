/** What a command reads: files and standard input, whole and up to a limit. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { printable, UsageError } from './terminal.ts';

/** The longest input of a command, in bytes: what is made of it must fit into memory, too. */
const MOST_INPUT = 256 * 1024 * 1024;

const STDIN = 0;
const PIECE_BYTES = 1024 * 1024;
/** Until it is looked again whether an empty pipe has something. */
const EMPTY_MS = 2;

/** The name of an input as it stands in a sentence. */
export const inputName = (file: string): string => printable(file === '-' ? 'standard input' : file);

/** The bytes of a file; `-` is standard input, a pipe of any kind. Throws UsageError where it cannot be read, or is too long. */
export function readInput(file: string, most = MOST_INPUT): Uint8Array<ArrayBuffer> {
  try {
    const fd = file === '-' ? STDIN : openSync(file, 'r');
    try {
      return readAll(fd, file, most);
    } finally {
      if (fd !== STDIN) closeSync(fd);
    }
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`Cannot read ${inputName(file)}: ${reasonOf(error)}.`);
  }
}

/** The text of a file. */
export const readText = (file: string, most?: number): string => new TextDecoder().decode(readInput(file, most));

function readAll(fd: number, file: string, most: number): Uint8Array<ArrayBuffer> {
  const { size } = fstatSync(fd);
  if (size > most) throw tooLong(file, most);
  // With room for one byte more, by whose absence the end is known.
  let room = new ArrayBuffer(Math.max(size + 1, PIECE_BYTES));
  let length = 0;
  for (;;) {
    const count = readPiece(fd, new Uint8Array(room, length, Math.min(room.byteLength - length, PIECE_BYTES)));
    if (count === 0) return new Uint8Array(room.transfer(length));
    length += count;
    if (length > most) throw tooLong(file, most);
    if (length === room.byteLength) room = room.transfer(length * 2);
  }
}

/** 0 at the end. A pipe that another program made not to block has nothing at times: its writer is waited for. */
function readPiece(fd: number, piece: Uint8Array): number {
  const clock = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    try {
      return readSync(fd, piece, 0, piece.length, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // On Windows the end of a pipe is an error.
      if (code === 'EOF') return 0;
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(clock, 0, 0, EMPTY_MS);
    }
  }
}

const tooLong = (file: string, most: number): UsageError =>
  new UsageError(
    `${inputName(file)} is longer than ${Math.round(most / 2 ** 20)} MB, the most that a command reads. Cut the stream into pieces, or name the right file.`,
  );

/** `ENOENT: no such file or directory`, without the call and the path that Node puts behind it. */
function reasonOf(error: unknown): string {
  return error instanceof Error ? printable(error.message.replace(/, \w+( '.*')?$/s, '')) : printable(String(error));
}
