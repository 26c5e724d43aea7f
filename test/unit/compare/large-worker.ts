/** Compares the lanes of a stream of many events, each with much beside its text, and says how many there were. */
import { parentPort, workerData } from 'node:worker_threads';
import { compareLanes } from '../../../src/shared/compare/lanes.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import { bytesOf } from '../../support/framing.ts';
import { laneSetup } from '../../support/lanes.ts';
import { chatBody, chunk } from '../../support/wire.ts';

const { events } = workerData as { readonly events: number };
const routes = { tried: Array.from({ length: 20 }, (_, at) => ({ token: `word-${at}`, logprob: -at, bytes: [at] })) };
const event = bytesOf(chatBody(chunk({ content: 'word ' }, { routes })));
const body = Buffer.alloc(events * event.length, event);
const result = compareLanes(readAll(body, laneSetup('chat_completions')));
parentPort!.postMessage(result.laneMap.events, []);
