/** The capture proxy as the HTTPS_PROXY of a program: real programs, real encryption, and nobody else let in. */
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
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

let folders = 0;
async function capture(command: readonly string[]) {
  const dataDir = join(folder, String(folders++));
  const temporary = mkdtempSync(join(folder, 'tmp-'));
  const ran = await runCapture(['--data-dir', dataDir, '--https-proxy', '--to', `${provider.url}/v1`, ...command], {
    TMPDIR: temporary,
  });
  // What said whom to trust is gone.
  expect(readdirSync(temporary).filter((name) => name.startsWith('tracelane'))).toEqual([]);
  return { ...ran, dataDir };
}

const BODY = JSON.stringify({
  model: 'plain-text',
  stream: true,
  messages: [{ role: 'user', content: 'By a tunnel.' }],
});
const ASKS_OPENAI = 'https://api.openai.com/v1/chat/completions';

async function expectKept({ code, stdout, stderr, dataDir }: Awaited<ReturnType<typeof capture>>, offered?: unknown) {
  expect([code, stdout.trim().endsWith('data: [DONE]'), stderr]).toEqual([0, true, expect.any(String)]);
  expect(stderr).toMatch(/^tracelane: 1 exchange kept, \d+ bytes of responses, in \S+\.\n$/);
  const [trace] = await captured(await open(dataDir));
  expect(trace).toMatchObject({
    title: 'By a tunnel.',
    ending: { state: 'complete' },
    endpoint: { type: 'openai' },
    capture: { route: 'api.openai.com', ...(offered !== undefined && { tls: { offered } }) },
  });
  const { certificate } = trace!.capture!;
  for (const crossing of [certificate!.request, certificate!.answer]) expect(crossing.in).toEqual(crossing.out);
}

describe('a program that knows a proxy variable alone', () => {
  test("Node's fetch", async () => {
    const code = `const answer = await fetch('${ASKS_OPENAI}', { method: 'POST', body: ${JSON.stringify(BODY)} });
      console.log(await answer.text());`;
    await expectKept(await capture(node(code)), ['http/1.1']);
  });

  const curl = spawnSync('curl', ['--version']).status === 0;
  test.skipIf(!curl)(`curl, which would speak HTTP/2${curl ? '' : ' (skipped: it is not installed)'}`, async () => {
    await expectKept(await capture(['--', 'curl', '-sN', '-d', BODY, ASKS_OPENAI]), ['h2', 'http/1.1']);
  });

  const python = pythonWith();
  test.skipIf(!python)(`Python's own client${python ? '' : ' (skipped: it is not installed)'}`, async () => {
    const code = `import sys, urllib.request
request = urllib.request.Request(sys.argv[1], data=sys.argv[2].encode(), headers={'content-type': 'application/json'})
print(urllib.request.urlopen(request).read().decode())`;
    await expectKept(await capture(['--', python!, '-c', code, ASKS_OPENAI, BODY]));
  });

  const withSdk = pythonWith('openai');
  test.skipIf(!withSdk)(`OpenAI's SDK for Python${withSdk ? '' : ' (skipped: it is not installed)'}`, async () => {
    const code = `import openai
with openai.OpenAI(api_key='sk-0123456789abcdef').chat.completions.with_streaming_response.create(
    model='plain-text', stream=True, messages=[{'role': 'user', 'content': 'By a tunnel.'}]) as answer:
  print(answer.read().decode())`;
    await expectKept(await capture(['--', withSdk!, '-c', code]));
  });
});

test('connections to other hosts are not read: the program sees the certificate of the server itself', async () => {
  const { port } = server.address() as AddressInfo;
  const code = `
    import { connect } from 'node:net';
    import { connect as connectTls } from 'node:tls';
    const { hostname, port, username, password } = new URL(process.env.HTTPS_PROXY);
    const raw = connect(port, hostname);
    const credential = Buffer.from(username + ':' + password).toString('base64');
    raw.write('CONNECT 127.0.0.1:${port} HTTP/1.1\\r\\nhost: 127.0.0.1:${port}\\r\\nproxy-authorization: Basic ' + credential + '\\r\\n\\r\\n');
    raw.once('data', (bytes) => {
      console.log(bytes.toString().split('\\r\\n')[0]);
      const socket = connectTls({ socket: raw, rejectUnauthorized: false }, () => {
        console.log(socket.getPeerX509Certificate().subject);
        socket.write('GET / HTTP/1.1\\r\\nhost: x\\r\\nconnection: close\\r\\n\\r\\n');
      });
      socket.on('data', (text) => process.stdout.write(text.toString().split('\\r\\n\\r\\n')[1] ?? ''));
    });`;
  const { stdout, stderr } = await capture(node(code));
  expect(stdout).toBe('HTTP/1.1 200 Connection established\nCN=tracelane.test\nits own');
  expect(stderr).toMatch(/^tracelane: 0 exchanges kept/);
});

test('a program that does not accept the certificate is said to be one', async () => {
  const code = `
    import { getCACertificates, setDefaultCACertificates } from 'node:tls';
    setDefaultCACertificates(getCACertificates('bundled'));
    await fetch('${ASKS_OPENAI}').catch((error) => console.log(error.cause.code));`;
  const { stdout, stderr } = await capture(node(code));
  expect(stdout).toMatch(/^SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_/);
  expect(stderr).toContain('1 connection to api.openai.com ended before encryption was agreed on.');
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
