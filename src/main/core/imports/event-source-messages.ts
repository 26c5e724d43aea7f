/**
 * `_eventSourceMessages` of an HTTP archive: the events of a stream with the times at which they came. HAR 1.2 has no field for
 * them; the name and the units follow Chromium's `_webSocketMessages`.
 */
import { z } from 'zod';
import { createFramer } from '../../../shared/framing/registry.ts';
import type { Frame } from '../../../shared/model/stream.ts';
import { utf8, type ImportedRead } from './imported.ts';

const messageSchema = z.object({
  /** Seconds since 1970. */
  time: z.number(),
  eventName: z.string().catch(''),
  eventId: z.union([z.string(), z.number().transform(String)]).catch(''),
  data: z.string(),
});
export const eventSourceMessagesSchema = z.array(messageSchema).min(1);
type Message = z.output<typeof messageSchema>;

export interface MessageReads {
  readonly reads: readonly ImportedRead[];
  readonly timed: boolean;
  readonly repaired: readonly string[];
}

/**
 * The body in reads, each event with its time. `startedAt`: milliseconds since 1970 when the request was sent; NaN where that is not
 * known. A body that has not these very events keeps its bytes, without times; without a body it is written anew.
 */
export function timedByMessages(body: Uint8Array, messages: readonly Message[], startedAt: number): MessageReads {
  const times = timesOf(messages, startedAt);
  if (body.length === 0)
    return {
      reads: messages.map((message, at) => ({ tNs: times?.[at] ?? 0, bytes: utf8(written(message)) })),
      timed: times !== null,
      repaired: [
        'The archive has the events of the stream and not its bytes: they were written anew, without comments.',
      ],
    };
  const frames = framesOf(body);
  const events = frames.filter(({ dispatches }) => dispatches);
  const same = events.length === messages.length && events.every(({ data }, at) => data === messages[at]!.data);
  if (!same || times === null) return { reads: [{ tNs: 0, bytes: body }], timed: false, repaired: [] };
  let from = 0;
  const reads = events.map(({ end }, at): ImportedRead => {
    const to = at === events.length - 1 ? body.length : end;
    const read = { tNs: times[at]!, bytes: body.subarray(from, to) };
    from = to;
    return read;
  });
  return { reads, timed: true, repaired: [] };
}

/** Nanoseconds since the request; null where they are not in order, or before it. */
function timesOf(messages: readonly Message[], startedAt: number): readonly number[] | null {
  const times = messages.map(({ time }) => Math.round((time * 1e3 - startedAt) * 1e6));
  return times.every((time, at) => Number.isSafeInteger(time) && time >= (times[at - 1] ?? 0)) ? times : null;
}

function framesOf(body: Uint8Array): readonly Frame[] {
  const framer = createFramer('sse');
  const framed = [...framer.feed({ n: 0, tNs: 0, offset: 0, bytes: body }), ...framer.end()];
  return framed.flatMap((one) => (one.type === 'frame' ? [one.frame] : []));
}

function written({ eventName, eventId, data }: Message): string {
  // What cannot stand in a line would become another field.
  const line = (text: string): string => text.replaceAll(/[\r\n\0]/g, ' ');
  return [
    ...(eventName === '' || eventName === 'message' ? [] : [`event: ${line(eventName)}`]),
    ...(eventId === '' ? [] : [`id: ${line(eventId)}`]),
    ...data.split(/\r\n|\r|\n/).map((text) => `data: ${text}`),
    '',
    '',
  ].join('\n');
}
