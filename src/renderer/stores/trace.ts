/**
 * One store per open trace. The stream itself lies in a model that grows in place; the store holds what React renders
 * from, and two counters that say when to look at the model again: `structure` (blocks came, closed or changed state) and
 * `pulse` (numbers, at most four times a second). Text and timeline draw themselves by `onDraw`, once a frame.
 */
import { createStore, type StoreApi } from 'zustand';
import type { TraceId } from '../../shared/model/ids.ts';
import type { TraceItem } from '../../shared/model/items.ts';
import type { Decoding, TraceDetail, TraceRow } from '../../shared/model/trace.ts';
import type { CompareResult } from '../../shared/compare/result.ts';
import { client } from '../client/client.ts';
import { apart, forgetFrame, onFrameAfter, onNextFrame, withFrame } from './frame.ts';
import { LiveClock } from './live-clock.ts';
import { TraceModel } from './trace-model.ts';

const PULSE_MS = 250;
/**
 * So long at least between two drawings of what streams, milliseconds: what costs most is laying out and painting the window for
 * each of them, and nobody sees text come more often than that.
 */
const DRAW_MS = 33;
/** More items than this in one go are more than anyone reads: they are drawn less often still. */
const FLOOD = 200;
const FLOOD_MS = 50;
/** What is read back is not watched as it comes: it is drawn for who waits to see that it does. */
const LOAD_MS = 250;
/** A drawing that is asked for so much early comes with the frame that is due. */
const FRAME_MS = 12;
/** So many items further on, a playhead does not go through them. */
const FAR = 2048;

export interface TraceState {
  readonly id: TraceId;
  readonly detail: TraceDetail | null;
  /** Why the trace could not be read; null while all is well. */
  readonly problem: string | null;
  readonly model: TraceModel;
  /** `loading`: a stream that is over is read back, and not all of it is here. */
  readonly phase: 'loading' | 'live' | 'ended';
  readonly structure: number;
  readonly pulse: number;
  /** The event that is selected in every pane. */
  readonly event: number | null;
  /** The end of the stream stays in view. */
  readonly follow: boolean;
  /** How many events there were when it was let go of. */
  readonly leftAt: number;
  /** Lane against lane, once the stream is over and someone asked; see `loadCompare`. */
  readonly compare: CompareResult | null;
  /** Stretch of time that everything is filtered by, nanoseconds; null: all. */
  readonly range: readonly [startNs: number, endNs: number] | null;
}

export interface SessionSetup {
  readonly detail?: TraceDetail | null;
  /** What is stored of a stream that is over already, so that what comes is reading it back and not watching it. */
  readonly stored?: TraceRow | undefined;
  /** Another decoding than the trace was recorded with. */
  readonly decoding?: Decoding;
  /** What a playhead is moved over, and where it stands, nanoseconds; absent: the stream comes at its own pace. */
  readonly played?: { readonly whole: TraceModel; readonly positionNs: () => number };
}

export class TraceSession {
  readonly store: StoreApi<TraceState>;
  readonly decoding: Decoding;
  /** All of what a playhead is moved over, which this shows up to it. */
  readonly whole: TraceModel | undefined;
  #model: TraceModel;
  /** Items that came since the last drawing. */
  #fresh = 0;
  /** A drawing is asked for. */
  #asked = false;
  /** Milliseconds of this side's clock. */
  #flushedAt = -Infinity;
  readonly #drawers = new Set<() => void>();
  #pulse: ReturnType<typeof setTimeout> | undefined;
  #structure = -1;
  /** Milliseconds of this side's clock. */
  #structuredAt = -Infinity;
  #flooded = false;
  #comparing: Promise<void> | undefined;
  /** Aborts with `close`. */
  readonly #closing = new AbortController();
  #stored: TraceRow | undefined;
  readonly #clock = new LiveClock();
  readonly #positionNs: (() => number) | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(id: TraceId, { detail = null, stored, decoding = {}, played }: SessionSetup = {}) {
    this.#model = played ? played.whole.asOf(0) : new TraceModel({ seekable: true });
    this.decoding = decoding;
    this.whole = played?.whole;
    this.#stored = stored;
    this.#positionNs = played?.positionNs;
    this.store = createStore<TraceState>()(() => ({
      id,
      detail,
      problem: null,
      model: this.model,
      phase: this.#phase,
      structure: 0,
      pulse: 0,
      event: null,
      follow: true,
      leftAt: 0,
      compare: null,
      range: null,
    }));
  }

  /** Only grows, but for that of a playhead: one that is moved back, or far, stands before another model. */
  get model(): TraceModel {
    return this.#model;
  }

  get #phase(): TraceState['phase'] {
    if (this.model.ending !== null) return 'ended';
    return this.#stored ? 'loading' : 'live';
  }

  /** While a stream that is over is read back: what is known of all of it. */
  get stored(): TraceRow | undefined {
    return this.#phase === 'loading' ? this.#stored : undefined;
  }

  /** A stream that is over is read back, and more of it is to come. */
  get reading(): boolean {
    return this.#phase === 'loading' && this.store.getState().problem === null;
  }

  /** More may come of the stream, from a server or from a playing. */
  get goesOn(): boolean {
    return this.#phase === 'live';
  }

  /**
   * How far the stream has come, nanoseconds since the request: to this moment while it runs, though nothing comes; to the
   * playhead of a playing; to what was read of a stored one; else to its end. Nothing that is shown lies later.
   */
  get nowNs(): number {
    const { lastNs } = this.model;
    if (!this.goesOn) return lastNs;
    return Math.max(lastNs, this.#positionNs?.() ?? this.#clock.nowNs);
  }

  /** Takes the stored and then the live items. */
  watch(): void {
    const { id } = this.store.getState();
    this.#unsubscribe = client().subscribe(
      'traces.items',
      { id, ...this.decoding },
      {
        items: (batch) => this.take(batch),
        error: (error) => {
          this.store.setState({ problem: error.message });
          this.drawAgain();
        },
      },
    );
    void this.refresh();
  }

  /** Reads what surrounds the stream: request, heads, options. */
  async refresh(): Promise<void> {
    try {
      const detail = await client().call('traces.get', { id: this.store.getState().id });
      if (detail.agoMs !== undefined) this.#clock.sent(detail.agoMs);
      // Whoever opened it may not have known that it is over.
      if (detail.ending) this.#stored = detail;
      this.store.setState({ detail, phase: this.#phase });
    } catch (error) {
      this.store.setState({ problem: error instanceof Error ? error.message : String(error) });
    }
  }

  /**
   * Reads the comparison of the lanes, once; before the end there is none. A playing has that of the whole. Rejects when that fails, and
   * can be asked again; closed meanwhile, it is given up.
   */
  async loadCompare(): Promise<void> {
    if (this.store.getState().phase !== 'ended' && !this.whole) return;
    this.#comparing ??= this.#compare().catch((error: unknown) => {
      this.#comparing = undefined;
      if (!this.#closing.signal.aborted) throw error;
    });
    await this.#comparing;
  }

  async #compare(): Promise<void> {
    const of = { id: this.store.getState().id, ...this.decoding };
    const compare = await client().call('compare.lanes', of, this.#closing.signal);
    this.store.setState({ compare });
  }

  /**
   * Takes items in order; they are shown with the next frame, an ending at once. They are folded as they come, so that none
   * of the frames has all to fold that a fast stream gave since the last one.
   */
  take(batch: readonly TraceItem[]): void {
    this.model.apply(batch);
    this.#fresh += batch.length;
    const last = batch.findLast((item) => item.k === 'read' || item.k === 'head');
    if (last) this.#clock.heard(last.tNs);
    if (batch.some((item) => item.k === 'ending')) {
      forgetFrame(this.#flush);
      this.#flush();
    } else if (!this.#asked) {
      this.#asked = true;
      const wait = this.#flushedAt + this.#drawMs - performance.now() - FRAME_MS;
      if (wait <= 0) onNextFrame(this.#flush);
      else onFrameAfter(wait, this.#flush);
    }
  }

  /** Between two drawings. */
  get #drawMs(): number {
    if (this.#phase === 'loading') return LOAD_MS;
    return this.#flooded ? FLOOD_MS : DRAW_MS;
  }

  /** More arrives than can be followed: what only helps the eye is left out. */
  get flooded(): boolean {
    return this.#flooded;
  }

  setFollow(follow: boolean): void {
    this.store.setState({ follow, leftAt: this.model.events.length });
  }

  /** Calls `draw` after each flush, in the same frame; for what draws itself without React. */
  onDraw(draw: () => void): () => void {
    this.#drawers.add(draw);
    return () => this.#drawers.delete(draw);
  }

  /** Calls what draws itself once more, with the next frame: for who could not draw all in this one. */
  drawAgain(): void {
    onNextFrame(this.#draw);
  }

  close(): void {
    this.#unsubscribe?.();
    this.#closing.abort();
    forgetFrame(this.#flush);
    forgetFrame(this.#draw);
    this.#forgetBeat();
    this.#drawers.clear();
  }

  #forgetBeat(): void {
    clearTimeout(this.#pulse);
    forgetFrame(this.#beat);
    this.#pulse = undefined;
  }

  readonly #flush = (): void => {
    // Before its first event there is nothing to be seen of a stream, and the drawing that shows it need not wait for its turn.
    if (this.model.events.length > 0) this.#flushedAt = performance.now();
    this.#asked = false;
    this.#flooded = this.#fresh > FLOOD;
    this.#fresh = 0;
    const wasEnded = this.store.getState().phase === 'ended';
    this.#changed(wasEnded);
    if (this.model.ending && !wasEnded) void this.refresh();
  };

  /** Shows the first `count` items of what is played, at once. */
  stand(count: number): void {
    const { model, whole } = this;
    const by = count - model.count;
    if (by === 0) return;
    const wasEnded = model.ending !== null;
    this.#flooded = Math.abs(by) > FLOOD;
    // At its end it is that of the whole, which nothing changes any more.
    const isEnd = whole!.ending !== null && count >= whole!.count;
    if (by > 0 && by < FAR && !isEnd) model.advance(whole!, count);
    else {
      this.#model = isEnd ? whole! : whole!.asOf(count);
      this.#structure = -1;
      this.store.setState({ model: this.#model });
    }
    this.#changed(wasEnded);
  }

  /** All numbers are read again, not at the next time that they would be. */
  showNumbers(): void {
    this.#beat();
  }

  #changed(wasEnded: boolean): void {
    const ended = this.model.ending !== null;
    // Blocks that come by the hundred would be drawn and gone again with each frame.
    const soon = this.#flooded && performance.now() - this.#structuredAt < PULSE_MS;
    if (ended !== wasEnded || !soon) this.#restructure(ended !== wasEnded);
    if (ended && !wasEnded) this.#beat();
    else this.#pulse ??= setTimeout(() => withFrame(this.#beat), PULSE_MS);
    this.#draw();
  }

  #restructure(anyway = false): void {
    const { blocks } = this.model;
    if (blocks.version === this.#structure && !anyway) return;
    this.#structure = blocks.version;
    this.#structuredAt = performance.now();
    this.store.setState((state) => ({ structure: state.structure + 1, phase: this.#phase }));
  }

  readonly #draw = (): void => {
    for (const draw of this.#drawers) apart(draw);
  };

  readonly #beat = (): void => {
    this.#forgetBeat();
    this.#restructure();
    this.store.setState((state) => ({ pulse: state.pulse + 1, phase: this.#phase }));
  };
}
