/** Where content is shown, and what a person does there: each as a step of one walk through the window, in which a trace is open. */
import type { Page } from 'playwright';

export interface Step {
  readonly name: string;
  /** Does nothing where the content gives nothing to do. */
  act(page: Page): Promise<unknown>;
}

/** Clicks the first element that fits, without waiting for a quiet page, which is what is measured. */
const click = (name: string, within: string, text: RegExp): Step => ({
  name,
  act: (page) =>
    page.evaluate(
      ([place, pattern]) => {
        const wanted = new RegExp(pattern!);
        [...document.querySelectorAll<HTMLElement>(place!)]
          .find((one) => wanted.test(one.getAttribute('aria-label') ?? one.textContent.trim()))
          ?.click();
      },
      [within, text.source],
    ),
});
const view = (name: string): Step => click(name, 'article [role=tab]', new RegExp(`^${name}`));
const pane = (name: string): Step => click(`${name} pane`, 'aside [role=tab]', new RegExp(`^${name}`));
const inView = (name: string, text: RegExp): Step => click(name, 'article [role=tabpanel] button', text);
const inPane = (name: string, text: RegExp): Step => click(name, 'aside [role=tabpanel] button', text);
const keys = (name: string, ...chords: readonly string[]): Step => ({
  name,
  async act(page) {
    for (const chord of chords) await page.keyboard.press(chord);
  },
});
const toEnd = (name: string, scroller: string): Step => ({
  name,
  act: (page) =>
    page.evaluate((place) => {
      const element = document.querySelector(place);
      element?.scrollTo({ top: element.scrollHeight });
    }, scroller),
});
const type = (name: string, label: string, text: string): Step => ({
  name,
  act: (page) => page.getByLabel(label, { exact: true }).last().fill(text),
});

export const STEPS: readonly Step[] = [
  keys('Event pane', 'ArrowRight'),
  inPane('Event pane, more', /^Show more/),
  inPane('Event pane, more still', /^Show more/),
  pane('Message'),
  inPane('Message pane, whole', /^Show all/),
  inPane('Message pane, JSON', /^JSON$/),
  inPane('Message pane, JSON whole', /^Show more/),
  inPane('Message pane, copied', /^Copy the/),
  pane('Raw'),
  inPane('Raw pane, hex', /^Hex$/),
  toEnd('Raw pane, end', '.raw-scroll'),
  pane('Request'),
  pane('Usage'),
  pane('Lint'),
  pane('Findings'),
  inView('Live, more', /^Draw/),
  toEnd('Live, end', '.live-scroll'),
  inView('Live, unfolded', /^Show all/),
  inView('Live, formatted', /^Read as/),
  click('Live, tree opened', '.json-tree .folds', /./),
  inView('Live, tree, more', /^Show more/),
  inView('Live, tree, more still', /^Show more/),
  inView('Live, as it came', /^Read as/),
  view('Events'),
  click('Events, opened', '.event-line .grid-toggle', /^Open/),
  inView('Events, opened as bytes', /^Hex$/),
  keys('Events, merged', 'm'),
  toEnd('Events, end', '.row-grid'),
  keys('Events, moved', 'k', 'j'),
  click('Events, sorted', '.grid-sort', /^bytes/),
  type('Events, filtered', 'Filter events', 'lor'),
  type('Events, not filtered', 'Filter events', ''),
  view('Messages'),
  click('Messages, opened', '.message-line .grid-toggle', /^Open/),
  toEnd('Messages, end', '.row-grid'),
  inView('Messages, copied', /^Copy .* as JSON lines$/),
  view('Compare'),
  inView('Compare, whole', /^Show [\d,]+ more characters/),
  toEnd('Compare, end', '.columns-scroll'),
  inView('Compare, JSON', /^JSON$/),
  inView('Compare, JSON whole', /^Show all/),
  inView('Compare, matrix', /^Options$|^Matrix$/),
  view('Replay'),
  keys('Replay, end', 'End'),
  click('Replay, as fast as possible', '.speeds button', /^max/),
  click('Replay, played', '.playbar-play', /./),
  click('Replay, left', '.playbar button', /^Leave/),
  view('Live'),
  keys('Find', 'Control+f'),
  type('Found', 'Find in the trace', 'lorem'),
  keys('Next match', 'Enter', 'Enter'),
  keys('Find closed', 'Escape'),
  keys('Palette', 'Control+k'),
  type('Palette, searched', 'Search runs, messages, commands', 'lorem'),
  keys('Palette closed', 'Escape'),
];
