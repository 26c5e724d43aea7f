import type { EndpointInfo } from '../../../shared/rpc/contract.ts';

/** What may be said of a key that is kept: never the key. */
export const keyText = (key: EndpointInfo['key']): string =>
  key.last4 === undefined ? 'key set' : `key ends in ${key.last4}`;
