/** A thread of lanes, beside the one that stamps the reads of live streams. */
import { DecodePass, type DecodePlace } from '../../../shared/lanes/decode-pass.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import { packItems } from '../../../shared/model/packed-items.ts';
import type { Read } from '../../../shared/model/stream.ts';
import { FRAME_SIZE } from '../../../shared/rpc/frames.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { unpackReads } from '../store/parts.ts';
import { Channel, type ChannelPort } from '../worker/channel.ts';
import { isHeavy } from '../worker/heavy.ts';
import { decodeSetup } from './decode-setup.ts';
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

export function serveLanes(port: ChannelPort & { close(): void }, place: Int32Array): void {
  const sessions = new Map<number, Session>();
  void new Channel<LaneTellers>(port, (core): LaneHandlers => ({
    take: (session, input, wanted) => {
      if (input.type === 'begin') sessions.set(session, new Session(input, new SharedPlace(place)));
      const decoding = sessions.get(session);
      if (!decoding) throw new ServiceError(NO_SESSION, 'This thread was started after the stream was begun.');
      place[PLACE.lane] = -1;
      place[PLACE.inputs]! += 1;
      place[PLACE.session] = session;
      const decoded = decoding.take(input, wanted);
      place[PLACE.session] = 0;
      return decoded;
    },
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
  /** Asked after each input. */
  recorded?(): Recorded;
}

class Session {
  readonly #decoder: Decoder;
  readonly #place: SharedPlace;
  /** The place is shared by all sessions. */
  #unit = 0;

  constructor(begin: Extract<LaneInput, { readonly type: 'begin' }>, place: SharedPlace) {
    this.#place = place;
    this.#decoder = begin.purpose.type === 'record' ? new Recorder(begin, place) : viewer(begin, place);
  }

  take(input: LaneInput, wanted: boolean): Decoded {
    this.#place.unit = this.#unit;
    const items = this.#decoder.take(input);
    this.#unit = this.#place.unit;
    const recorded = this.#decoder.recorded?.();
    return {
      count: items.length,
      items: wanted ? packItems(items, FRAME_SIZE) : [],
      ...(recorded && { recorded }),
    };
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
