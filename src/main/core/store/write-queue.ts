/**
 * Writes on their way to the worker: one batch is out at a time, everything else waits and is joined. What a failed batch held
 * stays first in line. Bytes of reads are kept here until they are committed, up to a bound; what does not fit is counted.
 */
import { byteCount } from '../../../shared/model/byte-count.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import type { Read } from '../../../shared/model/stream.ts';
import { appendReads } from './ops/reads.ts';
import type { WriteOp } from './ops/registry.ts';
import type { Lost } from './stored.ts';
import type { Outcome } from './writer.ts';

/** Unwritten bytes that are kept while the file takes none. Reads above it are lost, and said to be. */
export const UNWRITTEN_BYTES = 64 * 1024 * 1024;
/** Bytes at which a batch does not wait any longer. */
const BATCH_BYTES = 256 * 1024;
/** Bytes of a batch at most, but for a read that is longer: packing more at once would keep the main thread. */
const LARGEST_BATCH_BYTES = 1 * 1024 * 1024;
/** So often is a write sent that the thread may not have been able to read: what it could not read may have been another message. */
const MOST_UNREAD = 3;

/** Reads are packed as they leave. */
interface WaitingReads {
  readonly name: 'appendReads';
  readonly id: TraceId;
  readonly reads: Read[];
}

/** A write that waits, and who waits for it. */
export interface Waiting {
  readonly op: Exclude<WriteOp, { name: 'appendReads' }> | WaitingReads;
  bytes: number;
  /** Cannot wait for the next batch: a change of state. */
  readonly urgent: boolean;
  /** Kept and tried again when the file takes nothing; other writes are refused then, since somebody can do them again. */
  readonly kept: boolean;
  readonly done: (outcome: Outcome) => void;
  /** Called once the write was tried, whether or not it was committed. */
  readonly tried: (() => void)[];
}

export class WriteQueue {
  readonly #limit: number;
  #waiting: Waiting[] = [];
  #out: readonly Waiting[] = [];
  #bytes = 0;
  /** So many of those that wait are sent one by one. */
  #alone = 0;
  /** So often in turn was the batch that is out not read. */
  #unread = 0;
  /** The last waiting reads of each trace: what joins them. */
  readonly #joinable = new Map<string, Waiting>();
  readonly #lost = new Map<string, { -readonly [Part in keyof Lost]: Lost[Part] }>();

  constructor(limit = UNWRITTEN_BYTES) {
    this.#limit = limit;
  }

  /** A batch is out and not answered. */
  get busy(): boolean {
    return this.#out.length > 0;
  }

  /** Of the batch that is out nobody needs to know yet whether it was written: it is reads, and not many. */
  get unawaited(): boolean {
    return (
      this.#waiting.length === 0 &&
      this.#bytes < BATCH_BYTES &&
      this.#out.every(({ op, tried }) => op.name === 'appendReads' && tried.length === 0)
    );
  }

  get empty(): boolean {
    return this.#out.length === 0 && this.#waiting.length === 0;
  }

  get urgent(): boolean {
    return this.#bytes >= BATCH_BYTES || this.#waiting.some(({ urgent }) => urgent);
  }

  /** Something waits that is refused where it cannot be done. */
  get hasRequests(): boolean {
    return this.#waiting.some(({ kept }) => !kept);
  }

  /** Bytes that are not committed. */
  get bytes(): number {
    return this.#bytes;
  }

  add(waiting: Waiting): void {
    // What comes after it must stay after it.
    this.#joinable.clear();
    this.#bytes += waiting.bytes;
    this.#waiting.push(waiting);
  }

  /**
   * False when they did not fit, or others before them did not: the stored reads of a trace have no holes. With nothing else
   * in the way all fits that the caller has in memory already, such as an import.
   */
  addReads(id: TraceId, reads: readonly Read[], done: Waiting['done']): boolean {
    const bytes = byteCount(reads);
    if (this.#lost.has(id) || (this.#bytes > 0 && this.#bytes + bytes > this.#limit)) {
      this.#lose(id, reads, 'no-room');
      return false;
    }
    for (const read of reads) this.#addRead(id, read, done);
    return true;
  }

  /** `cause`: of the first that are lost; others follow them. */
  #lose(id: TraceId, reads: readonly Read[], cause: Lost['cause']): void {
    const lost = this.#lost.get(id) ?? { cause, from: reads[0]!.offset, reads: 0, bytes: 0 };
    this.#lost.set(id, lost);
    lost.reads += reads.length;
    lost.bytes += byteCount(reads);
  }

  #addRead(id: TraceId, read: Read, done: Waiting['done']): void {
    const bytes = read.bytes.length;
    const joined = this.#joinable.get(id);
    if (joined?.op.name === 'appendReads' && joined.bytes + bytes <= BATCH_BYTES) {
      joined.op.reads.push(read);
      joined.bytes += bytes;
      this.#bytes += bytes;
      return;
    }
    const waiting: Waiting = {
      op: { name: 'appendReads', id, reads: [read] },
      bytes,
      urgent: false,
      kept: true,
      done,
      tried: [],
    };
    this.#bytes += bytes;
    this.#waiting.push(waiting);
    this.#joinable.set(id, waiting);
  }

  lost(id: string): Lost | undefined {
    return this.#lost.get(id);
  }

  /** The trace is over. */
  forgetLoss(id: string): void {
    this.#lost.delete(id);
  }

  /** Calls back once all that is here now was tried; at once when nothing is. */
  whenTried(callback: () => void): void {
    const last = this.#waiting.at(-1) ?? this.#out.at(-1);
    if (last) last.tried.push(callback);
    else callback();
  }

  /** Takes the next batch out of the line, or the same one again when it was not answered. */
  take(): { readonly ops: readonly WriteOp[]; readonly transfer: ArrayBuffer[] } {
    if (this.#out.length === 0) {
      let [count, bytes] = [0, 0];
      const most = this.#alone > 0 ? 1 : this.#waiting.length;
      while (count < most && (count === 0 || bytes + this.#waiting[count]!.bytes <= LARGEST_BATCH_BYTES))
        bytes += this.#waiting[count++]!.bytes;
      this.#out = this.#waiting.slice(0, count);
      this.#waiting = this.#waiting.slice(count);
      this.#alone = Math.max(0, this.#alone - count);
      this.#joinable.clear();
    }
    const transfer: ArrayBuffer[] = [];
    const ops = this.#out.map(({ op }): WriteOp => {
      if (op.name !== 'appendReads') return op;
      const [id, run] = appendReads.params!(op.id, op.reads);
      transfer.push(...[run.bytes, run.times, run.lengths].map(({ buffer }) => buffer as ArrayBuffer));
      return { name: 'appendReads', params: [id, run] };
    });
    return { ops, transfer };
  }

  /** All of the batch that is out was committed, and there is nothing else to tell of it. */
  allWritten(): void {
    this.written(this.#out.map(() => ({ ok: true })));
  }

  /** The batch that is out was committed. */
  written(outcomes: readonly Outcome[]): void {
    const out = this.#leave();
    for (const [i, waiting] of out.entries()) waiting.done(outcomes[i]!);
    callAll(out);
  }

  /**
   * The batch that is out may not have been read. Its writes are sent again, one by one; the one that is never read is given up, and with
   * reads all that follow them in their trace.
   */
  unread(refusal: Outcome): void {
    if (this.#out.length > 1) {
      this.#alone = this.#out.length;
      this.#waiting = [...this.#out, ...this.#waiting];
      this.#out = [];
    } else if (++this.#unread === MOST_UNREAD) this.#giveUp(refusal);
  }

  #giveUp(refusal: Outcome): void {
    const [first] = this.#leave();
    const { op } = first!;
    const isLater = ({ op: other }: Waiting): boolean =>
      op.name === 'appendReads' && other.name === 'appendReads' && other.id === op.id;
    const given = [first!, ...this.#waiting.filter(isLater)];
    this.#waiting = this.#waiting.filter((waiting) => !isLater(waiting));
    this.#joinable.clear();
    for (const waiting of given) {
      if (waiting !== first) this.#bytes -= waiting.bytes;
      if (waiting.op.name === 'appendReads') this.#lose(waiting.op.id, waiting.op.reads, 'unread');
    }
    for (const { done } of given) done(refusal);
    callAll(given);
  }

  /** Nothing of it was. What is kept waits again, first in line; all others learn of it, those that were not sent yet, too. */
  failed(refusal: Outcome): void {
    const all = [...this.#out, ...this.#waiting];
    const refused = all.filter(({ kept }) => !kept);
    this.#out = [];
    this.#waiting = all.filter(({ kept }) => kept);
    for (const { bytes } of refused) this.#bytes -= bytes;
    for (const { done } of refused) done(refusal);
    callAll(all);
  }

  /** Takes a write out of the line. False when it is no longer in it: it is being tried, or was. */
  withdraw(waiting: Waiting): boolean {
    if (!this.#waiting.includes(waiting)) return false;
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    this.#bytes -= waiting.bytes;
    callAll([waiting]);
    return true;
  }

  /** Gives up on everything. */
  drop(refusal: Outcome): void {
    const all = [...this.#leave(), ...this.#waiting];
    this.#waiting = [];
    this.#joinable.clear();
    this.#bytes = 0;
    for (const { done } of all) done(refusal);
    callAll(all);
  }

  /** Reads of a trace that are not committed, from number `from` on. */
  reads(id: string, from: number): readonly Read[] {
    return [...this.#out, ...this.#waiting].flatMap(({ op }) =>
      op.name === 'appendReads' && op.id === id ? op.reads.filter(({ n }) => n >= from) : [],
    );
  }

  #leave(): readonly Waiting[] {
    const out = this.#out;
    this.#out = [];
    this.#unread = 0;
    for (const { bytes } of out) this.#bytes -= bytes;
    return out;
  }
}

function callAll(writes: readonly Waiting[]): void {
  for (const { tried } of writes) for (const callback of tried.splice(0)) callback();
}
