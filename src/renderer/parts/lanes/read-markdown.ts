/** Markdown read in a thread of its own, one text after the other; a text that takes too long is given up with its thread. */
import type { MarkdownNode } from './markdown-tree.ts';

/** Far more than an answer takes on a slow machine; nothing waits for it but the text itself. */
const LONGEST_MS = 2000;

let worker: Worker | undefined;
let last: Promise<unknown> = Promise.resolve();

/** Null where the text is to stay as it came: it has too many parts, or takes too long. */
export function readMarkdown(text: string): Promise<MarkdownNode | null> {
  const read = last.then(() => answer(text));
  last = read;
  return read;
}

function answer(text: string): Promise<MarkdownNode | null> {
  worker ??= new Worker(new URL('./markdown-worker.ts', import.meta.url), { type: 'module' });
  const asked = worker;
  const { promise, resolve } = Promise.withResolvers<MarkdownNode | null>();
  const giveUp = (): void => {
    asked.terminate();
    if (worker === asked) worker = undefined;
    resolve(null);
  };
  const timer = setTimeout(giveUp, LONGEST_MS);
  const answered = new AbortController();
  const { signal } = answered;
  asked.addEventListener('message', ({ data }: MessageEvent<MarkdownNode | null>) => resolve(data), { signal });
  asked.addEventListener('error', giveUp, { signal });
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no other origin
  asked.postMessage(text);
  return promise.finally(() => {
    clearTimeout(timer);
    answered.abort();
  });
}
