/**
 * Keeps the traces within the limits that a person set: the oldest beyond them are deleted, a few at a time, when the program
 * starts, when limits change, after traces have ended, and as time passes. And says how much is kept.
 */
import type { Cleared, Retention, Settings } from '../../../shared/rpc/contract.ts';
import type { Services } from '../../../shared/rpc/services.ts';
import { searchFile } from '../search/schema.ts';
import { sizeOf } from '../store/files.ts';
import type { KeepingLimits } from '../store/ops/keeping.ts';
import type { Store } from '../store/store.ts';

const DAY_MS = 86_400_000;
/** How long after a trace has ended, so that many that end together are one look. */
const AFTER_MS = 10_000;
/** As time passes. */
const EVERY_MS = 3_600_000;
/** Deleted in one write: others wait for no more than that. */
const AT_ONCE = 100;

export interface KeepingSetup {
  readonly store: Pick<Store, 'size' | 'outdated' | 'going' | 'delete' | 'onChange' | 'problem' | 'file'>;
  readonly dataDir: string;
  readonly settings: () => Promise<Pick<Settings, 'retention'>>;
  /** How long after a trace has ended, in milliseconds; a test may want it short. */
  readonly afterMs?: number;
}

export class Keeping {
  readonly #setup: KeepingSetup;
  readonly #stop: () => void;
  #timer: NodeJS.Timeout | undefined;
  #soon = false;
  /** Limits have changed while it looked. */
  #again = false;
  #looking: Promise<void> | undefined;
  #closed = false;
  #cleared = 0;
  readonly #listeners: ((cleared: Cleared) => void)[] = [];

  constructor(setup: KeepingSetup) {
    this.#setup = setup;
    this.#stop = setup.store.onChange((change) => {
      if (change.type === 'upsert' && change.row.ending) this.#lookAfter(setup.afterMs ?? AFTER_MS);
    });
    this.#lookAfter(setup.afterMs ?? AFTER_MS);
  }

  get services(): Pick<Services, 'store.size' | 'store.outdated'> {
    const { store, dataDir } = this.#setup;
    return {
      'store.size': async () => {
        const withLog = (file: string): number => sizeOf(file) + sizeOf(`${file}-wal`);
        const file = store.file === undefined ? 0 : withLog(store.file);
        return { ...(await store.size()), file, search: withLog(searchFile(dataDir)) };
      },
      'store.outdated': ({ retention }) => store.outdated(limitsOf(retention)),
    };
  }

  /** Told each time that limits have deleted traces. */
  onCleared(listener: (cleared: Cleared) => void): void {
    this.#listeners.push(listener);
  }

  /** To be told when the limits have changed. */
  look(): void {
    if (this.#looking) {
      this.#again = true;
      return;
    }
    this.#looking = this.#work().finally(() => {
      this.#looking = undefined;
      this.#soon = false;
      if (this.#again) this.look();
      else this.#wait(EVERY_MS);
    });
    this.#again = false;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stop();
    clearTimeout(this.#timer);
    await this.#looking;
  }

  /** Not put off by others that end meanwhile: they may never stop. */
  #lookAfter(ms: number): void {
    if (this.#soon) return;
    this.#soon = true;
    this.#wait(ms);
  }

  #wait(ms: number): void {
    clearTimeout(this.#timer);
    if (!this.#closed) this.#timer = setTimeout(() => this.look(), ms);
  }

  async #work(): Promise<void> {
    const { store, settings } = this.#setup;
    try {
      while (!this.#closed && store.problem === undefined) {
        // Each time: who widens the limits ends it.
        const { retention } = await settings();
        if (retention.days === null && retention.megabytes === null) return;
        const ids = await store.going(limitsOf(retention), AT_ONCE);
        if (ids.length === 0) return;
        await store.delete(ids);
        this.#cleared += ids.length;
        for (const listener of this.#listeners) listener({ traces: this.#cleared, retention });
      }
    } catch {
      // The store says itself what is wrong with it; the next look goes on.
    }
  }
}

const limitsOf = ({ days, megabytes }: Retention): KeepingLimits => ({
  before: days === null ? null : Date.now() - days * DAY_MS,
  bytes: megabytes === null ? null : megabytes * 1e6,
});
