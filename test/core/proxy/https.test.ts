/** The capture proxy as the HTTPS_PROXY of a program: real programs, real encryption, and nobody else let in. */
import { spawn, spawnSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Core } from '../../../src/main/core/core.ts';
import { readHosts, TrustFiles } from '../../../src/main/hosts/cli/capture-https.ts';
import { CertificateAuthority } from '../../../src/main/core/proxy/forward/authority.ts';
import { startSampleProvider, type SampleProvider } from '../../../src/main/core/samples/provider.ts';
import { node, pythonWith, runCapture } from '../../support/capture-command.ts';
import { captured } from '../../support/captured.ts';
import { CERTIFICATE } from '../../support/certificate.ts';
import { cores } from '../../support/core.ts';
import { useProxy } from '../../support/use-proxy.ts';
import { tcpClient } from '../../support/tcp-pair.ts';

const { open } = cores();
const folder = mkdtempSync(join(tmpdir(), 'tracelane-https-'));
let provider: SampleProvider;
let server: Server;
beforeAll(async () => {
  provider = await startSampleProvider({ pace: 0 });
  server = createServer(CERTIFICATE, (_, response) => response.end('its own'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterAll(async () => {
  await provider.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

const BODY = JSON.stringify({
  model: 'plain-text',
  stream: true,
  messages: [{ role: 'user', content: 'By a tunnel.' }],
});
const ASKS_OPENAI = 'https://api.openai.com/v1/chat/completions';

async function expectKept(core: Core, stdout: string, offered?: unknown): Promise<void> {
  expect(stdout.trim().endsWith('data: [DONE]')).toBe(true);
  const [trace, ...others] = await captured(core);
  expect(others).toEqual([]);
  expect(trace).toMatchObject({
    title: 'By a tunnel.',
    ending: { state: 'complete' },
    endpoint: { type: 'openai' },
    capture: { route: 'api.openai.com', ...(offered !== undefined && { tls: { offered } }) },
  });
  const { certificate } = trace!.capture!;
  for (const crossing of [certificate!.request, certificate!.answer]) expect(crossing.in).toEqual(crossing.out);
}

/** As the command runs a program, in a session of a core of this thread. */
async function expectCaptured(name: string, [command, ...args]: readonly string[], offered?: unknown): Promise<void> {
  const core = await open(join(folder, name));
  const to = `${provider.url}/v1`;
  const hosts = [...readHosts([], to)];
  const { session, https } = await core.proxy.openSession({ routes: [], https: { hosts, to } });
  using trust = new TrustFiles(process.env, https!);
  const child = spawn(command!, args, { stdio: ['ignore', 'pipe', 'inherit'], env: trust.environment });
  const [stdout, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect(code).toBe(0);
  expect(await core.proxy.closeSession(session)).toMatchObject({ exchanges: 1, incomplete: 0, distrusted: [] });
  await expectKept(core, stdout, offered);
}

test("Node's fetch is read, other hosts are not, and a program that trusts nobody new is said to be one", async () => {
  const { port } = server.address() as AddressInfo;
  const code = `
    import { connect } from 'node:net';
    import { connect as connectTls, getCACertificates, setDefaultCACertificates } from 'node:tls';
    const { hostname, port, username, password } = new URL(process.env.HTTPS_PROXY);
    const raw = connect(port, hostname);
    const credential = Buffer.from(username + ':' + password).toString('base64');
    raw.write('CONNECT 127.0.0.1:${port} HTTP/1.1\\r\\nhost: 127.0.0.1:${port}\\r\\nproxy-authorization: Basic ' + credential + '\\r\\n\\r\\n');
    const [bytes] = await new Promise((resolve) => raw.once('data', (...all) => resolve(all)));
    console.log(bytes.toString().split('\\r\\n')[0]);
    const socket = connectTls({ socket: raw, rejectUnauthorized: false }, () => {
      console.log(socket.getPeerX509Certificate().subject);
      socket.write('GET / HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\n\\r\\n');
    });
    let said = '';
    for await (const part of socket) said += part;
    console.log(said.split('\\r\\n\\r\\n')[1]);
    const trusted = getCACertificates('default');
    setDefaultCACertificates(getCACertificates('bundled'));
    await fetch('https://api.anthropic.com/v1/models').catch((error) => console.log(error.cause.code));
    setDefaultCACertificates(trusted);
    const answer = await fetch('${ASKS_OPENAI}', { method: 'POST', body: ${JSON.stringify(BODY)} });
    console.log(await answer.text());`;
  const dataDir = join(folder, 'command');
  const temporary = mkdtempSync(join(folder, 'tmp-'));
  const { stdout, stderr } = await runCapture(
    ['--data-dir', dataDir, '--https-proxy', '--to', `${provider.url}/v1`, ...node(code)],
    { TMPDIR: temporary },
  );
  // What said whom to trust is gone.
  expect(readdirSync(temporary).filter((name) => name.startsWith('tracelane'))).toEqual([]);
  // The certificate is that of the server itself.
  const [tunnel, subject, own, refused] = stdout.split('\n');
  expect([tunnel, subject, own]).toEqual(['HTTP/1.1 200 Connection established', 'CN=tracelane.test', 'its own']);
  expect(refused).toMatch(/^SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_/);
  expect(stderr).toMatch(/^tracelane: 1 exchange kept, [\d,]+ bytes of responses, in \S+\.\n/);
  expect(stderr).toContain('1 connection to api.anthropic.com ended before encryption was agreed on.');
  await expectKept(await open(dataDir), stdout, ['http/1.1']);
});

describe('a program that knows a proxy variable alone', () => {
  const curl = spawnSync('curl', ['--version']).status === 0;
  test.skipIf(!curl)(`curl, which would speak HTTP/2${curl ? '' : ' (skipped: it is not installed)'}`, async () => {
    await expectCaptured('curl', ['curl', '-sN', '-d', BODY, ASKS_OPENAI], ['h2', 'http/1.1']);
  });

  const python = pythonWith();
  test.skipIf(!python)(`Python's own client${python ? '' : ' (skipped: it is not installed)'}`, async () => {
    const code = `import sys, urllib.request
request = urllib.request.Request(sys.argv[1], data=sys.argv[2].encode(), headers={'content-type': 'application/json'})
print(urllib.request.urlopen(request).read().decode())`;
    await expectCaptured('python', [python!, '-c', code, ASKS_OPENAI, BODY]);
  });

  const withSdk = pythonWith('openai');
  test.skipIf(!withSdk)(`OpenAI's SDK for Python${withSdk ? '' : ' (skipped: it is not installed)'}`, async () => {
    const code = `import openai
with openai.OpenAI(api_key='sk-0123456789abcdef').chat.completions.with_streaming_response.create(
    model='plain-text', stream=True, messages=[{'role': 'user', 'content': 'By a tunnel.'}]) as answer:
  print(answer.read().decode())`;
    await expectCaptured('sdk', [withSdk!, '-c', code]);
  });
});

describe('a tunnel', () => {
  const { open: openProxy } = useProxy();
  const credential = (session: string, secret: string): string =>
    `Proxy-Authorization: Basic ${Buffer.from(`${session}:${secret}`).toString('base64')}\r\n`;
  const connectTo = (host: string, fields = ''): string => `CONNECT ${host} HTTP/1.1\r\nHost: ${host}\r\n${fields}\r\n`;

  async function asked(port: number, bytes: string) {
    const client = await tcpClient(port);
    client.write(bytes);
    await client.until(({ received }) => received.includes('\r\n\r\n'));
    return { client, status: client.received.toString('latin1').split('\r\n')[0] };
  }

  test('is for who has the secret of a session, while it lasts', async () => {
    const { proxy, server: up } = await openProxy();
    const { secret } = await proxy.listener.openTunnels('one', []);
    const to = `127.0.0.1:${up.port}`;
    const refused = 'HTTP/1.1 407 Proxy Authentication Required';
    const others = [
      '',
      credential('one', `${secret}0`),
      credential('two', secret),
      credential('one', ''),
      'Proxy-Authorization: Basic !\r\n',
    ];
    for (const fields of others) expect((await asked(proxy.port, connectTo(to, fields))).status).toBe(refused);
    expect(up.connections).toBe(0);
    const { client, status } = await asked(proxy.port, connectTo(to, credential('one', secret)));
    expect(status).toBe('HTTP/1.1 200 Connection established');
    const far = await up.connection();
    client.write('\u0000any bytes');
    await far.untilBytes(10);
    far.end();
    expect(await client.untilEnded()).toBe('end');
    await proxy.listener.endSession('one');
    expect((await asked(proxy.port, connectTo(to, credential('one', secret)))).status).toBe(refused);
    expect(proxy.events).toEqual([]);
  });

  test('leads to no link-local address, not back into the proxy, and nowhere without a host and a port', async () => {
    const { proxy } = await openProxy();
    const { secret } = await proxy.listener.openTunnels('one', []);
    const statuses = [];
    for (const to of [
      '169.254.169.254:80',
      `127.0.0.1:${proxy.port}`,
      '127.0.0.1:1',
      'nowhere',
      'a:99999',
      '/x',
      'u@h:1',
    ])
      statuses.push((await asked(proxy.port, connectTo(to, credential('one', secret)))).status?.slice(9, 12));
    expect(statuses).toEqual(['502', '508', '502', '400', '400', '400', '400']);
  });

  test('that is read leads to its own host alone', async () => {
    const { proxy, server: up } = await openProxy();
    const { secret, certificate } = await proxy.listener.openTunnels('one', [{ host: '*.example', to: up.url }]);
    const { client } = await asked(proxy.port, connectTo('a.example:443', credential('one', secret)));
    const socket = connectTls({
      socket: client.socket,
      servername: 'a.example',
      ca: certificate,
      ALPNProtocols: ['h2', 'http/1.1'],
    });
    await once(socket, 'secureConnect');
    expect(socket.alpnProtocol).toBe('http/1.1');
    socket.write('GET /x HTTP/1.1\r\nHost: a.example\r\n\r\n');
    const far = await up.connection();
    await far.until(({ received }) => received.includes('\r\n\r\n'));
    expect(far.received.toString()).toBe(`GET /x HTTP/1.1\r\nHost: 127.0.0.1:${up.port}\r\n\r\n`);
    far.write('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    await once(socket, 'data');
    expect(proxy.of('begun')[0]!.begun).toMatchObject({
      route: 'a.example',
      session: 'one',
      tls: { offered: ['h2', 'http/1.1'] },
    });
    socket.write('GET /x HTTP/1.1\r\nHost: b.example\r\n\r\n');
    const [answer] = (await once(socket, 'data')) as [Buffer];
    expect(answer.toString()).toContain('HTTP/1.1 400 ');
  });
});

test('C18 the certificates of a session are valid also when the clock is set back by hours', () => {
  const authority = new CertificateAuthority();
  const { validFromDate, validToDate } = new X509Certificate(authority.certificate);
  expect(validFromDate.getTime()).toBeLessThan(Date.now() - 24 * 3_600_000);
  expect(validToDate.getTime()).toBeGreaterThan(Date.now() + 300 * 24 * 3_600_000);
});
