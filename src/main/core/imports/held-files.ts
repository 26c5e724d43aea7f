/** Files that were recognized, kept for the import that mostly follows: they are neither sent nor read a second time. */
import { randomUUID } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { RecognizedFile } from './recognize.ts';

/** Bytes of all files that are kept together. */
const MAX_BYTES = 128 * 1024 * 1024;
/** A person who looks at what was found longer than this sends it again without noticing. */
const KEPT_MS = 10 * 60 * 1000;

const bytesIn = ({ streams }: RecognizedFile): number =>
  streams.reduce((sum, { reads }) => reads.reduce((all, { bytes }) => all + bytes.length, sum), 1);

export class HeldFiles {
  readonly #files = new LRUCache<string, RecognizedFile>({
    maxSize: MAX_BYTES,
    sizeCalculation: bytesIn,
    ttl: KEPT_MS,
  });

  /** The name by which it is had again; one that is too large is not kept, and had under no name. */
  hold(file: RecognizedFile): string {
    const name = randomUUID();
    this.#files.set(name, file);
    return name;
  }

  /** Once: what it becomes is kept in the store. */
  take(name: string): RecognizedFile | undefined {
    const file = this.#files.get(name);
    this.#files.delete(name);
    return file;
  }
}
