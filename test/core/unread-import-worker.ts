/** The thread of imports, without memory for the first message that it is sent: run by unread-import.test.ts. */
import { parentPort } from 'node:worker_threads';
import type { ChannelMessage } from '../../src/main/core/worker/channel.ts';

const unread: ChannelMessage = { type: 'unread', reason: 'no memory' };
parentPort!.once('message', () => parentPort!.postMessage(unread, []));
