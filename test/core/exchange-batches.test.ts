/** When the thread of exchanges tells the program of what came: seldom while nobody watches, since each batch wakes the program. */
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { MessageChannel } from 'node:worker_threads';
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import {
  serveExchanges,
  type ExchangeEvent,
  type ExchangeHandlers,
  type ExchangeTellers,
} from '../../src/main/core/capture/serve-exchanges.ts';
import { Channel } from '../../src/main/core/worker/channel.ts';

beforeEach(() => vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] }));
afterEach(() => vi.useRealTimers());

const ID = 1;
/** After more turns of the event loop than bytes need from a socket of this process to another one, and a message to its port. */
const TURNS = 20;

/** The words of a batch: the text of its pieces, each in brackets, and what else there is by its type. */
const wordsOf = (batch: readonly ExchangeEvent[]): string =>
  batch
    .flatMap((event) => {
      if (event.type !== 'pieces') return event.type === 'phase' ? [] : [event.type];
      let at = 0;
      return [...event.lengths].map(
        (length) => `(${Buffer.from(event.bytes.subarray(at, (at += length))).toString()})`,
      );
    })
    .join('');

/**
 * An exchange of a thread's code in this thread, whose clock stands still until it is advanced. Its head and the first piece, 0, were told.
 */
async function answering() {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const ports = new MessageChannel();
  const batches: string[] = [];
  const thread = new Channel<ExchangeHandlers>(ports.port1, (): ExchangeTellers => ({
    take: (_id, _n, batch) => batches.push(wordsOf(batch)),
  }));
  serveExchanges(ports.port2);
  onTestFinished(() => {
    ports.port1.close();
    server.closeAllConnections();
    server.close();
  });
  const asked = once(server, 'request') as Promise<[unknown, ServerResponse]>;
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  await thread.request('send', [ID, { method: 'POST', url, headers: [['host', 'here']], body: '{}' }]);
  const [, response] = await asked;
  const turns = async (): Promise<void> => {
    for (let n = 0; n < TURNS; n++) await nextTurn();
  };
  /** Each as a read of its own. */
  const write = async (...pieces: readonly string[]): Promise<void> => {
    for (const piece of pieces) {
      await new Promise<void>((resolve) => response.write(piece, () => resolve()));
      await turns();
    }
  };
  await write('0');
  await expect.poll(() => batches.join('')).toBe('head(0)');
  /** What was told since it was asked last. */
  const told = async (): Promise<readonly string[]> => {
    await turns();
    return batches.splice(0).filter((words) => words !== '');
  };
  await told();
  return {
    write,
    told,
    response,
    pass: (ms: number) => vi.advanceTimersByTime(ms),
    watch: (watched: boolean) => thread.notify('watch', [ID, watched]),
  };
}

const pieces = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, n) => String(from + n));

test('while nobody watches, pieces are told many at a time, and after a pause the first at once', async () => {
  const { write, told, pass } = await answering();
  await write(...pieces(1, 4));
  pass(50);
  await write(...pieces(5, 9));
  expect(await told()).toEqual([]);
  pass(100);
  expect(await told()).toEqual(['(1)(2)(3)(4)(5)(6)(7)(8)(9)']);
  pass(1000);
  await write('10');
  expect(await told()).toEqual(['(10)']);
});

test('who begins to watch has at once what waits, and soon what follows, until he has gone', async () => {
  const { write, told, pass, watch } = await answering();
  await write('1', '2');
  watch(true);
  expect(await told()).toEqual(['(1)(2)']);
  await write('3');
  pass(32);
  expect(await told()).toEqual(['(3)']);
  watch(false);
  await write('4');
  pass(32);
  await write('5');
  expect(await told()).toEqual([]);
  pass(1000);
  expect(await told()).toEqual(['(4)(5)']);
});

test('the end is told at once, with what waits', async () => {
  const { write, told, response } = await answering();
  await write('1', '2');
  response.end('3');
  expect(await told()).toEqual(['(1)(2)(3)end']);
});

test('much does not wait', async () => {
  const { write, told } = await answering();
  const many = 'x'.repeat(400 * 1024);
  await write('1', many);
  const words = (await told()).join('');
  expect(words.length).toBeGreaterThan(256 * 1024);
  expect(words.startsWith('(1)(x')).toBe(true);
});
