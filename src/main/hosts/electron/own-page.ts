/** Who speaks: only the main frame of a window, with our own page in it, is listened to. */
import type { WebFrameMain } from 'electron';
import { isOwnOrigin } from './scheme.ts';

export function isOwnPage(frame: WebFrameMain | null): frame is WebFrameMain {
  return frame !== null && frame.parent === null && isOwnOrigin(frame.url);
}
