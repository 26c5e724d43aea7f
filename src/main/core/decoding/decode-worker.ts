/**
 * A thread that reads stored traces for the core: started when first asked, ended when a job takes too long or too much
 * memory, and then started again for the next. A job can fail; the program goes on.
 */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { TaskName, TaskTypes } from './tasks.ts';
import {
  outcomeOf,
  valueOf,
  type FromDecodeWorker,
  type Outcome,
  type DecodeWorkerData,
  type ToDecodeWorker,
} from './worker-messages.ts';
import type { TraceSource } from './trace-source.ts';

export interface DecodeWorkerSetup extends DecodeWorkerData {
  /** The worker's module. */
  readonly module: URL;
  /** Where it asks for what it cannot read itself. */
  readonly source: TraceSource;
  /** For one job. */
  readonly timeLimitMs?: number;
  readonly memoryLimitMb?: number;
}

/** The longest comparison measured, of a body of 64 MB, takes some tens of seconds on a slow machine. */
const TIME_LIMIT_MS = 120_000;
/** V8's own limit differs by machine; a reading of the largest body we keep stays below. */
const MEMORY_LIMIT_MB = 3_072;
/**
 * Node ends a thread at its limit and gives the collection that met it 16 MB more. Young objects of a thread without this
 * bound can be more, and when they all live, the whole process is aborted. Comparisons are as fast with it.
 */
const YOUNG_MB = 16;
/** When the program ends, for a job that is under way. */
const CLOSE_MS = 1_000;

export class DecodeWorker {
  readonly #setup: DecodeWorkerSetup;
  #worker: Worker | undefined;
  /** Ends when all jobs given so far are done. */
  #last: Promise<unknown> = Promise.resolve();
  #closed = false;

  constructor(setup: DecodeWorkerSetup) {
    this.#setup = setup;
  }

  /** Whether its thread is there. */
  get running(): boolean {
    return this.#worker !== undefined;
  }

  /** Jobs run in the order given. Rejects with a ServiceError when the job was ended. */
  run<Name extends TaskName>(name: Name, params: TaskTypes[Name]['params']): Promise<TaskTypes[Name]['result']> {
    const job = this.#last.then(
      async () => valueOf(await this.#run({ type: 'job', name, params })) as TaskTypes[Name]['result'],
    );
    this.#last = job.catch(() => undefined);
    return job;
  }

  /** A job that still runs is waited for a moment, then given up. */
  async close(): Promise<void> {
    this.#closed = true;
    const worker = this.#worker;
    if (worker) {
      // Closing its file is the thread's own work: ended from outside in the middle of a query, it may take the program with it.
      tell(worker, { type: 'close' });
      const timer = setTimeout(() => void worker.terminate(), CLOSE_MS);
      await once(worker, 'exit');
      clearTimeout(timer);
    }
    await this.#last;
  }

  async #run(message: ToDecodeWorker): Promise<Outcome> {
    if (this.#closed) return given('closed', 'The program is closing.');
    const worker = (this.#worker ??= this.#start());
    const limitMs = this.#setup.timeLimitMs ?? TIME_LIMIT_MS;
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    const timer = setTimeout(() => {
      resolve(
        given(
          'too-long',
          `This took longer than ${Math.round(limitMs / 1000)} seconds and was stopped. The trace is unharmed; its bytes can still be read and exported.`,
        ),
      );
      void this.#discard(worker);
    }, limitMs);
    const onMessage = (reply: FromDecodeWorker): void => {
      if (reply.type === 'done') resolve(reply.outcome);
    };
    const onError = (error: Error): void =>
      resolve(given('worker-failed', `The reading thread failed and was started anew: ${error.message}`));
    /** The answer cannot be made of what was sent. */
    const onUnreadable = (error: Error): void =>
      resolve(given('worker-failed', `The answer of the reading thread could not be read: ${error.message}`));
    const onExit = (): void =>
      resolve(
        given(
          'worker-failed',
          this.#closed ? 'The program is closing.' : 'The reading thread ended in the middle of its work. Try again.',
        ),
      );
    worker.on('message', onMessage).on('messageerror', onUnreadable).on('error', onError).on('exit', onExit);
    tell(worker, message);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      worker.off('message', onMessage).off('messageerror', onUnreadable).off('error', onError).off('exit', onExit);
    }
  }

  #start(): Worker {
    const { module, dataDir, memoryLimitMb = MEMORY_LIMIT_MB } = this.#setup;
    const resourceLimits = { maxOldGenerationSizeMb: memoryLimitMb, maxYoungGenerationSizeMb: YOUNG_MB };
    const worker = new Worker(module, { workerData: { dataDir } satisfies DecodeWorkerData, resourceLimits });
    worker.on('message', (message: FromDecodeWorker) => void this.#answer(worker, message));
    // Whoever waits for a job listens too; from here on the thread takes no more.
    const gone = (): void => {
      if (this.#worker === worker) this.#worker = undefined;
    };
    worker.on('error', gone).on('exit', gone);
    return worker;
  }

  async #answer(worker: Worker, message: FromDecodeWorker): Promise<void> {
    if (message.type !== 'ask') return;
    const { ask, method, args } = message;
    const call = this.#setup.source[method] as (...args: readonly unknown[]) => Promise<unknown>;
    const outcome = await outcomeOf(() => call.apply(this.#setup.source, [...args]));
    tell(worker, { type: 'answer', ask, outcome });
  }

  async #discard(worker: Worker): Promise<void> {
    if (this.#worker === worker) this.#worker = undefined;
    await worker.terminate();
  }
}

function tell(worker: Worker, message: ToDecodeWorker): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread, not a window: it has no origin.
  worker.postMessage(message);
}

const given = (code: string, message: string): Outcome => ({ ok: false, code, message });
