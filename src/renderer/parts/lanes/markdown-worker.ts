/** The thread in which Markdown is read: some texts take its parser long, and the window must not wait for them. */
import { markdownTree } from './markdown-tree.ts';

self.addEventListener('message', ({ data }: MessageEvent<string>) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- what started a thread has no other origin
  self.postMessage(markdownTree(data));
});
