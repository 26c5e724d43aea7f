/**
 * Exchanges of any shape through the capture proxy, one write after the other: both sides get what the other sent, the tap gets
 * the data, and the certificate says the same. `TRACELANE_EXCHANGES` sets how many connections are made.
 */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { HOST, madeExchange, type MadeExchange } from '../../support/made-exchanges.ts';
import { TestProxy, type Told } from '../../support/proxy.ts';
import { tcpClient, TcpServer, type TcpEnd } from '../../support/tcp-pair.ts';

const CONNECTIONS = Number(process.env['TRACELANE_EXCHANGES'] ?? 150);

let server: TcpServer;
let proxy: TestProxy;
beforeAll(async () => {
  server = await TcpServer.open();
  proxy = await TestProxy.open([{ name: 'up', baseUrl: server.url }]);
});
afterAll(() => Promise.all([proxy.listener.close(), server.close()]));

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** Writes piece by piece; each has arrived on the other side, and nothing else, before the next one is written. */
async function pass(from: TcpEnd, to: TcpEnd, pieces: readonly Buffer[]): Promise<void> {
  for (const piece of pieces) {
    const before = to.received.length;
    from.write(piece);
    await to.untilBytes(before + piece.length);
    expect(to.received.subarray(before).equals(piece)).toBe(true);
  }
}

async function exchange(client: TcpEnd, provider: () => Promise<TcpEnd>, made: MadeExchange): Promise<TcpEnd> {
  const head = made.request.head.replace(HOST, '/up').replace(`Host: ${HOST}`, `Host: 127.0.0.1:${proxy.port}`);
  const expected = Buffer.from(
    made.request.head.replace(HOST, '').replace(`Host: ${HOST}`, `Host: 127.0.0.1:${server.port}`),
    'latin1',
  );
  client.write(head);
  const end = await provider();
  const before = end.received.length;
  await end.untilBytes(before + expected.length);
  expect(end.received.subarray(before).toString('latin1')).toBe(expected.toString('latin1'));
  await pass(client, end, made.request.writes);
  await pass(end, client, made.answer.writes);
  if (made.ending === 'end') end.end();
  if (made.ending === 'reset') end.reset();
  if (made.ending !== 'stays') expect(await client.untilEnded()).toBe(made.ending);
  return end;
}

function check(made: MadeExchange, id: number): void {
  const own = proxy.events.filter((event) => event.id === id);
  const of = <
    Type extends
      | Told<'begun'>['type']
      | Told<'read'>['type']
      | Told<'request'>['type']
      | Told<'end'>['type']
      | Told<'closed'>['type']
      | Told<'head'>['type'],
  >(
    type: Type,
  ): readonly Told<Type>[] => own.filter((event): event is Told<Type> => event.type === type);
  expect(Buffer.concat(of('request').map(({ bytes }) => bytes)).equals(made.request.data)).toBe(true);
  const data = Buffer.concat(of('read').map(({ bytes }) => bytes));
  expect(made.answer.data.subarray(0, data.length).equals(data)).toBe(true);
  expect(of('end').map(({ end }) => end.how)).toEqual([made.whole ? 'end' : 'reset']);
  if (made.whole) {
    expect(data.length).toBe(made.answer.data.length);
    expect(of('head')[0]!.head.status).toBe(made.status);
  }
  const { request, answer } = of('closed')[0]!.certificate!;
  for (const [side, framed] of [
    [request, made.request.framed],
    [answer, made.answer.framed],
  ] as const) {
    expect(side.in).toEqual({ bytes: framed.length, reads: side.in.reads, sha256: sha256(framed) });
    expect(side.out).toEqual(side.in);
  }
}

test('E2 every byte, every end and every cut passes', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(madeExchange, { minLength: 1, maxLength: 4 }), async (all) => {
      const last = all.findIndex(({ ending }) => ending !== 'stays');
      const exchanges = last < 0 ? all : all.slice(0, last + 1);
      proxy.forget();
      const client = await tcpClient(proxy.port);
      let provider: TcpEnd | undefined;
      for (const made of exchanges)
        provider = await exchange(client, async () => provider ?? server.connection(), made);
      client.end();
      const closed = await proxy.until('closed', exchanges.length);
      exchanges.forEach((made, i) => check(made, closed[i]!.id));
      client.socket.destroy();
      provider?.socket.destroy();
    }),
    { numRuns: CONNECTIONS },
  );
});
