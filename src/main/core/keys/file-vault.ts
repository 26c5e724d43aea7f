/**
 * Keys in a file that only the user can read: for hosts without a key store of the system. They lie in it as they are;
 * whoever can read the user's files can read them.
 */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import type { EndpointId } from '../../../shared/model/ids.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { Vault } from './vault.ts';

const fileSchema = z.strictObject({ version: z.literal(1), keys: z.record(z.string(), z.string()) });

export class FileVault implements Vault {
  readonly #path: string;
  /** One change after the other: each reads what the one before wrote. */
  #last: Promise<unknown> = Promise.resolve();

  /** The file is made with the first key. */
  constructor(path: string) {
    this.#path = path;
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

  #change(change: (keys: Map<string, string>) => unknown): Promise<void> {
    const done = this.#changeAfter(this.#last, change);
    this.#last = done.catch(() => {});
    return done;
  }

  async #changeAfter(before: Promise<unknown>, change: (keys: Map<string, string>) => unknown): Promise<void> {
    await before;
    const keys = await this.#read();
    change(keys);
    await this.#write(keys);
  }

  async #read(): Promise<Map<string, string>> {
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

  /** The old file or the new one, never half of it. */
  async #write(keys: ReadonlyMap<string, string>): Promise<void> {
    const temporary = `${this.#path}.${randomUUID()}`;
    try {
      await mkdir(dirname(this.#path), { recursive: true, mode: 0o700 });
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(`${JSON.stringify({ version: 1, keys: Object.fromEntries(keys) }, null, 2)}\n`);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, this.#path);
    } catch (error) {
      await rm(temporary, { force: true }).catch(() => {});
      throw this.#problem(`cannot be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`);
    }
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
