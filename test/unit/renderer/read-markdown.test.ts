/** Markdown is read in a thread with a limit of time: a text that takes longer stays as it came, and the next one is read again. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { markdownTree, type MarkdownNode } from '../../../src/renderer/parts/lanes/markdown-tree.ts';
import { readMarkdown } from '../../../src/renderer/parts/lanes/read-markdown.ts';

/** A text that its thread never comes to the end of. */
const ENDLESS = '[ without an end';

/** As the window starts it, but for what it says: it does not go on behind the endless text, as a thread in a loop. */
class Thread extends EventTarget {
  static readonly all: Thread[] = [];
  readonly asked: string[] = [];
  terminated = false;

  constructor(_url: URL, { type }: { readonly type: string }) {
    super();
    expect(type).toBe('module');
    Thread.all.push(this);
  }

  postMessage(text: string): void {
    this.asked.push(text);
    if (!this.terminated && !this.asked.includes(ENDLESS))
      this.dispatchEvent(new MessageEvent('message', { data: markdownTree(text) }));
  }

  terminate(): void {
    this.terminated = true;
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('Worker', Thread);
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('I7 a text that takes longer than its limit is given up with its thread, and those behind it get another', async () => {
  const read: (readonly [string, MarkdownNode | null])[] = [];
  const asked = ['**before**', ENDLESS, '**after**'].map((text) =>
    readMarkdown(text).then((tree) => read.push([text, tree])),
  );
  await vi.advanceTimersByTimeAsync(1_900);
  expect(read.map(([text]) => text)).toEqual(['**before**']);
  await vi.advanceTimersByTimeAsync(200);
  await Promise.all(asked);
  expect(read).toEqual([
    ['**before**', markdownTree('**before**')],
    [ENDLESS, null],
    ['**after**', markdownTree('**after**')],
  ]);
  expect(Thread.all.map(({ asked, terminated }) => [asked, terminated])).toEqual([
    [['**before**', ENDLESS], true],
    [['**after**'], false],
  ]);
  expect(vi.getTimerCount()).toBe(0);
});
