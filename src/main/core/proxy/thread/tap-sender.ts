/**
 * Sends what is told of exchanges to the thread that records them, in batches. It never makes the forwarding wait: when the
 * other side is too far behind, bytes are left out, from some byte of an exchange on, and how many they were is told.
 */
import { hasBytes, packed, type Batch } from '../../worker/batch.ts';
import type { DataType, Tap, TapEvent } from '../forward/tap.ts';

/** Bytes that were told and not taken yet, above which others are lost. */
const MOST_WAITING_BYTES = 32 * 1024 ** 2;
/** What an event weighs beside its bytes. */
const EVENT_BYTES = 200;
/** How long an event waits for others, and bytes at which it does not. */
const BATCH_MS = 4;
const BATCH_BYTES = 256 * 1024;
/** Between two batches that are sent for bytes alone, while nobody watches: each wakes the program. It loses so much when it is killed. */
const UNWATCHED_BATCH_MS = 125;

export class TapSender implements Tap {
  readonly #send: (batch: Batch<TapEvent>) => Promise<unknown>;
  readonly #limit: number;
  #events: TapEvent[] = [];
  /** Of `#events`, and of what was sent and not taken. */
  #weight = 0;
  #sentWeight = 0;
  #timer: NodeJS.Timeout | undefined;
  /** When the timer is over. */
  #dueMs = Infinity;
  #flushedAt = -Infinity;
  #watched = false;
  #full: NodeJS.Immediate | undefined;
  readonly #underWay = new Set<Promise<unknown>>();
  readonly #lost = new Map<number, Map<DataType, number>>();

  /** `send` resolves when the batch was taken; a batch that cannot be is lost. */
  constructor(send: (batch: Batch<TapEvent>) => Promise<unknown>, limit = MOST_WAITING_BYTES) {
    this.#send = send;
    this.#limit = limit;
  }

  event(event: TapEvent): void {
    if (hasBytes(event) && this.#isLost(event.id, event.type, event.bytes.length)) return;
    if (event.type === 'request-end') this.#tellLost(event, 'request');
    if (event.type === 'end') for (const type of ['read', 'sent'] as const) this.#tellLost(event, type);
    if (event.type === 'closed') this.#lost.delete(event.id);
    this.#add(event);
  }

  /** Whether somebody watches an exchange; nobody does at first. What waits is sent at once then, and what comes sooner. */
  watch(watched: boolean): void {
    this.#watched = watched;
    if (watched && this.#events.length > 0) this.#flush();
  }

  /** Resolves once all that was told by now has been sent and taken. */
  async flushed(): Promise<void> {
    this.#flush();
    await Promise.all(this.#underWay);
  }

  #add(event: TapEvent): void {
    this.#events.push(event);
    this.#weight += EVENT_BYTES + (hasBytes(event) ? event.bytes.length : 0);
    // In a turn of its own, so that what is told of now is written first.
    if (this.#weight >= BATCH_BYTES) this.#full ??= setImmediate(() => this.#flush());
    else this.#flushIn(hasBytes(event) && !this.#watched ? UNWATCHED_BATCH_MS : 0);
  }

  /** So long after the last batch, or a moment from now. */
  #flushIn(ms: number): void {
    const now = performance.now();
    const dueMs = Math.max(now + BATCH_MS, this.#flushedAt + ms);
    if (dueMs >= this.#dueMs) return;
    clearTimeout(this.#timer);
    this.#dueMs = dueMs;
    this.#timer = setTimeout(() => this.#flush(), dueMs - now);
  }

  /** What is kept of a body has no holes: once bytes of it are lost, all that follow are. */
  #isLost(id: number, type: DataType, bytes: number): boolean {
    const before = this.#lost.get(id)?.get(type);
    if (before === undefined && this.#weight + this.#sentWeight + bytes <= this.#limit) return false;
    const lost = this.#lost.get(id) ?? new Map<DataType, number>();
    this.#lost.set(id, lost.set(type, (before ?? 0) + bytes));
    return true;
  }

  #tellLost({ id, tNs }: TapEvent, of: DataType): void {
    const bytes = this.#lost.get(id)?.get(of);
    if (bytes !== undefined) this.#add({ id, tNs, type: 'lost', of, bytes });
  }

  #flush(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#full);
    this.#timer = undefined;
    this.#full = undefined;
    this.#dueMs = Infinity;
    this.#flushedAt = performance.now();
    const weight = this.#weight;
    const batch = packed(this.#events);
    this.#events = [];
    this.#weight = 0;
    this.#sentWeight += weight;
    const sent = this.#sendOne(batch, weight);
    this.#underWay.add(sent);
    void sent.then(() => this.#underWay.delete(sent));
  }

  /** Never rejects. */
  async #sendOne(batch: Batch<TapEvent>, weight: number): Promise<void> {
    await this.#send(batch).catch(() => undefined);
    this.#sentWeight -= weight;
  }
}
