/**
 * The core's end of the thread that finds out what files hold. One file after the other; a file that somebody gave up, or that takes too
 * long or too much memory, ends the thread, and the next one starts another.
 */
import { framingOf } from '../../../shared/framing/detect.ts';
import type { Api } from '../../../shared/model/stream.ts';
import { ServiceError } from '../../../shared/rpc/services.ts';
import { MessageUnread, NotAnswered, WorkerThread } from '../worker/worker-thread.ts';
import { recognize, type RecognizedFile } from './recognize.ts';
import { told, type RecognitionData, type RecognitionHandlers } from './serve-recognition.ts';

/** A file of the largest size, with a repair of each line, takes some tens of seconds on a slow machine. */
const TIME_LIMIT_MS = 120_000;
/** The largest file, its text, and what it unpacks to. */
const MEMORY_LIMIT_MB = 3_072;
const CLOSE_MS = 1_000;
/** A stream as a server sends it, and so short, is read sooner than it would be sent to a thread. */
const SHORT_BYTES = 16 * 1024;

export interface FileToRecognize {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** For bytes that do not say it themselves. */
  readonly api: Api | null;
  /** By which it can be given up. */
  readonly ticket?: string | undefined;
}

const CANCELLED = 'cancelled';
const givenUp = (): ServiceError =>
  new ServiceError(CANCELLED, 'Reading the file was cancelled. Nothing was imported.');

export class Recognition {
  readonly #thread: WorkerThread<RecognitionHandlers>;
  /** Ends when all files given so far are done. */
  #last: Promise<unknown> = Promise.resolve();
  #now: string | undefined;
  /** Tickets of files that wait for their turn. */
  readonly #waiting = new Set<string>();

  /** `module`: of the worker. */
  constructor(module: URL) {
    this.#thread = new WorkerThread({
      name: 'imports',
      module,
      data: { recognizes: true } satisfies RecognitionData,
      memoryLimitMb: MEMORY_LIMIT_MB,
    });
  }

  /** Rejects with a ServiceError: of an ImportError where the file holds no stream, `cancelled` where it was given up. */
  recognize(file: FileToRecognize): Promise<RecognizedFile> {
    const { name, bytes, api, ticket } = file;
    if (bytes.length <= SHORT_BYTES && framingOf(null, bytes) !== null)
      return Promise.resolve().then(() => told(() => recognize(name, bytes, api)));
    if (ticket !== undefined) this.#waiting.add(ticket);
    const one = this.#last.then(() => this.#run(file));
    this.#last = one.catch(() => undefined);
    return one;
  }

  cancel(ticket: string): void {
    this.#waiting.delete(ticket);
    // It may be in the middle of a loop, and cannot be told to stop.
    if (this.#now === ticket) this.#thread.terminate();
  }

  close(): Promise<void> {
    return this.#thread.close(CLOSE_MS);
  }

  async #run({ name, bytes, api, ticket }: FileToRecognize): Promise<RecognizedFile> {
    if (ticket !== undefined && !this.#waiting.delete(ticket)) throw givenUp();
    this.#now = ticket;
    try {
      return await this.#thread.request('recognize', [name, bytes, api], { timeLimitMs: TIME_LIMIT_MS });
    } catch (error) {
      throw this.#said(error);
    } finally {
      this.#now = undefined;
    }
  }

  #said(error: unknown): unknown {
    if (error instanceof MessageUnread)
      return new ServiceError(
        'too-large',
        `The file or its streams could not be passed between threads (${error.reason}). Cut out the exchange that matters.`,
      );
    if (error instanceof NotAnswered)
      return error.reason === ''
        ? givenUp()
        : new ServiceError(
            'too-large',
            `The file is too much to be read (${error.reason}). Cut out the exchange that matters.`,
          );
    if (!(error instanceof ServiceError) || error.code !== 'too-long') return error;
    this.#thread.terminate();
    return new ServiceError(
      'too-long',
      `Reading the file took longer than ${TIME_LIMIT_MS / 1000} seconds and was stopped. Cut out the exchange that matters.`,
    );
  }
}
