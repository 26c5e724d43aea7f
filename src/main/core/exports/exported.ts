/** What is exported, and what an export format is. A format is one file of formats/ and its line in registry.ts. */
import type { RecordedTrace } from '../../../shared/bundle/recorded-trace.ts';
import type { DecodeSetup } from '../../../shared/lanes/decode-pass.ts';
import type { ExportManifest, ExportPart } from '../../../shared/model/export.ts';
import type { LaneId } from '../../../shared/model/messages.ts';
import type { Read } from '../../../shared/model/stream.ts';

/** A trace as a whole, whether it is stored or was just read from a file. */
export interface TraceToExport {
  readonly facts: RecordedTrace;
  readonly reads: readonly Read[];
  /** How it is decoded, for formats that hold what lanes made of it. */
  readonly setup: DecodeSetup & { readonly lanes: readonly LaneId[] };
}

/** The reads of a trace in order, page by page. */
export type Pages = AsyncIterable<readonly Read[]>;

/** A trace whose reads are not held, but read as often as they are needed. */
export interface PagedTrace extends Pick<TraceToExport, 'facts' | 'setup'> {
  /** Of the body. */
  readonly bytes: number;
  /** From the first read on, each time. Of a trace that still runs, the next pages may have more. */
  readonly pages: () => Pages;
}

/** A trace that was read once: the next pages have the same reads. */
export interface KnownTrace extends PagedTrace {
  readonly reads: number;
  /** Times of the first and the last read; null where there is none. */
  readonly firstNs: number | null;
  readonly lastNs: number | null;
  /** The body is UTF-8. */
  readonly isText: boolean;
}

/** What goes into the file: secrets are out of it, and so are the parts that nobody asked for. */
export interface ExportContent {
  readonly traces: readonly LeavingTrace[];
  readonly manifest: ExportManifest;
  /** Of this program. */
  readonly version: string;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
}

export interface LeavingTrace extends KnownTrace {
  /** Whether the reads have their bytes. Without, each still has its length. */
  readonly withBytes: boolean;
}

/** A file in pieces of any size, to be joined; what they are made of can be let go before the next. */
export type FilePieces = AsyncIterable<string | Uint8Array>;

export interface ExportFormat {
  /** Its name on the command line: never changed once it is out. */
  readonly id: string;
  /** Its name on the screen. */
  readonly label: string;
  /** One sentence: what the file is for. */
  readonly description: string;
  /** One sentence: what of a trace is not in it. */
  readonly loses: string;
  readonly mediaType: string;
  /** The parts that it has a place for; an export without one that it needs is refused. */
  readonly parts: Readonly<Partial<Record<ExportPart, 'needed' | 'optional'>>>;
  /** Secrets never leave in it, whatever is chosen: it has variables in their place. */
  readonly withoutSecrets?: true;
  /** Whether one file can hold several traces. */
  readonly several: boolean;
  /** With its dot, of one file name for all traces or for the one. */
  readonly extension: (traces: readonly Pick<PagedTrace, 'facts'>[]) => string;
  /** Why this trace cannot be exported so, as a sentence with the next step; null where it can. */
  readonly refusal: (trace: PagedTrace) => string | null;
  /** Reads the pages of each trace as often as it needs, and holds no more of them than it must. */
  readonly make: (content: ExportContent) => FilePieces;
}

/** Why traces cannot be exported: the fact and the next step. */
export class ExportError extends Error {
  readonly code: string;

  constructor(code: string, sentence: string) {
    super(sentence);
    this.name = 'ExportError';
    this.code = code;
  }
}

/** The body of reads that follow each other. */
export function bodyOf(reads: readonly Read[]): Uint8Array {
  const [first] = reads;
  if (reads.length === 1 && first) return first.bytes;
  return new Uint8Array(Buffer.concat(reads.map(({ bytes }) => bytes)));
}
