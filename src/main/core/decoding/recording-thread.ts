/**
 * The core's end of the thread that decodes live streams. What a stream costs is paid there, within limits of time and memory: a
 * lane that stays too long at one place is ended for that stream, and so is the decoding of a stream that takes too much memory.
 * All others begin anew in another thread, from the bytes that are kept of them, and give what they would have given.
 */
import { durationWords } from '../../../shared/text/duration.ts';
import { lanesOf, type LaneCut } from '../../../shared/lanes/decode-pass.ts';
import { laneDefinition } from '../../../shared/lanes/registry.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { WorkerGone, WorkerThread } from '../worker/worker-thread.ts';
import type { RecordableTrace } from './recording.ts';
import {
  NO_SESSION,
  PLACE,
  PLACE_BYTES,
  type Decoded,
  type LiveInput,
  type RecordingHandlers,
} from './recording-protocol.ts';

export interface RecordingThreadSetup {
  /** The worker's module. */
  readonly module: URL;
  /** How long a lane may stay with what the framer gave once. */
  readonly timeLimitMs?: number;
  /** Of all live streams together. */
  readonly memoryLimitMb?: number;
}

/** What a worker of this kind is given when it starts. */
export interface RecordingWorkerData {
  readonly place: SharedArrayBuffer;
}

/** The most costly event within the limits of the framing takes some seconds on a slow machine. */
const TIME_LIMIT_MS = 15_000;
/** Lanes over the longest body that is kept stay below, but for bodies made to be dear. */
const MEMORY_LIMIT_MB = 1_536;
/** How many looks make the time limit: looks and not a clock, so that a machine that slept counts for nothing. */
const LOOKS = 30;
const CLOSE_MS = 1_000;
const KEPT = 'Its bytes are kept and can be exported.';

/** The thread has gone, or another is in its place: the stream must be given anew, from `begin` on. */
export class BeginAgain extends Error {}

/** This stream is not decoded any further; the message says why. */
export class DecodingEnded extends Error {}

export class RecordingThread {
  readonly #setup: RecordingThreadSetup;
  readonly #sessions = new Map<number, RecordingSession>();
  #life: Life | undefined;
  #lastSession = 0;
  #closed = false;

  constructor(setup: RecordingThreadSetup) {
    this.#setup = setup;
  }

  /** Decodes one live stream. */
  open(trace: RecordableTrace): RecordingSession {
    const session = new RecordingSession(++this.#lastSession, trace, this);
    this.#sessions.set(session.number, session);
    return session;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#life?.close();
  }

  /** For sessions. */
  async request(session: RecordingSession, input: LiveInput | null): Promise<Decoded> {
    if (this.#closed) throw new ServiceError('closed', 'The program is closing.');
    this.#life ??= new Life(this.#setup, {
      hung: (place) => this.#hung(place),
      gone: (life, cause, place) => this.#gone(life, cause, place),
    });
    return this.#life.request(session.number, input);
  }

  /** For sessions. */
  drop(session: RecordingSession): void {
    this.#sessions.delete(session.number);
    this.#life?.drop(session.number);
  }

  #hung(place: Int32Array): void {
    this.#life?.end();
    this.#life = undefined;
    const [session, lane, unit] = place;
    const seconds = durationWords(Math.round((this.#setup.timeLimitMs ?? TIME_LIMIT_MS) / 1000) || 1);
    this.#sessions.get(session!)?.cutAt(lane!, unit!, seconds);
  }

  #gone(life: Life, cause: string, place: Int32Array): void {
    if (this.#life !== life) return;
    this.#life = undefined;
    if (/memory limit/.test(cause)) {
      const heaviest = [...this.#sessions.values()].toSorted((a, b) => b.bytes - a.bytes)[0];
      heaviest?.end(`The lanes need more memory for this stream than they may have, and end here. ${KEPT}`);
    } else if (!this.#closed)
      this.#sessions
        .get(place[PLACE.session]!)
        ?.end(`The thread that decodes this stream failed${cause && ` (${cause})`}. ${KEPT}`);
  }
}

/** One live stream in the thread. */
export class RecordingSession {
  readonly number: number;
  /** Bytes of the body that it was given since it was last begun. */
  bytes = 0;
  readonly #trace: RecordableTrace;
  readonly #thread: RecordingThread;
  #cuts: readonly LaneCut[] = [];
  #ended: string | undefined;

  constructor(number: number, trace: RecordableTrace, thread: RecordingThread) {
    this.number = number;
    this.#trace = trace;
    this.#thread = thread;
  }

  begin(): Promise<Decoded> {
    this.bytes = 0;
    return this.give({ type: 'begin', trace: this.#trace, cuts: this.#cuts });
  }

  /** One at a time; null: more of what the last one gave. Rejects with BeginAgain or DecodingEnded. */
  async give(input: LiveInput | null): Promise<Decoded> {
    if (input?.type === 'reads') this.bytes += input.run.bytes.length;
    try {
      return await this.#thread.request(this, input);
    } catch (error) {
      if (this.#ended !== undefined) throw new DecodingEnded(this.#ended);
      const gone = error instanceof WorkerGone || (error instanceof ServiceError && error.code === NO_SESSION);
      throw gone ? new BeginAgain() : error;
    }
  }

  close(): void {
    this.#thread.drop(this);
  }

  /** Not to be decoded any further. */
  end(sentence: string): void {
    this.#ended = sentence;
  }

  /** It stayed there for so long. */
  cutAt(laneNumber: number, unit: number, seconds: string): void {
    const { api, lanes } = this.#trace;
    const lane = lanesOf({ api, lanes })[laneNumber];
    if (lane === undefined)
      return this.end(
        `One event of this stream took longer than ${seconds} to decode, and decoding ends there. ${KEPT}`,
      );
    const label = laneDefinition(lane)?.label ?? lane;
    const text = `The ${label} lane took longer than ${seconds} for one event and ends here. ${KEPT}`;
    this.#cuts = [...this.#cuts, { lane, unit, text }];
  }
}

interface LifeListener {
  hung(place: Int32Array): void;
  gone(life: Life, cause: string, place: Int32Array): void;
}

/** One thread from its start to its end, looked at while something is asked of it. */
class Life {
  readonly #thread: WorkerThread<RecordingHandlers>;
  readonly #place = new Int32Array(new SharedArrayBuffer(PLACE_BYTES));
  readonly #listener: LifeListener;
  readonly #lookMs: number;
  #asked = 0;
  #watch: NodeJS.Timeout | undefined;
  #seen = '';
  #looks = 0;

  constructor({ module, timeLimitMs, memoryLimitMb }: RecordingThreadSetup, listener: LifeListener) {
    this.#listener = listener;
    this.#lookMs = (timeLimitMs ?? TIME_LIMIT_MS) / LOOKS;
    this.#thread = new WorkerThread({
      name: 'live',
      module,
      data: { place: this.#place.buffer as SharedArrayBuffer } satisfies RecordingWorkerData,
      memoryLimitMb: memoryLimitMb ?? MEMORY_LIMIT_MB,
      onExit: (cause) => this.#listener.gone(this, cause, this.#place),
    });
  }

  async request(session: number, input: LiveInput | null): Promise<Decoded> {
    this.#asked++;
    this.#watch ??= setInterval(() => this.#look(), this.#lookMs);
    try {
      if (input === null) return await this.#thread.request('more', [session]);
      const transfer = input.type === 'reads' ? [input.run.bytes.buffer as ArrayBuffer] : [];
      return await this.#thread.request('take', [session, input], { transfer });
    } finally {
      if (--this.#asked === 0) this.#rest();
    }
  }

  drop(session: number): void {
    this.#thread.notify('drop', [session]);
  }

  /** From outside, in the middle of what it does. */
  end(): void {
    this.#rest();
    this.#thread.terminate();
  }

  async close(): Promise<void> {
    this.#rest();
    await this.#thread.close(CLOSE_MS);
  }

  #rest(): void {
    clearInterval(this.#watch);
    this.#watch = undefined;
    this.#looks = 0;
  }

  #look(): void {
    const seen = this.#place.join(' ');
    const moved = seen !== this.#seen || this.#place[PLACE.session] === 0;
    this.#seen = seen;
    this.#looks = moved ? 0 : this.#looks + 1;
    if (this.#looks >= LOOKS) this.#listener.hung(this.#place.slice());
  }
}
