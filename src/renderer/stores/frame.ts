/**
 * One queue for the whole window: whatever has new content asks for a frame, and all of it is drawn in one go. A hidden
 * window gets no animation frames, so a timer stands in: the queue stays short and the counts stay true.
 */
const HIDDEN_MS = 250;

const waiting = new Set<() => void>();
let handle: { readonly cancel: () => void } | undefined;

function run(): void {
  handle = undefined;
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
  if (document.hidden) {
    const timer = setTimeout(run, HIDDEN_MS);
    handle = { cancel: () => clearTimeout(timer) };
  } else {
    const frame = requestAnimationFrame(run);
    handle = { cancel: () => cancelAnimationFrame(frame) };
  }
}

// A frame that was asked for before the window was hidden would never come.
document.addEventListener('visibilitychange', () => {
  if (!handle) return;
  handle.cancel();
  handle = undefined;
  schedule();
});

/** Runs `task` once, with the next frame. Asking again before that changes nothing. */
export function onNextFrame(task: () => void): void {
  waiting.add(task);
  schedule();
}

export function forgetFrame(task: () => void): void {
  waiting.delete(task);
}
