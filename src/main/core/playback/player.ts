/**
 * One playing of a stored trace: its items at their recorded times, by a clock that may run slower, faster or not at all. The
 * items come out of the same reading as any other, so that playing changes when they come and nothing else.
 */
import type { TraceItem } from '../../../shared/model/items.ts';
import type { PlaybackAction, PlaybackItem } from '../../../shared/rpc/contract.ts';
import { TimeSlice } from '../decoding/time-slice.ts';
import type { TimedItems } from '../decoding/decode-stored.ts';
import type { PlayClock } from './clock.ts';
import { Signal } from '../watch/signal.ts';

/** How often the playhead is told while it moves. */
const TICK_NS = 100_000_000;

export interface PlayerSetup {
  /** A whole reading from its beginning. */
  readonly groups: AsyncIterator<TimedItems, void, void>;
  readonly clock: PlayClock;
}

export class Player {
  readonly #groups: PlayerSetup['groups'];
  readonly #clock: PlayClock;
  readonly #slices = new TimeSlice();

  /** The group that comes next, `#given` of whose items are out already: a step may end inside a read. */
  #group: TimedItems | null = null;
  #given = 0;

  #playing = false;
  #speed: number | null = 1;
  #done = false;
  /** Place on the trace's own time; while it plays, where it stood at `#anchorNs` of the clock. */
  #positionNs = 0;
  #anchorNs = 0;
  /** The last event that is out; -1 before the first. */
  #event = -1;
  #stepsAsked = 0;
  #nextTickNs = 0;

  /** Aborts when the person asked for something, so that no wait goes on past it. */
  #asked = new AbortController();
  #closed = false;
  #failure: { readonly error: unknown } | undefined;

  /** What the watcher has not taken yet; a slow one gets more at once. */
  #items: TraceItem[] = [];
  #stateChanged = true;
  readonly #wake = new Signal();

  /** Starts paused, at the beginning. */
  constructor({ groups, clock }: PlayerSetup) {
    this.#groups = groups;
    this.#clock = clock;
    void this.#run();
  }

  control(action: PlaybackAction): void {
    this.#holdPosition();
    switch (action.type) {
      case 'play':
        this.#playing = !this.#done;
        break;
      case 'pause':
        this.#playing = false;
        break;
      case 'step':
        this.#playing = false;
        this.#stepsAsked++;
        break;
      case 'speed':
        this.#speed = action.speed;
    }
    this.#stateChanged = true;
    this.#wake.call();
    this.#interrupt();
  }

  /** For one watcher; the player closes when it has gone. */
  async *watch(signal: AbortSignal): AsyncGenerator<readonly PlaybackItem[]> {
    try {
      while (!signal.aborted && !this.#closed) {
        const batch = this.#take();
        if (batch.length > 0) yield batch;
        else if (this.#failure) throw this.#failure.error;
        else await this.#wake.next(signal);
      }
    } finally {
      this.close();
    }
  }

  close(): void {
    this.#closed = true;
    this.#interrupt();
    this.#wake.call();
  }

  async #run(): Promise<void> {
    try {
      while (!this.#closed) {
        if (this.#stepsAsked > 0) await this.#step();
        else if (this.#playing) await this.#playOn();
        else await aborted(this.#asked.signal);
      }
    } catch (error) {
      this.#failure = { error };
      this.#wake.call();
    } finally {
      await this.#groups.return?.();
    }
  }

  /** Waits for the next group's time and gives it out, or tells how far the playhead has come meanwhile. */
  async #playOn(): Promise<void> {
    const { signal } = this.#asked;
    // Decoded before its time, so that it is out at its time.
    const group = await this.#next();
    if (signal.aborted) return;
    if (!group) return this.#finish();
    if (this.#speed !== null) {
      const dueNs = this.#anchorNs + (group.tNs - this.#positionNs) / this.#speed;
      const wakeNs = Math.min(dueNs, this.#nextTickNs);
      await this.#clock.until(wakeNs, signal);
      if (signal.aborted) return;
      this.#tick();
      if (wakeNs < dueNs) return;
    }
    this.#give(group, group.items.length);
    if (this.#speed === null) this.#moveTo(group.tNs);
    await this.#slices.pause();
  }

  /** To the end of the next event: the event and all that it caused, but nothing of the event after it. */
  async #step(): Promise<void> {
    this.#stepsAsked--;
    for (let found = false; !found && !this.#closed;) {
      const group = await this.#next();
      if (!group) return this.#finish();
      const event = group.items.findIndex((item, at) => at >= this.#given && item.k === 'event');
      found = event >= 0;
      this.#give(group, found ? endOfEvent(group.items, event) : group.items.length);
      this.#moveTo(group.tNs);
    }
    this.#changed();
  }

  /** The group of which items are left; null when all was played. */
  async #next(): Promise<TimedItems | null> {
    while (!this.#group || this.#given === this.#group.items.length) {
      const { done, value } = await this.#groups.next();
      if (done) return null;
      this.#group = value;
      this.#given = 0;
    }
    return this.#group;
  }

  #give({ items }: TimedItems, end: number): void {
    for (; this.#given < end; this.#given++) {
      const item = items[this.#given]!;
      if (item.k === 'event') this.#event = item.event.index;
      this.#items.push(item);
    }
    this.#wake.call();
  }

  #finish(): void {
    this.#holdPosition();
    this.#playing = false;
    this.#stepsAsked = 0;
    this.#done = true;
    this.#changed();
  }

  /** Where the playhead is now. Between two groups it moves by the clock, never past the group that is to come. */
  #position(): number {
    if (!this.#playing || this.#speed === null) return this.#positionNs;
    const moved = this.#positionNs + (this.#clock.now() - this.#anchorNs) * this.#speed;
    const limit = this.#group ? Math.max(this.#group.tNs, this.#positionNs) : this.#positionNs;
    return Math.min(moved, limit);
  }

  /** Starts to count time anew from where the playhead is: before anything changes how fast it moves. */
  #holdPosition(): void {
    this.#positionNs = this.#position();
    this.#anchorNs = this.#clock.now();
    this.#nextTickNs = this.#anchorNs + TICK_NS;
  }

  #moveTo(tNs: number): void {
    this.#positionNs = Math.max(this.#positionNs, tNs);
    this.#anchorNs = this.#clock.now();
  }

  #tick(): void {
    const now = this.#clock.now();
    if (now < this.#nextTickNs) return;
    this.#nextTickNs = now + TICK_NS;
    this.#changed();
  }

  #changed(): void {
    this.#stateChanged = true;
    this.#wake.call();
  }

  #interrupt(): void {
    const asked = this.#asked;
    this.#asked = new AbortController();
    asked.abort();
  }

  /** The items first: the state speaks of what is out. */
  #take(): readonly PlaybackItem[] {
    const batch: PlaybackItem[] = [];
    if (this.#items.length > 0) batch.push({ type: 'items', items: this.#items });
    if (this.#stateChanged) {
      batch.push({
        type: 'state',
        playing: this.#playing,
        speed: this.#speed,
        positionNs: this.#position(),
        event: this.#event,
        done: this.#done,
      });
    }
    this.#items = [];
    this.#stateChanged = false;
    return batch;
  }
}

/** The index after the messages that the event at `at` caused. */
function endOfEvent(items: readonly TraceItem[], at: number): number {
  let end = at + 1;
  while (items[end]?.k === 'message') end++;
  return end;
}

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
