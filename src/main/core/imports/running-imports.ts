/** Imports that go on under a ticket: how far each has come, for whoever watches it, and whether it was given up. */
import { byteCount } from '../../../shared/model/byte-count.ts';
import type { ImportProgress } from '../../../shared/rpc/contract.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import type { RecordStream } from '../decoding/record.ts';
import { ConflatingQueue } from '../watch/conflating-queue.ts';

export class RunningImports {
  readonly #running = new Map<string, RunningImport>();
  readonly #watchers = new Map<string, ConflatingQueue<string, ImportProgress>>();

  /** `bytes`: of the bodies that are going to be imported; `streams`: how many those are. Ends with `end`. */
  begin(ticket: string | undefined, { bytes, streams }: { readonly bytes: number; readonly streams: number }) {
    const tell = (progress: ImportProgress): void => {
      if (ticket !== undefined) this.#watchers.get(ticket)?.set(ticket, progress);
    };
    const one = new RunningImport(bytes, streams, tell);
    if (ticket !== undefined) this.#running.set(ticket, one);
    return one;
  }

  end(ticket: string | undefined): void {
    if (ticket !== undefined) this.#running.delete(ticket);
  }

  /** Nothing more of it is begun. An unknown ticket is of one that has ended. */
  cancel(ticket: string): void {
    this.#running.get(ticket)?.cancel();
  }

  /** Until `signal` aborts: whoever asks for the import knows when it is over, and may watch before it begins. */
  async *watch(ticket: string, signal: AbortSignal): AsyncGenerator<readonly ImportProgress[]> {
    const queue = new ConflatingQueue<string, ImportProgress>();
    this.#watchers.set(ticket, queue);
    try {
      yield* queue.watch(signal);
    } finally {
      if (this.#watchers.get(ticket) === queue) this.#watchers.delete(ticket);
    }
  }
}

/** Each byte counts twice: once it is decoded, and once it is stored. */
const STEPS = 2;

export class RunningImport {
  readonly #steps: number;
  readonly #streams: number;
  readonly #tell: (progress: ImportProgress) => void;
  #done = 0;
  #imported = 0;
  #cancelled = false;

  constructor(bytes: number, streams: number, tell: (progress: ImportProgress) => void) {
    this.#steps = bytes * STEPS;
    this.#streams = streams;
    this.#tell = tell;
  }

  cancel(): void {
    this.#cancelled = true;
  }

  /** Throws once it was given up. */
  check(): void {
    if (!this.#cancelled) return;
    const kept = this.#imported;
    const sentence =
      kept === 0
        ? 'Nothing was imported.'
        : `${kept} of ${this.#streams} streams became ${kept === 1 ? 'a trace' : 'traces'} before that, and ${kept === 1 ? 'is' : 'are'} kept.`;
    throw new ServiceError('cancelled', `The import was cancelled. ${sentence}`);
  }

  /** The same recording, counted as it goes on; it throws where the import was given up. */
  counted(record: RecordStream): RecordStream {
    return (stream) => {
      const { pages } = stream;
      const check = () => this.check();
      const reach = (bytes: number) => this.reached(bytes);
      return record({
        ...stream,
        // Pages are read again where a thread died over them.
        async *pages() {
          let bytes = 0;
          for await (const page of pages()) {
            check();
            yield page;
            bytes += byteCount(page);
            reach(bytes);
          }
        },
      });
    };
  }

  /** So many steps of the stream that is read now. */
  reached(steps: number): void {
    this.#tell({ share: this.#steps === 0 ? 1 : Math.min((this.#done + steps) / this.#steps, 1) });
  }

  /** A stream of so many bytes is done, whether it was imported now or before. */
  finished(bytes: number): void {
    this.#imported++;
    this.#done += bytes * STEPS;
    this.reached(0);
  }
}
