/** The built headless host as a process of its own, with a data folder of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import WebSocket from 'ws';
import { createClient, type Client } from '../../src/shared/rpc/client.ts';
import { openWebSocketPort } from '../../src/shared/rpc/web-socket-port.ts';

/** Browsers, or pages of one, that the tests of one host open at most. */
const CODES = 60;
const HOST = fileURLToPath(new URL('../../out/main/headless.js', import.meta.url));
/** Its standard input is a pipe of the test's process, which ends with that, however that ends. */
const END_WITH_TESTS = `data:text/javascript,${encodeURIComponent(
  "import { isMainThread } from 'node:worker_threads';" +
    "if (isMainThread) process.stdin.once('end', () => process.kill(process.pid, 'SIGKILL')).resume().unref();",
)}`;
const SOURCES = fileURLToPath(new URL('../fixtures/headless-from-sources.ts', import.meta.url));

export interface HostSettings {
  /** Kept between hosts by whoever gives it; else a new one that goes with the host. */
  readonly dataDir?: string;
  readonly port?: number;
  /** How many times faster than a real model the sample provider answers; as fast as it can unless said. */
  readonly pace?: number;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Modules that Node loads before the host, which then runs from its sources: they may add to its registries. */
  readonly imports?: readonly string[];
}

export interface Host {
  /** An address with a code that opens one browser; another one each time that it is asked for. */
  readonly url: string;
  /** The first address that it printed; its code was used. */
  readonly printed: string;
  readonly origin: string;
  readonly port: number;
  /** Of its process. */
  readonly pid: number;
  readonly token: string;
  readonly dataDir: string;
  /** All that was written to standard output, and to standard error. */
  readonly output: { stdout: string; stderr: string };
  /** A client of the host beside its page, closed with the host. */
  client(): Client;
  /** As Ctrl+C would; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Any other signal that ends it. */
  signal(signal: NodeJS.Signals): Promise<number | null>;
  /** As a crash would. */
  kill(): Promise<void>;
}

/** A folder that a host may keep its data in; `remove` when done. */
export async function dataFolder(): Promise<{ readonly path: string; remove(): Promise<void> }> {
  const path = await mkdtemp(join(tmpdir(), 'tracelane-data-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Resolves once it has printed its address; rejects with what it said when it ends before. */
export async function startHost({
  dataDir,
  port,
  pace = 0,
  args = [],
  env = {},
  imports = [],
}: HostSettings = {}): Promise<Host> {
  const own = dataDir === undefined ? await dataFolder() : undefined;
  const folder = dataDir ?? own!.path;
  const child = spawn(
    process.execPath,
    [
      ...[END_WITH_TESTS, ...imports].flatMap((module) => ['--import', module]),
      imports.length > 0 ? SOURCES : HOST,
      '--no-open',
      ...(port === undefined ? [] : ['--port', String(port)]),
      ...args,
    ],
    {
      env: { ...process.env, TRACELANE_DATA_DIR: folder, TRACELANE_SAMPLE_PACE: String(pace), ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    },
  );
  const output = { stdout: '', stderr: '' };
  child.stderr.setEncoding('utf8').on('data', (text: string) => (output.stderr += text));
  const ended = once(child, 'exit');
  const printed = await Promise.race([
    addressOf(child, output),
    ended.then(([code]) => Promise.reject(new Error(`The host ended with ${code}: ${output.stderr}`))),
  ]);
  const { origin, port: given, searchParams } = new URL(printed);
  const ask = async (headers: Readonly<Record<string, string>>): Promise<string> =>
    (await fetch(`${origin}/session`, { method: 'POST', headers })).text();
  const token = await ask({ 'tracelane-code': searchParams.get('code')! });
  const authorization = `Bearer ${token}`;
  const codes = await Promise.all(Array.from({ length: CODES }, () => ask({ authorization })));
  const clients: { close(): void }[] = [];

  async function end(signal: NodeJS.Signals): Promise<number | null> {
    for (const client of clients.splice(0)) client.close();
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await ended;
    await own?.remove();
    return child.exitCode;
  }

  return {
    get url() {
      const code = codes.shift();
      if (code === undefined) throw new Error(`The test opened more than ${CODES} browsers.`);
      return `${origin}/?code=${code}`;
    },
    printed,
    origin,
    port: Number(given),
    pid: child.pid!,
    token,
    dataDir: folder,
    output,
    client() {
      const client = createClient(() =>
        openWebSocketPort(new WebSocket(`ws://127.0.0.1:${given}/rpc`, { headers: { authorization } })),
      );
      clients.push(client);
      return client;
    },
    stop: () => end('SIGINT'),
    signal: end,
    async kill() {
      await end('SIGKILL');
    },
  };
}

async function addressOf(child: ChildProcess, output: { stdout: string }): Promise<string> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      output.stdout += `${line}\n`;
      const url = /http:\/\/127\.0\.0\.1:\d+\/\S*/.exec(line)?.[0];
      if (url !== undefined) resolve(url);
    });
  });
}
