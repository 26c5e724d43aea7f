/** Parts of the window whose code is loaded when they are first needed, or when there is time to spare. */
import { lazy, Suspense, useState, type ComponentType, type LazyExoticComponent } from 'react';
import { LoadError } from '../stores/faults.ts';

const IDLE_AFTER_MS = 1000;

const loads: (() => Promise<unknown>)[] = [];

/** A component whose code `load` brings. It throws a LoadError where that fails; mounted anew, it asks anew. */
export function late<Props extends object>(load: () => Promise<ComponentType<Props>>): ComponentType<Props> {
  const ask = (): LazyExoticComponent<ComponentType<Props>> =>
    lazy(() =>
      load().then(
        (component) => ({ default: component }),
        (cause: unknown) => {
          // React keeps a failed load for ever: whoever tries again needs another.
          loaded = ask();
          throw new LoadError('Part of the window’s code could not be loaded.', { cause });
        },
      ),
    );
  let loaded = ask();
  loads.push(load);
  return function Late(props: Props) {
    // The try that this one began with, however it ends.
    const [Part] = useState(() => loaded);
    return (
      <Suspense fallback={<p className="loading">Loading…</p>}>
        <Part {...props} />
      </Suspense>
    );
  };
}

/**
 * Loads all of them in idle time, so that none has to be waited for, or is missing once the program has stopped. One that
 * fails is asked for again when it is needed.
 */
export function loadAllWhenIdle(): void {
  const loadAll = async () => {
    for (const load of loads) await load().catch(() => {});
  };
  // Safari has no idle time to ask for.
  if ('requestIdleCallback' in globalThis) requestIdleCallback(() => void loadAll());
  else setTimeout(() => void loadAll(), IDLE_AFTER_MS);
}
