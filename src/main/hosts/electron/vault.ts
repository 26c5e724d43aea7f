/**
 * Keys in the system's key store: Electron encrypts each with a key that the system keeps for this user, and the encrypted
 * text lies in one file. Where the system has no key store the vault refuses, instead of keeping a key as good as readable.
 */
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { safeStorage } from 'electron';
import { z } from 'zod';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { EndpointId } from '../../../shared/model/ids.ts';
import type { Vault } from '../../core/vault.ts';

/** Encrypted keys by endpoint, base64. */
const fileSchema = z.record(z.string(), z.base64());
type Keys = ReadonlyMap<string, string>;

export class SafeStorageVault implements Vault {
  readonly #file: string;
  /** One access after the other: two changes at once would each write back what the other changed. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(file: string) {
    this.#file = file;
  }

  get(id: EndpointId): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const keys = await this.#read();
      const encrypted = keys.get(id);
      if (encrypted === undefined) return undefined;
      const { result, shouldReEncrypt } = await decrypt(encrypted);
      if (shouldReEncrypt) await this.#write(new Map(keys).set(id, await encrypt(result)));
      return result;
    });
  }

  set(id: EndpointId, key: string): Promise<void> {
    return this.#inTurn(async () => {
      await requireKeyStore();
      const encrypted = await encrypt(key);
      await this.#write(new Map(await this.#read()).set(id, encrypted));
    });
  }

  remove(id: EndpointId): Promise<void> {
    return this.#inTurn(async () => {
      const keys = new Map(await this.#read());
      if (keys.delete(id)) await this.#write(keys);
    });
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(action);
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #read(): Promise<Keys> {
    let text;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map();
      throw error;
    }
    try {
      return new Map(Object.entries(fileSchema.parse(JSON.parse(text))));
    } catch {
      throw new ServiceError('vault-damaged', `The file of the keys, ${this.#file}, is damaged. Remove it and enter the keys again.`);
    }
  }

  /** Whole or not at all: a crash in between leaves the file as it was. */
  async #write(keys: Keys): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    const next = `${this.#file}.next`;
    await writeFile(next, JSON.stringify(Object.fromEntries(keys)), { mode: 0o600, flush: true });
    await rename(next, this.#file);
  }
}

async function requireKeyStore(): Promise<void> {
  // With `basic_text` Chromium encrypts with a password that stands in its source.
  const unprotected = process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
  if (!unprotected && (await safeStorage.isAsyncEncryptionAvailable())) return;
  throw new ServiceError(
    'vault-unavailable',
    'This system has no key store that is unlocked, so the key was not kept. Set up or unlock one (on Linux: GNOME Keyring or KWallet), start the app again and enter the key again.',
  );
}

async function encrypt(key: string): Promise<string> {
  return (await safeStorage.encryptStringAsync(key)).toString('base64');
}

async function decrypt(encrypted: string): Promise<{ readonly result: string; readonly shouldReEncrypt: boolean }> {
  try {
    return await safeStorage.decryptStringAsync(Buffer.from(encrypted, 'base64'));
  } catch {
    throw new ServiceError('vault-unreadable', "The system's key store does not open the key of this endpoint. Unlock the key store and try again, or enter the key again.");
  }
}
