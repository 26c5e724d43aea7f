/** What is exported, and what an export format is. A format is one file of formats/ and its line in registry.ts. */
import type { RecordedTrace } from '../../../shared/bundle/recorded-trace.ts';
import type { DecodeSetup } from '../../../shared/lanes/decode-pass.ts';
import type { ExportManifest, ExportPart } from '../../../shared/model/export.ts';
import type { LaneId } from '../../../shared/model/messages.ts';
import type { Read } from '../../../shared/model/stream.ts';

/** A trace to be exported, whether it is stored or was just read from a file. */
export interface TraceToExport {
  readonly facts: RecordedTrace;
  readonly reads: readonly Read[];
  /** How it is decoded, for formats that hold what lanes made of it. */
  readonly setup: DecodeSetup & { readonly lanes: readonly LaneId[] };
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

export interface LeavingTrace extends TraceToExport {
  /** Whether the reads have their bytes. Without, each still has its length. */
  readonly withBytes: boolean;
}

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
  readonly extension: (traces: readonly Pick<TraceToExport, 'facts'>[]) => string;
  /** Why this trace cannot be exported so, as a sentence with the next step; null where it can. */
  readonly refusal: (trace: TraceToExport) => string | null;
  readonly make: (content: ExportContent) => string | Uint8Array;
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
