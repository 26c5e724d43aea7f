/** Where keys lie. Each host has its own: the system's key store, or a file that only the user can read. */
import type { EndpointId } from '../../../shared/model/ids.ts';

export interface Vault {
  /** The key of an endpoint; undefined without one. Only the code that sends a request may ask for it. */
  get(id: EndpointId): Promise<string | undefined>;
  /** Rejects with a ServiceError where keys cannot be saved safely. */
  set(id: EndpointId, key: string): Promise<void>;
  remove(id: EndpointId): Promise<void>;
  /** Takes away what a stopped program left of a change. For the one program that writes to the data folder. Never rejects. */
  tidy(): Promise<void>;
}
