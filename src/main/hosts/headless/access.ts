/**
 * The secrets that open the host. An address that is printed, or that a browser is started with, holds a code that is good
 * once: it is seen in the list of processes and kept in histories. The page exchanges it for the token, which opens everything and
 * travels in heads only: a cookie of this machine would go to every port of it.
 */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

const BYTES = 32;
const secret = (): string => randomBytes(BYTES).toString('hex');

export class Access {
  /** Opens everything until the host ends. */
  readonly token: string;
  /** Opens the page's own files and nothing else: it is kept in a cookie, which other ports of this machine get as well. */
  readonly page: string;
  readonly #codes = new Set<string>();

  /** A new token, unless the host takes over that of one that ran before. */
  constructor(token: string = secret()) {
    this.token = token;
    this.page = digest(`page ${token}`).toString('hex');
  }

  /** A code that can be exchanged for the token once. */
  newCode(): string {
    const code = secret();
    this.#codes.add(code);
    return code;
  }

  opens(given: string): boolean {
    return same(given, this.token);
  }

  opensPage(given: string): boolean {
    return same(given, this.page);
  }

  /** Whether a code is there and was not exchanged yet. */
  hasCode(given: string): boolean {
    return [...this.#codes].some((code) => same(given, code));
  }

  /** Uses a code up. False for one that is none, or was used before. */
  redeem(given: string): boolean {
    return this.hasCode(given) && this.#codes.delete(given);
  }
}

/** In constant time; digests have one length, so that nothing is learned of the length either. */
const same = (a: string, b: string): boolean => timingSafeEqual(digest(a), digest(b));
const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
