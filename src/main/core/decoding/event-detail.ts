/** One event with all there is to know of it, from a reading's items and the body's bytes. */
import type { Framer } from '../../../shared/framing/framer.ts';
import { indentJson } from '../../../shared/json/indent.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import type { Emission } from '../../../shared/model/messages.ts';
import type { EventSummary } from '../../../shared/model/stream.ts';
import type { TraceDetail } from '../../../shared/model/trace.ts';
import { EVENT_BYTES } from '../../../shared/rpc/agreed.ts';
import type { EventDetail } from '../../../shared/rpc/contract.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { framerOf } from '../../../shared/providers/framer-of.ts';

/** Bytes shown on each side of the frame: the blank line before it and the beginning of the next event. */
const AROUND_BYTES = 256;

/** The events of a reading, and what each lane emitted because of each. */
export class EventIndex {
  readonly #events: EventSummary[] = [];
  readonly #emissions: Emission[][] = [];
  #size = 0;

  /** Events and emissions held. */
  get size(): number {
    return this.#size;
  }

  add(items: readonly TraceItem[]): void {
    for (const item of items) {
      if (item.k === 'event') this.#events[item.event.index] = item.event;
      else if (item.k === 'message' && item.emission.event !== null)
        (this.#emissions[item.emission.event] ??= []).push(item.emission);
      else continue;
      this.#size++;
    }
  }

  has(index: number): boolean {
    return this.#events[index] !== undefined;
  }

  /** Throws a ServiceError when the stream has no such event. */
  find(index: number): Pick<EventDetail, 'event' | 'emissions'> {
    const event = this.#events[index];
    if (!event)
      throw new ServiceError(
        'not-found',
        `There is no event ${index}: the stream has ${this.#events.length} events so far.`,
      );
    return { event, emissions: this.#emissions[index] ?? [] };
  }
}

/** `read`: bytes of the body, `end` exclusive and cut at the body's end. */
export async function eventDetail(
  { event, emissions }: Pick<EventDetail, 'event' | 'emissions'>,
  { api, framing }: Pick<TraceDetail, 'api' | 'framing'>,
  read: (start: number, end: number) => Promise<{ readonly bytes: Uint8Array }>,
): Promise<EventDetail> {
  const aroundStart = Math.max(0, event.start - AROUND_BYTES);
  const { bytes: around } = await read(aroundStart, event.end + AROUND_BYTES);
  const bytes = around.subarray(event.start - aroundStart, event.end - aroundStart);
  return {
    event,
    bytes: base64(bytes.subarray(0, EVENT_BYTES)),
    aroundStart,
    around: base64(around.subarray(0, EVENT_BYTES + 2 * AROUND_BYTES)),
    json: indentJson(dataOf(framerOf(api, framing), bytes, event.start)),
    emissions,
  };
}

export const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');

/** The `data` of the frame that starts at byte `start` of the body: its bytes framed once more. */
function dataOf(framer: Framer, bytes: Uint8Array, offset: number): string {
  const framed = [...framer.feed({ n: 0, tNs: 0, offset, bytes }), ...framer.end()].find(
    ({ type }) => type === 'frame',
  );
  return framed?.type === 'frame' ? framed.frame.data : '';
}
