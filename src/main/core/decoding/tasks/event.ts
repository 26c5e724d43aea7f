/** One event of a stored trace, with its bytes and what each lane emitted because of it. */
import { decodeStored } from '../decode-stored.ts';
import { EventIndex, eventDetail } from '../event-detail.ts';
import type { TaskDefinitions } from './task.ts';

export const eventTasks = {
  'traces.event': async (context, { id, index, ...decoding }) => {
    const { source } = context;
    const events = await context.index({ id, ...decoding }, async (trace) => {
      const made = new EventIndex();
      for await (const { items } of decodeStored(source, trace, { decoding })) made.add(items);
      return made;
    });
    return eventDetail(events.find(index), await source.get(id), (start, end) => source.bytes(id, start, end));
  },
} satisfies TaskDefinitions;
