/**
 * Keys in the system's key store: Electron encrypts each with a key that the system keeps for this user, and another vault
 * keeps the encrypted texts. Where the system has no key store this one refuses, instead of keeping what anybody could read.
 */
import { safeStorage } from 'electron';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { EndpointId } from '../../../shared/model/ids.ts';
import type { Vault } from '../../core/keys/vault.ts';

export class SafeStorageVault implements Vault {
  readonly #encrypted: Vault;
  /** One access after the other: a key that is read may be written again, and must not undo a change. */
  #last: Promise<unknown> = Promise.resolve();

  /** `encrypted` keeps the encrypted texts, base64. */
  constructor(encrypted: Vault) {
    this.#encrypted = encrypted;
  }

  get(id: EndpointId): Promise<string | undefined> {
    return this.#inTurn(async () => {
      const text = await this.#encrypted.get(id);
      if (text === undefined) return undefined;
      const { result, shouldReEncrypt } = await decrypt(text);
      if (shouldReEncrypt) await this.#encrypted.set(id, await encrypt(result));
      return result;
    });
  }

  set(id: EndpointId, key: string): Promise<void> {
    return this.#inTurn(async () => {
      await requireKeyStore();
      await this.#encrypted.set(id, await encrypt(key));
    });
  }

  remove(id: EndpointId): Promise<void> {
    return this.#inTurn(() => this.#encrypted.remove(id));
  }

  tidy(): Promise<void> {
    return this.#encrypted.tidy();
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const turn = this.#last.then(action);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

async function requireKeyStore(): Promise<void> {
  // With `basic_text` Chromium encrypts with a password that stands in its source.
  const unprotected = process.platform === 'linux' && safeStorage.getSelectedStorageBackend() === 'basic_text';
  if (!unprotected && (await safeStorage.isAsyncEncryptionAvailable())) return;
  throw new ServiceError(
    'vault-unavailable',
    'This system has no unlocked key store, so the key was not saved. Set up or unlock one (on Linux: GNOME Keyring or KWallet), restart the app, and enter the key again.',
  );
}

async function encrypt(key: string): Promise<string> {
  return (await safeStorage.encryptStringAsync(key)).toString('base64');
}

async function decrypt(text: string): Promise<{ readonly result: string; readonly shouldReEncrypt: boolean }> {
  try {
    return await safeStorage.decryptStringAsync(Buffer.from(text, 'base64'));
  } catch {
    throw new ServiceError(
      'vault-unreadable',
      "The system's key store could not decrypt the key of this endpoint. Unlock the key store and try again, or enter the key again.",
    );
  }
}
