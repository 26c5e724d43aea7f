/** Files that belong to a database which is no longer in its place: put out of the way of the next one, never thrown away. */
import { copyFileSync, existsSync, renameSync, rmSync, statSync, truncateSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';

/** A name beside `file` that neither a database nor its log has: `tracelane.KIND.db`, or `tracelane.KIND.2.db` and so on. */
export function unusedName(file: string, kind: string): string {
  const stem = join(dirname(file), `${basename(file).replace(/\.db$/, '')}.${kind}`);
  for (let i = 1; ; i++) {
    const name = i === 1 ? `${stem}.db` : `${stem}.${i}.db`;
    if (!['', ...SIDES].some((side) => existsSync(name + side))) return name;
  }
}

/** What SQLite keeps beside a database. */
export const SIDES = ['-wal', '-shm'] as const;

/** The log and the shared memory of a database, under another name for as long as it takes, or for good. */
export class Aside {
  readonly #moved: (readonly [from: string, to: string])[] = [];
  readonly #file: string;
  readonly #name: string;

  constructor(file: string) {
    this.#file = file;
    this.#name = unusedName(file, 'left');
  }

  move(): void {
    for (const side of SIDES) {
      const [from, to] = [this.#file + side, this.#name + side];
      if (!existsSync(from)) continue;
      renameSync(from, to);
      this.#moved.push([from, to]);
    }
  }

  undo(): void {
    for (const [from, to] of this.#moved.splice(0)) if (!existsSync(from)) renameSync(to, from);
  }

  /** A log with something in it stays; the rest is worth nothing without its database. */
  keep(): void {
    for (const [, to] of this.#moved.splice(0)) if (to.endsWith('-shm') || statSync(to).size === 0) rmSync(to);
  }
}

/** Copies the log of a database aside and empties it, so that its connection has nothing to bring into the file. */
export function setLogAside(file: string): void {
  const log = `${file}-wal`;
  if (!existsSync(log) || statSync(log).size === 0) return;
  copyFileSync(log, `${unusedName(file, 'left')}-wal`);
  truncateSync(log);
}
