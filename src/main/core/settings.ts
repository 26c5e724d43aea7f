/** Settings kept beside the traces, with what they are until somebody changes them. */
import { DEFAULT_OPTIONS } from '../../shared/model/trace.ts';
import type { Settings } from '../../shared/rpc/contract.ts';
import type { Store } from './store/store.ts';

export const DEFAULT_SETTINGS: Settings = {
  theme: 'system',
  singleKeys: true,
  announce: 'ending',
  options: DEFAULT_OPTIONS,
  lanes: null,
  filters: [],
  filterNames: {},
  retention: { days: null, megabytes: null },
};

export class SettingsService {
  readonly #store: Pick<Store, 'settings' | 'saveSettings'>;

  constructor(store: Pick<Store, 'settings' | 'saveSettings'>) {
    this.#store = store;
  }

  async get(): Promise<Settings> {
    return { ...DEFAULT_SETTINGS, ...(await this.#store.settings()) };
  }

  /** Fields that are absent, or there without a value, stay as they are. */
  async set(change: { readonly [Key in keyof Settings]?: Settings[Key] | undefined }): Promise<Settings> {
    const given = Object.fromEntries(
      Object.entries(change).filter(([, value]) => value !== undefined),
    ) as Partial<Settings>;
    await this.#store.saveSettings(given);
    return this.get();
  }
}
