/** Keys in memory, for tests and previews. */
import type { Vault } from '../../src/main/core/keys/vault.ts';
import type { EndpointId } from '../../src/shared/model/ids.ts';

export class MemoryVault implements Vault {
  readonly keys = new Map<EndpointId, string>();

  async get(id: EndpointId): Promise<string | undefined> {
    return this.keys.get(id);
  }

  async set(id: EndpointId, key: string): Promise<void> {
    this.keys.set(id, key);
  }

  async remove(id: EndpointId): Promise<void> {
    this.keys.delete(id);
  }

  async tidy(): Promise<void> {
    // There is nothing to leave.
  }
}
