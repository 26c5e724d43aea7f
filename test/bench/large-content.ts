/**
 * P26: the longest task of the window's main thread, in CPU time, while content of megabytes in one place is opened and shown in each
 * view and pane, whole where it can be, searched, copied and replayed.
 */
import { chromium, type Browser, type CDPSession, type Page } from 'playwright';
import type { TraceId } from '../../src/shared/model/ids.ts';
import type { ClientFrame, ServerFrame } from '../../src/shared/rpc/frames.ts';
import { count } from '../../src/shared/text/count.ts';
import { startHost } from '../support/host.ts';
import { importOver } from '../support/imports.ts';
import { wholeTrace } from '../support/page.ts';
import type { Api } from '../support/apis.ts';
import { chromiumPath } from '../chromium.mjs';
import { STEPS } from './large-places.ts';
import { longestTasks } from './long-tasks.ts';
import type { Result } from './measure.ts';

const TARGET_MS = 50;
/** The window rests when its thread works less than this in each of so many looks, each of so many frames. */
const RESTING_MS = 5;
const LOOKS = 2;
const LOOK_FRAMES = 2;
/** Not waited for longer: about a minute. */
const MOST_LOOKS = 1_800;
const MOST_MS = 60_000;

const chat = (delta: object, finish: string | null = null): string =>
  `data: ${JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, delta, finish_reason: finish }] })}\n\n`;
const call = (name: string, args: string, index = 0): object => ({
  tool_calls: [{ index, id: `call_${index}`, type: 'function', function: { name, arguments: args } }],
});
const words = (length: number): string => 'lorem ipsum dolor '.repeat(length / 18 + 1).slice(0, length);
const ofChat = (...deltas: readonly object[]): string =>
  `${deltas.map((delta) => chat(delta)).join('')}${chat({}, 'stop')}data: [DONE]\n\n`;
const members = (count: number): string =>
  JSON.stringify(
    Object.fromEntries(
      Array.from({ length: count }, (_, at) => [`key_${at}`, at % 3 ? { at, list: ['x', at] } : words(30)]),
    ),
  );

const SECTION =
  '## Part\n\n*lorem* **ipsum** `dolor` [sit](http://a.b)\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n```js\nlet a = 1;\n```\n\n';
const event = (type: string, data: object): string => `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`;
const markdown = (blocks: number): string =>
  [
    event('message_start', { message: { id: 'm', role: 'assistant', model: 'm', content: [], usage: {} } }),
    ...Array.from({ length: blocks }, (_, index) =>
      [
        event('content_block_start', { index, content_block: { type: 'text', text: '' } }),
        event('content_block_delta', {
          index,
          delta: { type: 'text_delta', text: SECTION.repeat(16_000 / SECTION.length) },
        }),
        event('content_block_stop', { index }),
      ].join(''),
    ),
    event('message_delta', { delta: { stop_reason: 'end_turn' }, usage: { output_tokens: 5 } }),
    event('message_stop', {}),
  ].join('');

interface Content {
  readonly api?: Api;
  text(): string;
}

const CONTENT: Readonly<Record<string, Content>> = {
  'arguments of 5 MB': { text: () => ofChat(call('write_file', JSON.stringify({ text: words(5e6) }))) },
  'arguments of 90,000 members': { text: () => ofChat(call('write_file', members(90_000))) },
  'arguments of 5,000 members': { text: () => ofChat(call('write_file', members(5_000))) },
  'a line of 10 MB': { text: () => ofChat({ role: 'assistant', content: words(1e7) }) },
  'a name of 1 MB': { text: () => ofChat(call('n'.repeat(1e6), '{}')) },
  'a key of 1 MB': { text: () => ofChat(call('f', JSON.stringify({ ['k'.repeat(1e6)]: 1 }))) },
  '100,000 blocks': { text: () => ofChat(...Array.from({ length: 100_000 }, (_, at) => call('f', '{}', at))) },
  'Markdown in 60 blocks': { api: 'messages', text: () => markdown(60) },
  'an error of 1 MB': {
    text: () => `${chat({ content: 'a' })}data: ${JSON.stringify({ error: { message: words(1e6) } })}\n\n`,
  },
};

export async function* largeContent(): AsyncGenerator<Result> {
  const host = await startHost();
  const browser = await chromium.launch({
    executablePath: chromiumPath,
    args: ['--no-sandbox'],
  });
  try {
    for (const [what, { api = 'chat_completions', text }] of Object.entries(CONTENT)) {
      const { id } = await importOver(host.client(), { name: what, text: text(), api });
      // The newest is the one that the window shows first.
      await importOver(host.client(), { name: 'small', text: ofChat({ content: 'a' }), api: 'chat_completions' });
      const { events } = await wholeTrace(host.client(), id);
      const [worst, ...others] = (await walk(browser, host.url, id, events.length)).toSorted((a, b) => b.ms - a.ms);
      const over = [worst!, ...others.filter(({ ms }) => ms > TARGET_MS)];
      yield {
        id: 'P26',
        what: `longest task, ms: ${what}`,
        value: worst!.ms,
        target: TARGET_MS,
        met: worst!.ms <= TARGET_MS,
        note: over.map(({ name, ms }) => `${name} ${ms.toFixed(0)}`).join(', '),
      };
    }
  } finally {
    await browser.close();
    await host.stop();
  }
}

interface Measured {
  readonly name: string;
  /** Of the longest task. */
  readonly ms: number;
}

async function walk(browser: Browser, url: string, id: TraceId, events: number): Promise<readonly Measured[]> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  try {
    const page = await context.newPage();
    const unanswered = callsOf(page);
    const devTools = await context.newCDPSession(page);
    await devTools.send('Performance.enable', { timeDomain: 'threadTicks' });
    const rest = (): Promise<void> => resting(page, devTools, unanswered);
    await page.goto(url);
    await page.locator(`#run-${id}`).waitFor();
    await rest();
    const open = async (): Promise<void> => {
      await page.evaluate((row) => document.querySelector<HTMLElement>(row)?.click(), `#run-${id}`);
      // All of it is read.
      const tab = page.locator('.trace').getByRole('tab', { name: `Events ${count(events)}`, exact: true });
      await tab.waitFor({ timeout: MOST_MS });
    };
    const steps = [{ name: 'opened', act: open }, ...STEPS];
    const longest = await longestTasks(
      page,
      steps.map(({ act }) => async () => {
        await act(page);
        await rest();
      }),
    );
    return steps.map(({ name }, step) => ({ name, ms: longest[step]! }));
  } finally {
    await context.close();
  }
}

/** The numbers of the calls that the window has not been answered yet. */
function callsOf(page: Page): ReadonlySet<number> {
  const calls = new Set<number>();
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      const frame = JSON.parse(payload.toString()) as ClientFrame;
      if (frame.t === 'call') calls.add(frame.id);
      else if (frame.t === 'close') calls.delete(frame.id);
    });
    socket.on('framereceived', ({ payload }) => {
      const frame = JSON.parse(payload.toString()) as ServerFrame;
      const isAnswer = frame.t === 'result' || frame.t === 'whole' || frame.t === 'error';
      if (isAnswer && frame.id !== null) calls.delete(frame.id);
    });
  });
  return calls;
}

/** Resolves when the window has drawn what was asked of it: it waits for no answer, and its thread rests. */
async function resting(page: Page, devTools: CDPSession, unanswered: ReadonlySet<number>): Promise<void> {
  let worked = await workOf(devTools);
  for (let quiet = 0, looks = 0; quiet < LOOKS && looks < MOST_LOOKS; looks++) {
    await page.evaluate(async (frames) => {
      for (let frame = 0; frame < frames; frame++) await new Promise(requestAnimationFrame);
    }, LOOK_FRAMES);
    const now = await workOf(devTools);
    quiet = now - worked < RESTING_MS && unanswered.size === 0 ? quiet + 1 : 0;
    worked = now;
  }
}

/** Milliseconds that the page's main thread has worked so far. */
async function workOf(devTools: CDPSession): Promise<number> {
  const { metrics } = await devTools.send('Performance.getMetrics');
  return metrics.find(({ name }) => name === 'TaskDuration')!.value * 1000;
}
