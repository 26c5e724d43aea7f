/** Events as they can be taken elsewhere: their bytes as text, where they are text, or the JSON they carry. */
import { framerOf } from '../../../shared/providers/framer-of.ts';
import type { EventSummary } from '../../../shared/model/stream.ts';
import type { TraceDetail } from '../../../shared/model/trace.ts';
import { bytesOf } from '../../../shared/text/base64.ts';
import { client } from '../../client/client.ts';
import { copyText } from '../../components/copy.ts';
import { count } from '../../components/format.ts';
import type { TraceSession } from '../../stores/trace.ts';

const SLICE = 256 * 1024;

/** The stored bytes from the first event's to the last one's, both included. */
async function bytesBetween(session: TraceSession, first: EventSummary, last: EventSummary): Promise<Uint8Array> {
  const bytes = new Uint8Array(last.end - first.start);
  for (let at = 0; at < bytes.length;) {
    const answer = await client().call('traces.bytes', {
      id: session.store.getState().id,
      start: first.start + at,
      end: Math.min(first.start + at + SLICE, last.end),
    });
    const slice = bytesOf(answer.bytes);
    if (slice.length === 0) throw new Error('The stored body ends before the event does.');
    bytes.set(slice, at);
    at += slice.length;
  }
  return bytes;
}

/**
 * The data of frames as JSON: one as it is, several as a list; numbers and duplicate keys stay as they came. `offset`:
 * the byte of the body that they start at.
 */
export function jsonOfFrames(
  { api, framing }: Pick<TraceDetail, 'api' | 'framing'>,
  bytes: Uint8Array,
  offset: number,
): string {
  const framer = framerOf(api, framing);
  const framed = [...framer.feed({ n: 0, tNs: 0, offset, bytes }), ...framer.end()];
  const texts = framed.flatMap((item) =>
    item.type === 'frame' && item.frame.dispatches
      ? [item.frame.payload.ok ? item.frame.data : JSON.stringify(item.frame.data)]
      : [],
  );
  return texts.length === 1 ? texts[0]! : `[\n${texts.join(',\n')}\n]`;
}

function detailOf(session: TraceSession): TraceDetail {
  const { detail } = session.store.getState();
  if (!detail) throw new Error('The trace is still loading. Try again in a moment.');
  return detail;
}

const nameOf = (first: EventSummary, last: EventSummary): string =>
  first === last ? `Event ${count(first.index)}` : `Events ${count(first.index)} to ${count(last.index)}`;

/** `name`: as useTextName says. */
export function copyAsText(
  session: TraceSession,
  name: string,
  first: EventSummary,
  last: EventSummary,
): Promise<void> {
  return copyText(
    `${nameOf(first, last)} as ${name}`,
    bytesBetween(session, first, last).then((bytes) => new TextDecoder().decode(bytes)),
  );
}

export function copyAsJson(session: TraceSession, first: EventSummary, last: EventSummary): Promise<void> {
  return copyText(
    `${nameOf(first, last)} as JSON`,
    bytesBetween(session, first, last).then((bytes) => jsonOfFrames(detailOf(session), bytes, first.start)),
  );
}
