/** `app.*`: what the program is and where its data lie, what is wrong with its store, as that comes and goes, and what limits took out of it. */
import { allLanes } from '../../shared/lanes/registry.ts';
import { PROVIDERS } from '../../shared/providers/registry.ts';
import type { AppInfo, Cleared, LaneInfo } from '../../shared/rpc/contract.ts';
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
  known: Omit<AppInfo, 'storeProblem' | 'cleared' | 'platform' | 'lanes'>,
  store: Pick<Store, 'problem' | 'onWriteProblem'>,
  onCleared: (listener: (cleared: Cleared) => void) => void,
): Pick<Services, 'app.info' | 'app.changes'> {
  const watchers = new Set<ConflatingQueue<'app', AppInfo>>();
  let writeProblem: string | undefined;
  let cleared: Cleared | undefined;
  const info = (): AppInfo => {
    // What cannot be written can still be read.
    const storeProblem =
      store.problem ?? (writeProblem === undefined ? undefined : { sentence: writeProblem, readable: true });
    return {
      ...known,
      platform: process.platform,
      lanes: lanesKnown(),
      ...(storeProblem && { storeProblem }),
      ...(cleared && { cleared }),
    };
  };
  const changed = (): void => {
    for (const watcher of watchers) watcher.set('app', info());
  };
  store.onWriteProblem((sentence) => {
    writeProblem = sentence;
    changed();
  });
  onCleared((now) => {
    cleared = now;
    changed();
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
