/** The program's end of the line to the browser's half. What is offered there is put together in program.ts. */
import { link, type Remote } from '../link.ts';
import type { BrowserSide } from '../protocol.ts';

type Offered = Parameters<typeof link>[1];
const offered: Record<string, Offered[string]> = {};

export function offer(functions: Offered): void {
  Object.assign(offered, functions);
}

export const browser: Remote<BrowserSide> = link<BrowserSide>(process, offered);

/** For what Electron does without an answer. A window that has just closed is not there to be told. */
export function tell(done: Promise<unknown>): void {
  done.catch((error: unknown) => console.error('[double]', error instanceof Error ? error.message : error));
}
