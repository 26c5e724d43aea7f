/** The recordings in progress, whatever feeds them, and those that were not stored completely, while there is room for them. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { LaneThread } from '../decoding/lane-thread.ts';
import { LiveRecording, type LiveRecordingSetup } from './live-recording.ts';

/** Recordings that were not stored completely stay in memory until the program ends: the latest few, up to a number of bytes. */
const KEPT_RECORDINGS = 8;
const KEPT_BYTES = 64 * 1024 ** 2;

interface Live {
  readonly recording: LiveRecording;
  readonly stop: () => void;
  /** Settles once the recording is over and either stored or kept. */
  readonly settled: Promise<void>;
}

export class Recordings {
  readonly #thread: LaneThread;
  readonly #live = new Map<TraceId, Live>();
  /** The oldest first. */
  readonly #kept = new Map<TraceId, LiveRecording>();

  /** `thread`: where they are decoded. */
  constructor(thread: LaneThread) {
    this.#thread = thread;
  }

  /** A recording that is not begun yet. `stop` ends it from this side; it is without effect once it has ended. */
  open(setup: Omit<LiveRecordingSetup, 'thread'>, stop: () => void): LiveRecording {
    const recording = new LiveRecording({ ...setup, thread: this.#thread });
    this.#live.set(recording.id, { recording, stop, settled: this.#settle(recording) });
    return recording;
  }

  /** A recording while it is live, and after it when the store could not take all of it. */
  get(id: TraceId): LiveRecording | undefined {
    return this.#live.get(id)?.recording ?? this.#kept.get(id);
  }

  /** Without effect on a recording that has ended. */
  stop(id: TraceId): void {
    this.#live.get(id)?.stop();
  }

  /** Resolves once a live recording has ended and its result is stored, or cannot be; at once for any other trace. */
  async settled(id: TraceId): Promise<void> {
    await this.#live.get(id)?.settled;
  }

  async #settle(recording: LiveRecording): Promise<void> {
    await recording.finished;
    if (!(await recording.isStored())) this.#keep(recording);
    this.#live.delete(recording.id);
  }

  #keep(recording: LiveRecording): void {
    this.#kept.set(recording.id, recording);
    const bytes = (): number => [...this.#kept.values()].reduce((sum, { trace }) => sum + trace.metrics.bytes, 0);
    while (this.#kept.size > KEPT_RECORDINGS || (this.#kept.size > 1 && bytes() > KEPT_BYTES))
      this.#kept.delete(this.#kept.keys().next().value!);
  }
}
