/** One event of a stored trace, with its bytes and what each lane emitted because of it. */
import { eventDetail } from '../event-detail.ts';
import type { TaskDefinitions } from './task.ts';

export const eventTasks = {
  'traces.event': async (context, { id, index, ...decoding }) => {
    const { source } = context;
    const trace = await source.get(id);
    const events = await context.events({ id, ...decoding }, trace, index);
    return eventDetail(events.find(index), trace, (start, end) => source.bytes(id, start, end));
  },
} satisfies TaskDefinitions;
