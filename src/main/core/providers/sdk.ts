/**
 * What all senders ask of a provider's SDK: the SDKs make the requests, as in the agent server (docs/adapters.md, 1), but
 * get the body as it is sent, no key, no retries, no time limit and none of their environment variables: all of that is the capture's and the run's.
 */

/** The SDKs insist on a key; the capture takes this one off and puts the endpoint's on. */
const NO_KEY = 'none';
/** The longest that a timer can be set to. The endpoint's own limits end a run long before. */
const NEVER_MS = 2 ** 31 - 1;
export const USUAL = { apiKey: NO_KEY, maxRetries: 0, timeout: NEVER_MS, logLevel: 'off' } as const;

/** The version at the end of a base URL: some SDKs want it there, some add it themselves. */
export const VERSION = /\/v1$/;

export const trimmed = (baseUrl: string): string => baseUrl.replace(/\/+$/, '');
