/** Filters of the list that are kept for later, and what they are called. */
import { MOST_FILTERS } from '../../shared/rpc/agreed.ts';
import type { Settings } from '../../shared/rpc/contract.ts';
import { changeSettings, useApp } from './app.ts';

const saved = (): readonly string[] => useApp.getState().settings?.filters ?? [];

/** What saved filters are called, by their text; those without a name are not in it. */
export const namesIn = (settings: Settings | null): ReadonlyMap<string, string> =>
  new Map(Object.entries(settings?.filterNames ?? {}));
const names = (): ReadonlyMap<string, string> => namesIn(useApp.getState().settings);

/** Beyond the most that are kept, the one that was saved first goes. */
export function saveFilter(filter: string): Promise<void> {
  const filters = [filter, ...saved()].slice(0, MOST_FILTERS);
  return changeSettings({ filters, filterNames: namesOf(filters, names()) });
}

export function forgetFilter(filter: string): Promise<void> {
  const filters = saved().filter((one) => one !== filter);
  return changeSettings({ filters, filterNames: namesOf(filters, names()) });
}

/** `name`: blanks alone leave it without one. */
export function nameFilter(filter: string, name: string): Promise<void> {
  return changeSettings({ filterNames: namesOf(saved(), new Map(names()).set(filter, name.trim())) });
}

/** Without empty names, and those of filters that are not kept any more. */
const namesOf = (filters: readonly string[], all: ReadonlyMap<string, string>): Record<string, string> =>
  Object.fromEntries([...all].filter(([filter, name]) => name !== '' && filters.includes(filter)));
