/** What of a provider needs Node: how its requests are sent, and how the sample provider answers them. */
import type { RequestChange } from '../../../shared/model/request-change.ts';
import type { EndpointInfo } from '../../../shared/rpc/contract.ts';
import type { Format } from './sample/format.ts';

export interface ProviderTransport {
  /** Absent: its streams can be imported, but no request is sent from here. */
  readonly send?: Sender;
  /** What its requests have beside what is written, but for what the sender's SDK adds in its headers. Absent: nothing. */
  readonly changes?: (written: Written) => readonly ProviderChange[];
  /** Without a key of the endpoint's it signs its requests with credentials of its own, which are never kept. */
  readonly signs?: boolean;
  /** Absent: the sample provider does not speak it. */
  readonly sample?: Format;
}

/** A request as the user wrote it, right or wrong: the endpoint judges it, and its answer is what they want to see. */
export interface Written {
  readonly request: Readonly<Record<string, unknown>>;
  /** Whether a change is switched off, which others may follow from. */
  readonly isOff: (id: string) => boolean;
}

/** A change whose `id` is where and what it is, unless it says another. */
export type ProviderChange = Pick<RequestChange, 'where' | 'name' | 'value' | 'why'> &
  Partial<Pick<RequestChange, 'id' | 'fixed'>> & {
    /** Values of headers that it brings along; those of one name are joined. */
    readonly headers?: readonly (readonly [name: string, value: string])[];
  };

/** Resolves when the answer's head is there; rejects on an answer that is no success, too, which the capture saw as well. */
export type Sender = (setup: SendSetup) => Promise<unknown>;

export interface SendSetup {
  readonly endpoint: Pick<EndpointInfo, 'baseUrl' | 'type' | 'key' | 'builtIn'>;
  /** As it was written. */
  readonly request: Written['request'];
  /** The JSON text that is sent, to the byte. */
  readonly body: string;
  /** Those of the changes, and the content type, without which SDKs would encode the body once more. */
  readonly headers: Readonly<Record<string, string>>;
  /** Nothing will be sent: only what would be is asked for. No credentials are looked up for it. */
  readonly dry?: boolean;
  /** The capture's: it puts the endpoint's key on the request and records what is answered. */
  readonly fetch: typeof globalThis.fetch;
}
