/** The program without a host: services over a data folder. It knows no transport and no window. */
import type { AppInfo } from '../../shared/rpc/contract.ts';
import type { Services } from '../../shared/rpc/services.ts';
import type { Vault } from './vault.ts';

export interface CoreSetup {
  /** Created when missing, for the user only. */
  readonly dataDir: string;
  readonly host: AppInfo['host'];
  readonly version: string;
  readonly vault: Vault;
  /** The store worker's module: an entry of its own, which only the host's entry knows the place of. */
  readonly storeWorker: URL;
  /** The worker that reads stored traces for comparison and search, likewise. */
  readonly readerWorker: URL;
  /** How many times faster than a real model the sample provider answers; 1 unless said, 0 as fast as possible. */
  readonly samplePace?: number;
}

export interface Core {
  readonly services: Services;
  /** Where the sample provider listens. */
  readonly sampleUrl: string;
  /** Ends the live runs as cancelled, closes the store. */
  close(): Promise<void>;
}
