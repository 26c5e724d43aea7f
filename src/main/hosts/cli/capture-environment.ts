/** What `tracelane capture` changes in a program's environment: the base URLs that SDKs take from there, and nothing else. */
import type { BaseUrlVariable, EndpointKind } from '../../../shared/providers/kinds/kind.ts';
import { endpointKinds } from '../../../shared/providers/registry.ts';
import { UsageError } from './terminal.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** A variable, and the route that its value is to lead to. */
export interface PlannedVariable {
  readonly variable: BaseUrlVariable;
  readonly route: PlannedRoute;
}

export interface PlannedRoute {
  readonly name: string;
  readonly kind: string;
  /** Where requests go that come by it. */
  readonly baseUrl: string;
}

const VERSION = /\/v\d+(?:(?:alpha|beta)\d*)?$/;
/** Requests that AWS's SDKs sign are good for the host alone that they were signed for. */
const AWS_CREDENTIALS = ['AWS_ACCESS_KEY_ID', 'AWS_PROFILE', 'AWS_WEB_IDENTITY_TOKEN_FILE'];
const AWS_BEARER = 'AWS_BEARER_TOKEN_BEDROCK';

/**
 * The variables that are set, in order. `to`: where all requests go; else each goes where it went before: to what the variable
 * says, or to the provider's own address.
 */
export function plannedVariables(environment: Environment, to: string | undefined): readonly PlannedVariable[] {
  const routes = new Map<string, PlannedRoute>();
  const routeTo = (kind: EndpointKind, baseUrl: string): PlannedRoute => {
    const key = `${kind.id} ${baseUrl}`;
    const before = [...routes.values()].filter((route) => route.kind === kind.id).length;
    const name = before === 0 ? kind.id : `${kind.id}-${before + 1}`;
    const route = routes.get(key) ?? { name, kind: kind.id, baseUrl };
    routes.set(key, route);
    return route;
  };
  return endpointKinds().flatMap((kind) =>
    (kind.baseUrlVariables ?? []).flatMap((variable): readonly PlannedVariable[] => {
      const said = addressIn(environment[variable.name]);
      if (said === undefined && variable.onlyIfSet === true) return [];
      const baseUrl = to ?? said ?? kind.baseUrl ?? kind.baseUrlIn?.(environment) ?? null;
      if (baseUrl === null || isSigned(kind, environment, baseUrl)) return [];
      return [{ variable, route: routeTo(kind, baseUrl) }];
    }),
  );
}

/** Whether requests to Bedrock are signed, so that they cannot be captured by another base URL. */
export const signsBedrock = (environment: Environment): boolean =>
  !environment[AWS_BEARER] && AWS_CREDENTIALS.some((name) => environment[name]);

/** The program's environment. `url`: of the session. */
export function capturedEnvironment(
  environment: Environment,
  planned: readonly PlannedVariable[],
  url: string,
): Record<string, string | undefined> {
  const values = planned.map(({ variable, route }) => [variable.name, valueOf(variable, route, url)] as const);
  return {
    ...environment,
    ...Object.fromEntries(values),
    // Some clients send even what is for this machine to the proxy of the network.
    NO_PROXY: withLoopback(environment['NO_PROXY'] ?? environment['no_proxy']),
    no_proxy: withLoopback(environment['no_proxy'] ?? environment['NO_PROXY']),
  };
}

/** The `--to` of the command line as a base URL. Throws UsageError. */
export function upstreamOf(text: string): string {
  const url = URL.parse(text);
  if (!url || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '')
    throw new UsageError(
      `--to takes the address of a server, such as http://localhost:8000/v1, not ${JSON.stringify(text)}.`,
    );
  return url.href.replace(/\/+$/, '');
}

function valueOf({ version }: BaseUrlVariable, { name, baseUrl }: PlannedRoute, url: string): string {
  const { pathname } = new URL(baseUrl);
  const versioned = version !== undefined && (pathname === '/' || VERSION.test(pathname));
  return `${url}/${name}${versioned ? `/${version}` : ''}`;
}

/** An address as variables have it: OLLAMA_HOST is often without a scheme, and may be the one that a server listens on. */
function addressIn(text: string | undefined): string | undefined {
  const said = text?.trim();
  if (said === undefined || said === '') return undefined;
  const whole = /^[a-z]+:\/\//i.test(said) ? said : `http://${said.startsWith(':') ? '127.0.0.1' : ''}${said}`;
  const url = URL.parse(whole);
  if (!url || !/^https?:$/.test(url.protocol)) return undefined;
  if (url.hostname === '0.0.0.0') url.hostname = '127.0.0.1';
  if (whole !== said && url.port === '') url.port = '11434';
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

const isSigned = ({ id }: EndpointKind, environment: Environment, baseUrl: string): boolean =>
  id === 'bedrock' && signsBedrock(environment) && /\.amazonaws\.com(?:\.cn)?$/.test(new URL(baseUrl).hostname);

const withLoopback = (list = ''): string =>
  [...new Set([...list.split(',').map((one) => one.trim()), '127.0.0.1', 'localhost'])]
    .filter((one) => one !== '')
    .join(',');
