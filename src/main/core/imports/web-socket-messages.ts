/**
 * `_webSocketMessages` of an HTTP archive, as Chromium writes them: APIs that stream over a WebSocket send each event as a message of
 * its own. Each request of the client and what was received until the next becomes an exchange, framed as the API streams over HTTP.
 */
import { z } from 'zod';
import { objectOf, stringOf } from '../../../shared/json/json-object.ts';
import { jsonOf } from './http-head.ts';
import { utf8, type ImportedExchange, type ImportedRead } from './imported.ts';

const messageSchema = z.object({
  type: z.enum(['send', 'receive']),
  /** Seconds since 1970. */
  time: z.number(),
  /** 1 is text; bytes are no events. */
  opcode: z.number(),
  data: z.string(),
});
export const webSocketMessagesSchema = z.array(messageSchema).min(1);
type Message = z.output<typeof messageSchema>;

const OVER_SOCKET =
  'The events came as messages of a WebSocket; they were put into the framing that the API has over HTTP.';

/** `entry`: the exchange that opened the socket. */
export function exchangesOfSocket(entry: ImportedExchange, messages: readonly Message[]): readonly ImportedExchange[] {
  const groups: { sent: Message | null; readonly received: Message[] }[] = [{ sent: null, received: [] }];
  for (const message of messages) {
    if (message.opcode !== 1) continue;
    if (message.type === 'receive') groups.at(-1)!.received.push(message);
    else if (groups.at(-1)!.received.length > 0) groups.push({ sent: message, received: [] });
    else groups.at(-1)!.sent ??= message;
  }
  return groups
    .filter(({ received }) => received.length > 0)
    .map(({ sent, received }): ImportedExchange => {
      const times = received.map(({ time }) => Math.round((time - (sent?.time ?? NaN)) * 1e9));
      const timed = times.every((time, at) => Number.isSafeInteger(time) && time >= (times[at - 1] ?? 0));
      const body = sent && jsonOf(sent.data);
      return {
        ...entry,
        reads: received.map(({ data }, at): ImportedRead => ({
          tNs: timed ? times[at]! : 0,
          bytes: utf8(frameOf(data)),
        })),
        timed,
        request: { ...entry.request, ...(body !== undefined && body !== null && { body }) },
        ...(sent && { startedAt: sent.time * 1000 }),
        repaired: [...(entry.repaired ?? []), OVER_SOCKET],
      };
    });
}

function frameOf(data: string): string {
  const type = stringOf(objectOf(jsonOf(data))?.['type']);
  const name = type === null || /[\r\n]/.test(type) ? '' : `event: ${type}\n`;
  return `${name}${data
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join('')}\n`;
}
