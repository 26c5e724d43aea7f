/**
 * Amazon's binary event stream, `application/vnd.amazon.eventstream`. A message is a prelude (its length and that of its
 * headers, and their CRC), headers, a payload, and a CRC of all of it; integers are big-endian
 * (https://docs.aws.amazon.com/lexv2/latest/dg/event-stream-encoding.html).
 *
 * Where a checksum does not match, the next message is searched for byte by byte: one whose prelude and whole have the
 * CRCs they should have. The bytes in between are one remark, so that frames and remarks cover the body without a gap.
 */
import type { EventHeader, Framed, Read } from '../model/stream.ts';
import type { ByteRange } from '../text/byte-range.ts';
import { decodeHeaders, UnreadableHeaders } from './aws-headers.ts';
import { crc32 } from './crc32.ts';
import { CutFrame } from './frame.ts';
import { FramedQueue, type Framer, MAX_EVENT_BYTES, messageTooLong, NOTHING, placeAt } from './framer.ts';
import { HeldBytes } from './held-bytes.ts';
import { isUtf8, lossyText, REPLACEMENT } from './utf8.ts';
import { counted } from '../text/count.ts';

export const PRELUDE_BYTES = 12;
export const CRC_BYTES = 4;
/** A message without headers and payload. */
const LEAST_BYTES = PRELUDE_BYTES + CRC_BYTES;
/** What names a message, by its kind: an event, an exception of the service's model, an error outside of it. */
const NAMES = [':event-type', ':exception-type', ':error-code'] as const;

/** Bytes that are no message, from `start` of the body on, and why, to stand after a colon. */
interface Damage {
  readonly start: number;
  readonly why: string;
}

export class AwsEventStreamFramer implements Framer {
  /** What is not taken yet, from byte `#start` of the body on. */
  readonly #held = new HeldBytes();
  #start = 0;
  #damage: Damage | undefined;
  /** The first message since the last frame that the end of the body cuts off. */
  #cutOff: number | undefined;
  /**
   * Up to here stood a message whose CRC failed, and others are searched for inside it. One that fails in there, too, is
   * passed over by its length: no byte goes through more than two checksums, however messages pretend to nest.
   */
  #searchedTo = 0;
  #frames = 0;
  #over = false;
  #read: Read = { n: 0, tNs: 0, offset: 0, bytes: new Uint8Array(0) };
  readonly #out = new FramedQueue();

  feed(read: Read): readonly Framed[] {
    if (this.#over || read.bytes.length === 0) return NOTHING;
    this.#read = read;
    const { bytes } = read;
    if (this.#held.length === 0) {
      this.#start = read.offset;
      const taken = this.#take(bytes, false);
      if (!this.#over) this.#held.append(bytes, taken, bytes.length);
      this.#start += taken;
    } else {
      this.#held.append(bytes, 0, bytes.length);
      const taken = this.#take(this.#held.bytes, false);
      this.#held.drop(taken);
      this.#start += taken;
    }
    return this.#out.take();
  }

  end(): readonly Framed[] {
    if (this.#over) return NOTHING;
    this.#over = true;
    const { bytes } = this.#held;
    const end = this.#start + bytes.length;
    const rest = this.#start + this.#take(bytes, true);
    const cutOff = this.#cutOff;
    const cut = cutOff ?? (this.#damage ? end : rest);
    if (this.#damage && this.#damage.start < cut)
      this.#skipped(cut, cut < end ? undefined : 'No valid message follows. The bytes are kept but not decoded.');
    if (cut < end) {
      const text =
        cutOff === undefined
          ? `The body ends ${counted(end - cut, 'byte')} into a message.`
          : `The body ends ${counted(end - cut, 'byte')} into a message of ${unsigned(bytes, cut - this.#start)}.`;
      this.#out.push({ type: 'unfinished', text, ...placeAt(this.#read, cut, end) });
    }
    return this.#out.take();
  }

  /** Takes all messages that are whole. Returns how many bytes need not be looked at again. */
  #take(bytes: Uint8Array, ended: boolean): number {
    let at = 0;
    while (bytes.length - at >= PRELUDE_BYTES) {
      const length = soundLength(bytes, at);
      if (length > MAX_EVENT_BYTES) {
        this.#endAtLimit(this.#start + at, length);
        break;
      }
      if (length === 0) {
        this.#damage ??= { start: this.#start + at, why: preludeFault(bytes, at) };
        at++;
      } else if (length > bytes.length - at) {
        if (!ended) break;
        this.#cutOff ??= this.#start + at;
        at = this.#fail(at, length, 'the body ends before it does');
      } else if (crc32(bytes, at, at + length - CRC_BYTES) !== unsigned(bytes, at + length - CRC_BYTES))
        at = this.#fail(at, length, 'its checksum does not match');
      else {
        this.#message(bytes.subarray(at, at + length), this.#start + at);
        at += length;
      }
    }
    return Math.min(at, bytes.length);
  }

  /** Where to look for the next message when the one at index `at` is none. */
  #fail(at: number, length: number, why: string): number {
    const start = this.#start + at;
    this.#damage ??= { start, why };
    if (start < this.#searchedTo) return at + length;
    this.#searchedTo = start + length;
    return at + 1;
  }

  #message(bytes: Uint8Array, start: number): void {
    const headersEnd = PRELUDE_BYTES + unsigned(bytes, 4);
    const payload = bytes.subarray(headersEnd, bytes.length - CRC_BYTES);
    let headers: ReadonlyMap<string, EventHeader>;
    try {
      headers = decodeHeaders(bytes.subarray(PRELUDE_BYTES, headersEnd));
    } catch (error) {
      if (!(error instanceof UnreadableHeaders)) throw error;
      this.#damage ??= { start, why: error.message };
      return;
    }
    if (this.#damage) this.#skipped(start, `Decoding resumes at byte ${start}.`);
    const data = lossyText(payload);
    if (data.includes(REPLACEMENT) && !isUtf8(payload))
      this.#out.push({
        type: 'bad-utf8',
        ...placeAt(this.#read, start + headersEnd, start + bytes.length - CRC_BYTES),
      });
    const frame = new MessageFrame(this.#frames++, start, start + bytes.length, this.#read, headers, data);
    this.#out.push({ type: 'frame', frame });
  }

  /** The bytes from the damage up to `end` are passed over. */
  #skipped(end: number, then: string | undefined): void {
    const { start, why } = this.#damage!;
    const text = `The message at byte ${start} is damaged: ${why}.${then === undefined ? '' : ` ${then}`}`;
    this.#out.push({ type: 'damaged', text, ...placeAt(this.#read, start, end) });
    this.#damage = undefined;
    this.#cutOff = undefined;
  }

  #endAtLimit(start: number, length: number): void {
    if (this.#damage) this.#skipped(start, undefined);
    this.#over = true;
    this.#held.clear();
    this.#out.push(messageTooLong(this.#read, start, length, PRELUDE_BYTES));
  }
}

class MessageFrame extends CutFrame {
  readonly headers: ReadonlyMap<string, EventHeader>;

  constructor(
    index: number,
    start: number,
    end: number,
    read: Read,
    headers: ReadonlyMap<string, EventHeader>,
    data: string,
  ) {
    super(index, start, end, read, nameOf(headers), data);
    this.headers = headers;
  }
}

function nameOf(headers: ReadonlyMap<string, EventHeader>): string {
  for (const name of NAMES) {
    const header = headers.get(name);
    if (header?.type === 'string') return header.value;
  }
  return '';
}

/** See FramingDefinition.dataRanges. */
export const payloadRanges = (frame: Uint8Array, start: number): readonly ByteRange[] => [
  [start + PRELUDE_BYTES + unsigned(frame, 4), start + frame.length - CRC_BYTES],
];

/** Whether a body starts with a sound prelude. */
export const startsWithPrelude = (bytes: Uint8Array): boolean =>
  bytes.length >= PRELUDE_BYTES && soundLength(bytes, 0) > 0;

/** The length of the message at `at` when its prelude is sound, else 0. */
export function soundLength(bytes: Uint8Array, at: number): number {
  const length = unsigned(bytes, at);
  if (length < LEAST_BYTES || unsigned(bytes, at + 4) > length - LEAST_BYTES) return 0;
  return crc32(bytes, at, at + 8) === unsigned(bytes, at + 8) ? length : 0;
}

const preludeFault = (bytes: Uint8Array, at: number): string =>
  crc32(bytes, at, at + 8) === unsigned(bytes, at + 8)
    ? 'the two lengths in its prelude contradict each other'
    : 'the checksum of its prelude does not match';

/** The 32-bit integer at `at`. */
export const unsigned = (bytes: Uint8Array, at: number): number =>
  ((bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!) >>> 0;
