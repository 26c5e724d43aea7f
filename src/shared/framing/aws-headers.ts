/**
 * The headers of a message of Amazon's event stream: a name, a type of ten, and a value, one after the other
 * (https://docs.aws.amazon.com/lexv2/latest/dg/event-stream-encoding.html).
 */
import type { EventHeader } from '../model/stream.ts';
import { lossyText } from './utf8.ts';

/** The bytes cannot be headers; the message says why, to stand after a colon. */
export class UnreadableHeaders extends Error {}

/** A name that comes twice has its last value. Throws UnreadableHeaders. */
export function decodeHeaders(bytes: Uint8Array): ReadonlyMap<string, EventHeader> {
  const headers = new Map<string, EventHeader>();
  const reader = new HeaderReader(bytes);
  while (!reader.done) {
    const name = lossyText(reader.bytes(reader.integer(1, false)));
    headers.set(name, reader.value(name));
  }
  return headers;
}

class HeaderReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  value(name: string): EventHeader {
    const type = this.integer(1, false);
    switch (type) {
      case 0:
      case 1:
        return { type: 'boolean', value: type === 0 };
      case 2:
        return { type: 'byte', value: this.integer(1, true) };
      case 3:
        return { type: 'short', value: this.integer(2, true) };
      case 4:
        return { type: 'integer', value: this.integer(4, true) };
      case 5:
        return { type: 'long', value: this.#long() };
      case 6:
        // A copy: the bytes of the read are not kept for it.
        return { type: 'binary', value: this.bytes(this.integer(2, false)).slice() };
      case 7:
        return { type: 'string', value: lossyText(this.bytes(this.integer(2, false))) };
      case 8:
        return { type: 'timestamp', value: this.#long() };
      case 9:
        return { type: 'uuid', value: uuid(this.bytes(16)) };
      default:
        throw new UnreadableHeaders(`header ${JSON.stringify(name)} has the unknown type ${type}`);
    }
  }

  bytes(count: number): Uint8Array {
    return this.#bytes.subarray(this.#skip(count), this.#at);
  }

  integer(width: 1 | 2 | 4, signed: boolean): number {
    const at = this.#skip(width);
    if (width === 4) return this.#view.getInt32(at);
    if (width === 2) return signed ? this.#view.getInt16(at) : this.#view.getUint16(at);
    return signed ? this.#view.getInt8(at) : this.#view.getUint8(at);
  }

  #long(): bigint {
    return this.#view.getBigInt64(this.#skip(8));
  }

  /** Where the next `count` bytes start. */
  #skip(count: number): number {
    const at = this.#at;
    if (at + count > this.#bytes.length) throw new UnreadableHeaders('a header extends past the end of the headers');
    this.#at = at + count;
    return at;
  }
}

const uuid = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'))
    .join('')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
