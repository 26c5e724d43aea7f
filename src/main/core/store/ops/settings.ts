/** Settings, each by its key. */
import { settingsSchema, type Settings } from '../../../../shared/rpc/contract.ts';
import type { Connection } from '../connection.ts';
import { jsonOr } from '../sound.ts';
import { query, write } from './operation.ts';

export interface SettingColumns {
  readonly key: string;
  /** JSON. */
  readonly value: string;
}

const ALL = 'SELECT key, value FROM settings';

export const settings = query({
  run: (db: Connection) => db.all<SettingColumns>(ALL),
  layered: (own, stored) => [...stored(), ...own()],
  // One that is damaged is as good as never set.
  result: (rows): Partial<Settings> =>
    Object.fromEntries(
      rows.flatMap(({ key, value }) => {
        const parsed = settingsSchema.partial().safeParse({ [key]: jsonOr(value, undefined) });
        return parsed.success ? Object.entries(parsed.data) : [];
      }),
    ),
});

const SAVE = 'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value';

/** Those that are not said stay as they are. */
export const saveSettings = write({
  params: (change: Partial<Settings>): [readonly SettingColumns[]] => [
    Object.entries(change)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => ({ key, value: JSON.stringify(value) })),
  ],
  run: ({ db }, values: readonly SettingColumns[]): void => {
    for (const { key, value } of values) db.run(SAVE, key, value);
  },
});
