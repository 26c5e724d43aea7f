/**
 * The core's end of a thread of lanes, where streams are decoded as they come or as somebody watches them. What a stream costs is
 * paid there, within limits of time and memory: a lane that stays too long at one place is ended for that stream, and so is the decoding of
 * a stream that takes too much memory. All others begin anew in another thread, from the bytes that are kept of them, and give
 * what they would have given.
 */
import { LRUCache } from 'lru-cache';
import { durationWords } from '../../../shared/text/duration.ts';
import { lanesOf, type LaneCut } from '../../../shared/lanes/decode-pass.ts';
import { laneDefinition } from '../../../shared/lanes/registry.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { NotAnswered, WorkerThread } from '../worker/worker-thread.ts';
import type { RecordableTrace } from './recording.ts';
import {
  NO_SESSION,
  PLACE,
  PLACE_BYTES,
  type Decoded,
  type LaneInput,
  type LaneHandlers,
  type LaneTellers,
  type Purpose,
} from './lane-protocol.ts';

export interface LaneThreadSetup {
  /** The worker's module. */
  readonly module: URL;
  /** How long a lane may stay with what the framer gave once. */
  readonly timeLimitMs?: number;
  /** Of all its streams together. */
  readonly memoryLimitMb?: number;
  /** Where lanes were ended before, so that they need not be waited for again. */
  readonly known?: KnownCuts;
}

/** Where lanes were ended in the streams that this program has decoded lately. */
export class KnownCuts {
  readonly #cuts = new LRUCache<string, readonly LaneCut[]>({ max: 1_000 });

  of(trace: string): readonly LaneCut[] {
    return this.#cuts.get(trace) ?? [];
  }

  add(trace: string, cut: LaneCut): void {
    this.#cuts.set(trace, [...this.of(trace), cut]);
  }
}

/** What a worker of this kind is given when it starts. */
export interface LaneWorkerData {
  readonly place: SharedArrayBuffer;
}

/** The most costly event within the limits of the framing takes some seconds on a slow machine. */
const TIME_LIMIT_MS = 15_000;
/** Lanes over the longest body that is kept stay below, but for bodies made to be dear. */
const MEMORY_LIMIT_MB = 1_536;
/** How many looks make the time limit: looks and not a clock, so that a machine that slept counts for nothing. */
const LOOKS = 30;
const CLOSE_MS = 1_000;
/** Of a stream that may have ended its thread. */
const TRIES = 2;
const KEPT = 'Its bytes are kept and can be exported.';

/** The thread has gone, or another is in its place: the stream must be given anew, from `begin` on. */
export class BeginAgain extends Error {}

/** This stream is not decoded any further; the message says why. */
export class DecodingEnded extends Error {}

export class LaneThread {
  /** Where lanes were ended. */
  readonly known: KnownCuts;
  readonly #setup: LaneThreadSetup;
  readonly #sessions = new Map<number, LaneSession>();
  #life: Life | undefined;
  /** By this thread, the last. */
  #answered: LaneSession | undefined;
  #lastSession = 0;
  #closed = false;

  constructor(setup: LaneThreadSetup) {
    this.#setup = setup;
    this.known = setup.known ?? new KnownCuts();
  }

  /** Decodes one stream. */
  open(trace: RecordableTrace, purpose: Purpose): LaneSession {
    const session = new LaneSession(++this.#lastSession, { trace, purpose, thread: this });
    this.#sessions.set(session.number, session);
    return session;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#life?.close();
  }

  /** For sessions. */
  async request(session: LaneSession, input: LaneInput, wanted: boolean): Promise<Decoded> {
    if (this.#closed) throw new ServiceError('closed', 'The program is closing.');
    this.#life ??= new Life(this.#setup, {
      hung: (place) => this.#hung(place),
      gone: (life, cause, place) => this.#gone(life, cause, place),
      heavy: (life) => this.#lighten(life),
    });
    const decoded = await this.#life.request(session.number, input, wanted);
    this.#answered = session;
    return decoded;
  }

  /** For sessions. */
  drop(session: LaneSession): void {
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

  #lighten(life: Life): void {
    if (this.#life !== life || this.#sessions.size > 0) return;
    this.#life = undefined;
    void life.close();
  }

  #gone(life: Life, cause: string, place: Int32Array): void {
    if (this.#life !== life) return;
    this.#life = undefined;
    if (/memory limit/.test(cause)) {
      const heaviest = [...this.#sessions.values()].toSorted((a, b) => b.bytes - a.bytes)[0];
      heaviest?.end(`The lanes need more memory for this stream than they may have, and end here. ${KEPT}`);
    } else if (!this.#closed)
      for (const session of this.#culprits(place))
        session.end(`The thread that decodes this stream failed${cause && ` (${cause})`}. ${KEPT}`);
    this.#answered = undefined;
  }

  /**
   * Over whose stream the thread failed. Where it worked on none, whoever was answered last may have left something that failed then, and
   * where nobody was, it may be anyone's: each has a second try, so that none ends for another's fault.
   */
  #culprits(place: Int32Array): readonly LaneSession[] {
    const at = this.#sessions.get(place[PLACE.session]!);
    if (at) return [at];
    const suspects = this.#answered ? [this.#answered] : [...this.#sessions.values()];
    return suspects.filter((session) => ++session.suspected > TRIES);
  }
}

/** One pass over one stream. */
export class LaneSession {
  readonly number: number;
  /** Bytes of the body that it was given since it was last begun. */
  bytes = 0;
  /** How many threads have failed that it may have ended. */
  suspected = 0;
  readonly #setup: SessionSetup;
  #ended: string | undefined;

  constructor(number: number, setup: SessionSetup) {
    this.number = number;
    this.#setup = setup;
  }

  /** `wanted`: see `give`. */
  begin(wanted = true): Promise<Decoded> {
    const { trace, purpose, thread } = this.#setup;
    this.bytes = 0;
    return this.give({ type: 'begin', trace, purpose, cuts: thread.known.of(trace.id) }, wanted);
  }

  /** One at a time. Items that are not `wanted` are only counted. Rejects with BeginAgain or DecodingEnded. */
  async give(input: LaneInput, wanted = true): Promise<Decoded> {
    if (input.type === 'reads') this.bytes += input.run.bytes.length;
    try {
      return await this.#setup.thread.request(this, input, wanted);
    } catch (error) {
      if (this.#ended !== undefined) throw new DecodingEnded(this.#ended);
      const gone = error instanceof NotAnswered || (error instanceof ServiceError && error.code === NO_SESSION);
      throw gone ? new BeginAgain() : error;
    }
  }

  close(): void {
    this.#setup.thread.drop(this);
  }

  /** Not to be decoded any further. */
  end(sentence: string): void {
    this.#ended = sentence;
  }

  /** It stayed there for so long. */
  cutAt(laneNumber: number, unit: number, seconds: string): void {
    const { trace, purpose, thread } = this.#setup;
    const { api } = trace;
    const { lanes = trace.lanes } = purpose.type === 'view' ? purpose.decoding : {};
    const lane = lanesOf({ api, lanes })[laneNumber];
    if (lane === undefined)
      return this.end(
        `One event of this stream took longer than ${seconds} to decode, and decoding ends there. ${KEPT}`,
      );
    const label = laneDefinition(lane)?.label ?? lane;
    const text = `The ${label} lane took longer than ${seconds} for one event and ends here. ${KEPT}`;
    thread.known.add(trace.id, { lane, unit, text });
  }
}

interface SessionSetup {
  readonly trace: RecordableTrace;
  readonly purpose: Purpose;
  readonly thread: LaneThread;
}

interface LifeListener {
  hung(place: Int32Array): void;
  heavy(life: Life): void;
  gone(life: Life, cause: string, place: Int32Array): void;
}

/** One thread from its start to its end, looked at while something is asked of it. */
class Life {
  readonly #thread: WorkerThread<LaneHandlers>;
  readonly #place = new Int32Array(new SharedArrayBuffer(PLACE_BYTES));
  readonly #listener: LifeListener;
  readonly #lookMs: number;
  #asked = 0;
  #watch: NodeJS.Timeout | undefined;
  #seen = '';
  #looks = 0;

  constructor({ module, timeLimitMs, memoryLimitMb }: LaneThreadSetup, listener: LifeListener) {
    this.#listener = listener;
    this.#lookMs = (timeLimitMs ?? TIME_LIMIT_MS) / LOOKS;
    this.#thread = new WorkerThread({
      name: 'live',
      module,
      data: { place: this.#place.buffer as SharedArrayBuffer } satisfies LaneWorkerData,
      handlers: { heavy: () => this.#listener.heavy(this) } satisfies LaneTellers,
      memoryLimitMb: memoryLimitMb ?? MEMORY_LIMIT_MB,
      onExit: (cause) => this.#listener.gone(this, cause, this.#place),
    });
  }

  async request(session: number, input: LaneInput, wanted: boolean): Promise<Decoded> {
    this.#asked++;
    this.#watch ??= setInterval(() => this.#look(), this.#lookMs);
    try {
      const transfer = input.type === 'reads' ? [input.run.bytes.buffer as ArrayBuffer] : [];
      return await this.#thread.request('take', [session, input, wanted], { transfer });
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
