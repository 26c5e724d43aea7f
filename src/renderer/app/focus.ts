/** Where the focus goes when nothing of the page has it, and from pane to pane. */

/** What a pane gives the focus to, the best first: its rows, its tabs, what scrolls, the first button. */
const TARGETS = ['[role="grid"]', '[role="tab"][aria-selected="true"]', '[tabindex="0"]', 'button:not(:disabled)'];

const panes = (): readonly HTMLElement[] => [...document.querySelectorAll<HTMLElement>('[data-pane]')];

function enter(pane: HTMLElement): void {
  for (const target of TARGETS) {
    const element = pane.querySelector<HTMLElement>(target);
    if (element) return element.focus();
  }
}

/** To the next pane or the one before it; from nowhere, to the first or the last. */
export function movePane(step: 1 | -1): void {
  const all = panes();
  const at = all.findIndex((pane) => pane.contains(document.activeElement));
  const next = all.at(at < 0 ? (step === 1 ? 0 : -1) : (at + step + all.length) % all.length);
  if (next) enter(next);
}

/** The rows of the run list. */
export const focusList = (): void => document.querySelector<HTMLElement>('[data-pane="list"] [role="grid"]')?.focus();

/** The view that the centre shows: a tab that was chosen by key has the keys, as one that was clicked. */
export function focusCentre(): void {
  const panel = document.querySelector<HTMLElement>('[data-pane="centre"] [role="tabpanel"]');
  (panel?.querySelector<HTMLElement>('[role="grid"]') ?? panel)?.focus({ preventScroll: true });
}

/** What had the focus is gone, as after a dialog that was opened from nowhere: it is given to what keys act on. */
export function keepFocus(): void {
  if (document.activeElement === null || document.activeElement === document.body) focusList();
}
