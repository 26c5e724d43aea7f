/**
 * A request as it leaves, made of what a sender gives to `fetch`: its headers are known to the last one, each with what it is
 * for, and nothing is added to them on the way.
 */
import type { RequestChange } from '../../../shared/model/request-change.ts';
import { isSecretHeader } from './secrets.ts';
import type { OutgoingRequest } from './transport.ts';

export interface OutgoingSetup {
  /** The header that carries the endpoint's key, and the key. */
  readonly credential?: { readonly header: readonly [name: string, value: string] | null; readonly key: string };
  /** The sender signs the request itself: what it signs and the signature are sent as they are. */
  readonly signed?: boolean;
  /** Headers that somebody else tells of, lower case, such as those of the provider's changes. */
  readonly told?: ReadonlySet<string>;
  /** Whether a change is switched off. */
  readonly isOff?: (id: string) => boolean;
}

export interface Outgoing {
  readonly request: OutgoingRequest;
  /** What each header is for, but for those that are told of already. Values of secret headers are not in it. */
  readonly changes: readonly RequestChange[];
}

/**
 * Headers of the SDKs that are sent. Others come out of environment variables meant for one provider (OPENAI_CUSTOM_HEADERS,
 * OPENAI_ORG_ID, …), and are not for whatever endpoint this is; or they tell of a timeout that is not used.
 */
const SDK_HEADER =
  /^(?:accept|content-type|user-agent|idempotency-key|anthropic-version|anthropic-beta|openai-beta|x-stainless-(?!timeout).*)$/;
/** By these an SDK says what it is and where it runs. */
const SDK_NAMES_ITSELF = /^(?:user-agent|x-stainless-.*)$/;
const SDK_ID = 'headers.sdk';

const HTTP_NEEDS_IT = 'HTTP asks for it.';
const WHY: Readonly<Record<string, string>> = {
  host: HTTP_NEEDS_IT,
  'content-length': HTTP_NEEDS_IT,
  connection: 'Each run has a connection of its own, so that the times of two runs compare.',
  'accept-encoding':
    'A server that compresses holds a stream back until its encoder lets go of it, which would falsify the times.',
  'content-type': 'Says that the body is JSON.',
  accept: 'What the client of the API asks for.',
  'anthropic-version': 'The API asks for its version.',
};

const NONE: ReadonlySet<string> = new Set();
const on = (): boolean => false;

export function outgoing(
  input: string | URL | Request,
  init: RequestInit,
  { credential, signed = false, told = NONE, isOff = on }: OutgoingSetup,
): Outgoing {
  const url = new URL(input instanceof Request ? input.url : input);
  const body = textOf(init.body);
  const given = new Headers(init.headers);
  const inSignature = signed ? signedHeaders(given) : NONE;
  const headers: (readonly [name: string, value: string])[] = [];
  const changes = new Map<string, RequestChange>();
  const add = (name: string, value: string, fixed: boolean): void => {
    const id = SDK_NAMES_ITSELF.test(name) && !fixed ? SDK_ID : `headers.${name}`;
    const off = !fixed && isOff(id);
    if (!off) headers.push([name, value]);
    if (!told.has(name) && !changes.has(id)) changes.set(id, changeOf(id, name, value, { fixed, off, inSignature }));
  };
  add('host', url.host, true);
  add('connection', 'close', true);
  add('content-length', String(Buffer.byteLength(body)), true);
  add('accept-encoding', 'identity', false);
  for (const [name, value] of given)
    if (inSignature.has(name)) add(name, value, true);
    else if (SDK_HEADER.test(name) && !isSecretHeader(name)) add(name, value, false);
  if (credential?.header) add(...credential.header, false);
  return {
    request: { method: (init.method ?? 'GET').toUpperCase(), url: url.href, headers, body },
    changes: [...changes.values()],
  };
}

function changeOf(
  id: string,
  name: string,
  value: string,
  {
    fixed,
    off,
    inSignature,
  }: { readonly fixed: boolean; readonly off: boolean; readonly inSignature: ReadonlySet<string> },
): RequestChange {
  const secret = isSecretHeader(name);
  const why = secret
    ? inSignature.has(name)
      ? 'Signs the request with the usual AWS credentials, which are never kept.'
      : 'The key of the endpoint.'
    : id === SDK_ID
      ? 'By these the client of the API says what it is and where it runs.'
      : inSignature.has(name)
        ? 'The signature covers it.'
        : (WHY[name] ?? 'The client of the API adds it.');
  return {
    id,
    where: 'headers',
    name: id === SDK_ID ? 'user-agent, x-stainless-*' : name,
    value: secret ? '…' : value,
    why,
    ...(fixed && { fixed }),
    ...(off && { off }),
  };
}

/**
 * Names of the headers that an AWS signature covers, and the signature's own. What is always sent, with the value that was
 * signed, is not among them. (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html)
 */
function signedHeaders(given: Headers): ReadonlySet<string> {
  const named = /SignedHeaders=([^,\s]+)/.exec(given.get('authorization') ?? '')?.[1]?.split(';') ?? [];
  const names = new Set([...named, 'authorization']);
  for (const always of ['host', 'content-length']) names.delete(always);
  return names;
}

/** Senders give the body as a text, or as its bytes. */
function textOf(body: RequestInit['body']): string {
  if (typeof body === 'string') return body;
  return body instanceof Uint8Array ? new TextDecoder().decode(body) : '';
}
