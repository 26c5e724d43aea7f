/**
 * A recording in progress. Its input goes two ways at once: as bytes into the store, and through the lanes to the watchers. The
 * second way is taken in another thread, at the pace of that thread: what it has not decoded yet lies here, or is read again from
 * the store. Neither way waits for the other, and a store that fails does not end the recording.
 */
import type { RecordedRow } from '../decoding/recording.ts';
import type { Decoded } from '../decoding/lane-protocol.ts';
import { BeginAgain, DecodingEnded, type LaneSession, type LaneThread } from '../decoding/lane-thread.ts';
import type { BodyEnd } from '../../../shared/metrics/ending.ts';
import type { CaptureFacts } from '../../../shared/model/capture.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import type { TraceItem } from '../../../shared/model/items.ts';
import { ItemBatch } from '../../../shared/model/packed-items.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { AroundBody, Ending, HttpHead } from '../../../shared/model/trace.ts';
import { FRAME_SIZE } from '../../../shared/rpc/frames.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { ViewInput } from '../decoding/view.ts';
import { packReads } from '../store/parts.ts';
import type { NewTrace, ProviderTraceRow, Store, StoredTrace, TraceResult } from '../store/store.ts';
import { Signal } from '../watch/signal.ts';
import { RecentReads } from './recent-reads.ts';
import { RecordedItems } from './recorded-items.ts';
import { Standstill, type Clocks } from './standstill.ts';

export type RecordingStore = Pick<
  Store,
  | 'createTrace'
  | 'appendReads'
  | 'room'
  | 'setHead'
  | 'setCapture'
  | 'setLive'
  | 'finishTrace'
  | 'addProviderTrace'
  | 'get'
  | 'flush'
  | 'reads'
>;

export interface LiveRecordingSetup {
  readonly store: RecordingStore;
  /** Where it is decoded. */
  readonly thread: LaneThread;
  readonly trace: NewTrace;
  /** Takes secrets out of a sentence: those of the ending repeat what the provider said. */
  readonly redact?: (sentence: string) => string;
  /** By which a machine that slept is noticed. */
  readonly clocks?: Clocks;
  /** Told as the stream is decoded. */
  readonly onDecoded?: (progress: DecodingProgress) => void;
  /** Told when somebody begins to watch that nobody watched, and when nobody watches any more. */
  readonly onWatched?: (watched: boolean) => void;
}

export interface DecodingProgress {
  /** The last read that was decoded came then; null before the first. */
  readonly decodedNs: number | null;
  /** The last one of them that said something, and was not only keep-alive. */
  readonly saidNs: number | null;
  /** The provider's terminator was seen. */
  readonly terminated: boolean;
}

interface PartsSetup {
  readonly over: () => boolean;
  /** Of reads that are given at once. */
  readonly pageBytes: () => number;
  readonly signal: AbortSignal;
}

/** Between two updates of a live trace's row in the list. */
const ROW_MS = 250;
/**
 * Between two pages for the thread while nobody watches what it makes of them: each of its answers wakes this thread. What comes
 * after the shorter time goes with its own wake-up, and the timer is for what nothing follows.
 */
const UNWATCHED_MS = 450;
const UNWATCHED_PAUSE_MS = 600;
/** What is given to the thread at once, so that the streams that share it take turns; while nobody watches, more of it with fewer answers. */
const PAGE_BYTES = 128 * 1024;
const UNWATCHED_PAGE_BYTES = 512 * 1024;
const NEVER = new AbortController().signal;

const FELL_BEHIND =
  'This stream came faster than it could be decoded, and its bytes could not be stored. Decoding ends here.';
const FAILED = 'This stream could not be decoded any further, because of a fault in Tracelane. Its bytes are kept.';

export class LiveRecording {
  readonly items = new RecordedItems(undefined, () => this.#lookWhoWatches());
  /** Resolves once the result is stored, or cannot be, or the program closes. Never rejects. */
  readonly finished: Promise<void>;
  readonly #store: RecordingStore;
  readonly #thread: LaneThread;
  readonly #trace: NewTrace;
  readonly #redact: (sentence: string) => string;
  readonly #onDecoded: LiveRecordingSetup['onDecoded'];
  readonly #onWatched: LiveRecordingSetup['onWatched'];
  /** Who decodes the stream anew. */
  #viewers = 0;
  #watched = false;
  readonly #finished = Promise.withResolvers<void>();
  readonly #recent = new RecentReads();
  /** Called when there is more to decode. */
  readonly #came = new Signal();
  #head: { readonly head: HttpHead; readonly tNs: number } | undefined;
  #around: AroundBody = {};
  #capture: CaptureFacts | undefined;
  #end: { readonly end: BodyEnd; readonly tNs: number } | undefined;
  readonly #standstill: Standstill;
  /** Said of the recording at its end. */
  #remark = '';
  #lastNs = 0;
  #reads = 0;
  #bytes = 0;
  #row: RecordedRow;
  #terminated = false;
  /** Decoded to its end. */
  #over = false;
  #result: TraceResult | undefined;
  #providerTraces: readonly ProviderTraceRow[] = [];
  #stored = true;
  #rowAt = 0;
  #rowTimer: NodeJS.Timeout | undefined;

  constructor({
    store,
    thread,
    trace,
    redact = (sentence) => sentence,
    clocks,
    onDecoded,
    onWatched,
  }: LiveRecordingSetup) {
    this.#store = store;
    this.#thread = thread;
    this.#trace = trace;
    this.#redact = redact;
    this.#onDecoded = onDecoded;
    this.#onWatched = onWatched;
    this.#row = { metrics: trace.metrics, model: trace.model };
    this.#standstill = new Standstill(clocks);
    this.finished = this.#finished.promise;
  }

  get id(): TraceId {
    return this.#trace.id;
  }

  /** The trace as far as it is decoded, without what is stored of it and without its place in the list. */
  get trace(): StoredTrace {
    const { endedAtNs: _endedAtNs, ...result } = this.#result ?? {};
    return {
      ...this.#trace,
      nr: 0,
      ...this.#row,
      ...(this.#head && { responseHead: { ...this.#head.head, ...this.#around }, httpStatus: this.#head.head.status }),
      ...(this.#capture && { capture: this.#capture }),
      ...result,
      storedReads: 0,
      storedBytes: 0,
    } as StoredTrace;
  }

  /** The provider's terminator was seen in what is decoded. */
  get terminated(): boolean {
    return this.#terminated;
  }

  /** When the last read came, or the head before it. */
  get lastNs(): number {
    return this.#lastNs;
  }

  /** Resolves once the trace is stored, or cannot be. Call once, first, and give nothing before it has resolved. */
  async begin(): Promise<void> {
    await this.#store.createTrace(this.#trace).catch((error: unknown) => this.#lost(error));
    void this.#record();
  }

  head(head: HttpHead, tNs: number): void {
    this.#head = { head, tNs };
    this.#lastNs = tNs;
    this.#standstill.came(tNs, 0, 0);
    if (this.#stored) this.#store.setHead(this.id, head, tNs);
    this.#came.call();
  }

  /** What came beside the head and the body; before the end. */
  around(around: AroundBody): void {
    this.#around = around;
    if (!this.#head || !this.#stored || Object.keys(around).length === 0) return;
    const { head, tNs } = this.#head;
    this.#store.setHead(this.id, { ...head, ...around }, tNs);
  }

  /** What is known of the exchange by now, in the place of what the trace said; after the end as well. */
  capture(facts: CaptureFacts): void {
    this.#capture = facts;
    if (this.#stored) this.#store.setCapture(this.id, facts);
  }

  /** Takes reads in order, each with the offset where the last one ended. The bytes are not copied and must not change. */
  reads(reads: readonly Read[]): void {
    const last = reads.at(-1);
    if (!last) return;
    if (this.#stored) this.#store.appendReads(this.id, reads);
    this.#recent.add(reads);
    this.#lastNs = last.tNs;
    this.#reads = last.n + 1;
    this.#bytes = last.offset + last.bytes.length;
    for (const { tNs, offset, bytes } of reads) this.#standstill.came(tNs, offset, offset + bytes.length);
    this.#came.call();
  }

  /** Call once, last. */
  end(end: BodyEnd, tNs: number): void {
    this.#end = { end, tNs };
    this.#standstill.came(tNs, this.#bytes, this.#bytes);
    this.#remark = this.#standstill.end();
    this.#came.call();
  }

  /** The stream from its beginning, as it has come and comes, to its ending, or until the signal. */
  async *inputs(signal: AbortSignal): AsyncGenerator<ViewInput> {
    this.#viewers++;
    this.#lookWhoWatches();
    try {
      yield* this.#parts({ over: () => this.#over, pageBytes: () => PAGE_BYTES, signal });
    } finally {
      this.#viewers--;
      this.#lookWhoWatches();
    }
    const result = this.#result;
    if (result && !signal.aborted) yield { type: 'ending', tNs: result.endedAtNs, ending: result.ending };
  }

  /** Whether the store has every read and the ending. Ask when it has finished. */
  async isStored(): Promise<boolean> {
    if (!this.#stored) return false;
    const stored = await this.#store.get(this.id).catch(() => undefined);
    return stored?.ending !== undefined && stored.storedReads === this.#reads;
  }

  #lookWhoWatches(): void {
    this.#came.call();
    const watched = this.items.watched || this.#viewers > 0;
    if (watched === this.#watched) return;
    this.#watched = watched;
    this.#onWatched?.(watched);
  }

  async #record(): Promise<void> {
    const session = this.#thread.open(this.#trace, { type: 'record' });
    try {
      while (!(await this.#decoded(session)));
    } catch (error) {
      // The next start makes a result of what is stored, as it does when the program is killed.
      if (!isClosed(error)) await this.#endUndecoded(error);
    }
    session.close();
    clearTimeout(this.#rowTimer);
    this.#over = true;
    this.items.end();
    this.#came.call();
    if (this.#result) await this.#finish(this.#result);
    this.#finished.resolve();
  }

  /** Decodes all of it, from its beginning. False where that must be begun again. Rejects where it cannot be done. */
  async #decoded(session: LaneSession): Promise<boolean> {
    try {
      await this.#decode(session);
      return true;
    } catch (error) {
      if (error instanceof BeginAgain) return false;
      throw error;
    }
  }

  async #decode(session: LaneSession): Promise<void> {
    /** Watchers have them from before it was begun again. */
    let known = this.items.length;
    let decodedNs: number | null = null;
    const take = (decoded: Decoded): void => {
      this.#take(decoded, known, decodedNs);
      known = Math.max(0, known - decoded.count);
    };
    take(await session.begin());
    const over = (): boolean => this.#end !== undefined;
    for await (const part of this.#parts({ over, pageBytes: () => this.#pageBytes, signal: NEVER })) {
      if (part.type === 'reads') {
        decodedNs = part.reads.at(-1)!.tNs;
        const givenMs = performance.now();
        take(await session.give({ type: 'reads', run: packReads(part.reads) }, this.items.wanted));
        await this.#unhurried(givenMs, part.reads.at(-1)!.n + 1);
      } else take(await session.give(part));
    }
    take(await session.give({ type: 'end', ...this.#end! }));
  }

  /** Resolves once the next page may be given, which begins with read `next`; the last one was given at `givenMs`. */
  async #unhurried(givenMs: number, next: number): Promise<void> {
    const timer = setTimeout(() => this.#came.call(), UNWATCHED_PAUSE_MS);
    while (!this.#hurries(next) && performance.now() - givenMs < UNWATCHED_MS) await this.#came.next(NEVER);
    clearTimeout(timer);
  }

  get #pageBytes(): number {
    return this.items.watched ? PAGE_BYTES : UNWATCHED_PAGE_BYTES;
  }

  /** Somebody waits for what is made of it, or a page of it waits. */
  #hurries(next: number): boolean {
    return this.items.watched || this.#end !== undefined || this.#recent.isPage(next, this.#pageBytes);
  }

  /** What has come and comes, until `over`, which is asked when there is nothing more. */
  async *#parts({ over, pageBytes, signal }: PartsSetup): AsyncGenerator<Exclude<ViewInput, { type: 'ending' }>> {
    let headGiven = false;
    let next = 0;
    while (!signal.aborted) {
      if (this.#head && !headGiven) {
        headGiven = true;
        yield { type: 'head', ...this.#head };
      } else if (next < this.#reads) {
        const reads = await this.#page(next, pageBytes());
        next = reads.at(-1)!.n + 1;
        yield { type: 'reads', reads };
      } else if (over()) return;
      else await this.#came.next(signal);
    }
  }

  /** Reads from number `n` on, which has come: never none. */
  async #page(n: number, pageBytes: number): Promise<readonly Read[]> {
    const held = this.#recent.from(n, pageBytes);
    if (held) return held;
    if (this.#stored) await this.#store.flush();
    const stored = this.#stored ? await this.#store.reads(this.id, n, pageBytes) : [];
    if (stored[0]?.n !== n) throw new DecodingEnded(FELL_BEHIND);
    return stored;
  }

  /** `known`: so many of the items are not new. */
  #take({ count, items, recorded }: Decoded, known: number, decodedNs: number | null): void {
    const { row, terminated, saidNs, result, providerTraces } = recorded!;
    this.#row = row;
    this.#terminated = terminated;
    if (providerTraces) this.#providerTraces = providerTraces;
    // The numbers first: who sees the ending may ask for them at once.
    if (result) this.#result ??= { ...result, ending: this.#redacted(result.ending) };
    const batch = new ItemBatch(items);
    if (batch.length < count) this.items.addUnwanted(Math.max(0, count - known));
    else if (result) this.items.add(this.#told([...batch].slice(known)));
    else this.items.addPacked(batch.from(known, FRAME_SIZE).parts);
    this.#onDecoded?.({ decodedNs, saidNs, terminated });
    this.#tellRow();
  }

  /** With the ending as it is stored. */
  #told(items: readonly TraceItem[]): readonly TraceItem[] {
    const last = items.at(-1);
    return last?.k === 'ending' ? [...items.slice(0, -1), { ...last, ending: this.#result!.ending }] : items;
  }

  #redacted({ state, rule, advice }: Ending): Ending {
    return {
      state,
      rule: this.#redact(rule) + this.#remark,
      ...(advice !== undefined && { advice: this.#redact(advice) }),
    };
  }

  /** The lanes end before the stream does: it is recorded to its end, and its ending says so. */
  async #endUndecoded(error: unknown): Promise<void> {
    const told = error instanceof DecodingEnded;
    if (!told) console.error(`Trace ${this.id} could not be decoded.`, error);
    const rule = told ? error.message : FAILED;
    while (!this.#end) await this.#came.next(NEVER);
    const { tNs } = this.#end;
    const { metrics, ...row } = this.#row;
    const ending: Ending = {
      state: 'limit',
      rule: rule + this.#remark,
      advice:
        'The Raw tab shows the bytes, and an export has them. What follows the last decoded event is not in the lanes.',
    };
    this.#result = {
      ...row,
      endedAtNs: tNs,
      ending,
      metrics: { ...metrics, reads: this.#reads, bytes: this.#bytes, ...(this.#trace.timed && { totalNs: tNs }) },
    };
    const at = { start: this.#bytes, end: this.#bytes, tNs };
    this.items.add([
      { k: 'note', ...at, type: 'lane-limit', text: rule },
      { k: 'ending', tNs, ending },
    ]);
  }

  /** At once when the last update is long enough ago, else when it will be. */
  #tellRow(): void {
    if (!this.#stored || this.#result || this.#rowTimer !== undefined) return;
    const waitMs = Math.max(0, this.#rowAt + ROW_MS - performance.now());
    this.#rowTimer = setTimeout(() => {
      this.#rowTimer = undefined;
      this.#rowAt = performance.now();
      this.#store.setLive(this.id, this.#row);
    }, waitMs);
  }

  async #finish(result: TraceResult): Promise<void> {
    if (!this.#stored) return;
    const finished = this.#store.finishTrace(this.id, result);
    for (const row of this.#providerTraces) this.#store.addProviderTrace(row);
    await finished.catch((error: unknown) => this.#lost(error));
  }

  #lost(error: unknown): void {
    this.#stored = false;
    console.error(`The store did not accept trace ${this.id}; its run continues in memory.`, error);
  }
}

const isClosed = (error: unknown): boolean => error instanceof ServiceError && error.code === 'closed';
