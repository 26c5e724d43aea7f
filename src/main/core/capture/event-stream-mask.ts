/**
 * Takes keys out of Amazon's event stream. Headers and payload of a message are read as texts, and so is what an envelope of Bedrock
 * has as base64, `{"bytes": "…"}`: over those of several messages a key goes on as over the deltas of any stream. What is masked
 * there is written in base64 again, and the checksum of a message that was changed is changed with it: it is as right, or as
 * wrong, as it was.
 */
import { CRC_BYTES, PRELUDE_BYTES, soundLength, unsigned } from '../../../shared/framing/aws-eventstream.ts';
import { crcAfter } from '../../../shared/framing/crc32.ts';
import { Base64Text } from './base64-text.ts';
import { Envelope } from './envelope.ts';
import { eachMasked, GatheredText } from './gathered-text.ts';
import type { SentKeys } from './sent-keys.ts';

/** In this order in a message. `stray`: bytes that are of none. */
type Part = 'prelude' | 'headers' | 'payload' | 'checksum' | 'stray';

/** Bytes of one read that are of one part of a message. */
interface Run {
  readonly part: Part;
  readonly from: number;
  readonly to: number;
  /** Bytes of the part before. */
  readonly before: number;
}

export class EventStreamMask {
  readonly #headerKeys: SentKeys;
  readonly #payloadKeys: SentKeys;
  readonly #innerKeys: SentKeys;
  readonly #envelope = new Envelope();
  /** Characters of base64 at the end of the last read that are no byte yet. */
  #rest: readonly number[] = [];
  #part: Part = 'prelude';
  /** Of the present part, what has come and what is to come. */
  #before = 0;
  #left = PRELUDE_BYTES;
  #payloadBytes = 0;
  /** The last bytes, as many as a prelude has. */
  #prelude = new Uint8Array(PRELUDE_BYTES);
  /** By what the checksum of the present message changes. */
  #change = 0;

  /** `keys` gives new readers of the keys. */
  constructor(keys: () => SentKeys) {
    this.#headerKeys = keys();
    this.#payloadKeys = keys();
    this.#innerKeys = keys();
  }

  masked(bytes: Uint8Array): Uint8Array {
    const headers = new GatheredText(0);
    const payload = new GatheredText(bytes.length);
    const inner = new Base64Text(bytes.length, this.#rest);
    const runs = this.#runs(bytes);
    for (const run of runs) {
      const { part, from, to } = run;
      if (part === 'headers') headers.addAll(bytes, from, to);
      else if (part === 'stray') payload.addAll(bytes, from, to);
      else if (part === 'payload') this.#envelope.take(bytes, from, to, payload, inner);
      else if (part === 'checksum' && run.before === 0) {
        this.#envelope.end(inner);
        for (const text of [headers, payload, inner.text]) text.endText();
      }
    }
    this.#rest = inner.rest;
    const copy = new Uint8Array(bytes);
    const put = (at: number, byte: number): void => void (at >= 0 && (copy[at] = byte));
    const found = [this.#headerKeys, this.#payloadKeys, this.#innerKeys].map((keys, i) =>
      keys.placesIn([headers, payload, inner.text][i]!.bytes),
    );
    if (this.#change === 0 && found.every((places) => places.length === 0)) return bytes;
    const [inHeaders = [], inPayload = [], inside = []] = found;
    eachMasked(inHeaders, (at, byte) => put(headers.placeOf(at), byte));
    eachMasked(inPayload, (at, byte) => put(payload.placeOf(at), byte));
    eachMasked(inside, (at, byte) => inner.put(at, byte, put));
    this.#mendChecksums(bytes, copy, runs);
    return copy;
  }

  #runs(bytes: Uint8Array): readonly Run[] {
    const runs: Run[] = [];
    for (let at = 0; at < bytes.length;) {
      const to = Math.min(bytes.length, at + this.#left);
      const run = { part: this.#part, from: at, to, before: this.#before };
      this.#before += to - at;
      this.#left -= to - at;
      if (run.part === 'prelude') this.#prelude.set(bytes.subarray(at, to), run.before);
      if (this.#left === 0) runs.push(...this.#endPart(run));
      else runs.push(run);
      at = to;
    }
    return runs;
  }

  /** A part is whole: what it is in the end, and what follows it. */
  #endPart(run: Run): readonly Run[] {
    switch (run.part) {
      case 'prelude':
        return this.#endPrelude(run);
      case 'headers':
        this.#begin('payload', this.#payloadBytes);
        break;
      case 'payload':
        this.#begin('checksum', CRC_BYTES);
        break;
      default:
        this.#begin('prelude', PRELUDE_BYTES);
    }
    return [run];
  }

  /** Where it is none, the next one is searched for byte by byte. */
  #endPrelude(run: Run): readonly Run[] {
    const length = soundLength(this.#prelude, 0);
    if (length === 0) {
      this.#prelude.copyWithin(0, 1);
      this.#before = PRELUDE_BYTES - 1;
      this.#left = 1;
      return [{ ...run, part: 'stray' }];
    }
    const headerBytes = unsigned(this.#prelude, 4);
    this.#payloadBytes = length - PRELUDE_BYTES - headerBytes - CRC_BYTES;
    this.#begin('headers', headerBytes);
    return [run];
  }

  #begin(part: Part, bytes: number): void {
    this.#part = part;
    this.#before = 0;
    this.#left = bytes;
    if (bytes > 0) return;
    if (part === 'headers') this.#begin('payload', this.#payloadBytes);
    else this.#begin('checksum', CRC_BYTES);
  }

  #mendChecksums(bytes: Uint8Array, copy: Uint8Array, runs: readonly Run[]): void {
    for (const { part, from, to, before } of runs) {
      if (part === 'headers' || part === 'payload')
        for (let at = from; at < to; at++) this.#change = crcAfter(this.#change, bytes[at]! ^ copy[at]!);
      if (part !== 'checksum') continue;
      for (let at = from; at < to; at++) copy[at]! ^= this.#change >>> (8 * (CRC_BYTES - 1 - before - at + from));
      if (before + to - from === CRC_BYTES) this.#change = 0;
    }
  }
}
