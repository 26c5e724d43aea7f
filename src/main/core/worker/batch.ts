/** Events on their way to another thread: their bytes lie together in one buffer, which moves instead of being copied. */

/** Plain values. What an event carries of bytes is in its field `bytes`; a number there is a count like any other. */
interface BatchedEvent {
  readonly type: string;
  readonly bytes?: Uint8Array | number;
}

type WithBytes<Event> = Extract<Event, { readonly bytes: Uint8Array }>;
type Packed<Event> = Event extends { readonly bytes: Uint8Array }
  ? Omit<Event, 'bytes'> & { readonly range: readonly [from: number, to: number] }
  : Event;

export interface Batch<Event> {
  readonly events: readonly Packed<Event>[];
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export const hasBytes = <Event extends BatchedEvent>(event: Event): event is WithBytes<Event> =>
  event.bytes !== undefined && typeof event.bytes !== 'number';

export function packed<Event extends BatchedEvent>(events: readonly Event[]): Batch<Event> {
  const length = events.reduce((sum, event) => sum + (hasBytes(event) ? event.bytes.length : 0), 0);
  const bytes = new Uint8Array(length);
  let at = 0;
  const out = events.map((event) => {
    if (!hasBytes(event)) return event as Packed<Event>;
    const { bytes: own, ...rest } = event;
    bytes.set(own, at);
    const range = [at, (at += own.length)] as const;
    return { ...rest, range } as unknown as Packed<Event>;
  });
  return { events: out, bytes };
}

export const unpacked = <Event>({ events, bytes }: Batch<Event>): readonly Event[] =>
  (events as readonly { readonly range?: readonly [from: number, to: number] }[]).map((event) => {
    if (event.range === undefined) return event as Event;
    const { range, ...rest } = event;
    return { ...rest, bytes: bytes.subarray(...range) } as Event;
  });
