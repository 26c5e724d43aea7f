/** Sentences for what goes wrong before a stream: the fact, then the next step. */
import { durationWords } from '../text/duration.ts';
import type { HttpHead } from '../model/trace.ts';

/** What a failed request failed at. */
export type RequestPhase = 'dns' | 'connect' | 'tls' | 'headers' | 'request';

/** The reason of a request that failed because the server speaks this protocol. */
export const HTTP_2 = 'HTTP/2';
/** The reason of a request that failed because what came back has no head of HTTP, as answers of HTTP/0.9 have none. */
export const NO_HTTP = 'no HTTP';

/** What of the request its answer's wording depends on; what is not known is absent. */
export interface RequestFacts {
  readonly url: string;
  /** It carried a key, whichever. */
  readonly keyed: boolean;
  /** It asked for a stream. */
  readonly streams: boolean;
}

export interface Wording {
  readonly fact: string;
  readonly advice: string;
}

/** The first value of a header; `name` in lower case. Null where there is none. */
export function headerOf(head: Pick<HttpHead, 'headers'> | null, name: string): string | null {
  return head?.headers.find(([field]) => field.toLowerCase() === name)?.[1] ?? null;
}

/** The media type of a content-type header, in lower case and without parameters; '' without one. */
export function mediaType(head: HttpHead | null): string {
  return (headerOf(head, 'content-type') ?? '').split(';')[0]!.trim().toLowerCase();
}

/**
 * How long a 429 or 503 asks to wait, as the server said it and in words. `retry-after-ms` is OpenAI's; a date is measured
 * from the answer's own `date` header, since this code has no clock.
 */
export function retryAfter(head: HttpHead | null): string | null {
  const ms = headerOf(head, 'retry-after-ms');
  const said = ms === null ? headerOf(head, 'retry-after') : ms;
  if (said === null) return null;
  const name = ms === null ? 'retry-after' : 'retry-after-ms';
  const seconds = ms === null ? secondsOf(said, headerOf(head, 'date')) : secondsOf(said, null) / 1000;
  if (Number.isNaN(seconds)) return `Its ${name} header reads "${said}", which is not a valid time.`;
  return seconds <= 0
    ? `Its ${name} header (${said}) allows a retry at once.`
    : `It asks you to wait ${durationWords(seconds)} (${name}: ${said}).`;
}

function secondsOf(said: string, now: string | null): number {
  if (/^-?\d+(\.\d+)?$/.test(said.trim())) return Number(said);
  // Without a letter Date.parse takes almost anything for a year.
  const date = /[a-z]/i.test(said) ? Date.parse(said) : Number.NaN;
  const from = now === null ? Number.NaN : Date.parse(now);
  return (date - from) / 1000;
}

const STATUS_ADVICE: Readonly<Record<number, string>> = {
  400: 'The endpoint did not accept the request. Its response says which field; edit the request and run it again.',
  401: 'The endpoint did not accept the key. Check the key of this endpoint in the settings.',
  403: 'The key is valid but not allowed to do this. Check its permissions, its project and the model.',
  404: 'The endpoint knows neither this path nor this model. Check the base URL, the API and the model name.',
  405: 'The path exists but does not accept POST. Check the base URL and the API.',
  407: 'A proxy on the way asks for a login. Check the proxy settings of this machine.',
  408: 'The endpoint gave up waiting for the request. Run it again.',
  409: 'The endpoint reports a conflict with another request. Run it again.',
  413: 'The request is too large for the endpoint. Shorten the messages or the tools.',
  415: 'The endpoint does not accept this content type. Check that the base URL is that of an API.',
  422: 'The endpoint understood the request but found a value it cannot use. Its response says which.',
  429: 'This key has reached a rate limit of the endpoint, or its quota is used up. Tracelane does not retry automatically.',
  500: "The endpoint had an internal error. Run it again; if the error persists, check the endpoint's status page.",
  502: 'A gateway in front of the endpoint got no valid response from it. Run it again in a moment.',
  503: 'The endpoint is overloaded or temporarily down. Run it again in a moment.',
  504: 'A gateway in front of the endpoint waited too long for it. Run it again in a moment.',
  529: 'The endpoint is overloaded. Run it again in a moment.',
};

/** Of what a server says that got plain HTTP on a port for TLS: nginx, Go and others. */
const PLAIN_ON_TLS = /plain HTTP request was sent to|sent an HTTP request to an HTTPS server|requires TLS/i;

/** Wording for an answer whose status is no success. `streamed`: the sentence of an error that its body said as a stream. */
export function httpError(head: HttpHead, bodyStart: string, streamed?: string, request?: RequestFacts): Wording {
  const { status, statusText } = head;
  const named = statusText === '' ? `HTTP ${status}` : `HTTP ${status} ${statusText}`;
  const said = errorMessage(bodyStart) ?? (looksLikeHtml(bodyStart) ? null : (streamed ?? null));
  const html = looksLikeHtml(bodyStart) ? ' with an HTML page instead of an API response' : '';
  const fact = `The endpoint answered ${named}${html}${said === null ? '' : `: ${said}`}.`.replace(/([.!?])\.$/, '$1');
  return {
    fact,
    advice: [
      PLAIN_ON_TLS.test(bodyStart) ? SPEAKS_TLS : statusAdvice(head, request),
      retryAfter(head),
      'The raw response is kept.',
    ]
      .filter((part) => part !== null)
      .join(' '),
  };
}

const SPEAKS_TLS = 'This port speaks HTTPS. Write https:// in the base URL.';
const NO_KEY = 'The request carried no key. Enter the key of this endpoint in the settings, and run it again.';

function statusAdvice(head: HttpHead, request: RequestFacts | undefined): string {
  const { status } = head;
  if ((status === 401 || status === 403) && request?.keyed === false) return NO_KEY;
  if (status >= 300 && status < 400) {
    const location = headerOf(head, 'location');
    return `Tracelane does not follow redirects, so a key never reaches another host.${location === null ? '' : ` If ${location} is right, set it as the base URL.`}`;
  }
  return (
    STATUS_ADVICE[status] ??
    (status >= 500
      ? 'The endpoint had an internal error. Run it again in a moment.'
      : 'The endpoint refused the request; its response says why.')
  );
}

const PHASES: Readonly<Record<RequestPhase, (target: string) => Wording>> = {
  dns: (target) => ({
    fact: `The host name of ${target} could not be resolved.`,
    advice: 'Check the base URL for typos, and check the network.',
  }),
  connect: (target) => ({
    fact: `No connection to ${target}.`,
    advice: 'Check that the server is running and that the port is right; a local server may still be starting.',
  }),
  tls: (target) => ({
    fact: `The secure connection to ${target} failed.`,
    advice:
      'The server may not speak HTTPS on this port: then write http:// in the base URL. Else look for a proxy on the way that ends the connection.',
  }),
  headers: (target) => ({
    fact: `${target} accepted the request but sent no response in time.`,
    advice: 'The model may be loading. Run it again, or raise the timeout of the endpoint.',
  }),
  request: (target) => ({
    fact: `The request to ${target} failed.`,
    advice: 'Check the base URL and the network, and run it again.',
  }),
};

const ONLY_HTTP_2 =
  'The server speaks only HTTP/2, which Tracelane does not. Switch HTTP/1.1 on in the server, or put a proxy that speaks both in front of it.';

/** By the words of OpenSSL and Node for what failed while a secure connection was made. */
const TLS_FAILURES: readonly (readonly [reason: RegExp, advice: string])[] = [
  [
    /alert protocol version|UNSUPPORTED.PROTOCOL|VERSION.TOO.LOW/i,
    'The server has no version of TLS that is still safe: at least TLS 1.2 is needed. Have the server, or the proxy in front of it, updated.',
  ],
  [/no application protocol/i, ONLY_HTTP_2],
  [
    // What came was no TLS at all.
    /WRONG.VERSION.NUMBER|PACKET.LENGTH.TOO.LONG|RECORD.TOO.LARGE|HTTP.REQUEST|^EPROTO$/i,
    'This port does not speak HTTPS. Write http:// in the base URL, or use the port that speaks HTTPS.',
  ],
  [
    /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/,
    "The server's certificate is not valid today. Check the clock of this machine, else have the certificate renewed. Tracelane never disables this check.",
  ],
  [
    /ALTNAME_INVALID|HOSTNAME_MISMATCH/,
    "The server's certificate is for another name. Write the name that it is for in the base URL. Tracelane never disables this check.",
  ],
  [
    /SELF_SIGNED|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER|CERT_UNTRUSTED|CERT_SIGNATURE/,
    "Nobody that this machine trusts vouches for the server's certificate. Start Tracelane with NODE_EXTRA_CA_CERTS set to the file of your authority. Tracelane never disables this check.",
  ],
];

const ANOTHER_PROTOCOL =
  'What came back is no HTTP. Check the base URL: the port may be that of another service, or speak HTTPS, which asks for https://.';

/** What Node's HTTP parser, or the capture proxy's, says of what came back. */
const UNREADABLE_HEADS: Readonly<Record<string, string>> = {
  [NO_HTTP]: ANOTHER_PROTOCOL,
  HPE_INVALID_CONSTANT: ANOTHER_PROTOCOL,
  HPE_HEADER_OVERFLOW:
    'The head of the response is larger than 256 KB, the limit for one. Look for a server or a proxy on the way that adds headers without end.',
};
const BROKEN_HTTP =
  'The head of the response breaks the rules of HTTP, so that two programs could read it in two ways. It is for the server, or a proxy on the way, to send it properly.';

/** Wording for a request that got no answer. `reason` is the system's own word for it, such as ECONNREFUSED. */
export function requestFailure(phase: RequestPhase, target: string, reason: string): Wording {
  const { fact, advice } = PHASES[phase](target);
  if (phase === 'connect' && /REFUSED/i.test(reason)) {
    return {
      fact: `${target} refused the connection (${reason}).`,
      advice: 'Nothing is listening there. Start the server, or check the port in the base URL.',
    };
  }
  if (phase === 'dns' && reason === 'EAI_AGAIN')
    return {
      fact: `${fact.slice(0, -1)} (${reason}).`,
      advice:
        'No name server answered. Run it again in a moment; if it stays so, check the network, and the base URL for typos.',
    };
  const tls = phase === 'tls' ? TLS_FAILURES.find(([pattern]) => pattern.test(reason)) : undefined;
  if (tls) return { fact: `${fact.slice(0, -1)} (${reason}).`, advice: tls[1] };
  if (phase === 'request' && reason === HTTP_2)
    return { fact: `${fact.slice(0, -1)} (${reason}).`, advice: ONLY_HTTP_2 };
  if (phase === 'request' && (reason === NO_HTTP || reason.startsWith('HPE_')))
    return { fact: `${fact.slice(0, -1)} (${reason}).`, advice: UNREADABLE_HEADS[reason] ?? BROKEN_HTTP };
  if (/TIMEDOUT|TIMEOUT/i.test(reason) && phase !== 'headers')
    return { fact: `No response from ${target} in time (${reason}).`, advice };
  return { fact: `${fact.slice(0, -1)}${reason === '' ? '' : ` (${reason})`}.`, advice };
}

function looksLikeHtml(bodyStart: string): boolean {
  return /^\s*(?:<!doctype html|<html|<head|<body)/i.test(bodyStart);
}

/** The sentence in a JSON error body of any of the usual shapes; null when there is none. */
function errorMessage(bodyStart: string): string | null {
  let body: unknown;
  try {
    body = JSON.parse(bodyStart);
  } catch {
    return null;
  }
  for (const path of [['error', 'message'], ['error'], ['message'], ['detail']]) {
    let value: unknown = body;
    for (const name of path)
      value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}
