/**
 * The store as the core sees it: a client of the thread that owns the file. Reads are gathered here for some 16 ms and sent
 * in one batch; a thread that dies is started again and gets what it did not confirm.
 */
import { Worker } from 'node:worker_threads';
import { traceId, type EndpointId, type TraceId } from '../../../shared/model/ids.ts';
import type { Read } from '../../../shared/model/stream.ts';
import type { Ending, HttpHead, TraceRow } from '../../../shared/model/trace.ts';
import type { ListChange, Settings } from '../../../shared/rpc/contract.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type {
  CommittedChange,
  FromWorker,
  Outcome,
  Question,
  QuestionName,
  Questions,
  ToWorker,
  WorkerSetup,
} from './worker-messages.ts';
import { unpackReads } from './parts.ts';
import { createdColumns, endpointColumns, endpointOf, finishedColumns, headOf, rowOf, traceOf } from './rows.ts';
import type { NewTrace, ProviderTraceRow, Store, StoredEndpoint, StoredTrace, TraceResult } from './store.ts';
import { bytesOf, WriteQueue, UNWRITTEN_BYTES, type Lost, type Waiting } from './write-queue.ts';

/** How long reads wait for others. */
const BATCH_MS = 16;
/** How long until what failed is tried again. */
const RETRY_MS = 1000;
/** Deaths of the thread without a batch written in between, after which it is not started again. */
const MAX_DEATHS = 3;

export interface StoreSetup {
  /** Created when missing, for the user only. */
  readonly dataDir: string;
  /** The module of the store's thread. */
  readonly worker: URL;
  /** Unwritten bytes that are kept while the file takes none; a test may want fewer. */
  readonly unwrittenBytes?: number;
}

/** Resolves whatever the file is like: see `problem`. Rejects only when the thread itself cannot start. */
export async function openStore(setup: StoreSetup): Promise<Store> {
  const store = new StoreClient(setup);
  await store.opened;
  return store;
}

interface Asking {
  readonly question: Question;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
  /** Of the thread, while it was asked. */
  deaths: number;
}

/** What is known here of a running trace beyond what is committed. */
interface LiveTrace {
  row: TraceRow | undefined;
  numbers: Partial<TraceRow>;
}

class StoreClient implements Store {
  readonly opened: Promise<void>;
  problem: Store['problem'];
  file: string | undefined;
  readonly #setup: StoreSetup;
  readonly #since = Date.now();
  readonly #queue: WriteQueue;
  readonly #asking = new Map<number, Asking>();
  readonly #live = new Map<string, LiveTrace>();
  readonly #changeListeners = new Set<(change: ListChange) => void>();
  readonly #problemListeners = new Set<(sentence: string | undefined) => void>();
  #worker: Worker;
  #whenOpened: { readonly resolve: () => void; readonly reject: (error: Error) => void } | undefined;
  #timer: NodeJS.Timeout | undefined;
  #numbered = 0;
  #batch = 0;
  #deaths = 0;
  #deathCause = '';
  /** The sentence that was last told. */
  #told: string | undefined;
  /** Why nothing can be written now. */
  #trouble: { readonly fact: string; readonly step: string } | undefined;
  /** A write that was refused for a reason of its own. */
  #refusal: string | undefined;
  #closing: Promise<void> | undefined;
  #whenClosed: (() => void) | undefined;
  #gone = false;

  constructor(setup: StoreSetup) {
    this.#setup = setup;
    this.#queue = new WriteQueue(setup.unwrittenBytes ?? UNWRITTEN_BYTES);
    this.opened = new Promise((resolve, reject) => {
      this.#whenOpened = { resolve, reject };
    });
    this.#worker = this.#start();
  }

  onWriteProblem(listener: (sentence: string | undefined) => void): void {
    this.#problemListeners.add(listener);
    if (this.#told !== undefined) listener(this.#told);
  }

  onChange(listener: (change: ListChange) => void): () => void {
    this.#changeListeners.add(listener);
    return () => this.#changeListeners.delete(listener);
  }

  async createTrace(trace: NewTrace): Promise<void> {
    const columns = createdColumns(trace);
    this.#live.set(trace.id, { row: undefined, numbers: {} });
    try {
      await this.#write({ op: 'create', trace: columns });
    } catch (error) {
      this.#live.delete(trace.id);
      throw error;
    }
  }

  appendReads(id: TraceId, reads: readonly Read[]): void {
    if (reads.length === 0 || this.#gone) return;
    const fits = this.#queue.addReads(id, reads, (outcome) => this.#notTaken(id, outcome));
    if (!fits) this.#tell();
    this.#schedule();
  }

  setHead(id: TraceId, head: HttpHead, tNs: number): void {
    this.#keep({ op: 'head', id, status: head.status, head: JSON.stringify(head), tNs }, (outcome) =>
      this.#notTaken(id, outcome),
    );
  }

  setLive(id: TraceId, numbers: Parameters<Store['setLive']>[1]): void {
    const live = this.#live.get(id);
    if (!live) return;
    live.numbers = { ...live.numbers, ...numbers };
    if (live.row) this.#emit({ type: 'upsert', row: this.#shown(live.row) });
  }

  async finishTrace(id: TraceId, result: TraceResult): Promise<void> {
    const lost = this.#queue.lost(id);
    const whole = lost ? { ...result, ending: withLoss(result.ending, lost) } : result;
    // Shown as ended from here on, also where writing it must wait.
    const { endedAtNs: _, ...shown } = whole;
    const live = this.#live.get(id);
    if (live) live.numbers = { ...live.numbers, ...shown };
    this.#keep(
      { op: 'finish', id, result: finishedColumns(whole) },
      (outcome) => {
        this.#notTaken(id, outcome);
        this.#live.delete(id);
        this.#queue.forgetLoss(id);
      },
      true,
    );
    await this.#tried();
  }

  addProviderTrace(row: ProviderTraceRow): void {
    const document = JSON.stringify(row.document);
    if (this.#queue.bytes + document.length > (this.#setup.unwrittenBytes ?? UNWRITTEN_BYTES)) return;
    this.#keep({ op: 'provider-trace', id: row.trace, lane: row.lane, step_id: row.stepId, document }, (outcome) =>
      this.#notTaken(row.trace, outcome),
    );
  }

  async list({ limit, after }: Parameters<Store['list']>[0]): ReturnType<Store['list']> {
    const page = await this.#ask('list', { limit, after });
    return { ...page, rows: page.rows.map((row) => this.#shown(rowOf(row))) };
  }

  async get(id: TraceId): Promise<StoredTrace> {
    return this.#shown(traceOf(await this.#ask('get', { id })));
  }

  async head(id: TraceId): ReturnType<Store['head']> {
    return headOf(await this.#ask('head', { id }));
  }

  async reads(id: TraceId, from: number, maxBytes?: number): Promise<readonly Read[]> {
    const stored = unpackReads(await this.#ask('reads', { id, from, maxBytes }));
    // What the file does not take is still here.
    return stored.length === 0 && this.#trouble ? this.#queue.reads(id, from) : stored;
  }

  async bytes(id: TraceId, start: number, end: number): ReturnType<Store['bytes']> {
    return this.#ask('bytes', { id, start, end });
  }

  async providerTraces(id: TraceId): Promise<readonly ProviderTraceRow[]> {
    const rows = await this.#ask('providerTraces', { id });
    return rows.map(({ lane, step_id, document }) => ({
      trace: id,
      lane,
      stepId: step_id,
      document: JSON.parse(document),
    }));
  }

  async unfinished(): Promise<readonly TraceId[]> {
    return (await this.#ask('unfinished', null)).filter((id) => !this.#live.has(id)).map(traceId);
  }

  async rename(id: TraceId, title: string): Promise<TraceRow> {
    return this.#writtenRow(await this.#write({ op: 'rename', id, title }));
  }

  async star(id: TraceId, starred: boolean): Promise<TraceRow> {
    return this.#writtenRow(await this.#write({ op: 'star', id, starred }));
  }

  async delete(ids: readonly TraceId[]): Promise<void> {
    await this.#write({ op: 'delete', ids });
  }

  async restore(ids: readonly TraceId[]): Promise<void> {
    await this.#write({ op: 'restore', ids });
  }

  async settings(): Promise<Partial<Settings>> {
    const rows = await this.#ask('settings', null);
    return Object.fromEntries(rows.map(({ key, value }) => [key, JSON.parse(value)]));
  }

  async saveSettings(change: Partial<Settings>): Promise<void> {
    const said = Object.entries(change).filter(([, value]) => value !== undefined);
    await this.#write({ op: 'settings', values: said.map(([key, value]) => ({ key, value: JSON.stringify(value) })) });
  }

  async endpoints(): Promise<readonly StoredEndpoint[]> {
    return (await this.#ask('endpoints', null)).map(endpointOf);
  }

  async saveEndpoint(endpoint: StoredEndpoint): Promise<void> {
    await this.#write({ op: 'save-endpoint', endpoint: endpointColumns(endpoint) });
  }

  async removeEndpoint(id: EndpointId): Promise<void> {
    await this.#write({ op: 'remove-endpoint', id });
  }

  async flush(): Promise<void> {
    const tried = this.#tried();
    this.#sendNow();
    await tried;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
    if (!this.#queue.empty)
      this.#queue.drop({
        ok: false,
        code: 'not-stored',
        message: this.#sentence() ?? 'The store was closed before this was written.',
      });
    if (this.#gone) return;
    await new Promise<void>((resolve) => {
      this.#whenClosed = resolve;
      this.#post({ type: 'close' });
    });
  }

  // Writing

  #keep(op: Waiting['op'], done: (outcome: Outcome) => void, urgent = false): void {
    if (this.#gone) return;
    this.#queue.add({ op, bytes: sizeOf(op), urgent, kept: true, done, tried: [] });
    this.#schedule();
  }

  /** Rejects when it could not be done, with the reason. */
  #write(op: Waiting['op']): Promise<Extract<Outcome, { ok: true }>> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return reject(this.#goneError());
      const done = (outcome: Outcome) =>
        outcome.ok ? resolve(outcome) : reject(new ServiceError(outcome.code, outcome.message));
      this.#queue.add({ op, bytes: sizeOf(op), urgent: true, kept: false, done, tried: [] });
      this.#schedule();
    });
  }

  /** Resolves when all that waits now was tried: it is committed, or kept because nothing can be written. */
  #tried(): Promise<void> {
    return new Promise((resolve) => this.#queue.whenTried(resolve));
  }

  #schedule(): void {
    if (this.#queue.busy || this.#queue.empty || this.#gone) return;
    const atOnce = this.#trouble ? this.#queue.hasRequests : this.#queue.urgent;
    if (atOnce) this.#sendNow();
    else this.#timer ??= setTimeout(() => this.#sendNow(), this.#trouble ? RETRY_MS : BATCH_MS);
  }

  #sendNow(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#queue.busy && !this.#queue.empty && !this.#gone) this.#sendBatch();
  }

  /** Sends the next batch, or again the one that was not answered. */
  #sendBatch(): void {
    const { ops, transfer } = this.#queue.take();
    this.#post({ type: 'write', batch: ++this.#batch, ops }, transfer);
  }

  #written(outcomes: readonly Outcome[], changes: readonly CommittedChange[]): void {
    this.#deaths = 0;
    this.#trouble = undefined;
    for (const change of changes) this.#committed(change);
    this.#queue.written(outcomes);
    this.#tell();
    this.#schedule();
  }

  #failed(trouble: { readonly fact: string; readonly step: string }): void {
    this.#trouble = trouble;
    this.#queue.failed({
      ok: false,
      code: 'not-stored',
      message: `${trouble.fact} This was not stored. ${trouble.step} Then try again.`,
    });
    this.#tell();
    this.#schedule();
  }

  #committed(change: CommittedChange): void {
    if (change.type === 'delete') return this.#emit({ type: 'delete', id: change.id as TraceId });
    const row = rowOf(change.row);
    const live = this.#live.get(row.id);
    if (live) live.row = row;
    this.#emit({ type: 'upsert', row: this.#shown(row) });
  }

  #notTaken(id: string, outcome: Outcome): void {
    // A trace that could not be made is not missed again with each of its reads: who made it was told.
    if (outcome.ok || outcome.code === 'not-stored' || !this.#live.has(id)) return;
    this.#refusal = `Something of the trace ${this.#titleOf(id)} was not stored: ${outcome.message}`;
  }

  #tell(): void {
    const sentence = this.#sentence();
    if (sentence === this.#told) return;
    this.#told = sentence;
    for (const listener of this.#problemListeners) listener(sentence);
  }

  #sentence(): string | undefined {
    const lost = [...this.#live.keys()].flatMap((id) => {
      const { from } = this.#queue.lost(id) ?? {};
      return from === undefined ? [] : [`${this.#titleOf(id)} from byte ${from} on`];
    });
    const losing = lost.length > 0 ? ` There was no more room for all of it: lost are ${lost.join(', ')}.` : '';
    if (this.#trouble) {
      const megabytes = Math.round((this.#setup.unwrittenBytes ?? UNWRITTEN_BYTES) / 2 ** 20);
      return `${this.#trouble.fact} What arrives is kept in memory, up to ${megabytes} MB, and written as soon as that works again.${losing} ${this.#trouble.step}`;
    }
    return losing === ''
      ? this.#refusal
      : `What arrives could not be written as fast as it came.${losing} The traces say so themselves; run them again to have them whole.`;
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

  #writtenRow({ row }: Extract<Outcome, { ok: true }>): TraceRow {
    if (!row) throw new Error('The worker answers these writes with a row.');
    return this.#shown(rowOf(row));
  }

  #emit(change: ListChange): void {
    for (const listener of this.#changeListeners) listener(change);
  }

  // The thread

  #ask<Name extends QuestionName>(name: Name, params: Questions[Name]['ask']): Promise<Questions[Name]['answer']> {
    return new Promise((resolve, reject) => {
      if (this.#gone) return reject(this.#goneError());
      const asking: Asking = {
        question: { name, params } as Question,
        resolve: resolve as (value: unknown) => void,
        reject,
        deaths: 0,
      };
      this.#asking.set(++this.#numbered, asking);
      this.#post({ type: 'ask', ask: this.#numbered, question: asking.question });
    });
  }

  #post(message: ToWorker, transfer: ArrayBuffer[] = []): void {
    this.#worker.postMessage(message, transfer);
  }

  #start(): Worker {
    const workerData: WorkerSetup = { dataDir: this.#setup.dataDir, since: this.#since };
    const worker = new Worker(this.#setup.worker, { workerData, name: 'store' });
    worker.on('message', (message: FromWorker) => this.#take(message));
    worker.on('error', (error) => (this.#deathCause = error instanceof Error ? error.message : String(error)));
    worker.on('exit', () => this.#exited());
    return worker;
  }

  #take(message: FromWorker): void {
    switch (message.type) {
      case 'opened':
        this.file = message.file;
        this.problem = message.problem === undefined ? undefined : { sentence: message.problem, readable: false };
        this.#whenOpened?.resolve();
        this.#whenOpened = undefined;
        return;
      case 'written':
        return this.#written(message.outcomes, message.changes);
      case 'failed':
        return this.#failed(message);
      case 'answer':
        this.#answered(message.ask)?.resolve(message.value);
        return;
      case 'refused':
        this.#answered(message.ask)?.reject(new ServiceError(message.code, message.message));
        return;
      case 'closed':
        this.#gone = true;
    }
  }

  #answered(ask: number): Asking | undefined {
    const asking = this.#asking.get(ask);
    this.#asking.delete(ask);
    return asking;
  }

  /** The thread has ended: as it was told to, or it died. Then it is started again and given what it left unanswered. */
  #exited(): void {
    if (this.#whenClosed) return this.#end();
    if (++this.#deaths > MAX_DEATHS || this.#whenOpened) return this.#giveUp();
    this.#worker = this.#start();
    if (this.#queue.busy) this.#sendBatch();
    for (const [ask, asking] of this.#asking) {
      if (asking.deaths++ === 0) this.#post({ type: 'ask', ask, question: asking.question });
      else
        this.#answered(ask)?.reject(
          new ServiceError(
            'store',
            `The store stopped twice while it looked for this (${this.#deathCause}). Start Tracelane again.`,
          ),
        );
    }
  }

  #giveUp(): void {
    const cause = this.#deathCause || 'its thread ended';
    const [fact, step] = this.#whenOpened
      ? [`The store could not be started (${cause}).`, 'Install Tracelane again; its README says how.']
      : [`The store stopped working (${cause}).`, 'Start Tracelane again.'];
    this.#trouble = { fact, step };
    this.#end();
    this.#whenOpened?.reject(this.#goneError());
    this.#queue.drop({ ok: false, code: 'not-stored', message: `${fact} This was not stored. ${step}` });
    this.#told = `${fact} What is recorded from here on is not stored. ${step}`;
    for (const listener of this.#problemListeners) listener(this.#told);
  }

  #end(): void {
    this.#gone = true;
    clearTimeout(this.#timer);
    const error = this.#goneError();
    for (const { reject } of this.#asking.values()) reject(error);
    this.#asking.clear();
    this.#whenClosed?.();
  }

  #goneError(): ServiceError {
    return new ServiceError(
      'store-closed',
      this.#trouble ? `${this.#trouble.fact} ${this.#trouble.step}` : 'The store is closed. Start Tracelane again.',
    );
  }
}

function withLoss(ending: Ending, lost: Lost): Ending {
  const sentence = `The stored trace is incomplete: ${lost.bytes} bytes (${lost.reads} reads) from byte ${lost.from} on could not be written and did not fit in memory.`;
  return { ...ending, advice: ending.advice === undefined ? sentence : `${ending.advice} ${sentence}` };
}

/** Bytes that a write keeps in memory, about. */
function sizeOf(op: Waiting['op']): number {
  switch (op.op) {
    case 'reads':
      return bytesOf(op.reads);
    case 'provider-trace':
      return op.document.length;
    case 'create':
      return op.trace.request?.length ?? 0;
    default:
      return 0;
  }
}
