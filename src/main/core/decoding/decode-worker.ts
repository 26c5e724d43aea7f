/**
 * The core's end of a decode worker: a thread that works on stored traces, one task after the other. It is started by the first
 * task, ended when one takes too long or too much memory, and started again for the next. A task can fail; the program goes on.
 */
import { totalmem } from 'node:os';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { count } from '../../../shared/text/count.ts';
import { MessageUnread, WorkerGone, WorkerThread } from '../worker/worker-thread.ts';
import type { DecodeWorkerCore, DecodeWorkerData, DecodeWorkerHandlers } from './serve-tasks.ts';
import type { TaskName } from './tasks/registry.ts';
import type { TaskParamsOf, TaskResultOf } from './tasks/task.ts';
import type { TraceSource } from './decode-stored.ts';

export interface DecodeWorkerSetup extends Omit<DecodeWorkerData, 'gate'> {
  /** The worker's module. */
  readonly module: URL;
  /** Where it asks for what it cannot read itself. */
  readonly source: TraceSource;
  /** For one task. */
  readonly timeLimitMs?: number;
  readonly memoryLimitMb?: number;
  /** How long a thread that holds much is kept without a task. */
  readonly restMs?: number;
}

/** The longest comparison measured, of a body of 64 MB, takes some tens of seconds on a slow machine. */
const TIME_LIMIT_MS = 120_000;
/** V8's own limit differs by machine. What is compared at once stays below; a machine with less has other work to do, too. */
const MEMORY_LIMIT_MB = Math.min(3_072, Math.round(totalmem() / 2 ** 20 / 4));
/** What Node says of a thread that it ended at its limit. */
const OUT_OF_MEMORY = /memory limit|out of memory/i;
/** A thread that holds much is ended after it: what somebody asks next is often of the same trace. What is indexed next is not. */
const REST_MS = 2_000;
/** One that was given up may take so much longer: what is over soon is cheaper than another thread. */
const LET_END_MS = 100;
/** When the program ends, for a task that is under way. */
const CLOSE_MS = 1_000;

export class DecodeWorker {
  readonly #thread: WorkerThread<DecodeWorkerHandlers>;
  readonly #timeLimitMs: number;
  readonly #memoryLimitMb: number;
  readonly #restMs: number;
  /** Ends when all tasks given so far are done. */
  #last: Promise<unknown> = Promise.resolve();
  /** Its thread holds much, and when that is ended. */
  #heavy = false;
  #resting: NodeJS.Timeout | undefined;
  #closed = false;

  constructor({ module, source, dataDir, version, timeLimitMs, memoryLimitMb, restMs }: DecodeWorkerSetup) {
    this.#timeLimitMs = timeLimitMs ?? TIME_LIMIT_MS;
    this.#memoryLimitMb = memoryLimitMb ?? MEMORY_LIMIT_MB;
    this.#restMs = restMs ?? REST_MS;
    this.#thread = new WorkerThread({
      name: 'decode',
      module,
      data: { dataDir, version } satisfies Omit<DecodeWorkerData, 'gate'>,
      gated: true,
      handlers: {
        get: source.get.bind(source),
        head: source.head.bind(source),
        reads: source.reads.bind(source),
        bytes: source.bytes.bind(source),
        heavy: () => {
          this.#heavy = true;
        },
      } satisfies DecodeWorkerCore,
      memoryLimitMb: this.#memoryLimitMb,
    });
  }

  /** Whether its thread is there. */
  get running(): boolean {
    return this.#thread.running;
  }

  /**
   * Tasks run in the order given. Rejects with a ServiceError when the task was ended. One that is given up by `signal` is not begun,
   * or is ended unless it is over soon.
   */
  run<Name extends TaskName>(
    name: Name,
    params: TaskParamsOf<Name>,
    signal?: AbortSignal,
  ): Promise<TaskResultOf<Name>> {
    const task = this.#last.then(() => this.#run(name, params, signal));
    this.#last = task
      .catch(() => undefined)
      .then(() => (this.#heavy && name === 'index' ? this.#rest() : this.#restSoon()));
    return task;
  }

  /** A task that still runs is waited for a moment, then given up. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#resting);
    await this.#thread.close(CLOSE_MS);
    await this.#last;
  }

  async #run<Name extends TaskName>(
    name: Name,
    params: TaskParamsOf<Name>,
    signal: AbortSignal | undefined,
  ): Promise<TaskResultOf<Name>> {
    signal?.throwIfAborted();
    let ending: NodeJS.Timeout | undefined;
    const giveUp = (): void => {
      // It cannot be told to stop, see below.
      ending = setTimeout(() => this.#thread.terminate(), LET_END_MS);
    };
    signal?.addEventListener('abort', giveUp);
    try {
      const options = { timeLimitMs: this.#timeLimitMs };
      const args = [params] as unknown as Parameters<DecodeWorkerHandlers[Name]>;
      return (await this.#thread.request(name, args, options)) as TaskResultOf<Name>;
    } catch (error) {
      throw signal?.aborted === true ? signal.reason : this.#told(error);
    } finally {
      signal?.removeEventListener('abort', giveUp);
      clearTimeout(ending);
    }
  }

  /** Behind the tasks given by then, if any. */
  #restSoon(): void {
    if (!this.#heavy || this.#closed) return;
    this.#resting ??= setTimeout(() => {
      this.#last = this.#last.then(() => this.#rest());
    }, this.#restMs);
    this.#resting.refresh();
  }

  async #rest(): Promise<void> {
    clearTimeout(this.#resting);
    this.#resting = undefined;
    this.#heavy = false;
    await this.#thread.rest();
  }

  #told(error: unknown): unknown {
    if (error instanceof WorkerGone) {
      if (this.#closed) return new ServiceError('worker-failed', 'The program is closing.');
      if (OUT_OF_MEMORY.test(error.reason))
        return new ServiceError(
          'too-large',
          `This needs more than ${count(this.#memoryLimitMb)} MB of memory and was stopped. The trace is intact; its bytes can still be read and exported.`,
        );
      return new ServiceError(
        'worker-failed',
        error.reason === ''
          ? 'The decode worker stopped before it finished. Try again.'
          : `The decode worker failed and was restarted: ${error.reason}`,
      );
    }
    if (error instanceof MessageUnread)
      return new ServiceError(
        'worker-failed',
        `The answer of the decode worker could not be read (${error.reason}). Try again.`,
      );
    if (!(error instanceof ServiceError) || error.code !== 'too-long') return error;
    // It cannot be told to stop: it may be in the middle of a loop.
    this.#thread.terminate();
    return new ServiceError(
      'too-long',
      `This took longer than ${Math.round(this.#timeLimitMs / 1000)} seconds and was stopped. The trace is intact; its bytes can still be read and exported.`,
    );
  }
}
