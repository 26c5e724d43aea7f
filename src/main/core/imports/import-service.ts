/**
 * `imports.recognize` and `traces.import`: what somebody pasted, dropped or named becomes traces like any other, each by a recording
 * of what its file has. A stream is read as a whole before it is stored, so that the list never shows a part of it.
 */
import { byteCount } from '../../../shared/model/byte-count.ts';
import { PROVIDERS, unknownApi } from '../../../shared/providers/registry.ts';
import type { ImportedTrace, ParamsOf, RecognizedStreamInfo } from '../../../shared/rpc/contract.ts';
import { NOT_HELD } from '../../../shared/rpc/agreed.ts';
import { ServiceError, type MethodService } from '../../../shared/rpc/services.ts';
import type { RecordStream } from '../decoding/record.ts';
import type { NewTrace, Store } from '../store/store.ts';
import { digestOf, importedTrace, type ReadingDefaults, type ReadTrace } from './imported-trace.ts';
import type { HeldFiles } from './held-files.ts';
import type { FileToRecognize, Recognition } from './recognition.ts';
import { recognize, type RecognizedFile, type RecognizedStream } from './recognize.ts';
import { RunningImports } from './running-imports.ts';
import { told } from './serve-recognition.ts';

export interface ImportSetup {
  readonly store: Pick<Store, 'createTrace' | 'setHead' | 'appendReads' | 'finishTrace' | 'flush' | 'importedBefore'>;
  readonly defaults: () => Promise<ReadingDefaults>;
  /** Where the streams are decoded. */
  readonly record: RecordStream;
  /** Absent: none can be watched or given up. */
  readonly running?: RunningImports;
  /** Absent: each import brings its file. */
  readonly files?: HeldFiles;
  /** Where it is found out what files hold; absent: here. */
  readonly recognition?: Pick<Recognition, 'recognize'>;
}

/** The store takes in what it is given at once, but only so much that is not written yet: 1 MB here. */
const READS_AT_ONCE = 64;

type Source = ParamsOf<'imports.recognize'>;

export function recognizeFile(
  files: HeldFiles,
  recognition: Pick<Recognition, 'recognize'>,
): MethodService<'imports.recognize'> {
  return async (given) => {
    const file = await recognition.recognize({ ...fileOf(given), ticket: given.ticket });
    return { streams: file.streams.map(infoOf), others: file.others, held: files.hold(file) };
  };
}

export function importFile({
  store,
  defaults,
  record,
  files,
  recognition,
  running = new RunningImports(),
}: ImportSetup): MethodService<'traces.import'> {
  const storing = new OneByOne();
  return async ({ streams: asked, again, held, ticket, ...given }) => {
    const { streams, others } = held === undefined ? await recognized(given, recognition) : heldFile(files, held);
    const chosen = asked === undefined ? streams : streams.filter((_stream, at) => asked.includes(at));
    const traces: ImportedTrace[] = [];
    const infos = chosen.map(infoOf);
    const one = running.begin(ticket, {
      bytes: infos.reduce((sum, { bytes }) => sum + bytes, 0),
      streams: chosen.length,
    });
    try {
      for (const [at, stream] of chosen.entries()) {
        one.check();
        const info = infos[at]!;
        const read = async () =>
          importedTrace(given.name, stream, streams.length, await defaults(), one.counted(record));
        const take = async () => stored(store, await read(), (bytes) => one.reached(info.bytes + bytes));
        const digest = digestOf(stream);
        const { id, existing } = again
          ? { id: await take(), existing: false }
          : await storing.run(`${stream.api} ${digest}`, async () => {
              const before = await store.importedBefore(digest, stream.api);
              return { id: before ?? (await take()), existing: before !== null };
            });
        one.finished(info.bytes);
        traces.push({ ...info, id, existing });
      }
    } finally {
      running.end(ticket);
    }
    return { traces, others };
  };
}

/** Work with the same key waits for the one before, whatever becomes of that. */
class OneByOne {
  readonly #last = new Map<string, Promise<unknown>>();

  run<Result>(key: string, work: () => Promise<Result>): Promise<Result> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    this.#last.set(key, mine);
    const forget = (): void => {
      if (this.#last.get(key) === mine) this.#last.delete(key);
    };
    mine.then(forget, forget);
    return mine;
  }
}

function heldFile(files: HeldFiles | undefined, name: string): RecognizedFile {
  const file = files?.take(name);
  if (file) return file;
  throw new ServiceError(NOT_HELD, 'What was recognized is no longer held. Open the file again.');
}

function recognized(given: Source, recognition: ImportSetup['recognition']): RecognizedFile | Promise<RecognizedFile> {
  const file = fileOf(given);
  return recognition?.recognize(file) ?? told(() => recognize(file.name, file.bytes, file.api));
}

function fileOf({ name, text, base64 = '', api }: Source): FileToRecognize {
  if (api !== undefined && !PROVIDERS.has(api)) throw new ServiceError('unknown-api', unknownApi(api));
  const bytes = text === undefined ? fromBase64(base64) : new TextEncoder().encode(text);
  return { name, bytes, api: api ?? null };
}

function fromBase64(base64: string): Uint8Array {
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  // Buffer passes over what is no base64.
  if (Math.ceil(bytes.length / 3) * 4 !== base64.length)
    throw new ServiceError('invalid', 'The bytes to import are not in base64, with its padding.');
  return bytes;
}

function infoOf({ label, api, format, events, timed, repaired, reads }: RecognizedStream): RecognizedStreamInfo {
  return {
    label,
    api,
    format,
    events,
    timed,
    repaired,
    bytes: byteCount(reads),
  };
}

/** `reached`: so many bytes of the body are in the store. */
async function stored(
  store: ImportSetup['store'],
  { trace, head, reads, result }: ReadTrace,
  reached: (bytes: number) => void,
): Promise<NewTrace['id']> {
  let bytes = 0;
  await store.createTrace(trace);
  if (head) {
    const { tNs, ...rest } = head;
    store.setHead(trace.id, rest, tNs);
  }
  for (let at = 0; at < reads.length; at += READS_AT_ONCE) {
    const some = reads.slice(at, at + READS_AT_ONCE);
    store.appendReads(trace.id, some);
    await store.flush();
    bytes += byteCount(some);
    reached(bytes);
  }
  await store.finishTrace(trace.id, result);
  return trace.id;
}
