/**
 * Tells a request that a client sends again after its answer had not ended well, as SDKs do on a drop or a 429: the same request, byte
 * for byte, of the same program, when the answer to the one before is over.
 */
import { createHash, type Hash } from 'node:crypto';
import type { TraceId } from '../../../../shared/model/ids.ts';
import type { TerminalState } from '../../../../shared/model/trace.ts';
import type { Begun } from '../forward/tap.ts';

/** A request and its answer. */
export interface Attempt {
  readonly id: TraceId;
  /** The answer has ended. */
  readonly over: () => boolean;
  /** How it ended; undefined where that is not known. Never rejects. */
  readonly state: Promise<TerminalState | undefined>;
}

/** Requests that are remembered: the latest. */
const REMEMBERED = 256;

/** What tells one request from others, before its body. */
export const digestOf = ({ method, url, fields }: Begun): Hash => {
  const agents = fields.filter(([name]) => name.toLowerCase() === 'user-agent').map(([, value]) => value);
  return createHash('sha256').update(JSON.stringify([method, url, ...agents]));
};

export class SentAgain {
  /** By the digest of the request. */
  readonly #latest = new Map<string, Attempt>();

  /** The trace of the attempt that this one repeats; undefined for one that repeats none. Never rejects. */
  async before(digest: string, attempt: Attempt): Promise<TraceId | undefined> {
    const before = this.#latest.get(digest);
    this.#latest.delete(digest);
    this.#latest.set(digest, attempt);
    if (this.#latest.size > REMEMBERED) this.#latest.delete(this.#latest.keys().next().value!);
    // Two at once are no attempts at one thing.
    if (!before?.over()) return undefined;
    const state = await before.state;
    return state === undefined || state === 'complete' ? undefined : before.id;
  }
}
