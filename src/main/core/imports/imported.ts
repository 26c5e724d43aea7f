/** What an import format finds in a file, and what a format is. A format is one file of formats/ and its line in registry.ts. */
import type { RecordedTrace } from '../../../shared/bundle/recorded-trace.ts';
import type { HttpHead, RequestHead } from '../../../shared/model/trace.ts';

/** Bytes of the body that the file keeps together. `tNs`: since the request was sent; 0 where the file has no times. */
export interface ImportedRead {
  readonly tNs: number;
  readonly bytes: Uint8Array;
}

export interface ImportedRequest {
  readonly head?: RequestHead;
  /** Its JSON; undefined where the file has none, or no JSON. */
  readonly body?: unknown;
}

/** One exchange of a file, as the file has it: heads are not redacted, and the body may still be encoded. */
export interface ImportedExchange {
  readonly reads: readonly ImportedRead[];
  /** Whether the reads have the times at which they came. */
  readonly timed: boolean;
  /** The reads have times, and it is not known when the request was sent: they count from the first of them. */
  readonly startUnknown?: boolean;
  readonly request?: ImportedRequest;
  readonly response?: HttpHead & { readonly tNs: number };
  /** Wall clock, milliseconds since 1970. */
  readonly startedAt?: number;
  /** In a file of Tracelane, the trace that it was: nothing of the stream is guessed, decoded or repaired then. */
  readonly recorded?: RecordedTrace;
  /** What had to be changed to get at the body, as sentences. */
  readonly repaired?: readonly string[];
}

/** A file, decompressed and in UTF-8. */
export interface ImportedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Its text, with U+FFFD for what is no UTF-8, and without a byte order mark. */
  readonly text: string;
}

export interface ImportFormat {
  /** Its name in `tracelane import --json`: never changed once it is out. */
  readonly id: string;
  /** What such a file is, as a noun phrase: `a HAR file`. */
  readonly label: string;
  /** Whether the file has this format; it may still be damaged further on. Must be cheap: every file is asked. */
  readonly recognizes: (file: ImportedFile) => boolean;
  /** The exchanges in order. Throws an ImportError, as a sentence, where the file cannot be read. */
  readonly read: (file: ImportedFile) => readonly ImportedExchange[];
}

/** Why a file, or an exchange in it, does not become a trace: the fact and the next step. */
export class ImportError extends Error {
  readonly code: string;

  constructor(code: string, sentence: string) {
    super(sentence);
    this.name = 'ImportError';
    this.code = code;
  }
}

/** Far more than a person can choose from; a browser's archive of a day has some thousands. */
const MAX_EXCHANGES = 100_000;

/** Throws an ImportError where a file has more exchanges than can be looked through while somebody waits. */
export function checkExchanges(exchanges: number): void {
  if (exchanges > MAX_EXCHANGES)
    throw new ImportError(
      'too-many',
      `It has ${exchanges.toLocaleString('en')} exchanges; up to ${MAX_EXCHANGES.toLocaleString('en')} are read. Cut out those that matter.`,
    );
}

/** An exchange of whose body only the bytes are known. */
export const bodyOnly = (bytes: Uint8Array, repaired: readonly string[] = []): ImportedExchange => ({
  reads: [{ tNs: 0, bytes }],
  timed: false,
  repaired,
});

/** Text of which each character is one byte, as these formats are cut without harm to what is no UTF-8. */
export const byteText = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
export const bytesOfText = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));
export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
