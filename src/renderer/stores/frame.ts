/**
 * One queue for the whole window: whatever has new content asks for a frame, and all of it is drawn in one go. A hidden
 * window gets no animation frames, so a timer stands in: the queue stays short and the counts stay true.
 */
const HIDDEN_MS = 250;
/** A frame that comes later than this is not waited for. */
const JOIN_MS = 60;

const waiting = new Set<() => void>();
/** Those that come with a frame that is drawn later. */
const joining = new Set<() => void>();
/** The frames that are asked for later, by what asked; `at` by the page's clock, milliseconds. */
const later = new Map<() => void, { readonly timer: ReturnType<typeof setTimeout>; readonly at: number }>();
/** Gives those that join a frame of their own where none comes in time. */
let alone: ReturnType<typeof setTimeout> | undefined;
/** Of the last frame that drew anything, milliseconds of the page's clock. */
let drawnAt = -Infinity;
let handle: { readonly cancel: () => void } | undefined;

/** What one frame may add to the page for all that is drawn in steps together, in UTF-16 units of text. */
const PER_FRAME = 8_192;
let left = PER_FRAME;

function run(): void {
  handle = undefined;
  left = PER_FRAME;
  // A frame that only gives room anew is none that others wait for.
  if (waiting.size === 0) return;
  const tasks = new Set([...waiting, ...joining]);
  waiting.clear();
  stopJoining();
  drawnAt = performance.now();
  for (const task of tasks) apart(task);
}

/** One that throws is reported like any other fault; the rest of the frame continues. */
export function apart(task: () => void): void {
  try {
    task();
  } catch (error) {
    reportError(error);
  }
}

function schedule(): void {
  if (handle) return;
  watchVisibility();
  if (document.hidden) {
    const timer = setTimeout(run, HIDDEN_MS);
    handle = { cancel: () => clearTimeout(timer) };
  } else {
    const frame = requestAnimationFrame(run);
    handle = { cancel: () => cancelAnimationFrame(frame) };
  }
}

let watches = false;

/** A frame that was asked for before the window was hidden would never come. */
function watchVisibility(): void {
  if (watches) return;
  watches = true;
  document.addEventListener('visibilitychange', () => {
    if (!handle) return;
    handle.cancel();
    handle = undefined;
    schedule();
  });
}

/** Runs `task` once, with the next frame. Asking again before that changes nothing. */
export function onNextFrame(task: () => void): void {
  waiting.add(task);
  schedule();
}

/**
 * How much may still be drawn in this frame, in UTF-16 units of text or what costs as much: 0 where others have drawn what it has
 * room for. Whoever has more to draw asks again with the next one.
 */
export const roomInFrame = (): number => left;

/**
 * How many items of `cost` units each may still be drawn in this frame: one where there is any room, since one may be more than a
 * whole frame has room for.
 */
export const itemsInFrame = (cost: number): number => (left === 0 ? 0 : Math.max(1, Math.floor(left / cost)));

/** So much was drawn of what `roomInFrame` or `itemsInFrame` told. */
export function fillFrame(units: number): void {
  left = Math.max(0, left - units);
  schedule();
}

/** Runs `task` once, with the next frame after `ms` milliseconds. */
export function onFrameAfter(ms: number, task: () => void): void {
  if (later.has(task)) return;
  const ask = (): void => {
    later.delete(task);
    onNextFrame(task);
  };
  later.set(task, { timer: setTimeout(ask, ms), at: performance.now() + ms });
}

/**
 * Runs `task` once, with the frame that is asked for already, though that be later, or with the one that is to be expected while
 * frames keep coming; else with the next one. For numbers and clocks, which would have the window laid out and painted for
 * themselves while text streams.
 */
export function withFrame(task: () => void): void {
  const now = performance.now();
  const isSoon = [...later.values()].some(({ at }) => at <= now + JOIN_MS);
  const left = isSoon ? JOIN_MS : drawnAt + JOIN_MS - now;
  if (waiting.size > 0 || left <= 0) return onNextFrame(task);
  joining.add(task);
  alone ??= setTimeout(drawAlone, left);
}

function drawAlone(): void {
  for (const task of joining) onNextFrame(task);
  stopJoining();
}

function stopJoining(): void {
  joining.clear();
  clearTimeout(alone);
  alone = undefined;
}

export function forgetFrame(task: () => void): void {
  waiting.delete(task);
  joining.delete(task);
  clearTimeout(later.get(task)?.timer);
  later.delete(task);
  if (joining.size === 0) stopJoining();
}
