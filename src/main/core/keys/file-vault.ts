/**
 * Keys in a file that only the user can read: for hosts without a key store of the system. They lie in it as they are;
 * whoever can read the user's files can read them.
 */
import { chmod, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { EndpointId } from '../../../shared/model/ids.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { Vault } from './vault.ts';

const fileSchema = z.strictObject({ version: z.literal(1), keys: z.record(z.string(), z.string()) });

/** What follows the file's name in that of a change; versions before called it by a number. */
const LEFT = /^\.(?:new|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;
/** A change takes milliseconds: who was stopped in the middle of one has left its file for longer. */
const ABANDONED_MS = 2_000;
const LOOK_MS = 20;

export class FileVault implements Vault {
  readonly #path: string;
  /** The next state of the file, and while it is there the right to change it. */
  readonly #next: string;
  /** One change after the other: each reads what the one before wrote. */
  #last: Promise<unknown> = Promise.resolve();

  /** The file is made with the first key. */
  constructor(path: string) {
    this.#path = path;
    this.#next = `${path}.new`;
  }

  async get(id: EndpointId): Promise<string | undefined> {
    await this.#last;
    return (await this.#read()).get(id);
  }

  async set(id: EndpointId, key: string): Promise<void> {
    await this.#change((keys) => keys.set(id, key));
  }

  async remove(id: EndpointId): Promise<void> {
    await this.#change((keys) => keys.delete(id));
  }

  async tidy(): Promise<void> {
    const [folder, name] = [dirname(this.#path), basename(this.#path)];
    const names = await readdir(folder).catch(() => []);
    const left = names.filter((one) => one.startsWith(name) && LEFT.test(one.slice(name.length)));
    await Promise.all(left.map((one) => rm(join(folder, one), { force: true }).catch(() => {})));
  }

  #change(change: (keys: Map<string, string>) => unknown): Promise<void> {
    const done = this.#changeAfter(this.#last, change);
    this.#last = done.catch(() => {});
    return done;
  }

  async #changeAfter(before: Promise<unknown>, change: (keys: Map<string, string>) => unknown): Promise<void> {
    await before;
    const file = await this.#begin().catch((error: unknown) => {
      throw this.#unwritable(error);
    });
    try {
      const keys = await this.#read();
      change(keys);
      await file.writeFile(`${JSON.stringify({ version: 1, keys: Object.fromEntries(keys) }, null, 2)}\n`);
      await file.sync();
      await file.close();
      // The old file or the new one, never half of it.
      await rename(this.#next, this.#path);
    } catch (error) {
      await file.close().catch(() => {});
      await rm(this.#next, { force: true }).catch(() => {});
      throw error instanceof ServiceError ? error : this.#unwritable(error);
    }
  }

  /** Waits for another program's change; one that was stopped in the middle of it does not end it any more. */
  async #begin(): Promise<Awaited<ReturnType<typeof open>>> {
    await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
    let [seen, since] = ['', performance.now()];
    for (;;) {
      try {
        return await open(this.#next, 'wx', 0o600);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      const found = await stat(this.#next, { bigint: true }).catch(() => undefined);
      const now = found ? `${found.ino}:${found.size}:${found.mtimeNs}` : '';
      if (now !== seen) [seen, since] = [now, performance.now()];
      else if (performance.now() - since >= ABANDONED_MS) await rm(this.#next, { force: true });
      await sleep(LOOK_MS);
    }
  }

  async #read(): Promise<Map<string, string>> {
    const found = await stat(this.#path).catch(() => undefined);
    // Reading a pipe would wait for ever.
    if (found && !found.isFile()) throw this.#problem('is no file');
    const text = await readFile(this.#path, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return null;
      throw this.#problem(`cannot be read (${error.code ?? error.message})`);
    });
    if (text === null) return new Map();
    // It may have been copied here by hand.
    await chmod(this.#path, 0o600).catch(() => {});
    const parsed = fileSchema.safeParse(jsonOr(text, null));
    if (!parsed.success) throw this.#problem('was not written by Tracelane');
    return new Map(Object.entries(parsed.data.keys));
  }

  #unwritable(error: unknown): ServiceError {
    return this.#problem(`cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
  }

  #problem(what: string): ServiceError {
    return new ServiceError(
      'keys',
      `The key file ${this.#path} ${what}. Check the file and its folder; Tracelane did not change it.`,
    );
  }
}

function jsonOr(text: string, otherwise: unknown): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return otherwise;
  }
}
