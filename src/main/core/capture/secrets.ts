/**
 * What is a secret in a request or an answer, in one place: the code that puts a key on a request takes the header's name
 * from here, and so does the code that takes secrets out of all that is kept. Lengths stay, so that a person can tell an
 * empty or a truncated key from a whole one.
 */
import type { RequestChange } from '../../../shared/model/request-change.ts';
import type { AroundBody, RequestHead, ResponseHead } from '../../../shared/model/trace.ts';
import { jsonMembers, type JsonMember } from '../../../shared/json/json-members.ts';
import { endpointKindOf, endpointKinds } from '../../../shared/providers/registry.ts';
import { isTelling, SentKeys } from './sent-keys.ts';

export type HeaderList = readonly (readonly [name: string, value: string])[];

/** The header that carries an endpoint's key; null where none does. `kind`: the endpoint's. */
export function credentialHeader(kind: string, key: string): readonly [name: string, value: string] | null {
  const credential = endpointKindOf(kind)?.credential;
  return credential ? [credential.header, credential.prefix + key] : null;
}

/** Headers whose values are never kept, requests' and answers'. Lower case. */
const SECRET_HEADERS: ReadonlySet<string> = new Set([
  'authorization',
  'x-api-key',
  'api-key',
  'x-goog-api-key',
  'x-auth-token',
  'x-access-token',
  'x-amz-security-token',
  'x-csrf-token',
  'proxy-authorization',
  'proxy-authenticate',
  'authentication-info',
  'proxy-authentication-info',
  'cookie',
  'cookie2',
  'set-cookie',
  'set-cookie2',
  // Whose account it is: no key, but nothing for a shared trace either.
  'openai-organization',
  'openai-project',
  'anthropic-organization-id',
  'anthropic-workspace-id',
  'chatgpt-account-id',
  'cf-access-client-id',
  'cf-access-client-secret',
  'cf-aig-authorization',
  'helicone-auth',
  'x-portkey-api-key',
]);
/** Headers of vendors that are not in the list still say in their names what they carry. */
const SECRET_HEADER_NAME = /(?:^|[-_])(?:api[-_]?key|secret|password|token|auth|authorization|credentials?)$/;

/** Fields of a request's body that hold another server's key: MCP servers, search tools. `eos_token` and its like are none. */
const SECRET_FIELD =
  /^(?:.*[-_])?(?:api[-_]?key|secret|password|authorization|(?:access|auth|authorization|bearer|refresh)[-_]token)$/i;

const SECRET_QUERY =
  /^(?:(?:api|access|auth|subscription)?[-_]?(?:key|token)|sig|signature|secret|client[-_]secret|password|code|x-amz-(?:signature|credential|security-token))$/i;

/** The word before a credential that names its kind: no secret, and worth seeing. */
const SCHEME = /^(?:Bearer|Basic|Digest|Token|Negotiate|AWS4-HMAC-SHA256)\s+/i;

/** Keys by their looks, wherever they stand in a text. */
const KEY_LIKE = new RegExp(
  '(?<![A-Za-z0-9_-])(?:' +
    [
      String.raw`sk-[A-Za-z0-9_-]{16,}`, // OpenAI, Anthropic, OpenRouter, DeepSeek …
      String.raw`sess-[A-Za-z0-9]{20,}`,
      String.raw`(?:gsk|xai|fw|r8|hf|nvapi|pplx|tgp_v1|csk|pk)[_-][A-Za-z0-9_-]{20,}`,
      String.raw`AIza[A-Za-z0-9_-]{35}`,
      String.raw`ya29\.[A-Za-z0-9_-]{20,}`,
      String.raw`(?:AKIA|ASIA)[A-Z0-9]{16}`,
      String.raw`ABSK[A-Za-z0-9+/]{40,}={0,2}`, // Bedrock
      String.raw`gh[pousr]_[A-Za-z0-9]{36,}`,
      String.raw`github_pat_[A-Za-z0-9_]{22,}`,
      String.raw`xox[abeoprs]-[A-Za-z0-9-]{10,}`,
      String.raw`eyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}`, // JSON web token
    ].join('|') +
    ')',
  'g',
);
/** What a header says of a credential, in the middle of a text: a command, a log, a part of a program. */
const CREDENTIAL_IN_TEXT =
  /(?<start>\b(?:Basic|Bearer)\s+|\b(?:(?:proxy-)?authorization|x-api-key|api-key|x-goog-api-key|x-auth-token)["']?\s*[:=]\s*["']?|\b(?:set-)?cookie["']?\s*[:=]\s*["']?[^\s"'=;]+=)(?<secret>[\w.~+/%-]{8,}=*)/gi;
/** Names of things, `YOUR_API_KEY` and `$TOKEN` are none. */
const isCredential = (start: string, text: string): boolean =>
  /^basic/i.test(start)
    ? /^[ -~]*:[ -~]*$/.test(Buffer.from(text, 'base64').toString('latin1'))
    : text.length >= 12 && /\d/.test(text) && /[a-z]/i.test(text);

/**
 * A part of a path that can only be a key: long, of letters and digits without a break, which names of models and dates have. Behind
 * the name of a collection (`responses`, `files`, `accounts`) it is an id.
 */
const isSecretSegment = (text: string, at: number, path: readonly string[]): boolean =>
  !/[a-z]s$/.test(path[at - 1] ?? '') && text.split(/[-_.~:@]/).some((part) => UNBROKEN.test(part));
const UNBROKEN = /^(?=(?:\D*\d){2})(?=(?:[^a-z]*[a-z]){2})[a-z0-9]{20,}$/i;

/** What stands in the place of a secret. Redacting once more changes nothing: an address has escaped it meanwhile. */
const REDACTED = /^<redacted \d+ chars>$/;
const redacted = (secret: string): string => {
  const before = secret.startsWith('%3C') ? secret.replace(/%3C|%3E|%20/g, decodeURIComponent) : secret;
  return REDACTED.test(before) ? before : `<redacted ${secret.length} chars>`;
};

/** Whether a text says of itself that a secret was taken out of it. */
export const isRedacted = (text: string): boolean => /<redacted \d+ chars>/.test(text);

/** Takes secrets out of what is kept of one exchange. */
export class Redaction {
  readonly #keys: readonly (string | undefined)[];
  readonly #own: SentKeys | undefined;

  /** `keys`: those of this exchange, which are taken out wherever they stand, whatever they look like. */
  constructor(...keys: readonly (string | undefined)[]) {
    this.#keys = keys;
    this.#own = SentKeys.of(keys, 'text');
  }

  text(text: string): string {
    return this.#withoutOwn(text)
      .replace(KEY_LIKE, redacted)
      .replace(CREDENTIAL_IN_TEXT, (all: string, start: string, secret: string) =>
        isCredential(start, secret) ? start + redacted(secret) : all,
      );
  }

  /** Where in a body a secret stands, as ranges in order; those of this exchange, and keys by their looks. */
  places(body: Uint8Array): readonly (readonly [start: number, end: number])[] {
    const own = (SentKeys.of(this.#keys, 'stream')?.placesIn(body) ?? []).map(
      ({ start, end }) => [start, end] as const,
    );
    const text = Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString('latin1');
    const alike = [...text.matchAll(KEY_LIKE)].map(({ index, 0: key }) => [index, index + key.length] as const);
    let end = 0;
    return [...own, ...alike]
      .toSorted(([a, longA], [b, longB]) => a - b || longB - longA)
      .filter((range) => {
        if (range[0] < end) return false;
        end = range[1];
        return true;
      });
  }

  /** A value as JSON has them; the names of its fields are texts, too. */
  json(value: unknown): unknown {
    if (typeof value === 'string') return this.#address(value) ?? this.text(value);
    if (Array.isArray(value))
      return value.map((item, at) => (isOfPair(value, at) ? this.#secret(item) : this.json(item)));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, field]: [string, unknown]) => [
        this.text(name),
        isOfPair(value, name) ? this.#secret(field) : this.#field(name, field),
      ]),
    );
  }

  /** The same of a JSON text: what holds no secret stays as it was written. */
  jsonText(text: string): string {
    // A text that is nothing but a string has no members.
    if (/^\s*"/.test(text)) return JSON.stringify(this.json(JSON.parse(text)));
    const members = jsonMembers(text);
    const pairs = pairedMembers(text, members);
    // Of a list that a secret field holds, each text is one.
    const secret: boolean[] = [];
    let out = '';
    let from = 0;
    const put = (start: number, end: number, value: string): void => {
      if (JSON.stringify(value) === JSON.stringify(JSON.parse(text.slice(start, end)))) return;
      out += text.slice(from, start) + JSON.stringify(value);
      from = end;
    };
    for (const [number, { key, start, valueStart, end, parent }] of members.entries()) {
      const name = key === null ? null : stringIn(text.slice(start, start + key.length + 2));
      secret.push(pairs.has(number) || (name === null ? secret[parent] === true : isSecretField(name)));
      if (name !== null) put(start, start + key!.length + 2, this.text(name));
      if (text[valueStart] !== '"') continue;
      const value = stringIn(text.slice(valueStart, end));
      put(valueStart, end, secret.at(-1) === true ? this.#secretValue(value) : (this.json(value) as string));
    }
    return out + text.slice(from);
  }

  headers(headers: HeaderList): HeaderList {
    return headers.map(([name, value]) => [this.text(name), this.#header(name, value)] as const);
  }

  /** The words beside a status are the server's, and may repeat what it was sent. */
  responseHead<Head extends ResponseHead>(head: Head): Head {
    return {
      ...head,
      statusText: this.text(head.statusText),
      headers: this.headers(head.headers),
      ...this.around(head),
    };
  }

  around({ informational, trailers }: AroundBody): AroundBody {
    return {
      ...(informational && {
        informational: informational.map((one) => ({ ...one, statusText: this.text(one.statusText) })),
      }),
      ...(trailers && { trailers: this.headers(trailers) }),
    };
  }

  url(address: string): string {
    const url = new URL(address);
    if (url.username !== '') url.username = 'redacted';
    if (url.password !== '') url.password = 'redacted';
    const before = url.href.slice(0, url.href.length - url.pathname.length - url.search.length - url.hash.length);
    return this.text(before) + this.#path(url.pathname) + this.#query(url.search) + this.text(url.hash);
  }

  /** An imported one may have anything as its address, and as what was written. */
  requestHead<Head extends RequestHead>(head: Head): Head {
    const { url, headers, written, changes } = head;
    return {
      ...head,
      url: URL.canParse(url) ? this.url(url) : this.text(url),
      headers: this.headers(headers),
      ...(written !== undefined && { written: this.#written(written) }),
      ...(changes && { changes: changes.map((change) => this.#change(change)) }),
    };
  }

  #header(name: string, value: string): string {
    return isSecretHeader(name) ? this.#secretValue(value) : this.text(value);
  }

  #written(text: string): string {
    try {
      // What is no JSON after all has texts outside of its members, too.
      return this.text(this.jsonText(text));
    } catch {
      return this.text(text);
    }
  }

  #change(change: RequestChange): RequestChange {
    const { where, name, value } = change;
    if (value === null) return change;
    return { ...change, value: where === 'headers' ? this.#header(name, value) : this.text(value) };
  }

  #withoutOwn(text: string): string {
    const places = this.#own?.placesIn(codesOf(text)) ?? [];
    let from = 0;
    let out = '';
    for (const { start, end } of places) {
      out += text.slice(from, start) + redacted(text.slice(start, end));
      from = end;
    }
    return out + text.slice(from);
  }

  #field(name: string, value: unknown): unknown {
    return isSecretField(name) ? this.#secret(value) : this.json(value);
  }

  #secret(value: unknown): unknown {
    if (typeof value === 'string') return this.#secretValue(value);
    return Array.isArray(value) ? value.map((item) => this.#secret(item)) : this.json(value);
  }

  #path(path: string): string {
    return path
      .split('/')
      .map((segment, at, all) => (isSecretSegment(segment, at, all) ? redacted(segment) : this.text(segment)))
      .join('/');
  }

  /** An address with a secret in it, without; undefined for any other text, which stays as it was written. */
  #address(text: string): string | undefined {
    if (!/^https?:\/\//i.test(text)) return undefined;
    const url = URL.parse(text);
    if (url === null) return undefined;
    const secret =
      url.username !== '' ||
      url.password !== '' ||
      [...url.searchParams.keys()].some((name) => SECRET_QUERY.test(name));
    return secret ? this.url(text) : undefined;
  }

  #query(search: string): string {
    if (search === '') return '';
    const parts = search
      .slice(1)
      .split('&')
      .map((part) => {
        const at = part.indexOf('=');
        const secret = at >= 0 && SECRET_QUERY.test(part.slice(0, at));
        return secret ? `${part.slice(0, at)}=${redacted(part.slice(at + 1))}` : this.text(part);
      });
    return `?${parts.join('&')}`;
  }

  #secretValue(value: string): string {
    const scheme = SCHEME.exec(value)?.[0] ?? '';
    return scheme + redacted(value.slice(scheme.length));
  }
}

const stringIn = (source: string): string => JSON.parse(source) as string;

const isSecretField = (name: string): boolean => SECRET_FIELD.test(name) || SECRET_HEADERS.has(name.toLowerCase());

function codesOf(text: string): Uint16Array {
  const codes = new Uint16Array(text.length);
  for (let at = 0; at < text.length; at++) codes[at] = text.charCodeAt(at);
  return codes;
}

/** Headers also come as `["Cookie", "…"]`, and as `{"name": "Cookie", "value": "…"}`: the member that holds such a value. */
function isOfPair(value: object, member: string | number): boolean {
  if (Array.isArray(value)) return member === 1 && value.length === 2 && isSecretName(value[0]);
  if (member !== 'value') return false;
  const { name, key, header } = value as { readonly [name: string]: unknown };
  return isSecretName(name ?? key ?? header);
}

const isSecretName = (name: unknown): boolean => typeof name === 'string' && isSecretHeader(name);

/** The same members of a JSON text, by their numbers. */
function pairedMembers(text: string, members: readonly JsonMember[]): ReadonlySet<number> {
  const values = new Set<number>();
  const named = new Map<number, JsonMember>();
  members.forEach((member) => {
    const { key, parent, at } = member;
    if (key === null ? at === 0 : key === 'name' || key === 'key' || key === 'header') named.set(parent, member);
  });
  const sizes = new Map<number, number>();
  for (const { key, parent } of members) if (key === null) sizes.set(parent, (sizes.get(parent) ?? 0) + 1);
  members.forEach(({ key, parent, at }, number) => {
    const name = named.get(parent);
    if (!name || text[name.valueStart] !== '"') return;
    if (key === null ? at !== 1 || sizes.get(parent) !== 2 : key !== 'value') return;
    if (isSecretName(stringIn(text.slice(name.valueStart, name.end)))) values.add(number);
  });
  return values;
}

/**
 * The keys that a request brings along: the values of its secret headers, without the words before them, and those of its address:
 * of the query, and parts of the path that can only be keys.
 */
export function secretsIn(headers: HeaderList, url: string): readonly string[] {
  const values = headers.flatMap(([name, value]) => (isSecretHeader(name) ? [value.replace(SCHEME, '')] : []));
  const { searchParams, pathname, username, password } = URL.parse(url) ?? NO_URL;
  const query = [...searchParams].flatMap(([name, value]) => (SECRET_QUERY.test(name) ? [value] : []));
  const path = pathname.split('/').filter(isSecretSegment);
  const user = [username, password].map(decoded);
  return [...new Set([...values, ...query, ...path, ...user])].filter(isTelling);
}

const NO_URL = { searchParams: [] as const, pathname: '', username: '', password: '' };

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function isSecretHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return (
    SECRET_HEADERS.has(lower) ||
    SECRET_HEADER_NAME.test(lower) ||
    endpointKinds().some(({ credential }) => credential?.header === lower)
  );
}
