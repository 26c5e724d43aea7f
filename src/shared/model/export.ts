/** What leaves when traces are exported: which parts of them, and which secrets were taken out of those. */
import type { TraceId } from './ids.ts';
import type { Api } from './stream.ts';

/** The parts of a trace that can be left out. Its title, numbers and ending always go along where the format has a place for them. */
export const EXPORT_PARTS = ['request', 'heads', 'bytes'] as const;
/** `request`: the request's body. `heads`: address and headers of both sides. `bytes`: the response's body. */
export type ExportPart = (typeof EXPORT_PARTS)[number];

/** Whether secrets that are still in a trace leave with it. */
export const SECRET_CHOICES = ['redact', 'keep'] as const;
export type SecretChoice = (typeof SECRET_CHOICES)[number];

/** One secret. */
export interface Redacted {
  readonly trace: TraceId;
  /** Such as `request header authorization`, `request body, tools[0].headers.token` or `response body, bytes 120 to 171`. */
  readonly place: string;
  /** Why it is taken for a secret, as a sentence. */
  readonly why: string;
  /** It was replaced when the trace was recorded, and is nowhere any more; or it is replaced in what leaves. */
  readonly when: 'recorded' | 'exported';
}

export interface ManifestTrace {
  readonly id: TraceId;
  readonly title: string;
  readonly api: Api;
  readonly model: string | null;
  /** False: order only. */
  readonly timed: boolean;
  readonly reads: number;
  /** Of the response's body. */
  readonly bytes: number;
  /** Those that it has. */
  readonly parts: readonly ExportPart[];
}

export interface ExportManifest {
  readonly traces: readonly ManifestTrace[];
  /** The parts that leave, of the traces that have them. */
  readonly included: readonly ExportPart[];
  readonly secrets: SecretChoice;
  /** With `keep`: those that would have been replaced, and leave. */
  readonly redacted: readonly Redacted[];
  /** What else is to be known of the file, as sentences. */
  readonly remarks: readonly string[];
}
