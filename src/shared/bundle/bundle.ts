/**
 * The bundle: traces in one file, for a colleague or an archive. JSON lines, compressed with gzip: a manifest, then of each
 * trace a line with its facts, a line for each read, and a line that closes it. docs/bundle.md describes it for others.
 */
import { z } from 'zod';
import { EXPORT_PARTS, SECRET_CHOICES } from '../model/export.ts';
import { recordedTraceSchema, timeSchema } from './recorded-trace.ts';

export const BUNDLE_FORMAT = 'tracelane-bundle';
/** Raised when an older reader would misread what a newer one writes; fields that can be passed over do not raise it. */
export const BUNDLE_VERSION = 1;

const parts = z.array(z.enum(EXPORT_PARTS)).readonly();

/** The first line: what is in the file, and which secrets are not. */
export const manifestLineSchema = z.object({
  type: z.literal('manifest'),
  format: z.literal(BUNDLE_FORMAT),
  version: z.int().min(1),
  /** ISO 8601. */
  madeAt: z.string(),
  madeBy: z.object({ name: z.string(), version: z.string() }),
  traces: z
    .array(
      z.object({
        id: z.string(),
        title: z.string(),
        api: z.string(),
        model: z.string().nullable(),
        timed: z.boolean(),
        reads: z.int().min(0),
        bytes: z.int().min(0),
        parts,
      }),
    )
    .readonly(),
  included: parts,
  secrets: z.enum(SECRET_CHOICES),
  redacted: z
    .array(z.object({ trace: z.string(), place: z.string(), why: z.string(), when: z.enum(['recorded', 'exported']) }))
    .readonly(),
  remarks: z.array(z.string()).readonly(),
});

export const traceLineSchema = z.object({
  type: z.literal('trace'),
  trace: recordedTraceSchema,
  /** Of each lane, the version of the program whose lane it is. */
  laneVersions: z.record(z.string(), z.string()),
});

/** One read: its bytes as text where they are UTF-8 by themselves, else in base64; only their number where they were left out. */
export const readLineSchema = z.union([
  z.object({ type: z.literal('read'), tNs: timeSchema, text: z.string() }),
  z.object({ type: z.literal('read'), tNs: timeSchema, base64: z.base64() }),
  z.object({ type: z.literal('read'), tNs: timeSchema, length: z.int().min(0) }),
]);

/** Closes a trace: how much came before, so that a file that was cut or changed is known by it. */
export const endLineSchema = z.object({
  type: z.literal('end'),
  reads: z.int().min(0),
  bytes: z.int().min(0),
  /** SHA-256 of the body in hexadecimal; absent where the bytes were left out. */
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .exactOptional(),
});

export const bundleLineSchema = z.union([manifestLineSchema, traceLineSchema, readLineSchema, endLineSchema]);

export type ManifestLine = Readonly<z.output<typeof manifestLineSchema>>;
export type TraceLine = Readonly<z.output<typeof traceLineSchema>>;
export type ReadLine = Readonly<z.output<typeof readLineSchema>>;
export type EndLine = Readonly<z.output<typeof endLineSchema>>;
