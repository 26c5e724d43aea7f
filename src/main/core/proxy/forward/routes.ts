/**
 * Where requests go: the first part of a path names a route, and only what was configured is one. The rest of the path is put
 * behind the route's base URL; nothing in a request can name another host.
 */
import type { EndpointId } from '../../../../shared/model/ids.ts';

export interface Route {
  /** As it stands in the path; see routeName. */
  readonly name: string;
  /** http or https, without a query. */
  readonly baseUrl: string;
  readonly endpoint?: EndpointId;
  /**
   * The endpoint's own key, where the endpoint says that it is lent. `clientKey`: what a client must have in its place, since
   * reaching the loopback interface does not make anybody the user.
   */
  readonly lent?: { readonly credential: readonly [name: string, value: string]; readonly clientKey: string };
}

/** A server that connections are made to. */
export interface Target {
  readonly secure: boolean;
  readonly hostname: string;
  readonly port: number;
  /** The Host that it is asked for. */
  readonly host: string;
}

export interface Routed {
  readonly route: Route;
  readonly session: string | null;
  readonly target: Target;
  /** Path and query that the target gets. */
  readonly path: string;
}

/** Stands before the name of a session of `tracelane capture`, which is before the route's. */
const SESSION = '~';
const VERSION = /^v\d+(?:(?:alpha|beta)\d*)?$/;

/** A name as it stands in a path: small letters, digits, dots and hyphens. */
export const routeName = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '');

export class Routes {
  readonly #byName: ReadonlyMap<string, Route>;

  /** Of two with the same name the first counts. */
  constructor(routes: readonly Route[]) {
    this.#byName = new Map(routes.toReversed().map((route) => [route.name, route]));
  }

  get names(): readonly string[] {
    return [...this.#byName.keys()].toReversed();
  }

  /** Undefined for a path that names no route. `path`: in origin form, without `..`. */
  find(path: string): Routed | undefined {
    const at = path.search(/\?|$/);
    const [, first = '', ...more] = path.slice(0, at).split('/');
    const session = first.startsWith(SESSION) ? first.slice(1) : null;
    const [name = '', ...rest] = session === null ? [first, ...more] : more;
    const route = this.#byName.get(routeName(decoded(name)));
    if (!route) return undefined;
    const url = new URL(route.baseUrl);
    return {
      route,
      session,
      target: targetOf(url),
      path: joined(url.pathname, rest) + path.slice(at),
    };
  }
}

function targetOf(url: URL): Target {
  const secure = url.protocol === 'https:';
  return {
    secure,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    host: url.host,
  };
}

/** Clients differ in how much of the base URL they add themselves: what is there already is not put there twice. */
function joined(basePath: string, rest: readonly string[]): string {
  const base = basePath.split('/').filter((part) => part !== '');
  if (rest.length === 0) return `/${base.join('/')}`;
  const whole = base.length > 0 && base.every((part, i) => rest[i] === part);
  const versioned = VERSION.test(base.at(-1) ?? '') && VERSION.test(rest[0]!);
  const before = whole ? [] : versioned ? base.slice(0, -1) : base;
  return `/${[...before, ...rest].join('/')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
