/** What the core and its reading threads say to each other. One job at a time; while it runs the thread may ask for bytes. */
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { TaskName, TaskTypes } from './tasks.ts';
import type { TraceSource } from './trace-source.ts';

/** What a reading thread is given when it starts. */
export interface DecodeWorkerData {
  /** The folder of the store's file; absent when the store works in memory. */
  readonly dataDir?: string | undefined;
}

export type SourceMethod = keyof TraceSource;

export type ToDecodeWorker =
  | { readonly type: 'job'; readonly name: TaskName; readonly params: TaskTypes[TaskName]['params'] }
  /** The answer to an `ask`. */
  | { readonly type: 'answer'; readonly ask: number; readonly outcome: Outcome }
  /** Close what is open, and end. */
  | { readonly type: 'close' };

export type FromDecodeWorker =
  | { readonly type: 'done'; readonly outcome: Outcome }
  | { readonly type: 'ask'; readonly ask: number; readonly method: SourceMethod; readonly args: readonly unknown[] };

/** Errors lose their class on the way; a ServiceError is told by its code. */
export type Outcome =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly code?: string; readonly message: string; readonly stack?: string };

export async function outcomeOf(work: () => Promise<unknown>): Promise<Outcome> {
  try {
    return { ok: true, value: await work() };
  } catch (error) {
    if (error instanceof ServiceError) return { ok: false, code: error.code, message: error.message };
    return error instanceof Error
      ? { ok: false, message: error.message, ...(error.stack !== undefined && { stack: error.stack }) }
      : { ok: false, message: String(error) };
  }
}

/** Throws what the other side caught. */
export function valueOf(outcome: Outcome): unknown {
  if (outcome.ok) return outcome.value;
  if (outcome.code !== undefined) throw new ServiceError(outcome.code, outcome.message);
  throw Object.assign(new Error(outcome.message), outcome.stack !== undefined && { stack: outcome.stack });
}
