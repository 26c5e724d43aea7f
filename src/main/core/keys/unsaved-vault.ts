/**
 * Keys of a program whose endpoints are not saved: another program has the data folder, or its file cannot be written. What is
 * entered here goes with the program, and the keys that are saved are read and left as they are.
 */
import type { EndpointId } from '../../../shared/model/ids.ts';
import type { Vault } from './vault.ts';

export class UnsavedVault implements Vault {
  readonly #saved: Vault;
  /** Null: removed here. */
  readonly #own = new Map<EndpointId, string | null>();

  constructor(saved: Vault) {
    this.#saved = saved;
  }

  async get(id: EndpointId): Promise<string | undefined> {
    const own = this.#own.get(id);
    return own === undefined ? this.#saved.get(id) : (own ?? undefined);
  }

  async set(id: EndpointId, key: string): Promise<void> {
    this.#own.set(id, key);
  }

  async remove(id: EndpointId): Promise<void> {
    this.#own.set(id, null);
  }

  async tidy(): Promise<void> {
    // What another program leaves is its own.
  }
}
