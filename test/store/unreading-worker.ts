/**
 * The store's thread without memory for some messages: run by unread.test.ts, which writes into a file `unread` in the data folder
 * what they have in them. It counts how often such a batch came, in a file beside the data folder.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { serveStore, type WorkerSetup } from '../../src/main/core/store/serve.ts';
import type { WriteOp } from '../../src/main/core/store/ops/registry.ts';
import type { ChannelMessage, ChannelPort } from '../../src/main/core/worker/channel.ts';

const port = parentPort!;
const { dataDir } = workerData as WorkerSetup;
const wish = join(dataDir, 'unread');

function isUnread(message: ChannelMessage): boolean {
  if (message.type !== 'request' || message.name !== 'write' || !existsSync(wish)) return false;
  const [name, id] = readFileSync(wish, 'utf8').split(' ');
  const ops = message.args[0] as readonly WriteOp[];
  return ops.some((op) => op.name === name && op.params[0] === id);
}

let lost: (error: Error) => void = () => undefined;
const losing: ChannelPort & { close(): void } = {
  on: (event: string, listener: (value: never) => void) => {
    if (event === 'messageerror') lost = listener as (error: Error) => void;
    return port.on(event, (message: ChannelMessage) => {
      if (event !== 'message' || !isUnread(message)) return listener(message as never);
      appendFileSync(`${dataDir}.unread`, '.');
      return lost(new Error('no memory'));
    });
  },
  close: () => port.close(),
  postMessage: (message, transfer) => port.postMessage(message, transfer ?? []),
};
serveStore(losing, workerData as WorkerSetup);
