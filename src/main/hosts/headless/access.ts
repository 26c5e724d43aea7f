/** The secrets that open the host: one for the whole of its run, and one that the user's browser is started with. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const BYTES = 32;

export class Access {
  /** Good until the host ends. */
  readonly token: string;
  #once: string | undefined;

  /** A new token, unless the host takes over that of one that ran before. */
  constructor(token: string = randomBytes(BYTES).toString('hex')) {
    this.token = token;
  }

  /**
   * A token that opens the host once. The command that starts a browser is seen by everyone on the machine, in the list
   * of processes, so what stands in it must be worth nothing soon after.
   */
  issueOnce(): string {
    this.#once = randomBytes(BYTES).toString('hex');
    return this.#once;
  }

  /** Compared in constant time. A token for once is used up. */
  admits(given: string): boolean {
    if (same(given, this.token)) return true;
    if (this.#once === undefined || !same(given, this.#once)) return false;
    this.#once = undefined;
    return true;
  }
}

/** Digests have one length, so that nothing is learned of the length either. */
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
