/** `app.*`: what the program is and where its data lie, and what is wrong with its store, as that comes and goes. */
import { allLanes } from '../../shared/lanes/registry.ts';
import { PROVIDERS } from '../../shared/providers/registry.ts';
import type { AppInfo, LaneInfo } from '../../shared/rpc/contract.ts';
import type { Services } from '../../shared/rpc/services.ts';
import { ConflatingQueue } from './watch/conflating-queue.ts';
import type { Store } from './store/store.ts';

const lanesKnown = (): readonly LaneInfo[] =>
  allLanes().map(({ id, label, description, supports }) => ({
    id,
    label,
    description,
    apis: [...PROVIDERS.keys()].filter(supports),
  }));

export function appServices(
  known: Omit<AppInfo, 'storeProblem' | 'platform' | 'lanes'>,
  store: Pick<Store, 'problem' | 'onWriteProblem'>,
): Pick<Services, 'app.info' | 'app.changes'> {
  const watchers = new Set<ConflatingQueue<'app', AppInfo>>();
  let writeProblem: string | undefined;
  const info = (): AppInfo => {
    // What cannot be written can still be read.
    const storeProblem =
      store.problem ?? (writeProblem === undefined ? undefined : { sentence: writeProblem, readable: true });
    return { ...known, platform: process.platform, lanes: lanesKnown(), ...(storeProblem && { storeProblem }) };
  };
  store.onWriteProblem((sentence) => {
    writeProblem = sentence;
    for (const watcher of watchers) watcher.set('app', info());
  });
  return {
    'app.info': info,
    'app.changes': async function* changes(_, signal) {
      const latest = new ConflatingQueue<'app', AppInfo>();
      watchers.add(latest);
      try {
        yield* latest.watch(signal);
      } finally {
        watchers.delete(latest);
      }
    },
  };
}
