/** What `tracelane capture --https-proxy` reads, and what it puts into a program's environment. */
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { plannedVariables } from '../../src/main/hosts/cli/capture-environment.ts';
import { readHosts, refuseProxyBefore, TrustFiles } from '../../src/main/hosts/cli/capture-https.ts';
import { isHostOf } from '../../src/main/core/proxy/forward/tunnels.ts';

const folder = mkdtempSync(join(tmpdir(), 'tracelane-trust-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const PROXY = { url: 'http://s:secret@127.0.0.1:4141', certificate: 'THE CERTIFICATE\n' };

function kindsOf(hosts: readonly string[], environment = {}, to?: string): readonly (string | undefined)[] {
  const routes = plannedVariables(environment, to).map(({ route }) => route);
  const known = readHosts(routes, to);
  return hosts.map((host) => known.find((one) => isHostOf(one.host, host))?.kind);
}

test('hosts of providers are read, and others are not', () => {
  expect(
    kindsOf([
      'api.openai.com',
      'mine.openai.azure.com',
      'api.anthropic.com',
      'bedrock-runtime.eu-west-3.amazonaws.com',
      'generativelanguage.googleapis.com',
      'openrouter.ai',
    ]),
  ).toEqual(['openai', 'openai', 'anthropic', 'bedrock', 'google', 'openai']);
  expect(
    kindsOf([
      'api.openai.com:8443',
      'api.openai.com.evil.example',
      'openai.azure.com',
      'a.b.openai.azure.com',
      's3.eu-west-3.amazonaws.com',
      'registry.npmjs.org',
      '127.0.0.1:11434',
    ]),
  ).toEqual(Array.from({ length: 7 }));
});

test('so are those of the environment, and the one that all is sent to', () => {
  const environment = { OPENAI_BASE_URL: 'https://gateway.example:8443/v1', ANTHROPIC_BASE_URL: 'http://localhost:1/' };
  expect(kindsOf(['gateway.example:8443', 'localhost:1'], environment)).toEqual(['openai', undefined]);
  expect(kindsOf(['to.example', 'api.openai.com'], {}, 'https://to.example/v1')).toEqual(['openai', 'openai']);
});

test('the environment leads by way of the proxy and to files that are gone afterwards', () => {
  const [before, unread] = [join(folder, 'before.pem'), join(folder, 'missing.pem')];
  writeFileSync(before, 'TRUSTED BEFORE');
  const environment = { PATH: '/bin', SSL_CERT_FILE: before, NODE_EXTRA_CA_CERTS: unread, NO_PROXY: 'internal' };
  let file = '';
  {
    using trust = new TrustFiles(environment, PROXY);
    const given = trust.environment;
    expect(given).toMatchObject({
      PATH: '/bin',
      NO_PROXY: 'internal',
      HTTPS_PROXY: PROXY.url,
      https_proxy: PROXY.url,
      NODE_USE_ENV_PROXY: '1',
    });
    expect(Object.keys(given).filter((name) => /BASE_URL|^HTTP_PROXY/i.test(name))).toEqual([]);
    file = given['SSL_CERT_FILE']!;
    expect([statSync(file).mode & 0o777, statSync(dirname(file)).mode & 0o777]).toEqual([0o600, 0o700]);
    const added = readFileSync(given['NODE_EXTRA_CA_CERTS']!, 'utf8');
    expect(added).toBe('THE CERTIFICATE\n');
    const instead = readFileSync(file, 'utf8');
    for (const part of ['THE CERTIFICATE', 'TRUSTED BEFORE', 'BEGIN CERTIFICATE']) expect(instead).toContain(part);
    for (const name of ['REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE', 'AWS_CA_BUNDLE']) expect(given[name]).toBe(file);
  }
  expect(existsSync(dirname(file))).toBe(false);
});

test('it takes the place of no other proxy', () => {
  refuseProxyBefore({ HTTPS_PROXY: '', HTTP_PROXY: 'http://other:1' });
  for (const name of ['HTTPS_PROXY', 'https_proxy'])
    expect(() => refuseProxyBefore({ [name]: 'http://other:1' })).toThrow(`${name} is set already`);
});
