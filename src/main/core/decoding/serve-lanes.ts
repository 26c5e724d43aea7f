/** A thread of lanes, beside the one that stamps the reads of live streams. */
import { DecodePass, type DecodePlace } from '../../../shared/lanes/decode-pass.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import type { Read } from '../../../shared/model/stream.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { unpackReads } from '../store/parts.ts';
import { Channel, Transferred, type ChannelPort } from '../worker/channel.ts';
import { isHeavy } from '../worker/heavy.ts';
import { decodeSetup } from './decode-setup.ts';
import { counted, packItems, type PackedItems } from './packed-items.ts';
import { Recording } from './recording.ts';
import {
  NO_SESSION,
  PLACE,
  type Decoded,
  type LaneInput,
  type LaneHandlers,
  type LaneTellers,
  type Recorded,
} from './lane-protocol.ts';

/** Items that the core takes in one turn of its loop: some milliseconds. */
const ITEMS_AT_ONCE = 1_000;

export function serveLanes(port: ChannelPort & { close(): void }, place: Int32Array): void {
  const sessions = new Map<number, Session>();
  const within = (
    session: number,
    work: (decoding: Session) => Decoded<PackedItems>,
  ): Transferred<Decoded<PackedItems>> => {
    const decoding = sessions.get(session);
    if (!decoding) throw new ServiceError(NO_SESSION, 'This thread was started after the stream was begun.');
    place[PLACE.lane] = -1;
    place[PLACE.inputs]! += 1;
    place[PLACE.session] = session;
    const decoded = work(decoding);
    place[PLACE.session] = 0;
    const { bytes } = decoded.items;
    return new Transferred(decoded, bytes === null ? [] : [bytes.buffer]);
  };
  void new Channel<LaneTellers>(port, (core): LaneHandlers => ({
    take: (session, input, wanted) => {
      if (input.type === 'begin') sessions.set(session, new Session(input, new SharedPlace(place)));
      return within(session, (decoding) => decoding.take(input, wanted));
    },
    more: (session) => within(session, (decoding) => decoding.next()),
    drop: (session) => {
      sessions.delete(session);
      if (sessions.size === 0 && isHeavy()) core.notify('heavy', []);
    },
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

/** What is made of a stream. */
interface Decoder {
  take(input: LaneInput): readonly TraceItem[];
  /** Asked with the last of what the input gave. */
  recorded?(): Recorded;
}

class Session {
  readonly #decoder: Decoder;
  readonly #place: SharedPlace;
  /** The place is shared by all sessions. */
  #unit = 0;
  #items: readonly TraceItem[] = [];
  /** The first of them that was not given. */
  #given = 0;

  constructor(begin: Extract<LaneInput, { readonly type: 'begin' }>, place: SharedPlace) {
    this.#place = place;
    this.#decoder = begin.purpose.type === 'record' ? new Recorder(begin, place) : viewer(begin, place);
  }

  take(input: LaneInput, wanted: boolean): Decoded<PackedItems> {
    this.#place.unit = this.#unit;
    const items = this.#decoder.take(input);
    this.#unit = this.#place.unit;
    if (!wanted) return this.#told(counted(items.length), false);
    this.#items = items;
    return this.next();
  }

  next(): Decoded<PackedItems> {
    const items = this.#items.slice(this.#given, this.#given + ITEMS_AT_ONCE);
    this.#given += items.length;
    const more = this.#given < this.#items.length;
    if (!more) {
      this.#items = [];
      this.#given = 0;
    }
    return this.#told(packItems(items), more);
  }

  #told(items: PackedItems, more: boolean): Decoded<PackedItems> {
    const recorded = this.#decoder.recorded?.();
    return { items, more, ...(recorded && { recorded }) };
  }
}

class Recorder implements Decoder {
  readonly #recording: Recording;
  #saidNs: number | null = null;

  constructor({ trace, cuts }: Extract<LaneInput, { readonly type: 'begin' }>, place: DecodePlace) {
    this.#recording = new Recording({ trace, cuts, place });
  }

  take(input: LaneInput): readonly TraceItem[] {
    switch (input.type) {
      case 'begin':
        return this.#recording.begin();
      case 'head':
        return this.#recording.head(input.head, input.tNs);
      case 'reads':
        return unpackReads(input.run).flatMap((read) => this.#read(read));
      case 'end':
        return this.#recording.end(input.end, input.tNs);
      case 'ending':
        throw new Error('A record decides its ending itself.');
    }
  }

  recorded(): Recorded {
    const { row, terminated, result, providerTraces } = this.#recording;
    return { row, terminated, saidNs: this.#saidNs, ...(result && { result, providerTraces }) };
  }

  #read(read: Read): readonly TraceItem[] {
    const items = this.#recording.read(read);
    if (saysSomething(read, items)) this.#saidNs = read.tNs;
    return items;
  }
}

function viewer({ trace, cuts, purpose }: Extract<LaneInput, { readonly type: 'begin' }>, place: DecodePlace): Decoder {
  const decoding = purpose.type === 'view' ? purpose.decoding : {};
  const pass = new DecodePass({ ...decodeSetup(trace, decoding), cuts, place });
  return {
    take(input) {
      switch (input.type) {
        case 'begin':
          return pass.begin();
        case 'head':
          return pass.head(input.head, input.tNs);
        case 'reads':
          return unpackReads(input.run).flatMap((read) => pass.feed(read));
        case 'ending':
          return pass.end(input.tNs, () => input.ending);
        case 'end':
          throw new Error('The ending of a view is known.');
      }
    },
  };
}

/** A read of nothing but keep-alive says nothing. One that ends inside an event does: a large event takes many reads. */
function saysSomething(read: Read, items: readonly TraceItem[]): boolean {
  const told = items.filter((item) => item.k === 'event' || item.k === 'note');
  if (told.length > 0)
    return told.some((item) => (item.k === 'event' ? item.event.kind !== 'ping' : item.type !== 'comment'));
  return read.bytes.some((byte) => byte !== 0x0a && byte !== 0x0d);
}
