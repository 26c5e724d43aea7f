/** Takes keys out of what a server sends over a WebSocket: the messages are read as texts, without the headers between them. */
import { socketHeader } from '../../../shared/framing/websocket.ts';
import { eachMasked, GatheredText } from './gathered-text.ts';
import type { SentKeys } from './sent-keys.ts';

export class SocketMask {
  readonly #keys: SentKeys;
  /** Of a header that is not whole yet. */
  #head: number[] = [];
  /** Bytes of the payload that are still to come. */
  #left = 0;

  constructor(keys: SentKeys) {
    this.#keys = keys;
  }

  masked(bytes: Uint8Array): Uint8Array {
    const text = new GatheredText(bytes.length);
    for (let at = 0; at < bytes.length;) {
      if (this.#left === 0) {
        this.#takeHead(bytes[at++]!, text);
        continue;
      }
      const end = Math.min(bytes.length, at + this.#left);
      text.addAll(bytes, at, end);
      this.#left -= end - at;
      at = end;
    }
    const places = this.#keys.placesIn(text.bytes);
    if (places.length === 0) return bytes;
    const copy = new Uint8Array(bytes);
    eachMasked(places, (at, byte) => {
      if (text.placeOf(at) >= 0) copy[text.placeOf(at)] = byte;
    });
    return copy;
  }

  #takeHead(byte: number, text: GatheredText): void {
    this.#head.push(byte);
    const header = socketHeader(Uint8Array.from(this.#head), 0);
    if (!header) return;
    this.#head = [];
    this.#left = header.length;
    text.endText();
  }
}
