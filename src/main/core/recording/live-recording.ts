/**
 * A recording in progress. Its input goes two ways at once: as bytes into the store, and through the lanes to the watchers.
 * Neither way waits for the other, and a store that fails does not end the recording.
 */
import { TimeSlice } from '../decoding/time-slice.ts';
import { EventIndex } from '../decoding/event-detail.ts';
import type { BodyEnd } from '../../../shared/metrics/ending.ts';
import type { CaptureFacts } from '../../../shared/model/capture.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { HttpHead } from '../../../shared/model/trace.ts';
import type { NewTrace, Store, StoredTrace } from '../store/store.ts';
import { RecentReads } from './recent-reads.ts';
import { RecordedItems } from './recorded-items.ts';
import { Recording } from './recording.ts';

export type RecordingStore = Pick<
  Store,
  'createTrace' | 'appendReads' | 'setHead' | 'setCapture' | 'setLive' | 'finishTrace' | 'addProviderTrace' | 'get'
>;

export interface LiveRecordingSetup {
  readonly store: RecordingStore;
  readonly trace: NewTrace;
  /** See RecordingSetup. */
  readonly redact?: (sentence: string) => string;
  /** Told of each read, with the items that it gave. */
  readonly onRead?: (read: Read, items: readonly TraceItem[]) => void;
}

/** Between two updates of a live trace's row in the list. */
const ROW_MS = 250;
/** Items that an index of events takes before others may go first. */
const INDEXED_AT_ONCE = 4_096;

export class LiveRecording {
  readonly items = new RecordedItems();
  /** Resolves once the result is stored, or cannot be. Never rejects. */
  readonly finished: Promise<void>;
  readonly #store: RecordingStore;
  readonly #trace: NewTrace;
  readonly #recording: Recording;
  readonly #onRead: LiveRecordingSetup['onRead'];
  readonly #finished = Promise.withResolvers<void>();
  readonly #recent = new RecentReads();
  #head: HttpHead | undefined;
  #capture: CaptureFacts | undefined;
  #stored = true;
  #rowAt = 0;
  #row: NodeJS.Timeout | undefined;
  #events: EventIndex | undefined;
  /** Items that are in the index of events. */
  #indexed = 0;

  constructor({ store, trace, redact, onRead }: LiveRecordingSetup) {
    this.#store = store;
    this.#trace = trace;
    this.#onRead = onRead;
    this.#recording = new Recording({ trace, ...(redact && { redact }) });
    this.finished = this.#finished.promise;
  }

  get id(): TraceId {
    return this.#trace.id;
  }

  /** The trace as far as it is known here, without what is stored of it and without its place in the list. */
  get trace(): StoredTrace {
    const { endedAtNs: _endedAtNs, ...result } = this.#recording.result ?? {};
    return {
      ...this.#trace,
      nr: 0,
      ...this.#recording.row,
      ...(this.#head && { responseHead: this.#head, httpStatus: this.#head.status }),
      ...(this.#capture && { capture: this.#capture }),
      ...result,
      storedReads: 0,
      storedBytes: 0,
    } as StoredTrace;
  }

  get terminated(): boolean {
    return this.#recording.terminated;
  }

  /** When the last read came, or the head before it. */
  get lastNs(): number {
    return this.#recording.lastNs;
  }

  /** Resolves once the trace is stored, or cannot be. Call once, first, and give nothing before it has resolved. */
  async begin(): Promise<void> {
    await this.#store.createTrace(this.#trace).catch((error: unknown) => this.#lost(error));
    this.items.add(this.#recording.begin());
  }

  head(head: HttpHead, tNs: number): void {
    this.#head = head;
    if (this.#stored) this.#store.setHead(this.id, head, tNs);
    this.items.add(this.#recording.head(head, tNs));
  }

  /** What is known of the exchange by now, in the place of what the trace said; after the end as well. */
  capture(facts: CaptureFacts): void {
    this.#capture = facts;
    if (this.#stored) this.#store.setCapture(this.id, facts);
  }

  /** Takes reads in order, each with the offset where the last one ended. The bytes are not copied and must not change. */
  reads(reads: readonly Read[]): void {
    if (this.#stored) this.#store.appendReads(this.id, reads);
    this.#recent.add(reads);
    for (const read of reads) {
      const items = this.#recording.read(read);
      this.items.add(items);
      this.#onRead?.(read, items);
    }
    this.#tellRow();
  }

  /** Call once, last. */
  end(end: BodyEnd, tNs: number): void {
    clearTimeout(this.#row);
    // The numbers first: who sees the ending may ask for them at once.
    const items = this.#recording.end(end, tNs);
    this.items.add(items);
    this.items.end();
    void this.#finish();
  }

  /** The reads from number `n` on that have come; undefined when they are no longer all held here: the store has them. */
  readsFrom(n: number): readonly Read[] | undefined {
    return this.#recent.from(n);
  }

  /** The events so far. Each item is looked at once, however often this is asked for. */
  async events(): Promise<EventIndex> {
    const index = (this.#events ??= new EventIndex());
    const slices = new TimeSlice();
    while (this.#indexed < this.items.length) {
      const items = this.items.slice(this.#indexed, this.#indexed + INDEXED_AT_ONCE);
      this.#indexed += items.length;
      index.add(items);
      await slices.pause();
    }
    return index;
  }

  /** Whether the store has every read and the ending. Ask when it has finished. */
  async isStored(): Promise<boolean> {
    if (!this.#stored) return false;
    const stored = await this.#store.get(this.id).catch(() => undefined);
    return stored?.ending !== undefined && stored.storedReads === this.#recording.row.metrics.reads;
  }

  /** At once when the last update is long enough ago, else when it will be. */
  #tellRow(): void {
    if (!this.#stored || this.#row !== undefined) return;
    const waitMs = Math.max(0, this.#rowAt + ROW_MS - performance.now());
    this.#row = setTimeout(() => {
      this.#row = undefined;
      this.#rowAt = performance.now();
      this.#store.setLive(this.id, this.#recording.row);
    }, waitMs);
  }

  async #finish(): Promise<void> {
    if (this.#stored) {
      const finished = this.#store.finishTrace(this.id, this.#recording.result!);
      for (const row of this.#recording.providerTraces) this.#store.addProviderTrace(row);
      await finished.catch((error: unknown) => this.#lost(error));
    }
    this.#finished.resolve();
  }

  #lost(error: unknown): void {
    this.#stored = false;
    console.error(`The store did not accept trace ${this.id}; its run continues in memory.`, error);
  }
}
