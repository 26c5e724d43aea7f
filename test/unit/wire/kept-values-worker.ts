/** Reads a stream in which each event has a field of its own, and says how many messages the wire made of them. */
import { parentPort, workerData } from 'node:worker_threads';
import { framerOf } from '../../../src/shared/providers/framer-of.ts';
import { providerOf } from '../../../src/shared/providers/registry.ts';
import { createWireLane } from '../../../src/shared/wire/wire-lane.ts';
import { bytesOf } from '../../support/framing.ts';
import { namedBody } from '../../support/wire.ts';

const { events, chars } = workerData as { readonly events: number; readonly chars: number };
const lane = createWireLane(providerOf('messages').wire);
const framer = framerOf('messages', 'sse');
let [offset, messages] = [0, 0];
for (let n = 0; n < events; n++) {
  const bytes = bytesOf(namedBody({ type: 'ping', [`field-${n}`]: 'x'.repeat(chars) }));
  for (const framed of framer.feed({ n, tNs: n, offset, bytes }))
    messages += lane
      .take(framed)
      .filter(({ message }) => message.message_type === 'event' && message.type.includes('field-')).length;
  offset += bytes.length;
}
parentPort!.postMessage(messages, []);
