/**
 * Decides about each request, of whatever kind, before anything else looks at it.
 *
 * Who is kept out, and by what:
 * - A web page in the user's browser, which can send requests to any port of this machine. Its `Origin` is not ours, or
 *   `Sec-Fetch-Site` says that the request comes from elsewhere; other ports of this machine are elsewhere, too. No answer
 *   carries a CORS header. The cookie is `SameSite=Strict`, so that it does not even travel along.
 * - A server on another port of this machine that the user's browser visits: it gets the cookies of all ports. The cookie
 *   opens the page's own files, which are no secret; what opens the traces is sent in heads, by our page alone.
 * - A page whose own name was made to lead to this machine (DNS rebinding). To the browser that is one origin; but its
 *   `Host` is that name, and only three names with our port are taken.
 * - Another user, program or container on this machine. Reaching the loopback interface proves nothing: each request
 *   needs a secret of 256 bits that is new with every start and is compared in constant time. What is printed for the user
 *   is a code that is good once.
 * - A request made to be read in two ways. Repeated or malformed heads are refused, and routing takes the path as it came,
 *   never an address put together from `Host`.
 *
 * Who is not: a program that runs as the same user. It can read the data folder as it is.
 */
import type { IncomingMessage } from 'node:http';
import type { Access } from './access.ts';

export type Verdict =
  | {
      readonly admitted: true;
      /** As it came, without the query; starts with `/`. */
      readonly path: string;
      /** One of our own names with the port. */
      readonly host: string;
      /** What opened it: the token opens everything, a code the page and the exchange, the cookie the page's own files. */
      readonly by: 'token' | 'code' | 'cookie';
    }
  | { readonly admitted: false; readonly status: 400 | 401 | 403; readonly sentence: string };

const NAMES = ['127.0.0.1', 'localhost', '[::1]'];
/** The default port of http, which browsers leave out. */
const HTTP_PORT = 80;
/** Longer than any of our names. */
const MAX_HOST = 255;

/** The head of the exchange of a code for the token. */
export const CODE_HEADER = 'tracelane-code';
/** Of the WebSocket protocols that the page offers, the one that carries the token: a page can set no other head. */
const TOKEN_PROTOCOL = 'tracelane.token.';

/** Heads that decide; one that comes twice could be read in two ways. */
const SINGLE = ['host', 'origin', 'sec-fetch-site', 'authorization', CODE_HEADER];

export const cookieName = (port: number): string => `tracelane-${port}`;

export class Guard {
  readonly #access: Access;
  readonly #cookie: string;
  readonly #hosts: ReadonlySet<string>;
  readonly #origins: ReadonlySet<string>;

  constructor(port: number, access: Access) {
    this.#access = access;
    this.#cookie = cookieName(port);
    const hosts = NAMES.map((name) => (port === HTTP_PORT ? name : `${name}:${port}`));
    this.#hosts = new Set(hosts);
    this.#origins = new Set(hosts.map((host) => `http://${host}`));
  }

  check(request: IncomingMessage): Verdict {
    const { headers } = request;
    const target = request.url ?? '';
    const host = headers.host ?? '';
    if (!isPath(target)) return refuse(400, 'The address is not a path.');
    if (!isHost(host) || isRepeated(request))
      return refuse(400, 'The request has a malformed, missing or repeated header.');
    if (!this.#hosts.has(host)) return refuse(403, 'This host name is not allowed.');
    if (!this.#isOwn(request)) return refuse(403, 'Other web pages have no access.');

    const [path, query = ''] = splitOnce(target, '?');
    const by = this.#by(request, new URLSearchParams(query).get('code'));
    if (by === undefined)
      return refuse(401, 'Open the address that Tracelane printed last: each of them opens one browser, once.');
    return { admitted: true, path, host, by };
  }

  #by({ headers }: IncomingMessage, queried: string | null): Extract<Verdict, { admitted: true }>['by'] | undefined {
    const access = this.#access;
    const token = bearer(headers.authorization) ?? offered(headers['sec-websocket-protocol']);
    if (token !== undefined) return access.opens(token) ? 'token' : undefined;
    const code = queried ?? headers[CODE_HEADER];
    if (typeof code === 'string' && access.hasCode(code)) return 'code';
    const cookie = this.#cookieOf(headers.cookie);
    return cookie !== undefined && access.opensPage(cookie) ? 'cookie' : undefined;
  }

  /** Comes from our own page, or from no page: an address that was typed, a program. */
  #isOwn({ headers }: IncomingMessage): boolean {
    const { origin } = headers;
    const site = headers['sec-fetch-site'];
    return (
      (origin === undefined || this.#origins.has(origin)) &&
      (site === undefined || site === 'same-origin' || site === 'none')
    );
  }

  #cookieOf(cookies: string | undefined): string | undefined {
    for (const cookie of cookies?.split(';') ?? []) {
      const [name, value] = splitOnce(cookie.trim(), '=');
      if (name === this.#cookie) return value;
    }
    return undefined;
  }
}

const refuse = (status: 400 | 401 | 403, sentence: string): Verdict => ({ admitted: false, status, sentence });

/** In origin form: no whole address, no authority, no `*`. */
const isPath = (target: string): boolean =>
  target.startsWith('/') && !target.startsWith('//') && !/[\s\\#]/.test(target);

const isHost = (host: string): boolean => host.length > 0 && host.length <= MAX_HOST && !/[\s/?#@\\,]/.test(host);

function isRepeated({ rawHeaders }: IncomingMessage): boolean {
  const seen = new Set<string>();
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const name = rawHeaders[at]!.toLowerCase();
    if (!SINGLE.includes(name)) continue;
    if (seen.has(name)) return true;
    seen.add(name);
  }
  return false;
}

const offered = (protocols: string | undefined): string | undefined =>
  protocols
    ?.split(',')
    .map((one) => one.trim())
    .find((one) => one.startsWith(TOKEN_PROTOCOL))
    ?.slice(TOKEN_PROTOCOL.length);

const bearer = (authorization: string | undefined): string | undefined =>
  /^Bearer (\S+)$/i.exec(authorization ?? '')?.[1];

function splitOnce(text: string, mark: string): [before: string, after?: string] {
  const at = text.indexOf(mark);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}
