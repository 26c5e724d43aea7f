/** The thread that decodes live streams, beside the one that stamps their reads. */
import type { DecodePlace } from '../../../shared/lanes/decode-pass.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import type { Read } from '../../../shared/model/stream.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { unpackReads } from '../store/parts.ts';
import { Channel, type ChannelPort, type Handlers } from '../worker/channel.ts';
import { Recording } from './recording.ts';
import { NO_SESSION, PLACE, type Decoded, type LiveInput, type RecordingHandlers } from './recording-protocol.ts';

/** Items that the core takes in one turn of its loop: some milliseconds. */
const ITEMS_AT_ONCE = 1_000;

export function serveRecordings(port: ChannelPort & { close(): void }, place: Int32Array): void {
  const sessions = new Map<number, LiveDecoding>();
  const within = (session: number, work: (decoding: LiveDecoding) => Decoded): Decoded => {
    const decoding = sessions.get(session);
    if (!decoding) throw new ServiceError(NO_SESSION, 'This thread was started after the stream was begun.');
    place[PLACE.lane] = -1;
    place[PLACE.inputs]! += 1;
    place[PLACE.session] = session;
    const decoded = work(decoding);
    place[PLACE.session] = 0;
    return decoded;
  };
  void new Channel<Handlers>(port, (): RecordingHandlers => ({
    take: (session, input) => {
      if (input.type === 'begin') sessions.set(session, new LiveDecoding(input, new SharedPlace(place)));
      return within(session, (decoding) => decoding.take(input));
    },
    more: (session) => within(session, (decoding) => decoding.next()),
    drop: (session) => void sessions.delete(session),
    close: () => port.close(),
  }));
}

class SharedPlace implements DecodePlace {
  readonly #shared: Int32Array;

  constructor(shared: Int32Array) {
    this.#shared = shared;
  }

  get lane(): number {
    return this.#shared[PLACE.lane]!;
  }

  set lane(lane: number) {
    this.#shared[PLACE.lane] = lane;
  }

  get unit(): number {
    return this.#shared[PLACE.unit]!;
  }

  set unit(unit: number) {
    this.#shared[PLACE.unit] = unit;
  }
}

class LiveDecoding {
  readonly #recording: Recording;
  readonly #place: SharedPlace;
  /** The place is shared by all sessions. */
  #unit = 0;
  #items: TraceItem[] = [];
  /** The first of them that was not given. */
  #given = 0;
  #saidNs: number | null = null;

  constructor({ trace, cuts }: Extract<LiveInput, { readonly type: 'begin' }>, place: SharedPlace) {
    this.#place = place;
    this.#recording = new Recording({ trace, cuts, place });
  }

  take(input: LiveInput): Decoded {
    this.#place.unit = this.#unit;
    this.#feed(input);
    this.#unit = this.#place.unit;
    return this.next();
  }

  next(): Decoded {
    const items = this.#items.slice(this.#given, this.#given + ITEMS_AT_ONCE);
    this.#given += items.length;
    const more = this.#given < this.#items.length;
    if (!more) {
      this.#items = [];
      this.#given = 0;
    }
    const { row, terminated, result, providerTraces } = this.#recording;
    return {
      items,
      more,
      row,
      terminated,
      saidNs: this.#saidNs,
      ...(result && { result, ...(!more && { providerTraces }) }),
    };
  }

  #feed(input: LiveInput): void {
    switch (input.type) {
      case 'begin':
        return this.#add(this.#recording.begin());
      case 'head':
        return this.#add(this.#recording.head(input.head, input.tNs));
      case 'reads': {
        for (const read of unpackReads(input.run)) {
          const items = this.#recording.read(read);
          if (saysSomething(read, items)) this.#saidNs = read.tNs;
          this.#add(items);
        }
        return undefined;
      }
      case 'end':
        return this.#add(this.#recording.end(input.end, input.tNs));
    }
  }

  #add(items: readonly TraceItem[]): void {
    for (const item of items) this.#items.push(item);
  }
}

/** A read of nothing but keep-alive says nothing. One that ends inside an event does: a large event takes many reads. */
function saysSomething(read: Read, items: readonly TraceItem[]): boolean {
  const told = items.filter((item) => item.k === 'event' || item.k === 'note');
  if (told.length > 0)
    return told.some((item) => (item.k === 'event' ? item.event.kind !== 'ping' : item.type !== 'comment'));
  return read.bytes.some((byte) => byte !== 0x0a && byte !== 0x0d);
}
