/** What of a provider needs Node: how its requests are sent, and how the sample provider answers them. */
import type { EndpointInfo } from '../../../shared/rpc/contract.ts';
import type { Format } from './sample/format.ts';

export interface ProviderTransport {
  /** Absent: its streams can be imported, but no request is sent from here. */
  readonly send?: Sender;
  /** Without a key of the endpoint's it signs its requests with credentials of its own, which are never kept. */
  readonly signs?: boolean;
  /** Absent: the sample provider does not speak it. */
  readonly sample?: Format;
}

/** Resolves when the answer's head is there; rejects on an answer that is no success, too, which the capture saw as well. */
export type Sender = (setup: SendSetup) => Promise<unknown>;

export interface SendSetup {
  readonly endpoint: Pick<EndpointInfo, 'baseUrl' | 'type' | 'key' | 'builtIn'>;
  /** The user's JSON, right or wrong: the endpoint judges it, and its answer is what they want to see. */
  readonly request: Readonly<Record<string, unknown>>;
  /** The capture's: it puts the endpoint's key on the request and records what is answered. */
  readonly fetch: typeof globalThis.fetch;
}
