/**
 * Streams over the capture proxy of a headless host for as long as one likes, always so many at once: whole ones, cut ones, broken
 * ones, and ones whose client leaves. What a client gets is compared with what was sent, and the host's memory is measured in two ways:
 * what its threads still hold once garbage is collected, which an exchange must not add to, and what the process has of the system.
 * The latter is more, and grows until it is as large as the load ever needs at once: heaps grow before they are collected, the
 * allocator keeps what was freed, and SQLite fills 16 MB of cache for each connection.
 */
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../../src/main/core/providers/sample/random.ts';
import type { Client } from '../../src/shared/rpc/client.ts';
import { startHost } from '../support/host.ts';
import { EVERY_MS, FOLDER, type ThreadMemory } from './thread-memory.ts';

type Ending = 'whole' | 'cut' | 'broken' | 'left';

export interface SoakSetup {
  readonly streams: number;
  readonly minutes: number;
  readonly seed: number;
  /** Called with a sentence now and then. */
  readonly say: (sentence: string) => void;
}

export interface Soaked {
  readonly exchanges: number;
  readonly incomplete: number;
  /** Streams whose client got other bytes than were sent. */
  readonly changed: number;
  /** What the host's threads hold once garbage is collected, in megabytes: objects, and the buffers that they hold. */
  readonly held: Thirds;
  /** What the host's process has of the system and no file has, in megabytes. */
  readonly anonymous: Thirds;
}

/** Medians of the first third of the time, the second and the last. */
export type Thirds = readonly [number, number, number];

const EVENTS = 200;
const EVENT_MS = 40;
const SAMPLE_MS = 2_000;
/** Each thread collects its garbage so many times, whatever the time: seldom, so that the heaps are what they are without. */
const COLLECTIONS = 18;
const MEGABYTE = 1024 ** 2;
const SAY_MS = 30_000;
const MORE_OFTEN: readonly Ending[] = ['whole', 'whole', 'whole', 'whole', 'whole', 'whole', 'cut', 'broken', 'left'];

export async function soak({ streams, minutes, seed, say }: SoakSetup): Promise<Soaked> {
  const folder = await mkdtemp(join(tmpdir(), 'tracelane-memory-'));
  const host = await startHost({
    env: {
      TRACELANE_CAPTURE_PORT: '0',
      NODE_OPTIONS: `--import ${new URL('thread-memory.ts', import.meta.url).href}`,
      [FOLDER]: folder,
      [EVERY_MS]: String(Math.round((minutes * 60_000) / COLLECTIONS)),
    },
  });
  const random = new Random(seed);
  const provider = await providerOf(random);
  const until = Date.now() + minutes * 60_000;
  try {
    const client = host.client();
    const baseUrl = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`;
    const { session, url } = await client.call('capture.openSession', {
      routes: [{ name: 'up', baseUrl, kind: 'openai' }],
    });
    let [ended, changed] = [0, 0];
    const always = async (): Promise<void> => {
      while (Date.now() < until) {
        if (!(await isUnchanged(`${url}/up/v1/chat/completions`, random.pick(MORE_OFTEN)))) changed++;
        ended++;
      }
    };
    const samples = sampled(
      () => memoryOf(host.pid, folder),
      until,
      (memory) => say(`${ended} streams, ${changed} of them changed; ${memoryWords(memory)}`),
    );
    await Promise.all(Array.from({ length: streams }, always));
    const { exchanges, incomplete } = await client.call('capture.closeSession', { session });
    if (incomplete > 0) for (const sentence of await missingIn(client)) say(sentence);
    const memory = await samples;
    return {
      exchanges,
      incomplete,
      changed,
      held: thirds(memory.filter(({ threads }) => threads.length > 0).map(heldIn)),
      anonymous: thirds(memory.map(({ anonymous }) => anonymous)),
    };
  } finally {
    provider.closeAllConnections();
    provider.close();
    await host.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

/** What the host says is missing: in the latest traces that it had to end, and of the file. */
async function missingIn(client: Client): Promise<readonly string[]> {
  const { storeProblem } = await client.call('app.info', {});
  const { rows, total } = await client.call('traces.list', { filter: 'state:limit', limit: 5 });
  return [
    `${total} traces ended at a limit`,
    ...rows.map(({ title, ending }) => `${title}: ${ending!.rule}`),
    ...(storeProblem ? [storeProblem.sentence] : []),
  ];
}

async function providerOf(random: Random): Promise<Server> {
  const server = createServer((incoming, response) => {
    incoming.resume();
    incoming.on(
      'end',
      () => void answer(response, new URL(incoming.url!, 'http://x').searchParams.get('ending') as Ending, random),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return server;
}

/** The events of a stream with an ending of this kind; the digest of a whole one is in its last. */
async function answer(response: ServerResponse, ending: Ending, random: Random): Promise<void> {
  const digest = createHash('sha256');
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const last = ending === 'whole' ? EVENTS : 1 + random.below(EVENTS - 1);
  for (let n = 0; n < last && !response.destroyed; n++) {
    const content = 'word '.repeat(1 + random.below(40));
    const event = `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content } }] })}\n\n`;
    digest.update(event);
    response.write(event);
    await pause(EVENT_MS * 2 * random.next());
  }
  if (ending === 'cut') response.socket?.end();
  else if (ending === 'broken') response.socket?.resetAndDestroy();
  else if (ending === 'whole') response.end(`data: [DONE]\n\n: ${digest.digest('hex')}\n\n`);
  // Of a client that leaves nothing more is sent, until it does.
}

/** Asks for a stream, and leaves one that is to be left in its middle. */
async function isUnchanged(url: string, ending: Ending): Promise<boolean> {
  const asking = request(`${url}?ending=${ending}`, { method: 'POST', agent: false });
  asking.on('error', () => undefined);
  asking.end(JSON.stringify({ model: 'm', stream: true, messages: [{ role: 'user', content: ending }] }));
  const [response] = (await once(asking, 'response').catch(() => [])) as [IncomingMessage?];
  if (!response) return ending === 'broken' || ending === 'cut';
  const parts: Buffer[] = [];
  let leaving: NodeJS.Timeout | undefined;
  if (ending === 'left') leaving = setTimeout(() => asking.destroy(), EVENTS * EVENT_MS);
  try {
    for await (const part of response) parts.push(part as Buffer);
  } catch {
    return ending !== 'whole';
  } finally {
    clearTimeout(leaving);
  }
  const [body = '', digest = ''] = Buffer.concat(parts).toString().split('data: [DONE]\n\n: ');
  return ending === 'whole' && createHash('sha256').update(body).digest('hex') === digest.trim();
}

/** Of the host, in megabytes. */
interface Memory {
  readonly anonymous: number;
  /** As each was at its latest collection; none before the first. */
  readonly threads: readonly ThreadMemory[];
}

const memoryOf = (pid: number, folder: string): Memory => ({
  anonymous: anonymousMegabytes(pid),
  threads: readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name): ThreadMemory => {
      const { thread, held, heap } = JSON.parse(readFileSync(join(folder, name), 'utf8')) as ThreadMemory;
      return { thread, held: held / MEGABYTE, heap: heap / MEGABYTE };
    }),
});

/** Without the files that are mapped: the program's own, and what SQLite shares between connections. */
function anonymousMegabytes(pid: number): number {
  const kilobytes = /^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kilobytes) / 1024;
}

const heldIn = ({ threads }: Memory): number => threads.reduce((sum, { held }) => sum + held, 0);

function memoryWords({ anonymous, threads }: Memory): string {
  const each = threads.map(({ thread, held, heap }) => `${thread} ${held.toFixed(0)} of ${heap.toFixed(0)}`);
  return `the host has ${anonymous.toFixed(0)} MB${each.length === 0 ? '' : `; held, of the heap: ${each.join(', ')}`}`;
}

async function sampled(
  measured: () => Memory,
  until: number,
  tell: (memory: Memory) => void,
): Promise<readonly Memory[]> {
  const samples: Memory[] = [];
  for (let told = Date.now(); Date.now() < until; await pause(SAMPLE_MS)) {
    const memory = measured();
    samples.push(memory);
    if (Date.now() - told < SAY_MS) continue;
    told = Date.now();
    tell(memory);
  }
  return samples;
}

function thirds(samples: readonly number[]): Thirds {
  const third = Math.ceil(samples.length / 3);
  const [first, second, last] = [0, 1, 2].map((n) => median(samples.slice(n * third, (n + 1) * third)));
  return [first!, second!, last!];
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
