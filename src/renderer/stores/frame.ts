/**
 * One queue for the whole window: whatever has new content asks for a frame, and all of it is drawn in one go. A hidden
 * window gets no animation frames, so a timer stands in: the queue stays short and the counts stay true.
 */
const HIDDEN_MS = 250;

const waiting = new Set<() => void>();
let handle: { readonly cancel: () => void } | undefined;

/** What one frame may add to the page for all that is drawn in steps together, in UTF-16 units of text. */
const PER_FRAME = 8_192;
let left = PER_FRAME;

function run(): void {
  handle = undefined;
  left = PER_FRAME;
  const tasks = [...waiting];
  waiting.clear();
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

/** So much was drawn of what `roomInFrame` told. */
export function fillFrame(units: number): void {
  left = Math.max(0, left - units);
  schedule();
}

export function forgetFrame(task: () => void): void {
  waiting.delete(task);
}
