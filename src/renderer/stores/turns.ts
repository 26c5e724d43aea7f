/** Long work of the window's own thread, done step by step, so that drawing and input have their turn in between. */

/** Time that steps take together before the window has its turn. */
const TURN_MS = 8;

/**
 * Goes through the steps, none of which may cost more than a few milliseconds, until they end or `take` says that it has enough.
 * Whether that was so: false where the signal gave it up before.
 */
export async function inTurns<Step>(
  steps: Iterable<Step>,
  take: (step: Step) => boolean | void,
  signal?: AbortSignal,
): Promise<boolean> {
  let until = performance.now() + TURN_MS;
  for (const step of steps) {
    if (take(step) === false) break;
    if (performance.now() <= until) continue;
    await new Promise((resolve) => setTimeout(resolve));
    if (signal?.aborted) return false;
    until = performance.now() + TURN_MS;
  }
  return signal?.aborted !== true;
}
