/**
 * Redacts an echoed API key: some gateways repeat the key of a request in their error, and a model repeats what it was shown. The
 * replacement has the same length, so every offset stays, and contains nothing that JSON or an event stream would parse differently.
 */
import { EventStreamMask } from './event-stream-mask.ts';
import { eachMasked } from './gathered-text.ts';
import { SentKeys } from './sent-keys.ts';
import { SocketMask } from './socket-mask.ts';

/** Takes keys out of one body, read by read. */
interface BodyMask {
  /** The same bytes where no key is in them, else a copy. */
  masked(bytes: Uint8Array): Uint8Array;
}

/** A message of Amazon's event stream begins with its length, which no limit lets grow beyond this in its first byte. */
const LAST_OF_LENGTH = 0x04;
/** A frame of a WebSocket that is the whole message (RFC 6455, 5.2). No text of UTF-8 begins with such a byte. */
const isOfSocket = (first: number): boolean => first >= 0x80 && first <= 0x8a;

/** The masks of one body, read by read. */
export class KeyMask {
  readonly #keys: readonly (string | undefined)[];
  #mask: BodyMask | undefined;

  private constructor(keys: readonly (string | undefined)[]) {
    this.#keys = keys;
  }

  /** Undefined where no key is given that would be taken out. */
  static for(keys: readonly (string | undefined)[]): KeyMask | undefined {
    return SentKeys.of(keys, 'stream') && new KeyMask(keys);
  }

  /** The next read's bytes without the keys: the same ones where none is in them, else a copy. */
  masked(bytes: Uint8Array): Uint8Array {
    if (bytes.length === 0) return bytes;
    this.#mask ??= this.#maskOf(bytes[0]!);
    return this.#mask.masked(bytes);
  }

  /** By the first byte of the body: a binary framing has bytes between its texts that mean nothing in them. */
  #maskOf(first: number): BodyMask {
    const keys = (): SentKeys => SentKeys.of(this.#keys, 'stream')!;
    if (first <= LAST_OF_LENGTH) return new EventStreamMask(keys);
    return isOfSocket(first) ? new SocketMask(keys()) : new TextMask(keys());
  }
}

class TextMask implements BodyMask {
  readonly #keys: SentKeys;

  constructor(keys: SentKeys) {
    this.#keys = keys;
  }

  masked(bytes: Uint8Array): Uint8Array {
    const places = this.#keys.placesIn(bytes);
    if (places.length === 0) return bytes;
    const copy = new Uint8Array(bytes);
    eachMasked(places, (at, byte) => (copy[at] = byte));
    return copy;
  }
}
