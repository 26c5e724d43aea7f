/** What goes wrong between the thread of exchanges and the program ends the exchange that it concerns, and no other. */
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { RemoteListener } from '../../src/main/core/capture/exchange-thread.ts';
import type { BodyEnd } from '../../src/shared/metrics/ending.ts';
import { exchangesForFile } from '../support/exchanges.ts';
import { withServer } from '../support/runs.ts';
import { unreadable } from '../support/unreadable.ts';

const exchanges = exchangesForFile(new URL('../fixtures/exchange-worker-that-loses.ts', import.meta.url));

const LOST = 'a message between its threads was lost';
const faulty = (reason: string): BodyEnd => ({ how: 'limit', limit: expect.stringContaining(`(${reason})`) as string });

/** Numbers one to a line, for as long as the connection stands. */
function counting(response: ServerResponse): void {
  let n = 0;
  const timer = setInterval(() => response.write(`${n++}\n`), 1);
  response.once('close', () => clearInterval(timer));
}

interface Asked {
  readonly path?: string;
  readonly body?: string;
  /** In the place of what the listener does by itself, or before it. */
  readonly listener?: Partial<RemoteListener>;
}

/** One exchange. `told` resolves with what it told, in a word each; `some` once bytes have come. */
function ask(baseUrl: string, { path = '', body = '{}', listener = {} }: Asked = {}) {
  const words: string[] = [];
  let text = '';
  const over = Promise.withResolvers<{ readonly words: string[]; readonly text: string; readonly end: BodyEnd }>();
  const some = Promise.withResolvers<void>();
  const request = { method: 'POST', url: baseUrl + path, headers: [['host', new URL(baseUrl).host] as const], body };
  const exchange = exchanges.send(request, {
    head: (...head) => {
      listener.head?.(...head);
      words.push('head');
    },
    piece: (bytes, tNs) => {
      listener.piece?.(bytes, tNs);
      text += Buffer.from(bytes).toString();
      some.resolve();
    },
    room: () => listener.room?.(),
    end: (end) => {
      words.push('end');
      over.resolve({ words, text, end });
    },
  });
  return { exchange, told: over.promise, some: some.promise };
}

/** Asks beside another exchange, which must go on as if nothing had been. */
async function besideAnother<Result>(
  work: (baseUrl: string, closed: Promise<unknown>) => Promise<Result>,
): Promise<Result> {
  const closed = Promise.withResolvers<unknown>();
  const serve = (incoming: IncomingMessage, response: ServerResponse): void => {
    counting(response);
    if (incoming.url !== '/v1/other') closed.resolve(once(response, 'close'));
  };
  return withServer(serve, async ({ baseUrl }) => {
    const other = ask(baseUrl, { path: '/other' });
    await other.some;
    const result = await work(baseUrl, closed.promise);
    other.exchange.stop({ how: 'cancelled' });
    const { end, text } = await other.told;
    expect(end).toEqual({ how: 'cancelled' });
    expect(text).toBe(numbersUpTo(text));
    return result;
  });
}

const numbersUpTo = (text: string): string =>
  Array.from({ length: text.split('\n').length - 1 }, (_, n) => `${n}\n`).join('');

describe('a listener that throws', () => {
  const refuse = (): never => {
    throw new Error('refused');
  };

  test('at the head', async () => {
    const { end, text, words } = await besideAnother(async (baseUrl, closed) => {
      const told = await ask(baseUrl, { listener: { head: refuse } }).told;
      await closed;
      return told;
    });
    expect([end, text, words]).toEqual([faulty('refused'), '', ['end']]);
  });

  test('at a piece: those before it were told, none is after it', async () => {
    let pieces = 0;
    const { end, text, words } = await besideAnother(async (baseUrl, closed) => {
      const told = await ask(baseUrl, { listener: { piece: () => ++pieces > 3 && refuse() } }).told;
      await closed;
      return told;
    });
    expect([end, text, words, pieces]).toEqual([faulty('refused'), '0\n1\n2\n', ['head', 'end'], 4]);
  });

  test('when it is asked for room', async () => {
    const { end, text } = await besideAnother(async (baseUrl, closed) => {
      const told = await ask(baseUrl, { listener: { room: refuse } }).told;
      await closed;
      return told;
    });
    expect([end, text]).toEqual([faulty('refused'), numbersUpTo(text)]);
  });
});

describe('a message that is lost', () => {
  test('with the request: the exchange has failed', async () => {
    const { end, words } = await besideAnother((baseUrl) => ask(baseUrl, { body: unreadable() as string }).told);
    expect(end).toMatchObject({ how: 'failed', phase: 'request', reason: LOST });
    expect(words).toEqual(['end']);
  });

  test.each(['unreadable', 'dropped'])(
    'with bytes of the body, %s: what came before is told, and nothing after it',
    async (how) => {
      const { end, text } = await besideAnother(async (baseUrl, closed) => {
        const told = await ask(baseUrl, { path: `/${how}-pieces` }).told;
        await closed;
        return told;
      });
      expect(end).toEqual(faulty(LOST));
      expect(text).toMatch(/^0\n/);
      expect(text).toBe(numbersUpTo(text));
    },
  );

  test('with the end: there is one all the same', async () => {
    const { end, text } = await besideAnother(async (baseUrl) => {
      const { told, some, exchange } = ask(baseUrl, { path: '/unreadable-end' });
      await some;
      exchange.stop({ how: 'cancelled' });
      return told;
    });
    expect([end, text]).toEqual([faulty(LOST), numbersUpTo(text)]);
  });
});
