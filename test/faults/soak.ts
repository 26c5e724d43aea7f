/**
 * Streams over the capture proxy of a headless host for as long as one likes, always so many at once: whole ones, cut ones, broken
 * ones, and ones whose client leaves. What a client gets is compared with what was sent, and the host's memory must not grow.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, request, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Random } from '../../src/main/core/providers/sample/random.ts';
import type { Client } from '../../src/shared/rpc/client.ts';
import { startHost } from '../support/host.ts';

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
  /** Of the host's process: medians of the first third of the time, the second and the last. */
  readonly megabytes: readonly [number, number, number];
}

const EVENTS = 200;
const EVENT_MS = 40;
const SAMPLE_MS = 2_000;
const SAY_MS = 30_000;
const MORE_OFTEN: readonly Ending[] = ['whole', 'whole', 'whole', 'whole', 'whole', 'whole', 'cut', 'broken', 'left'];

export async function soak({ streams, minutes, seed, say }: SoakSetup): Promise<Soaked> {
  const host = await startHost({ env: { TRACELANE_CAPTURE_PORT: '0' } });
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
    const samples = sampled(host.pid, until, () => `${ended} streams, ${changed} of them changed`, say);
    await Promise.all(Array.from({ length: streams }, always));
    const { exchanges, incomplete } = await client.call('capture.closeSession', { session });
    if (incomplete > 0) for (const sentence of await missingIn(client)) say(sentence);
    return { exchanges, incomplete, changed, megabytes: thirds(await samples) };
  } finally {
    provider.closeAllConnections();
    provider.close();
    await host.stop();
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

async function sampled(
  pid: number,
  until: number,
  told: () => string,
  say: SoakSetup['say'],
): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let said = Date.now(); Date.now() < until; await pause(SAMPLE_MS)) {
    samples.push(megabytesOf(pid));
    if (Date.now() - said < SAY_MS) continue;
    said = Date.now();
    say(`${told()}; the host has ${samples.at(-1)!.toFixed(0)} MB`);
  }
  return samples;
}

/** What a process has in memory. */
const megabytesOf = (pid: number): number => Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)])) / 1024;

function thirds(samples: readonly number[]): Soaked['megabytes'] {
  const third = Math.ceil(samples.length / 3);
  const [first, second, last] = [0, 1, 2].map((n) => median(samples.slice(n * third, (n + 1) * third)));
  return [first!, second!, last!];
}

const median = (values: readonly number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
