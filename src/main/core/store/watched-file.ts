/**
 * The open file, as it lies on the disk. Writing to a file that was deleted succeeds and is lost, and writing on into one that
 * somebody copied another over destroys both: so its place, its log's place and its content are looked at before each write.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { identityOf } from './files.ts';
import { FileGone } from './problems.ts';

/** Of each end of the file: its header, the roots of all tables, and what came last. */
const SAMPLE_BYTES = 64 * 1024;

export class WatchedFile {
  readonly #file: string;
  readonly #identity: string | undefined;
  /** Open as long as the database is: closing a file drops every lock that the process has on it. */
  readonly #fd: number;
  #stamp: string;
  #sample: number;
  #log: string | undefined;

  /** To be made once the database is open, and closed after it. */
  constructor(file: string) {
    this.#file = file;
    this.#fd = openSync(file, 'r');
    this.#identity = identityOf(file);
    this.#stamp = this.#stampNow();
    this.#sample = this.#sampleNow();
    this.#log = identityOf(`${file}-wal`);
  }

  /** Throws FileGone, or what the system throws, where nothing may be written. */
  check(): void {
    const identity = identityOf(this.#file);
    if (identity === undefined) throw new FileGone(this.#file, 'moved');
    if (identity !== this.#identity) throw new FileGone(this.#file, 'replaced');
    if (this.#stamp === this.#stampNow()) return;
    // A program that only touched it changes the time and nothing else.
    if (this.#sample !== this.#sampleNow()) throw new FileGone(this.#file, 'overwritten');
    this.#stamp = this.#stampNow();
  }

  /** Does what writes to the file, where it is the one that was opened. Throws as `check` does, and what `write` throws. */
  writing<Value>(write: () => Value): Value {
    this.check();
    try {
      return write();
    } finally {
      this.#wrote();
    }
  }

  /** Whether the log was taken away from beside the file: what is written to it would be gone with the program. */
  get lostItsLog(): boolean {
    return this.#log !== undefined && this.#log !== identityOf(`${this.#file}-wal`);
  }

  /** The file as it is now was written by this program. */
  #wrote(): void {
    const stamp = this.#stampNow();
    if (stamp !== this.#stamp) {
      this.#stamp = stamp;
      this.#sample = this.#sampleNow();
    }
    this.#log ??= identityOf(`${this.#file}-wal`);
  }

  close(): void {
    closeSync(this.#fd);
  }

  #stampNow(): string {
    const { size, mtimeNs } = fstatSync(this.#fd, { bigint: true });
    return `${size}:${mtimeNs}`;
  }

  /** A checksum of both ends: two files that differ anywhere differ there. */
  #sampleNow(): number {
    const { size } = fstatSync(this.#fd);
    return [0, Math.max(0, size - SAMPLE_BYTES)].reduce((sum, from) => {
      const bytes = Buffer.alloc(SAMPLE_BYTES);
      return crc32(bytes.subarray(0, readSync(this.#fd, bytes, 0, SAMPLE_BYTES, from)), sum);
    }, 0);
  }
}
