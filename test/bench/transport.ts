/** P19 and P19b: from the core to the window, over the contract. */
import { once } from 'node:events';
import { MessageChannel, Worker, type MessagePort } from 'node:worker_threads';
import { setTimeout as sleep } from 'node:timers/promises';
import type { TraceItem } from '../../src/shared/model/items.ts';
import { messagePort } from '../../src/shared/rpc/message-port.ts';
import type { Port } from '../../src/shared/rpc/port.ts';
import { serve } from '../../src/shared/rpc/server.ts';
import type { Services } from '../../src/shared/rpc/services.ts';
import { RecordedItems } from '../../src/main/core/recording/recorded-items.ts';
import type { Contest, Result } from './measure.ts';
import type { Job } from './transport-worker.ts';

/** A multiple of the batch. */
const ITEMS = 32_000;
/** What comes in 16 ms at 2,000 a second. */
const BATCH = 32;

const itemAt = (n: number): TraceItem => ({
  k: 'event',
  event: {
    index: n,
    start: n * 140,
    end: n * 140 + 140,
    read: n,
    tNs: n * 500_000,
    kind: 'text',
    type: 'content_block_delta',
    target: 'block 0',
    block: 'b0',
    preview: ' the tide table',
    chars: 15,
  },
});
const ITEM_LIST = Array.from({ length: ITEMS }, (_, n) => itemAt(n));

const fail = (sentence: string, error: unknown): never => {
  throw new Error(sentence, { cause: error });
};

/** Of all services only the one stream is asked for. */
const only = (items: Services['traces.items']): Services =>
  ({ 'traces.items': items }) as Partial<Services> as Services;

let worker: Worker | undefined;
/** One for the whole run: starting it is not what is measured. */
const otherSide = (): Worker =>
  (worker ??= new Worker(new URL('transport-worker.ts', import.meta.url)).on('error', (error) =>
    fail('The other side failed', error),
  ));

/** Ends the worker, so that the run can end. */
export const endTransport = async (): Promise<void> => void (await worker?.terminate());

async function deliver(how: Job['how'], send: (port: MessagePort) => void): Promise<string> {
  const { port1, port2 } = new MessageChannel();
  const received = once(otherSide(), 'message');
  otherSide().postMessage({ port: port2, how, items: ITEMS } satisfies Job, [port2]);
  send(port1);
  const [taken] = (await received) as [number];
  port1.close();
  return `${taken} items`;
}

const contract = (): Promise<string> =>
  deliver('contract', (port) => {
    const services = only(async function* items() {
      for (let at = 0; at < ITEMS; at += BATCH) yield ITEM_LIST.slice(at, at + BATCH);
    });
    serve(services, messagePort(port), fail, { batchMs: 0 });
  });

const each = (): Promise<string> =>
  deliver('each', (port) => {
    for (const item of ITEM_LIST) port.postMessage(item);
  });

export const TRANSPORT: readonly (() => readonly Contest[])[] = [
  () => [
    {
      id: 'P19',
      what: 'the contract over a message port in batches of 32, over one postMessage for each item',
      target: 0.5,
      subject: contract,
      floor: each,
      warmUps: 3,
    },
  ],
];

const SECONDS = 3;
const RATE = 10_000;

/** Frames a second that leave for the window while a run gives 10,000 items a second. */
export async function framesPerSecond(): Promise<readonly Result[]> {
  let frames = 0;
  const run = new RecordedItems();
  const port: Port = {
    send: (frame) => void (frame.startsWith('{"t":"columns"') && frames++),
    onMessage: (take) => (deliverFrame = take),
    onClose: () => {},
    close: () => {},
  };
  let deliverFrame: (frame: string) => void = () => {};
  serve(
    only((_, signal) => run.watch(0, signal)),
    port,
    fail,
  );
  deliverFrame(JSON.stringify({ t: 'open', id: 1, name: 'traces.items', params: { id: 't' } }));
  const start = performance.now();
  let given = 0;
  while (performance.now() - start < SECONDS * 1000) {
    const due = Math.floor(((performance.now() - start) / 1000) * RATE);
    run.add(Array.from({ length: due - given }, (_, n) => itemAt(given + n)));
    given = due;
    deliverFrame(JSON.stringify({ t: 'ack', id: 1, size: 1_000_000 }));
    await sleep(1);
  }
  deliverFrame(JSON.stringify({ t: 'close', id: 1 }));
  run.end();
  const value = frames / SECONDS;
  return [
    {
      id: 'P19b',
      what: `frames a second to the window while ${RATE} items a second come`,
      value,
      target: 65,
      met: value <= 65,
      note: `${given} items in ${frames} frames`,
    },
  ];
}
