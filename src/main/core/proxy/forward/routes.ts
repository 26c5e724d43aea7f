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
  /** Put before a path that has no version, where the base URL has no path; see EndpointKind. */
  readonly version?: string;
  /** The session that it is for alone; absent: for all. */
  readonly session?: string;
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
  /** By session and name. */
  readonly #routes: ReadonlyMap<string, Place>;

  /** Of two with the same name the first counts. */
  constructor(routes: readonly Route[]) {
    this.#routes = new Map(routes.toReversed().map((route) => [keyOf(route.name, route.session), placeOf(route)]));
  }

  /** Of those that are for all. */
  get names(): readonly string[] {
    const routes = [...this.#routes.values()].map(({ route }) => route);
    return routes.flatMap(({ name, session }) => (session === undefined ? [name] : [])).toReversed();
  }

  /** Undefined for a path that names no route. `path`: in origin form, without `..`. */
  find(path: string): Routed | undefined {
    const at = path.search(/\?|$/);
    const [first = '', ...more] = partsOf(path.slice(0, at));
    const session = first.startsWith(SESSION) ? first.slice(1) : null;
    const [name = '', ...rest] = session === null ? [first, ...more] : more;
    const plain = routeName(decoded(name));
    const place = (session !== null && this.#routes.get(keyOf(plain, session))) || this.#routes.get(keyOf(plain));
    if (!place) return undefined;
    const { route, target, base } = place;
    return { route, session, target, path: joined(base, rest, route.version) + path.slice(at) };
  }
}

/** A path put behind a base URL, as that of a route is. `path`: in origin form, without `..`. */
export function behind(baseUrl: string, path: string): Pick<Routed, 'target' | 'path'> {
  const { target, base } = placeOf({ name: '', baseUrl });
  const at = path.search(/\?|$/);
  return { target, path: joined(base, partsOf(path.slice(0, at)), undefined) + path.slice(at) };
}

const partsOf = (path: string): readonly string[] => path.split('/').slice(1);

/** A route with what its base URL says. */
interface Place {
  readonly route: Route;
  readonly target: Target;
  /** The parts of its path. */
  readonly base: readonly string[];
}

function placeOf(route: Route): Place {
  const url = new URL(route.baseUrl);
  return { route, target: targetOf(url), base: url.pathname.split('/').filter((part) => part !== '') };
}

export function targetOf(url: URL): Target {
  const secure = url.protocol === 'https:';
  return {
    secure,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    host: url.host,
  };
}

/** Clients differ in how much of the base URL they add themselves: what is there already is not put there twice. */
function joined(base: readonly string[], rest: readonly string[], version: string | undefined): string {
  if (rest.length === 0) return `/${base.join('/')}`;
  const whole = base.length > 0 && base.every((part, i) => rest[i] === part);
  const versioned = VERSION.test(base.at(-1) ?? '') && VERSION.test(rest[0]!);
  const bare = base.length === 0 && version !== undefined && !VERSION.test(rest[0]!);
  const before = bare ? [version] : whole ? [] : versioned ? base.slice(0, -1) : base;
  return `/${[...before, ...rest].join('/')}`;
}

const keyOf = (name: string, session = ''): string => `${session}/${name}`;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
