/**
 * P24: how far from its recorded time each event is when a trace is played, over a bare scheduler that sleeps to absolute
 * times; and how late the last one is, which a player that slept through the gaps one by one would add up. In the window the
 * frames of the screen say when the playhead is looked at; here it is when the next event is due.
 */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Player } from '../../src/renderer/stores/player.ts';
import { TraceModel } from '../../src/renderer/stores/trace-model.ts';
import { allItems } from '../support/all-items.ts';
import { openCore } from './core.ts';
import { quantile, REPETITIONS, shuffled, type Result } from './measure.ts';
import { textFrames } from './streams.ts';

const EVENTS = 300;
/** Milliseconds between two events, in turn: bursts, a token's pace, a stall. */
const GAPS = [0, 0, 3, 7, 4, 0, 11, 5, 2, 9, 6, 40] as const;

/** Milliseconds: how late each event was, in order. */
type Errors = readonly number[];

export async function replay(): Promise<readonly Result[]> {
  const server = await startServer();
  const core = await openCore(server.url);
  try {
    const id = await core.start();
    // Watched while it runs, its items end with the run.
    await allItems(core.services, id);
    const whole = new TraceModel({ seekable: true });
    whole.apply(await allItems(core.services, id));
    const times = whole.events.map(({ tNs }) => tNs);
    await played(whole);
    const repetitions: Readonly<Record<string, Errors>>[] = [];
    for (let i = 0; i < REPETITIONS; i++) {
      const one: Record<string, Errors> = {};
      for (const name of shuffled(['player', 'bare', 'again']))
        one[name] = name === 'player' ? await played(whole) : await slept(times);
      repetitions.push(one);
    }
    return results(repetitions);
  } finally {
    await core.close();
    server.close();
  }
}

function results(repetitions: readonly Readonly<Record<string, Errors>>[]): readonly Result[] {
  const p99 = (errors: Errors): number => quantile(errors.map(Math.abs), 0.99);
  const ratio = (name: string): number =>
    quantile(
      repetitions.map((one) => p99(one[name]!) / p99(one['bare']!)),
      0.5,
    );
  const drift = quantile(
    repetitions.map((one) => Math.abs(one['player']!.at(-1)!)),
    0.5,
  );
  const value = ratio('player');
  return [
    {
      id: 'P24',
      what: 'playing a trace: error of each event’s time, p99, over sleeping to absolute times',
      value,
      target: 1.5,
      met: value <= 1.5,
      note: `divisor against itself ${ratio('again').toFixed(2)}`,
    },
    {
      id: 'P24',
      what: 'playing a trace: milliseconds that the last event is off',
      value: drift,
      target: 5,
      met: drift <= 5,
    },
  ];
}

/** Answers every request with events that come with those gaps. */
async function startServer(): Promise<{ readonly url: string; close(): void }> {
  const frames = textFrames('chat_completions', EVENTS);
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    void (async () => {
      for (const [n, frame] of frames.entries()) {
        response.write(frame);
        await sleep(GAPS[n % GAPS.length]);
      }
      response.end();
    })();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() };
}

/** Errors count from the first event: when playing began is the caller's. */
async function played(whole: TraceModel): Promise<Errors> {
  const player = new Player({ whole, silences: [] });
  const shown = whole.asOf(0);
  const came: number[] = [];
  player.play(performance.now() * 1e6);
  while (player.playing) {
    const left = player.dueNs / 1e6 - performance.now();
    if (left > 0) await sleep(left);
    const now = performance.now();
    player.moveOn(now * 1e6, Number.POSITIVE_INFINITY);
    shown.advance(whole, player.count);
    while (came.length < shown.events.length) came.push(now);
  }
  return came.map((at, n) => at - came[0]! - (whole.events[n]!.tNs - whole.events[0]!.tNs) / 1e6);
}

async function slept(times: readonly number[]): Promise<Errors> {
  const start = performance.now();
  const errors: number[] = [];
  for (const time of times) {
    const due = start + (time - times[0]!) / 1e6;
    const left = due - performance.now();
    if (left > 0) await sleep(left);
    errors.push(performance.now() - due);
  }
  return errors;
}
