/** Searches, and what keeps the file that they are answered from like the store. */
import { isDamage } from '../../store/problems.ts';
import type { TaskDefinitions } from './task.ts';

export const searchTasks = {
  'search.missing': async ({ search }, { traces, before }) => ({
    missing: (await search?.writer.missing(traces, before)) ?? [],
    lost: search?.writer.takeLoss() === true,
  }),
  'search.remove': async ({ search }, { ids }) => {
    for (const id of ids) await search?.writer.remove(id);
    await search?.writer.shrink();
    return { lost: search?.writer.takeLoss() === true };
  },
  'search.merge': async ({ search }) => ({
    more: (await search?.writer.merge()) ?? false,
    lost: search?.writer.takeLoss() === true,
  }),
  'search.erase': async ({ search }) => {
    search?.writer.erase();
    // Who asks for it knows.
    search?.writer.takeLoss();
    return null;
  },
  'search.find': async ({ search }, query) =>
    unlessDamaged(() => search?.reader.find(query) ?? { found: [], next: null }),
  'search.traces': async ({ search }, query) =>
    unlessDamaged(() => search?.reader.traces(query) ?? { nrs: [], next: null }),
} satisfies TaskDefinitions;

function unlessDamaged<Value>(read: () => Value): Value | 'damaged' {
  try {
    return read();
  } catch (error) {
    if (!isDamage(error)) throw error;
    return 'damaged';
  }
}
