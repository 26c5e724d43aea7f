/**
 * A trace as files of Tracelane hold it: everything that was recorded but the reads, and nothing that belongs to one data
 * folder. Read from outside, it is hostile input: what is not in the schema is dropped, what does not fit is refused.
 */
import { z } from 'zod';
import { FRAMINGS } from '../framing/registry.ts';
import type { CaptureFacts, CrossedSide, Crossing } from '../model/capture.ts';
import { traceId } from '../model/ids.ts';
import type { RequestChange } from '../model/request-change.ts';
import type { Framing } from '../model/stream.ts';
import {
  adapterOptionsSchema,
  laneIdsSchema,
  MOST_GAPS,
  TERMINAL_STATES,
  TRACE_SOURCES,
  type Ending,
  type ImportFacts,
  type Metrics,
  type RequestHead,
} from '../model/trace.ts';
import { FINISH_REASONS, type Usage } from '../model/usage.ts';

/** A schema of all fields of a type, also of those that may be absent: one that is added to the type and forgotten here does not compile. */
const whole =
  <Type>() =>
  <Schema extends z.ZodType<Type>>(
    schema: keyof Type extends keyof z.output<Schema>
      ? Schema
      : `${Exclude<keyof Type, keyof z.output<Schema>> & string} is missing`,
  ): Schema =>
    schema as Schema;

/** Nanoseconds since the request was sent. */
export const timeSchema = z.number().min(0);
const time = timeSchema.nullable();
const count = z.int().min(0);
const headers = z.array(z.tuple([z.string(), z.string()]).readonly()).readonly();

const metrics = whole<Metrics>()(
  z.object({
    startUnknown: z.literal(true).exactOptional(),
    firstByteNs: time,
    firstEventNs: time,
    firstReasoningNs: time,
    firstTextNs: time,
    firstToolNs: time,
    totalNs: time,
    lastContentNs: time,
    events: count,
    reads: count,
    bytes: count,
    textChars: count,
    tokensPerSecond: z.number().nullable().exactOptional(),
    gaps: z.array(timeSchema).max(MOST_GAPS).readonly(),
  }),
);

const tokens = z.number().nullable().exactOptional();
const usage = whole<Usage>()(
  z.object({
    input: tokens,
    cachedInput: tokens,
    cacheWrite: tokens,
    output: tokens,
    reasoning: tokens,
    total: tokens,
    serverRate: z.number().exactOptional(),
    cost: z.number().exactOptional(),
    raw: z.array(z.unknown()).readonly(),
  }),
);

const side = whole<CrossedSide>()(z.object({ bytes: count, reads: count, sha256: z.string() }));
const crossing = whole<Crossing>()(
  z.object({
    in: side,
    out: side,
    headUnchanged: z.boolean(),
    firstDelayNs: time,
    largestDelayNs: time,
    heldNs: timeSchema,
  }),
);
const changes = z.array(z.object({ field: z.string(), change: z.enum(['replaced', 'removed', 'added']) })).readonly();
const informational = z.array(z.object({ status: z.int(), statusText: z.string(), tNs: timeSchema })).readonly();
const capture = whole<CaptureFacts>()(
  z.object({
    route: z.string(),
    connection: count,
    userAgent: z.string().nullable(),
    again: z.string().transform(traceId).exactOptional(),
    session: z.string().exactOptional(),
    tls: z.object({ offered: z.array(z.string()).readonly() }).exactOptional(),
    requestChanges: changes,
    answerChanges: changes,
    encoding: z.string().nullable(),
    encodedBytes: count,
    informational,
    trailers: headers,
    protocol: z.string().exactOptional(),
    sent: z
      .array(
        z.object({
          tNs: timeSchema,
          kind: z.enum(['text', 'binary', 'close', 'ping', 'pong']),
          bytes: count,
          type: z.string().exactOptional(),
        }),
      )
      .readonly()
      .exactOptional(),
    requestBytes: count,
    requestMissing: z.string().exactOptional(),
    missing: z.string().exactOptional(),
    certificate: z.object({ request: crossing, answer: crossing }).nullable(),
  }),
);

const imported = whole<ImportFacts>()(
  z.object({
    file: z.string(),
    format: z.object({ id: z.string(), label: z.string() }),
    repaired: z.array(z.string()).readonly(),
    sha256: z.string(),
  }),
);

export const requestHeadSchema = whole<RequestHead>()(
  z.object({
    method: z.string(),
    url: z.string(),
    headers,
    written: z.string().exactOptional(),
    changes: z
      .array(
        whole<RequestChange>()(
          z.object({
            id: z.string(),
            where: z.enum(['body', 'headers', 'address']),
            name: z.string(),
            value: z.string().nullable(),
            why: z.string(),
            fixed: z.literal(true).exactOptional(),
            off: z.literal(true).exactOptional(),
          }),
        ),
      )
      .readonly()
      .exactOptional(),
  }),
);

const ending = whole<Ending>()(
  z.object({ state: z.enum(TERMINAL_STATES), rule: z.string(), advice: z.string().exactOptional() }),
);

/** Times are nanoseconds since the request was sent, `startedAt` is milliseconds since 1970. */
export const recordedTraceSchema = z.object({
  id: z.string().min(1).max(100),
  title: z.string(),
  renamed: z.boolean(),
  source: z.enum(TRACE_SOURCES),
  api: z.string().min(1).max(100),
  framing: z.enum(Object.keys(FRAMINGS) as [Framing, ...Framing[]]),
  model: z.string().nullable(),
  startedAt: z.number().min(0).max(8.64e15),
  timed: z.boolean(),
  endpoint: z.object({ type: z.string(), provider_name: z.string(), model: z.string() }),
  options: adapterOptionsSchema,
  /** The lanes that read it, the wire first. */
  lanes: laneIdsSchema,
  messageId: z.string(),
  stepId: z.string(),
  request: z.unknown().optional(),
  requestHead: requestHeadSchema.exactOptional(),
  responseHead: z
    .object({
      status: z.int(),
      statusText: z.string(),
      headers,
      tNs: timeSchema,
      informational: informational.exactOptional(),
      trailers: headers.exactOptional(),
    })
    .exactOptional(),
  capture: capture.exactOptional(),
  imported: imported.exactOptional(),
  /** Absent of a stream that had not ended when it was exported. */
  ending: ending.exactOptional(),
  metrics,
  usage: usage.exactOptional(),
  finish: z.object({ unified: z.enum(FINISH_REASONS), raw: z.string().nullable() }).exactOptional(),
  cost: z.number().exactOptional(),
});
export type RecordedTrace = Readonly<z.output<typeof recordedTraceSchema>>;
