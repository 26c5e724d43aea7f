/** The reading thread's side: takes jobs from the core, one after the other, and answers each. */
import type { MessagePort } from 'node:worker_threads';
import { tasksOver, type TaskName, type Tasks, type TaskTypes } from './tasks.ts';
import { openReadOnly, type StoreReader } from '../store/read-only.ts';
import {
  outcomeOf,
  valueOf,
  type FromDecodeWorker,
  type Outcome,
  type DecodeWorkerData,
  type SourceMethod,
  type ToDecodeWorker,
} from './worker-messages.ts';
import type { TraceSource } from './trace-source.ts';

/** Stored traces are read on a connection of the thread's own where there is a file, else asked of the core. */
export function serveTasks(port: MessagePort, { dataDir }: DecodeWorkerData): void {
  const send = (message: FromDecodeWorker): void => port.postMessage(message);
  const asked = new AskedSource(send);
  const own = openOwn(dataDir);
  const jobs = tasksOver(own ? sourceOver(own) : asked);
  port.on('message', async (message: ToDecodeWorker) => {
    switch (message.type) {
      case 'job':
        send({ type: 'done', outcome: await outcomeOf(() => runTask(jobs, message.name, message.params)) });
        break;
      case 'answer':
        asked.answer(message.ask, message.outcome);
        break;
      case 'close':
        own?.close();
        port.close();
    }
  });
}

const runTask = <Name extends TaskName>(
  jobs: Tasks,
  name: Name,
  params: TaskTypes[TaskName]['params'],
): Promise<unknown> => jobs[name](params as TaskTypes[Name]['params']);

/** Undefined where there is no file to open: the core, which has the traces, is then asked, and says what is wrong. */
function openOwn(dataDir: string | undefined): StoreReader | undefined {
  try {
    return dataDir === undefined ? undefined : openReadOnly(dataDir);
  } catch {
    return undefined;
  }
}

const sourceOver = (reader: StoreReader): TraceSource => ({
  get: async (id) => reader.get(id),
  head: async (id) => reader.head(id),
  reads: async (id, from, maxBytes) => reader.reads(id, from, maxBytes),
  bytes: async (id, start, end) => reader.bytes(id, start, end),
});

/** A source on the other side of the port: where the store works in memory, nothing else can read it. */
class AskedSource implements TraceSource {
  readonly #send: (message: FromDecodeWorker) => void;
  readonly #open = new Map<number, (outcome: Outcome) => void>();
  #asks = 0;

  readonly get: TraceSource['get'] = this.#method('get');
  readonly head: TraceSource['head'] = this.#method('head');
  readonly reads: TraceSource['reads'] = this.#method('reads');
  readonly bytes: TraceSource['bytes'] = this.#method('bytes');

  constructor(send: (message: FromDecodeWorker) => void) {
    this.#send = send;
  }

  answer(ask: number, outcome: Outcome): void {
    this.#open.get(ask)?.(outcome);
    this.#open.delete(ask);
  }

  #method<Name extends SourceMethod>(method: Name): TraceSource[Name] {
    const call = async (...args: readonly unknown[]): Promise<unknown> => {
      const ask = this.#asks++;
      const { promise, resolve } = Promise.withResolvers<Outcome>();
      this.#open.set(ask, resolve);
      this.#send({ type: 'ask', ask, method, args });
      return valueOf(await promise);
    };
    return call as TraceSource[Name];
  }
}
