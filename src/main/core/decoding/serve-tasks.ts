/** The decode worker's side: serves the tasks over the traces of a file, or over those that it asks the core for. */
import { TooLongToCompare } from '../../../shared/compare/too-long.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { Channel, remote, type ChannelPort } from '../worker/channel.ts';
import { Gate } from '../worker/gate.ts';
import { isHeavy } from '../worker/heavy.ts';
import type { Closable } from '../worker/worker-thread.ts';
import { openReadOnly, type StoreReader } from '../store/read-only.ts';
import { tasksOver, type Tasks } from './tasks/registry.ts';
import { TaskContext } from './tasks/task.ts';
import { sourceOver, type TraceSource } from './decode-stored.ts';

/** What a decode worker is given when it starts. */
export interface DecodeWorkerData {
  /** The folder of the store's file; absent when the store works in memory. */
  readonly dataDir?: string | undefined;
  /** Of this program. */
  readonly version: string;
  /** Of its Gate. */
  readonly gate: SharedArrayBuffer;
}

export type DecodeWorkerHandlers = Tasks & Closable;

/** What the thread asks of the core. */
export type DecodeWorkerCore = TraceSource & {
  /** It holds much after a task, see isHeavy. Told before the result. */
  readonly heavy: () => void;
};

/** Stored traces are read on a connection of the thread's own where there is a file, else asked of the core. */
export function serveTasks(
  port: ChannelPort & { close(): void },
  { dataDir, version, gate: shared }: DecodeWorkerData,
): void {
  const gate = new Gate(shared);
  const own = gate.within(() => openOwn(dataDir));
  void new Channel<DecodeWorkerCore>(port, (core): DecodeWorkerHandlers => {
    const source = own ? sourceOver(own, gate) : remote(core, ['get', 'head', 'reads', 'bytes']);
    const context = new TaskContext(source, version, dataDir, gate);
    return {
      ...watched(tasksOver(context), () => core.notify('heavy', [])),
      close: () => {
        gate.within(() => {
          own?.close();
          context.close();
        });
        port.close();
      },
    };
  });
}

/** The tasks; `heavy` is called where the thread holds much after one. */
function watched(tasks: Tasks, heavy: () => void): Tasks {
  type Task = (...args: never[]) => Promise<unknown>;
  const all = Object.entries(tasks as unknown as Readonly<Record<string, Task>>).map(([name, task]) => {
    const whole: Task = async (...args) => {
      try {
        return await task(...args);
      } catch (error) {
        throw error instanceof TooLongToCompare ? new ServiceError('too-large', error.message) : error;
      } finally {
        if (isHeavy()) heavy();
      }
    };
    return [name, whole] as const;
  });
  return Object.fromEntries(all) as unknown as Tasks;
}

/** Undefined where there is no file to open: the core, which has the traces, is then asked, and says what is wrong. */
function openOwn(dataDir: string | undefined): StoreReader | undefined {
  try {
    return dataDir === undefined ? undefined : openReadOnly(dataDir);
  } catch {
    return undefined;
  }
}
