/**
 * A worker thread of the core with a channel to it: started by the first request, and by the next one after it has ended or
 * died. Whatever the thread does, each request is answered.
 */
import { Worker } from 'node:worker_threads';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { Gate } from './gate.ts';
import { Channel, type ChannelPort, type Handlers, type RequestOptions, type ResponseOf } from './channel.ts';

/** What every worker serves besides its own: lets go of what it holds, and of its port, so that the thread ends by itself. */
export type Closable = { readonly close: () => void };

export interface WorkerThreadSetup {
  /** For the debugger. */
  readonly name: string;
  /** The worker's module. */
  readonly module: URL;
  /** Its `workerData`. */
  readonly data: unknown;
  /** It makes native calls of which it tells its gate, whose `shared` is `gate` of its data. */
  readonly gated?: boolean;
  /** What the worker may ask the core for. */
  readonly handlers?: Handlers;
  /** Above it the thread is ended, alone. */
  readonly memoryLimitMb?: number;
  /** Called when a message was lost, to the thread or from it, and all that waited for it has been told. It goes on. */
  readonly onUnread?: (reason: string) => void;
  /** Called when the thread has gone, and all that waited for it has been told. `cause` is empty when it gave none. */
  readonly onExit?: (cause: string) => void;
}

/**
 * Node ends a thread at its memory limit and gives the collection that met it 16 MB more. Young objects of a thread without
 * this bound can be more, and when they all live, the whole process is aborted. Comparisons are as fast with it.
 */
const YOUNG_MB = 16;

/** There is no answer, and there will be none: the thread has gone, or a message could not be read. */
export class NotAnswered extends Error {
  /** What the thread threw or was ended for, or why the message was not read; empty where nobody said. */
  readonly reason: string;

  constructor(message: string, reason: string) {
    super(message);
    this.reason = reason;
  }
}

/** The thread has gone before it answered. */
export class WorkerGone extends NotAnswered {
  constructor(reason: string) {
    super(`The thread ended before it answered${reason && `: ${reason}`}`, reason);
  }
}

/**
 * A message to the thread or from it could not be read, as when there is no memory for it. The thread goes on. Which message it was is not
 * known, so that all that waited for an answer are told.
 */
export class MessageUnread extends NotAnswered {
  constructor(reason: string) {
    super(`A message could not be read (${reason}).`, reason);
  }
}

interface Running<Remote extends Handlers> {
  readonly worker: Worker;
  readonly channel: Channel<Remote>;
  readonly exited: Promise<void>;
  readonly gate: Gate;
}

export class WorkerThread<Remote extends Handlers & Closable> {
  readonly #setup: WorkerThreadSetup;
  #running: Running<Remote> | undefined;
  #closed = false;

  constructor(setup: WorkerThreadSetup) {
    this.#setup = setup;
  }

  /** Whether its thread is there. */
  get running(): boolean {
    return this.#running !== undefined;
  }

  /** Rejects with NotAnswered when the thread ends first or a message is lost, with code `closed` when it was closed before. */
  request<Name extends keyof Remote & string>(
    name: Name,
    args: Parameters<Remote[Name]>,
    options?: RequestOptions,
  ): Promise<ResponseOf<Remote[Name]>> {
    if (this.#closed) return Promise.reject(new ServiceError('closed', 'The program is closing.'));
    this.#running ??= this.#start();
    return this.#running.channel.request(name, args, options);
  }

  /** Calls without waiting for an answer, where the thread is there. */
  notify<Name extends keyof Remote & string>(name: Name, args: Parameters<Remote[Name]>): void {
    this.#running?.channel.notify(name, args);
  }

  /** Ends it from outside, in the middle of whatever it does but native calls of which it tells; the next request starts another. Not for a thread that writes. */
  terminate(): void {
    const running = this.#running;
    this.#running = undefined;
    if (running) void end(running);
  }

  /** Lets the thread end by itself, and what it holds with it; the next request starts another. Ask nothing until this resolves. */
  async rest(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    running.channel.notify('close', [] as never);
    await running.exited;
  }

  /**
   * Lets the thread do what it was asked before, then close what is open and end by itself. `waitMs`: how long that may take; absent, as long as it does.
   */
  async close(waitMs?: number): Promise<void> {
    this.#closed = true;
    const running = this.#running;
    if (!running) return;
    running.channel.notify('close', [] as never);
    const timer = waitMs === undefined ? undefined : setTimeout(() => void end(running), waitMs);
    await running.exited;
    clearTimeout(timer);
  }

  #start(): Running<Remote> {
    const { name, module, data, gated = false, handlers = {}, memoryLimitMb, onUnread, onExit } = this.#setup;
    const gate = new Gate();
    const worker = new Worker(module, {
      name,
      workerData: gated ? { ...(data as object), gate: gate.shared } : data,
      ...(memoryLimitMb !== undefined && {
        resourceLimits: { maxOldGenerationSizeMb: memoryLimitMb, maxYoungGenerationSizeMb: YOUNG_MB },
      }),
    });
    const channel: Channel<Remote> = new Channel<Remote>(
      worker as ChannelPort,
      () => handlers,
      (reason) => {
        channel.fail(new MessageUnread(reason));
        onUnread?.(reason);
      },
    );
    const exited = Promise.withResolvers<void>();
    const running: Running<Remote> = { worker, channel, exited: exited.promise, gate };
    let cause = '';
    worker.on('error', (error) => (cause = error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => {
      if (this.#running === running) this.#running = undefined;
      channel.fail(new WorkerGone(cause));
      exited.resolve();
      onExit?.(cause);
    });
    return running;
  }
}

/** In the middle of whatever it does, but for a native call. */
async function end({ worker, gate, exited }: Pick<Running<Closable>, 'worker' | 'gate' | 'exited'>): Promise<void> {
  await Promise.race([gate.shut(), exited]);
  await worker.terminate();
}
