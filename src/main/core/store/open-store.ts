/**
 * The store as the core sees it: a client of the thread that owns the file. Reads are gathered here for some 16 ms and sent
 * in one batch; a thread that dies is started again and gets what it did not confirm.
 */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { TraceRow } from '../../../shared/model/trace.ts';
import type { ListChange } from '../../../shared/rpc/contract.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { counted } from '../../../shared/text/count.ts';
import { monotonicMs } from '../worker/monotonic.ts';
import { MessageUnread, NotAnswered, WorkerGone, WorkerThread } from '../worker/worker-thread.ts';
import { CommitFlag } from './commit-flag.ts';
import type { Caller, Query, Write } from './ops/operation.ts';
import {
  OPERATIONS,
  type ArgsOf,
  type KeptName,
  type QueryName,
  type RequestedMethods,
  type WriteName,
  type WriteOp,
} from './ops/registry.ts';
import { firstLine } from './problems.ts';
import { rowOf } from './rows.ts';
import type { NotWritten, StoreHandlers, StoreListener, WorkerSetup } from './serve.ts';
import type { Store } from './store.ts';
import { incompleteEnding } from './stored.ts';
import { WriteQueue, UNWRITTEN_BYTES, type Waiting } from './write-queue.ts';
import { tooLate, type CommittedChange, type Outcome, type Written } from './writer.ts';

/** Between two batches, so that reads join. */
const BATCH_MS = 16;
/** Not much less than that: reads that come in batches of about as long need no timer each. */
const SOON_MS = 12;
/** Of the bytes that are kept unwritten, so much may wait before senders have to. */
const ROOM_SHARE = 1 / 4;
/** How long until what failed is tried again. */
const RETRY_MS = 1000;
/** How long a deletion can be taken back: the window offers it for some seconds. */
const UNDO_MS = 60_000;
/** Without a write for so long, what the log holds is brought into the file and the log emptied. */
const REST_MS = 2000;
/** How long somebody waits for a write, in milliseconds. It is not done after that. */
const WAIT_MS = 10_000;
/** Deaths of the thread without a batch written in between, after which it is not started again. */
const MAX_DEATHS = 3;
/** A page of the list, or of reads, takes milliseconds; all before it in line may be a repair of the whole file. */
const QUERY_MS = 120_000;

export interface StoreSetup {
  /** Created when missing, for the user only. */
  readonly dataDir: string;
  /** The module of the store's thread. */
  readonly worker: URL;
  /** Told when the file is of an older format, before it is upgraded and anything is answered: its bytes. */
  readonly onUpgrade?: ((bytes: number) => void) | undefined;
  /** How long somebody waits for a write, in milliseconds; a test may want it short. */
  readonly waitMs?: number;
  /** How long a deletion can be taken back, in milliseconds; a test may want it short. */
  readonly undoMs?: number;
  /** How long nothing is written before the log is emptied, in milliseconds; a test may want it short. */
  readonly restMs?: number;
  /** How long until what failed is tried again, in milliseconds; a test may want it short. */
  readonly retryMs?: number;
  /** Unwritten bytes that are kept while the file takes none; a test may want fewer. */
  readonly unwrittenBytes?: number;
}

/** Resolves whatever the file is like: see `problem`. Rejects only when the thread itself cannot start. */
export async function openStore(setup: StoreSetup): Promise<Store> {
  const client = new StoreClient(setup);
  await client.open();
  return Object.assign(client, client.methods());
}

type AnyOperation = Query<List, List, unknown, unknown> | Write<'write' | 'kept', List, List, unknown, unknown>;
type List = readonly unknown[];

/** What is known here of a running trace beyond what is committed. */
interface LiveTrace {
  row: TraceRow | undefined;
  numbers: Partial<TraceRow>;
}

class StoreClient implements Omit<Store, keyof RequestedMethods> {
  problem: Store['problem'];
  file: string | undefined;
  remark: string | undefined;
  readonly #setup: StoreSetup;
  readonly #thread: WorkerThread<StoreHandlers>;
  readonly #queue: WriteQueue;
  readonly #commitFlag = new CommitFlag();
  /** Ends the waiting for the response to the batch that is out, where that is unawaited. */
  #unawaited: AbortController | undefined;
  readonly #live = new Map<string, LiveTrace>();
  readonly #changeListeners = new Set<(change: ListChange) => void>();
  readonly #problemListeners = new Set<(sentence: string | undefined) => void>();
  readonly #caller: Caller;
  #opened = false;
  #timer: NodeJS.Timeout | undefined;
  #sentAt = -Infinity;
  #deaths = 0;
  #room: PromiseWithResolvers<void> | undefined;
  /** The disk has not answered for long. */
  #silent = false;
  /** The sentence that was last told. */
  #told: string | undefined;
  /** Why nothing can be written now. */
  #trouble: NotWritten | undefined;
  /** A write that was refused for a reason of its own. */
  #refusal: string | undefined;
  #closing: Promise<string | undefined> | undefined;
  #gone = false;

  constructor(setup: StoreSetup) {
    this.#setup = setup;
    this.#caller = {
      shown: (row) => this.#shown(row),
      dataDir: setup.dataDir,
      records: (id) => this.#live.has(id),
    };
    this.#queue = new WriteQueue(setup.unwrittenBytes ?? UNWRITTEN_BYTES);
    this.#thread = new WorkerThread({
      name: 'store',
      module: setup.worker,
      data: {
        dataDir: setup.dataDir,
        undoMs: setup.undoMs ?? UNDO_MS,
        restMs: setup.restMs ?? REST_MS,
        commitFlag: this.#commitFlag.shared,
      } satisfies WorkerSetup,
      handlers: { upgrading: (bytes) => setup.onUpgrade?.(bytes) } satisfies StoreListener,
      onExit: (cause) => this.#exited(cause),
    });
  }

  async open(): Promise<void> {
    try {
      const { file, problem, readable, remark } = await this.#thread.request('opened', []);
      this.file = file;
      this.remark = remark;
      this.problem = problem === undefined ? undefined : { sentence: problem, readable };
      this.#opened = true;
    } catch (error) {
      throw error instanceof WorkerGone ? this.#goneError() : error;
    }
  }

  /** A method for each operation that somebody waits for. */
  methods(): RequestedMethods {
    const derived = Object.entries(OPERATIONS as unknown as Readonly<Record<string, AnyOperation>>).flatMap(
      ([name, operation]) => {
        if (operation.type === 'kept') return [];
        const { params = (...args: List) => args, result = (raw: unknown) => raw } = operation;
        const call = async (...args: List): Promise<unknown> => {
          const raw =
            operation.type === 'query'
              ? await this.#query(name as QueryName, params(...args))
              : await this.#write(opOf(name as WriteName, params(...args)));
          return result(raw, this.#caller);
        };
        return [[name, call]];
      },
    );
    const methods = Object.fromEntries(derived) as RequestedMethods;
    return {
      ...methods,
      createTrace: async (trace) => {
        this.#live.set(trace.id, { row: undefined, numbers: {} });
        try {
          await methods.createTrace(trace);
        } catch (error) {
          this.#live.delete(trace.id);
          throw error;
        }
      },
      reads: async (id, from, maxBytes) => {
        const stored = await methods.reads(id, from, maxBytes);
        // What the file does not take is still here.
        return stored.length === 0 && this.#trouble ? this.#queue.reads(id, from) : stored;
      },
    };
  }

  onWriteProblem(listener: (sentence: string | undefined) => void): void {
    this.#problemListeners.add(listener);
    if (this.#told !== undefined) listener(this.#told);
  }

  onChange(listener: (change: ListChange) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  appendReads(id: TraceId, reads: readonly Read[]): void {
    if (reads.length === 0 || this.#gone) return;
    this.#look();
    const fits = this.#queue.addReads(id, reads, (outcome) => this.#notTaken(id, outcome));
    if (!fits) this.#tell();
    this.#schedule();
  }

  room(): Promise<void> | undefined {
    this.#look();
    if (!this.#isFull(ROOM_SHARE) || this.#silent) return undefined;
    this.#room ??= this.#waitForRoom();
    return this.#room.promise;
  }

  /** A disk that does not answer is not waited for: then reads are kept until there is no room at all. */
  #waitForRoom(): PromiseWithResolvers<void> {
    const room = Promise.withResolvers<void>();
    const timer = setTimeout(() => {
      this.#silent = true;
      this.#giveRoom();
    }, this.#setup.waitMs ?? WAIT_MS);
    void room.promise.then(() => clearTimeout(timer));
    return room;
  }

  #giveRoom(): void {
    if (!this.#silent && this.#isFull(ROOM_SHARE / 2)) return;
    this.#room?.resolve();
    this.#room = undefined;
  }

  #isFull(share: number): boolean {
    const limit = this.#setup.unwrittenBytes ?? UNWRITTEN_BYTES;
    return !this.#gone && !this.#trouble && this.#queue.bytes > limit * share;
  }

  setHead(...args: ArgsOf<'setHead'>): void {
    this.#keep('setHead', args, (outcome) => this.#notTaken(args[0], outcome));
  }

  setCapture(...args: ArgsOf<'setCapture'>): void {
    this.#keep('setCapture', args, (outcome) => this.#notTaken(args[0], outcome));
  }

  setLive(id: TraceId, numbers: Parameters<Store['setLive']>[1]): void {
    const live = this.#live.get(id);
    if (!live) return;
    live.numbers = { ...live.numbers, ...numbers };
    if (live.row) this.#emit({ type: 'upsert', row: this.#shown(live.row) });
  }

  async finishTrace(...[id, result]: ArgsOf<'finishTrace'>): Promise<void> {
    const lost = this.#queue.lost(id);
    const whole = lost ? { ...result, ending: incompleteEnding(result.ending, lost) } : result;
    // Shown as ended from here on, also where writing it must wait.
    const { endedAtNs: _, ...shown } = whole;
    const live = this.#live.get(id);
    if (live) live.numbers = { ...live.numbers, ...shown };
    const done = (outcome: Outcome): void => {
      this.#notTaken(id, outcome);
      this.#live.delete(id);
      this.#queue.forgetLoss(id);
    };
    this.#keep('finishTrace', [id, whole], done, true);
    await this.#tried();
  }

  addProviderTrace(...args: ArgsOf<'addProviderTrace'>): void {
    this.#keep('addProviderTrace', args, (outcome) => this.#notTaken(args[0].trace, outcome));
  }

  async flush(): Promise<void> {
    const tried = this.#tried();
    this.#sendNow();
    await tried;
  }

  close(): Promise<string | undefined> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<string | undefined> {
    await this.flush();
    clearTimeout(this.#timer);
    const lost = this.#queue.empty ? undefined : this.#lostSentence();
    if (lost !== undefined) this.#queue.drop({ ok: false, code: 'not-stored', message: lost });
    if (this.#gone) return lost;
    this.#gone = true;
    this.#giveRoom();
    await this.#thread.close();
    return lost;
  }

  #lostSentence(): string {
    const { fact, step } = this.#trouble ?? {
      fact: 'The disk that holds the traces does not answer.',
      step: 'Check the disk.',
    };
    const { bytes } = this.#queue;
    return `${fact} What was not written yet is lost${bytes > 0 ? ` (${counted(bytes, 'byte')})` : ''}. ${step}`;
  }

  // Writing

  #keep<Name extends Exclude<KeptName, 'appendReads'>>(
    name: Name,
    args: ArgsOf<Name>,
    done: (outcome: Outcome) => void,
    urgent = false,
  ): void {
    if (this.#gone) return;
    const operation = OPERATIONS[name] as unknown as Write<'kept', List, List, unknown, unknown>;
    const op = opOf(name, operation.params ? operation.params(...args) : args);
    const bytes = sizeOf(op);
    // What is large and no part of the body gives way to what is.
    if (bytes > 0 && this.#queue.bytes + bytes > (this.#setup.unwrittenBytes ?? UNWRITTEN_BYTES)) return;
    this.#queue.add({ op, bytes, urgent, kept: true, done, tried: [] });
    this.#schedule();
  }

  #write(op: ReturnType<typeof opOf>): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return reject(this.#goneError());
      const waitMs = this.#setup.waitMs ?? WAIT_MS;
      const done = (outcome: Outcome) => {
        clearTimeout(timer);
        if (outcome.ok) resolve(outcome.value);
        else reject(new ServiceError(outcome.code, outcome.message));
      };
      const waiting: Waiting = {
        op: { ...op, until: monotonicMs() + waitMs },
        bytes: sizeOf(op),
        urgent: true,
        kept: false,
        done,
        tried: [],
      };
      const giveUp = (): void => {
        if (this.#queue.withdraw(waiting)) return done(tooLate(waitMs));
        // The thread has it, and does not begin it any more. What it has begun may be done within this time.
        timer = setTimeout(() => done(UNKNOWN), waitMs);
      };
      let timer = setTimeout(giveUp, waitMs);
      this.#queue.add(waiting);
      this.#schedule();
    });
  }

  /**
   * Resolves when all that waits now was tried: it is committed, or kept because nothing can be written. Resolves as well when
   * the disk does not answer.
   */
  async #tried(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, this.#setup.waitMs ?? WAIT_MS);
    this.#look();
    this.#queue.whenTried(resolve);
    await promise;
    clearTimeout(timer);
  }

  #schedule(): void {
    this.#look();
    if (this.#queue.busy || this.#queue.empty || this.#gone) return;
    const atOnce = this.#trouble ? this.#queue.hasRequests : this.#queue.urgent;
    const sinceMs = performance.now() - this.#sentAt;
    if (atOnce || (!this.#trouble && sinceMs >= SOON_MS)) return this.#sendNow();
    const waitMs = this.#trouble ? (this.#setup.retryMs ?? RETRY_MS) : BATCH_MS - sinceMs;
    this.#timer ??= setTimeout(() => this.#sendNow(), waitMs);
    return undefined;
  }

  #sendNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#queue.busy || this.#queue.empty || this.#gone) return;
    this.#sentAt = performance.now();
    void this.#sendBatch();
  }

  /** Sends the next batch, or again the one that was not answered because the thread died. */
  async #sendBatch(): Promise<void> {
    const { ops, transfer } = this.#queue.take();
    const unawaited = !this.#trouble && !this.#room && this.#deaths === 0 && this.#queue.unawaited;
    const known = new AbortController();
    this.#unawaited = unawaited ? known : undefined;
    this.#commitFlag.lower();
    try {
      const answer = await this.#thread.request('write', [ops, unawaited], { transfer, signal: known.signal });
      this.#unawaited = undefined;
      if ('outcomes' in answer) this.#written(answer);
      else this.#failed(answer);
    } catch (error) {
      if (this.#gone || known.signal.aborted) return;
      this.#unawaited = undefined;
      if (error instanceof WorkerGone) return this.#sendBatch();
      if (error instanceof MessageUnread) return this.#unread(error);
      this.#failed({ fact: `Writing fails (${String(error)}).`, step: 'Restart Tracelane.' });
    }
  }

  /** Something depends on the batch that is out: where it is unawaited, it is seen to be committed, or awaited from here on. */
  #look(): void {
    const known = this.#unawaited;
    this.#unawaited = undefined;
    if (!known || !this.#commitFlag.look()) return;
    known.abort();
    this.#queue.allWritten();
    this.#taken();
  }

  async #unread({ reason }: MessageUnread): Promise<void> {
    this.#queue.unread({
      ok: false,
      code: 'unread',
      message: `It could not be passed to the thread that writes (${reason}).`,
    });
    this.#giveRoom();
    this.#tell();
    if (!this.#queue.empty) await this.#sendBatch();
  }

  #written({ outcomes, changes }: Written): void {
    for (const change of changes) this.#committed(change);
    this.#queue.written(outcomes);
    this.#taken();
  }

  /** The file has taken a batch. */
  #taken(): void {
    this.#deaths = 0;
    this.#trouble = undefined;
    this.#silent = false;
    this.#giveRoom();
    this.#tell();
    this.#schedule();
  }

  #failed(trouble: NotWritten): void {
    this.#trouble = trouble;
    this.#queue.failed({
      ok: false,
      code: 'not-stored',
      message: `${trouble.fact} This was not stored. ${trouble.step} Then try again.`,
    });
    this.#giveRoom();
    this.#tell();
    this.#schedule();
  }

  #committed(change: CommittedChange): void {
    if (change.type === 'delete') return this.#emit({ ...change, id: change.id as TraceId });
    const row = rowOf(change.row, this.#setup.dataDir);
    const live = this.#live.get(row.id);
    if (live) live.row = row;
    this.#emit({ type: 'upsert', row: this.#shown(row) });
  }

  #notTaken(id: string, outcome: Outcome): void {
    // A trace that could not be made is not missed again with each of its reads: who made it was told.
    if (outcome.ok || outcome.code === 'not-stored' || !this.#live.has(id)) return;
    this.#refusal = `Part of the trace ${this.#titleOf(id)} was not stored: ${outcome.message}`;
  }

  #tell(): void {
    const sentence = this.#sentence();
    if (sentence === this.#told) return;
    this.#told = sentence;
    for (const listener of this.#problemListeners) listener(sentence);
  }

  #sentence(): string | undefined {
    const lost = [...this.#live.keys()].flatMap((id) => {
      const { from, cause } = this.#queue.lost(id) ?? {};
      return cause === 'no-room' ? [`${this.#titleOf(id)} from byte ${from} on`] : [];
    });
    const losing = lost.length > 0 ? ` There was not enough room for all of it. Lost: ${lost.join(', ')}.` : '';
    if (this.#trouble) {
      const megabytes = Math.round((this.#setup.unwrittenBytes ?? UNWRITTEN_BYTES) / 2 ** 20);
      return `${this.#trouble.fact} New data is kept in memory, up to ${megabytes} MB, and written as soon as writing works again.${losing} ${this.#trouble.step}`;
    }
    return losing === ''
      ? this.#refusal
      : `Data arrived faster than it could be written.${losing} The affected traces say so; run them again to record them completely.`;
  }

  #titleOf(id: string): string {
    return `"${this.#live.get(id)?.row?.title ?? id}"`;
  }

  // Showing

  /** With what is known of a running trace beyond the file. */
  #shown<Row extends TraceRow>(row: Row): Row {
    const live = this.#live.get(row.id);
    return live ? { ...row, ...live.numbers } : row;
  }

  #emit(change: ListChange): void {
    for (const listener of this.#changeListeners) listener(change);
  }

  // The thread

  /** Asked again once when the thread died meanwhile, or a message was lost: another request may have been the cause. */
  async #query(name: QueryName, params: List): Promise<unknown> {
    for (let tries = 1; ; tries++) {
      if (this.#gone) throw this.#goneError();
      try {
        return await this.#thread.request('query', [name, params as never], { timeLimitMs: QUERY_MS });
      } catch (error) {
        if (!(error instanceof NotAnswered)) throw error;
        if (tries > 1 && !this.#gone)
          throw new ServiceError(
            'store',
            error instanceof MessageUnread
              ? `What the store was asked, or its answer, could not be read (${error.reason}). Close other programs, then try again.`
              : `The store stopped twice while it handled this request (${error.reason}). Restart Tracelane.`,
          );
      }
    }
  }

  /** The thread has ended: as it was told to, or it died. Then it is started again; what it left unanswered is asked again. */
  #exited(cause: string): void {
    if (this.#gone) return clearTimeout(this.#timer);
    if (++this.#deaths > MAX_DEATHS || !this.#opened) return this.#giveUp(cause);
    // At once, so that the folder stays locked.
    this.open().catch(() => undefined);
  }

  #giveUp(cause: string): void {
    const why = firstLine(cause) || 'its thread ended';
    const [fact, step] = !this.#opened
      ? [`The store could not be started (${why}).`, 'Install Tracelane again; in a clone of it, run npm ci.']
      : [`The store stopped working (${why}).`, 'Restart Tracelane.'];
    this.#trouble = { fact, step };
    this.#gone = true;
    clearTimeout(this.#timer);
    this.#queue.drop({ ok: false, code: 'not-stored', message: `${fact} This was not stored. ${step}` });
    this.#giveRoom();
    this.#told = `${fact} From now on, recordings are not stored. ${step}`;
    for (const listener of this.#problemListeners) listener(this.#told);
  }

  #goneError(): ServiceError {
    return new ServiceError(
      'store-closed',
      this.#trouble ? `${this.#trouble.fact} ${this.#trouble.step}` : 'The store is closed. Restart Tracelane.',
    );
  }
}

const UNKNOWN: Outcome = {
  ok: false,
  code: 'unknown',
  message:
    'The disk that holds the traces does not answer, and it is not known whether this was stored. Check the disk, then reload the list.',
};

function opOf(name: WriteName, params: List): Exclude<WriteOp, { name: 'appendReads' }> {
  return { name, params } as unknown as Exclude<WriteOp, { name: 'appendReads' }>;
}

/** Bytes that a write keeps in memory, about. */
function sizeOf({ name, params }: ReturnType<typeof opOf>): number {
  const { size } = OPERATIONS[name] as unknown as Write<'write' | 'kept', List, List, unknown, unknown>;
  return size ? size(...params) : 0;
}
