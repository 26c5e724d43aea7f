/**
 * Works out the facts of traces that have ended, one trace after the other and the newest first: those that end now, and those
 * from before that have none, or none that this version would not say otherwise. What fails is said in its facts.
 */
import { FACTS_VERSION, noFacts } from '../../../shared/compare/facts.ts';
import type { TraceFacts } from '../../../shared/model/facts.ts';
import type { TraceId } from '../../../shared/model/ids.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { DecodeWorker } from '../decoding/decode-worker.ts';
import type { Store } from '../store/store.ts';

export interface IndexerSetup {
  readonly store: Pick<Store, 'onChange' | 'withoutFacts' | 'setFacts'>;
  readonly worker: Pick<DecodeWorker, 'run'>;
  /** How long a trace is left alone after it ended, in milliseconds: whoever ran it may look at it now. */
  readonly afterMs: number;
}

/** Traces that are looked up at once. */
const PAGE = 100;

export class Indexer {
  readonly #setup: IndexerSetup;
  /** Ended, and not done yet. */
  readonly #ended = new Set<TraceId>();
  /** Traces from before are looked for below this row number; undefined: there are none any more. */
  #before: number | null | undefined = null;
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | undefined;
  #working: Promise<void> | undefined;
  #closed = false;

  constructor(setup: IndexerSetup) {
    this.#setup = setup;
    this.#stop = setup.store.onChange((change) => {
      if (change.type === 'delete') this.#ended.delete(change.id);
      else if (change.row.ending && change.row.facts?.version !== FACTS_VERSION) this.#note(change.row.id);
    });
    this.#schedule();
  }

  /** A trace that is worked on is waited for. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#stop();
    clearTimeout(this.#timer);
    await this.#working;
  }

  #note(id: TraceId): void {
    this.#ended.add(id);
    this.#schedule();
  }

  #schedule(): void {
    if (this.#working || this.#closed) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#working = this.#work().finally(() => {
        this.#working = undefined;
        if (this.#ended.size > 0) this.#schedule();
      });
    }, this.#setup.afterMs);
  }

  async #work(): Promise<void> {
    try {
      for (let id = await this.#next(); id !== undefined && !this.#closed; id = await this.#next()) await this.#do(id);
    } catch {
      // The store says itself what is wrong with it; the next trace that ends, or the next start, goes on.
    }
  }

  async #next(): Promise<TraceId | undefined> {
    const ended = [...this.#ended].at(-1);
    if (ended !== undefined || this.#before === undefined) return ended;
    const found = await this.#setup.store.withoutFacts(FACTS_VERSION, this.#before, PAGE);
    this.#before = found.at(-1)?.nr;
    // The newest last, as if they had ended just now.
    for (const { id } of found.toReversed()) this.#ended.add(id);
    return [...this.#ended].at(-1);
  }

  async #do(id: TraceId): Promise<void> {
    this.#ended.delete(id);
    const facts = await this.#facts(id);
    if (facts) await this.#setup.store.setFacts(id, facts);
  }

  /** Undefined where there is no such trace any more, or the program ends. */
  async #facts(id: TraceId): Promise<TraceFacts | undefined> {
    try {
      return await this.#setup.worker.run('facts', { id });
    } catch (error) {
      if (this.#closed || (error instanceof ServiceError && error.code === 'not-found')) return undefined;
      return noFacts(error instanceof Error ? error.message : String(error));
    }
  }
}
