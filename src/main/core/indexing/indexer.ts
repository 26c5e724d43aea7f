/**
 * Works out the facts of traces that have ended and puts them where they are searched, one trace after the other and the newest
 * first: those that end now, and those from before that lack either, or of which this version would say something else. What
 * fails is said in the facts.
 */
import { setTimeout as wait } from 'node:timers/promises';
import { FACTS_VERSION, noFacts } from '../../../shared/compare/facts.ts';
import type { TraceFacts } from '../../../shared/model/facts.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { DecodeWorker } from '../decoding/decode-worker.ts';
import type { TracePlace } from '../search/writer.ts';
import type { Store } from '../store/store.ts';

export interface IndexerSetup {
  readonly store: Pick<Store, 'onChange' | 'ended' | 'setFacts' | 'file'>;
  readonly worker: Pick<DecodeWorker, 'run'>;
  /** For what is to do when the program ends: the other one is ended in the middle of whatever it does. */
  readonly lastWorker: Pick<DecodeWorker, 'run'>;
  /** How long a trace is left alone after it ended, in milliseconds: whoever ran it may look at it now. */
  readonly afterMs: number;
}

/** Traces that are looked at together, whether they lack something. */
const PAGE = 500;
/** For what was deleted just before the program ends. */
const LAST_MS = 2_000;

export class Indexer {
  readonly #setup: IndexerSetup;
  /** What lacks something, the next one last. */
  readonly #lacking = new Map<TraceId, number>();
  /** Deleted in this run: they may be restored. */
  readonly #deleted = new Set<TraceId>();
  #toRemove: TraceId[] = [];
  /** Traces from before are looked at below this row number; undefined: all were. */
  #before: number | null | undefined = null;
  #generation = 0;
  /** Something was put in and not yet joined with what is there. */
  #scattered = false;
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(setup: IndexerSetup) {
    this.#setup = setup;
    this.#stop = setup.store.onChange((change) => {
      if (change.type === 'delete') this.#remove(change.id);
      else if (change.row.ending) {
        const { id, nr, facts } = change.row;
        if (facts?.version !== FACTS_VERSION || this.#deleted.has(id)) this.#note(id, nr);
      }
    });
    this.#schedule();
  }

  /** Another number whenever searches may find something else. */
  get generation(): number {
    return this.#generation;
  }

  /** Not all traces are where they are searched. */
  get behind(): boolean {
    return this.#before !== undefined || this.#lacking.size > 0 || this.#setup.store.file === undefined;
  }

  /** What is searched is damaged: it is thrown away and made again. */
  async rebuild(): Promise<void> {
    await this.#setup.worker.run('search.erase', {});
    this.#generation++;
    this.#again();
  }

  /** A trace that is worked on is waited for. What was deleted lately goes from where it is searched as it goes from the file. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stop();
    clearTimeout(this.#timer);
    await this.#working;
    const ids = this.#toRemove;
    if (ids.length === 0) return;
    const removed = this.#setup.lastWorker.run('search.remove', { ids });
    // What fails, or is not done by then, is done by the next start.
    await Promise.race([removed.catch(() => undefined), wait(LAST_MS, undefined, { ref: false })]);
  }

  #again(): void {
    this.#before = null;
    this.#schedule();
  }

  #note(id: TraceId, nr: number): void {
    this.#deleted.delete(id);
    this.#lacking.set(id, nr);
    this.#schedule();
  }

  #remove(id: TraceId): void {
    this.#lacking.delete(id);
    this.#deleted.add(id);
    this.#toRemove.push(id);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#working || this.#closed) return;
    // Not put off by others that end meanwhile: they may never stop.
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      this.#working = this.#work().finally(() => {
        this.#working = undefined;
        if (this.#lacking.size > 0 || this.#toRemove.length > 0) this.#schedule();
      });
    }, this.#setup.afterMs);
  }

  async #work(): Promise<void> {
    try {
      while (!this.#closed && (await this.#step()));
    } catch {
      if (this.#closed) return;
      // The store and the disk say themselves what is wrong with them; the next trace that ends, or the next start, goes on.
      this.#lacking.clear();
      this.#toRemove = [];
    }
  }

  /** False when nothing is left to do. */
  async #step(): Promise<boolean> {
    const ids = [...this.#toRemove];
    if (ids.length > 0) {
      const { lost } = await this.#setup.worker.run('search.remove', { ids });
      this.#toRemove.splice(0, ids.length);
      if (lost) this.#before = null;
      this.#generation++;
    }
    if (this.#lacking.size === 0 && this.#before !== undefined) await this.#lookBack(this.#before);
    const next = [...this.#lacking].at(-1);
    if (!next) return this.#before !== undefined || this.#toRemove.length > 0 || (await this.#merge());
    const [id, nr] = next;
    this.#lacking.delete(id);
    await this.#do({ nr, id });
    return true;
  }

  /** Joins some of what was put in since; false when nothing is left to join. */
  async #merge(): Promise<boolean> {
    if (!this.#scattered) return false;
    const { more, lost } = await this.#setup.worker.run('search.merge', {});
    this.#scattered = more;
    if (lost) this.#before = null;
    return more || lost;
  }

  async #lookBack(before: number | null): Promise<void> {
    const { store, worker } = this.#setup;
    const traces = await store.ended(before, PAGE);
    const places = traces.map(({ nr, id }) => ({ nr, id }));
    const { missing: ids, lost } = await worker.run('search.missing', { traces: places, before });
    const missing = new Set(ids);
    // From the newest on again, where what was found whole is no more.
    this.#before = lost && before !== null ? null : traces.at(-1)?.nr;
    // The newest last, as if they had ended just now.
    for (const { nr, id, version } of traces.toReversed())
      if (version < FACTS_VERSION || missing.has(id)) this.#lacking.set(id, nr);
  }

  async #do(place: TracePlace): Promise<void> {
    const facts = await this.#indexed(place);
    if (!facts) return;
    this.#generation++;
    await this.#setup.store.setFacts(place.id, facts);
  }

  /** Undefined where there is no such trace any more, or the program ends. */
  async #indexed(place: TracePlace): Promise<TraceFacts | undefined> {
    try {
      const { facts, lost } = await this.#setup.worker.run('index', place);
      this.#scattered = true;
      if (lost) this.#before = null;
      return facts;
    } catch (error) {
      if (this.#closed || (error instanceof ServiceError && error.code === 'not-found')) return undefined;
      return noFacts(error instanceof Error ? error.message : String(error));
    }
  }
}
