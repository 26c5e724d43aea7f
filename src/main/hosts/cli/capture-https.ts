/**
 * `tracelane capture --https-proxy`: the environment of a program whose encrypted connections go by way of the capture proxy,
 * and the files that say whom it trusts. They hold certificates alone, no key.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates } from 'node:tls';
import { endpointKinds } from '../../../shared/providers/registry.ts';
import type { HttpsProxy } from '../../../shared/rpc/contract.ts';
import type { Environment, PlannedRoute } from './capture-environment.ts';
import { UsageError } from './terminal.ts';

/** Name files that are read in addition to what a program trusts anyway. */
const ADDED = ['NODE_EXTRA_CA_CERTS', 'DENO_CERT'];
/** Name files that are read in place of that. */
const INSTEAD = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'AWS_CA_BUNDLE'];
const PROXIES = ['HTTPS_PROXY', 'https_proxy'];

interface KnownHost {
  readonly host: string;
  readonly kind: string;
}

/** Throws UsageError where there is a proxy already: requests that must go by way of that one would not. */
export function refuseProxyBefore(environment: Environment): void {
  const before = PROXIES.find((name) => environment[name]);
  if (before !== undefined)
    throw new UsageError(
      `${before} is set already, and --https-proxy would take its place. Unset it, or capture by base URLs.`,
    );
}

/** The hosts whose connections are read: those of the providers, of what the environment says, and of `to`. */
export function readHosts(routes: readonly PlannedRoute[], to: string | undefined): readonly KnownHost[] {
  const hostOf = (url: string): readonly string[] => (url.startsWith('https:') ? [new URL(url).host] : []);
  const known = [
    ...routes.flatMap(({ baseUrl, kind }) => hostOf(baseUrl).map((host) => ({ host, kind }))),
    ...endpointKinds().flatMap(({ id, baseUrl, hosts = [] }) =>
      [...(baseUrl === null ? [] : hostOf(baseUrl)), ...hosts].map((host) => ({ host, kind: id })),
    ),
    ...(to === undefined ? [] : hostOf(to).map((host) => ({ host, kind: '' }))),
  ];
  // Of two the first counts.
  return [...new Map(known.toReversed().map((one) => [one.host, one])).values()].toReversed();
}

/** In a folder of its own, until it is disposed of. */
export class TrustFiles implements Disposable {
  readonly environment: Record<string, string | undefined>;
  readonly #folder = mkdtempSync(join(tmpdir(), 'tracelane-capture-'));

  constructor(environment: Environment, { url, certificate }: HttpsProxy) {
    const added = this.#write('added.pem', [certificate, ...filesIn(environment, ADDED)]);
    const everybody = [...getCACertificates('default'), ...getCACertificates('system')];
    const instead = this.#write('instead.pem', [
      certificate,
      ...new Set([...everybody.map((one) => one.trim()), ...filesIn(environment, [...ADDED, ...INSTEAD])]),
    ]);
    this.environment = {
      ...environment,
      ...Object.fromEntries(PROXIES.map((name) => [name, url])),
      // Node's own fetch looks at none of them without it.
      NODE_USE_ENV_PROXY: '1',
      ...Object.fromEntries(ADDED.map((name) => [name, added])),
      ...Object.fromEntries(INSTEAD.map((name) => [name, instead])),
    };
  }

  [Symbol.dispose](): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #write(name: string, parts: readonly string[]): string {
    const file = join(this.#folder, name);
    writeFileSync(file, parts.map((part) => `${part.trim()}\n`).join(''), { mode: 0o600 });
    return file;
  }
}

/** What files say that are named already; one that cannot be read is as good as none. */
function filesIn(environment: Environment, names: readonly string[]): readonly string[] {
  const files = new Set(names.flatMap((name) => environment[name] || []));
  return [...files].flatMap((file) => {
    try {
      return [readFileSync(file, 'utf8').trim()];
    } catch {
      return [];
    }
  });
}
