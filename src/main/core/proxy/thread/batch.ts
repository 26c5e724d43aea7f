/** Events on their way to another thread: their bytes lie together in one buffer, which moves instead of being copied. */
import type { TapEvent } from '../forward/tap.ts';

type Packed<Event> = Event extends { readonly bytes: Uint8Array }
  ? Omit<Event, 'bytes'> & { readonly range: readonly [from: number, to: number] }
  : Event;

export interface Batch {
  readonly events: readonly Packed<TapEvent>[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

type WithBytes = Extract<TapEvent, { readonly bytes: Uint8Array }>;

export const hasBytes = (event: TapEvent): event is WithBytes => 'bytes' in event && typeof event.bytes !== 'number';

export function packed(events: readonly TapEvent[]): Batch {
  const length = events.reduce((sum, event) => sum + (hasBytes(event) ? event.bytes.length : 0), 0);
  const bytes = new Uint8Array(length);
  let at = 0;
  const out = events.map((event): Packed<TapEvent> => {
    if (!hasBytes(event)) return event as Packed<TapEvent>;
    const { bytes: own, ...rest } = event;
    bytes.set(own, at);
    const range = [at, (at += own.length)] as const;
    return { ...rest, range };
  });
  return { events: out, bytes };
}

export const unpacked = ({ events, bytes }: Batch): readonly TapEvent[] =>
  events.map((event): TapEvent => {
    if (!('range' in event)) return event as TapEvent;
    const { range, ...rest } = event;
    return { ...rest, bytes: bytes.subarray(...range) } as TapEvent;
  });
