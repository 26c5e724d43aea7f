/**
 * The certificate of one direction of an exchange: digests of what came in and of what went out, counted and hashed apart from
 * the forwarding and after it, and what each read was delayed.
 */
import { createHash, type Hash } from 'node:crypto';
import type { Crossing } from '../../../../shared/model/capture.ts';

/** Bytes that wait to be hashed before they are, so that a quiet stream is not hashed in small pieces. */
const HASH_AT = 64 * 1024;

export class CrossingMeter {
  headUnchanged = true;
  #made: Hash | undefined;
  /** Of what went out, from where it differs from what came in. */
  #outHash: Hash | undefined;
  #in = { bytes: 0, reads: 0 };
  #out = { bytes: 0, reads: 0 };
  /** Came in and did not go out, in order; and went out, not hashed yet. */
  #inside: Uint8Array[] = [];
  #left: Uint8Array[] = [];
  #leftBytes = 0;
  #firstDelayNs: number | null = null;
  #largestDelayNs: number | null = null;
  #heldNs = 0;

  /** A stretch of a read. */
  came(bytes: Uint8Array): void {
    this.#in.bytes += bytes.length;
    this.#in.reads++;
    this.#inside.push(bytes);
  }

  /** The receiver's connection has taken it. */
  left(bytes: Uint8Array): void {
    this.#out.bytes += bytes.length;
    this.#out.reads++;
    if (this.#outHash === undefined && this.#inside[0] === bytes) {
      this.#inside.shift();
      this.#left.push(bytes);
      this.#leftBytes += bytes.length;
      if (this.#leftBytes >= HASH_AT) this.#hashLeft();
      return;
    }
    // It is not what came in at this place: from here on there are two digests.
    this.#hashLeft();
    this.#outHash ??= this.#hash.copy();
    this.#outHash.update(bytes);
  }

  /** `held`: the receiver had to be waited for, which is not this proxy's delay. */
  delayed(ns: number, held: boolean): void {
    if (held) this.#heldNs = Math.max(this.#heldNs, ns);
    else {
      this.#firstDelayNs ??= ns;
      this.#largestDelayNs = Math.max(this.#largestDelayNs ?? 0, ns);
    }
  }

  /** Made when it is needed: a request without a body never does before it is over. */
  get #hash(): Hash {
    return (this.#made ??= createHash('sha256'));
  }

  result(): Crossing {
    this.#hashLeft();
    const out = (this.#outHash ?? this.#hash.copy()).digest('hex');
    for (const bytes of this.#inside.splice(0)) this.#hash.update(bytes);
    return {
      in: { ...this.#in, sha256: this.#hash.digest('hex') },
      out: { ...this.#out, sha256: out },
      headUnchanged: this.headUnchanged,
      firstDelayNs: this.#firstDelayNs,
      largestDelayNs: this.#largestDelayNs,
      heldNs: this.#heldNs,
    };
  }

  #hashLeft(): void {
    for (const bytes of this.#left) this.#hash.update(bytes);
    this.#left = [];
    this.#leftBytes = 0;
  }
}
