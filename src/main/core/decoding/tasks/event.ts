/** One event of a stored trace, with its bytes and what each lane emitted because of it. */
import { messageText } from '../../../../shared/compare/lane-reading.ts';
import { isWireEmission, WIRE } from '../../../../shared/model/messages.ts';
import { DecodePass } from '../../../../shared/lanes/decode-pass.ts';
import { decodeSetup } from '../decode-setup.ts';
import { storedPages } from '../decode-stored.ts';
import { eventDetail } from '../event-detail.ts';
import type { TaskDefinitions } from './task.ts';

export const eventTasks = {
  'traces.event': async (context, { id, index, ...decoding }) => {
    const { source } = context;
    const trace = await source.get(id);
    const events = await context.events({ id, ...decoding }, trace, index);
    return eventDetail(events.find(index), trace, (start, end) => source.bytes(id, start, end));
  },
  'traces.eventOf': async ({ source }, { id, block, offset }) => {
    const trace = await source.get(id);
    const pass = new DecodePass(decodeSetup(trace, { lanes: [WIRE] }));
    pass.begin();
    let end = 0;
    let last: number | null = null;
    for await (const page of storedPages(source, trace))
      for (const item of page.flatMap((read) => pass.feed(read))) {
        if (item.k !== 'message' || !isWireEmission(item.emission)) continue;
        const { message, event } = item.emission;
        if (!('block' in message) || message.block !== block) continue;
        end += messageText(message).length;
        last = event;
        if (end > offset) return { event };
      }
    return { event: last };
  },
} satisfies TaskDefinitions;
