/**
 * One store per open trace. The stream itself lies in a model that grows in place; the store holds what React renders
 * from, and two counters that say when to look at the model again: `structure` (blocks came, closed or changed state) and
 * `pulse` (numbers, at most four times a second). Text and timeline draw themselves by `onDraw`, once a frame.
 */
import { createStore, type StoreApi } from 'zustand';
import type { TraceId } from '../../shared/model/ids.ts';
import type { TraceItem } from '../../shared/model/items.ts';
import type { Decoding, TraceDetail } from '../../shared/model/trace.ts';
import type { CompareResult } from '../../shared/compare/result.ts';
import { client } from '../client/client.ts';
import { apart, forgetFrame, onNextFrame } from './frame.ts';
import { LiveClock } from './live-clock.ts';
import { TraceModel } from './trace-model.ts';

const PULSE_MS = 250;
/**
 * More items than this in one go are more than anyone reads: they are drawn with every second frame. What costs most at
 * such rates is painting the text that moves, and that is halved.
 */
const FLOOD = 100;

export interface TraceState {
  readonly id: TraceId;
  readonly detail: TraceDetail | null;
  /** Why the trace could not be read; null while all is well. */
  readonly problem: string | null;
  readonly model: TraceModel;
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
  /** The stream is over already, so that what comes is reading it back and not watching it. */
  readonly stored?: boolean;
  /** Another decoding than the trace was recorded with. */
  readonly decoding?: Decoding;
  /** Where the playhead stands that feeds this, nanoseconds; absent: the stream comes at its own pace. */
  readonly playhead?: () => number;
  /** How far the stream goes that this is a part of, where that is known: nanoseconds, or events of one that was not timed. */
  readonly whole?: number;
}

export class TraceSession {
  readonly store: StoreApi<TraceState>;
  readonly decoding: Decoding;
  readonly whole: number | undefined;
  readonly model: TraceModel;
  #waiting: TraceItem[] = [];
  /** A frame is asked for. */
  #asked = false;
  readonly #drawers = new Set<() => void>();
  #pulse: ReturnType<typeof setTimeout> | undefined;
  #structure = -1;
  #flooded = false;
  #comparing: Promise<void> | undefined;
  readonly #running: 'loading' | 'live';
  readonly #clock = new LiveClock();
  readonly #playhead: (() => number) | undefined;
  #unsubscribe: (() => void) | undefined;

  constructor(id: TraceId, { detail = null, stored = false, decoding = {}, playhead, whole }: SessionSetup = {}) {
    this.model = new TraceModel();
    this.decoding = decoding;
    this.whole = whole;
    this.#running = stored ? 'loading' : 'live';
    this.#playhead = playhead;
    this.store = createStore<TraceState>()(() => ({
      id,
      detail,
      problem: null,
      model: this.model,
      phase: 'loading',
      structure: 0,
      pulse: 0,
      event: null,
      follow: true,
      leftAt: 0,
      compare: null,
      range: null,
    }));
  }

  /** More may come of the stream, from a server or from a playing. */
  get goesOn(): boolean {
    return this.model.ending === null && this.#running === 'live';
  }

  /**
   * How far the stream has come, nanoseconds since the request: to this moment while it runs, though nothing comes; to the
   * playhead of a playing; to what was read of a stored one; else to its end. Nothing that is shown lies later.
   */
  get nowNs(): number {
    const { lastNs } = this.model;
    if (!this.goesOn) return lastNs;
    return Math.max(lastNs, this.#playhead?.() ?? this.#clock.nowNs);
  }

  /** Takes the stored and then the live items. */
  watch(): void {
    const { id } = this.store.getState();
    this.#unsubscribe = client().subscribe(
      'traces.items',
      { id, ...this.decoding },
      {
        items: (batch) => this.take(batch),
        error: (error) => this.store.setState({ problem: error.message }),
      },
    );
    void this.refresh();
  }

  /** Reads what surrounds the stream: request, heads, options. */
  async refresh(): Promise<void> {
    try {
      const detail = await client().call('traces.get', { id: this.store.getState().id });
      if (detail.agoMs !== undefined) this.#clock.sent(detail.agoMs);
      this.store.setState({ detail });
    } catch (error) {
      this.store.setState({ problem: error instanceof Error ? error.message : String(error) });
    }
  }

  /** Reads the comparison of the lanes, once; before the end there is none. Rejects when that fails, and can be asked again. */
  async loadCompare(): Promise<void> {
    if (this.store.getState().phase !== 'ended') return;
    this.#comparing ??= this.#compare().catch((error: unknown) => {
      this.#comparing = undefined;
      throw error;
    });
    await this.#comparing;
  }

  async #compare(): Promise<void> {
    const compare = await client().call('compare.lanes', { id: this.store.getState().id, ...this.decoding });
    this.store.setState({ compare });
  }

  /** Takes items in order; they are shown with the next frame, an ending at once. */
  take(batch: readonly TraceItem[]): void {
    for (const item of batch) this.#waiting.push(item);
    const last = batch.findLast((item) => item.k === 'read' || item.k === 'head');
    if (last) this.#clock.heard(last.tNs);
    if (batch.some((item) => item.k === 'ending')) {
      this.#forget();
      this.#flush();
    } else if (!this.#asked) {
      this.#asked = true;
      onNextFrame(this.#flooded ? this.#flushAfterNext : this.#flush);
    }
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
    this.#forget();
    forgetFrame(this.#draw);
    clearTimeout(this.#pulse);
    this.#drawers.clear();
  }

  #forget(): void {
    forgetFrame(this.#flush);
    forgetFrame(this.#flushAfterNext);
  }

  readonly #flushAfterNext = (): void => onNextFrame(this.#flush);

  readonly #flush = (): void => {
    const items = this.#waiting;
    this.#waiting = [];
    this.#asked = false;
    this.#flooded = items.length > FLOOD;
    const { model } = this;
    const wasEnded = model.ending !== null;
    model.apply(items);
    const ended = model.ending !== null;
    if (model.blocks.version !== this.#structure || ended !== wasEnded) {
      this.#structure = model.blocks.version;
      this.store.setState((state) => ({ structure: state.structure + 1, phase: ended ? 'ended' : this.#running }));
    }
    if (ended && !wasEnded) {
      this.#beat();
      void this.refresh();
    } else {
      this.#pulse ??= setTimeout(this.#beat, PULSE_MS);
    }
    this.#draw();
  };

  readonly #draw = (): void => {
    for (const draw of this.#drawers) apart(draw);
  };

  readonly #beat = (): void => {
    clearTimeout(this.#pulse);
    this.#pulse = undefined;
    this.store.setState((state) => ({ pulse: state.pulse + 1, phase: this.model.ending ? 'ended' : this.#running }));
  };
}
