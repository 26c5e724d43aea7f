/**
 * What a row of the file says, checked: a bit that flipped on the disk is still read by SQLite, and one damaged row must hide
 * neither the others nor itself. What cannot be what was written is replaced by nothing, and its name is kept.
 */
import { z } from 'zod';
import { MetricsMeter } from '../../../shared/metrics/metrics.ts';
import type { TraceFacts } from '../../../shared/model/facts.ts';
import type { CaptureFacts } from '../../../shared/model/capture.ts';
import { FRAMING_NAMES, type Framing } from '../../../shared/model/stream.ts';
import {
  adapterOptionsSchema,
  DEFAULT_OPTIONS,
  laneIdsSchema,
  TERMINAL_STATES,
  TRACE_SOURCES,
  type AdapterEndpoint,
  type AdapterOptions,
  type ResponseHead,
  type ImportFacts,
  type Metrics,
  type RequestHead,
  type TerminalState,
  type TraceSource,
} from '../../../shared/model/trace.ts';
import { SEVERITIES } from '../../../shared/model/findings.ts';
import { FINISH_REASONS, type FinishReason, type Usage } from '../../../shared/model/usage.ts';
import type { LaneId } from '../../../shared/model/messages.ts';
import { toRepair } from '../command-line/typed.ts';
import { endpointLimitsSchema, type EndpointLimits } from '../../../shared/rpc/contract.ts';

const number = z.number().finite();
const header = z.tuple([z.string(), z.string()]).readonly();

const NO_METRICS: Metrics = new MetricsMeter().value();
const METRICS = Object.entries(NO_METRICS);
/** All names that numbers can have. */
const METRIC_NAMES = { ...NO_METRICS, startUnknown: true, tokensPerSecond: null } satisfies Required<Metrics>;

/**
 * Of every field that numbers can have, whatever version wrote them: none is an object. By hand, since each row of a page of
 * the list asks.
 */
const areMetrics = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.values(value).every(isMetric);
const isMetric = (value: unknown): boolean =>
  value === null ||
  typeof value !== 'object' ||
  (Array.isArray(value) && value.every((one) => typeof one === 'number'));

const count = number.nullish();
const usageSchema = z.looseObject({
  input: count,
  cachedInput: count,
  cacheWrite: count,
  output: count,
  reasoning: count,
  total: count,
  serverRate: number.optional(),
  cost: number.optional(),
  raw: z.array(z.unknown()).default([]),
});
const finishSchema = z.looseObject({ unified: z.enum(FINISH_REASONS), raw: z.string().nullable() });
const endpointSchema = z.looseObject({ type: z.string(), provider_name: z.string(), model: z.string() });
const requestHeadSchema = z.looseObject({
  method: z.string(),
  url: z.string(),
  headers: z.array(header),
  written: z.string().exactOptional(),
  changes: z.array(z.looseObject({})).exactOptional(),
});
const informational = z.array(z.looseObject({ status: number, statusText: z.string(), tNs: number }));
const responseHeadSchema = z.looseObject({
  status: number,
  statusText: z.string(),
  headers: z.array(header),
  informational: informational.exactOptional(),
  trailers: z.array(header).exactOptional(),
});
const captureSchema = z.looseObject({
  route: z.string(),
  connection: number,
  userAgent: z.string().nullable(),
  again: z.string().exactOptional(),
  session: z.string().exactOptional(),
  tls: z.looseObject({}).exactOptional(),
  requestChanges: z.array(z.looseObject({ field: z.string() })),
  answerChanges: z.array(z.looseObject({ field: z.string() })),
  encoding: z.string().nullable(),
  encodedBytes: number,
  informational,
  trailers: z.array(header),
  protocol: z.string().exactOptional(),
  sent: z.array(z.unknown()).exactOptional(),
  requestBytes: number,
  requestMissing: z.string().exactOptional(),
  missing: z.string().exactOptional(),
  certificate: z.looseObject({ request: z.looseObject({}), answer: z.looseObject({}) }).nullable(),
});
const importSchema = z.looseObject({
  file: z.string(),
  format: z.looseObject({ id: z.string(), label: z.string() }),
  repaired: z.array(z.string()),
  sha256: z.string(),
});

const tagsSchema = z.array(z.string());
/** Those that are damaged are none. */
export const tagsOf = (text: string | null): readonly string[] => tagsSchema.safeParse(jsonOr(text, [])).data ?? [];

const factsSchema = z.looseObject({
  version: number,
  differs: z.array(
    z.looseObject({ lane: z.string(), worst: z.enum(SEVERITIES), count: number, kinds: z.array(z.string()) }),
  ),
  apart: z.array(z.tuple([z.string(), z.string()])),
  lint: z.looseObject({ worst: z.enum(['error', 'warning', 'info']).nullable(), rules: z.array(z.string()) }),
  tools: z.array(z.string()),
  conversation: z.string().nullable(),
  problem: z.string().optional(),
});

/** The last moment that a Date can hold, in milliseconds since 1970. */
const LAST_MOMENT = 8.64e15;

/** Reads the columns of one row, and gathers what of them is damaged. */
export class Sound {
  readonly #damaged: string[] = [];

  /** What was not sound, as nouns. */
  get damaged(): readonly string[] {
    return this.#damaged;
  }

  text(name: string, value: unknown, otherwise = ''): string {
    return typeof value === 'string' ? value : this.#replaced(name, otherwise);
  }

  /** Milliseconds since 1970 that a Date can hold. */
  startedAt(value: unknown): number {
    return typeof value === 'number' && Math.abs(value) <= LAST_MOMENT ? value : this.#replaced('start', 0);
  }

  /** A state that is none must not read as a trace that runs. */
  state(value: unknown): TerminalState | null {
    if (value === null) return null;
    const known = TERMINAL_STATES.find((state) => state === value);
    return known ?? this.#replaced('ending', 'truncated');
  }

  source(value: unknown): TraceSource {
    return TRACE_SOURCES.find((source) => source === value) ?? this.#replaced('source', 'run');
  }

  framing(value: unknown): Framing {
    return FRAMING_NAMES.find((framing) => framing === value) ?? this.#replaced('framing', 'sse');
  }

  /** A version that knew fewer numbers left the others out: they are none. */
  metrics(value: unknown): Metrics {
    const none = NO_METRICS;
    const stored = jsonOr(value, undefined);
    if (!areMetrics(stored) || isMisspelt(stored, METRIC_NAMES)) return this.#replaced('numbers', none);
    return METRICS.every(([name, nothing]) => !Object.hasOwn(stored, name) || isAlike(stored[name], nothing))
      ? { ...none, ...stored }
      : this.#replaced('numbers', none);
  }

  usage(value: unknown): Usage | undefined {
    return value === null ? undefined : (this.#json('token counts', value, usageSchema) as Usage | undefined);
  }

  finish(value: unknown): FinishReason | undefined {
    return value === null ? undefined : this.#json('finish reason', value, finishSchema);
  }

  tags(value: unknown): readonly string[] {
    return value === null ? [] : (this.#json('tags', value, tagsSchema) ?? []);
  }

  /** Facts that are damaged are worked out again: nothing is lost with them. */
  facts(value: unknown): TraceFacts | undefined {
    if (value === null) return undefined;
    const parsed = factsSchema.safeParse(jsonOr(value, undefined));
    return parsed.success ? (parsed.data as TraceFacts) : undefined;
  }

  endpoint(value: unknown): AdapterEndpoint {
    return this.#json('endpoint', value, endpointSchema) ?? { type: '', provider_name: '', model: '' };
  }

  options(value: unknown): AdapterOptions {
    return this.#json('adapter options', value, adapterOptionsSchema) ?? DEFAULT_OPTIONS;
  }

  lanes(value: unknown): readonly LaneId[] {
    return this.#json('lanes', value, laneIdsSchema) ?? [];
  }

  request(value: unknown): unknown {
    return value === null ? undefined : this.#json('request', value, z.unknown());
  }

  requestHead(value: unknown): RequestHead | undefined {
    if (value === null) return undefined;
    return this.#json('request headers', value, requestHeadSchema) as RequestHead | undefined;
  }

  responseHead(value: unknown): ResponseHead | undefined {
    return value === null ? undefined : this.#json('response headers', value, responseHeadSchema);
  }

  capture(value: unknown): CaptureFacts | undefined {
    return value === null ? undefined : (this.#json('capture', value, captureSchema) as CaptureFacts | undefined);
  }

  imported(value: unknown): ImportFacts | undefined {
    return value === null ? undefined : this.#json('import', value, importSchema);
  }

  /** There is no row that this should be in. */
  lacks(name: string): void {
    this.#replaced(name, undefined);
  }

  limits(value: unknown): EndpointLimits {
    return this.#json('limits', value, endpointLimitsSchema) ?? endpointLimitsSchema.parse({});
  }

  #json<Schema extends z.ZodType>(name: string, value: unknown, schema: Schema): z.output<Schema> | undefined {
    const stored = jsonOr(value, undefined);
    const parsed = schema.safeParse(stored);
    const sound = parsed.success && !(schema instanceof z.ZodObject && isMisspelt(stored as object, schema.shape));
    return sound && parsed.data !== undefined ? parsed.data : this.#replaced(name, undefined);
  }

  #replaced<Value>(name: string, value: Value): Value {
    if (!this.#damaged.includes(name)) this.#damaged.push(name);
    return value;
  }
}

/** Whether a stored number is of the kind of the one that stands for none. */
function isAlike(stored: unknown, nothing: unknown): boolean {
  if (nothing === null) return stored === null || typeof stored === 'number';
  return typeof stored === typeof nothing && Array.isArray(stored) === Array.isArray(nothing);
}

/**
 * Whether a name that is not known stands where a known one is lacking, and differs from it in one character, as after a flipped bit. Other
 * names that are not known are of another version. `known`: an object that has all known names.
 */
function isMisspelt(stored: object, known: object): boolean {
  return Object.keys(stored).some(
    (name) =>
      !Object.hasOwn(known, name) &&
      Object.keys(known).some((other) => !Object.hasOwn(stored, other) && differInOne(name, other)),
  );
}

function differInOne(a: string, b: string): boolean {
  if (a.length !== b.length) return false;
  let differences = 0;
  for (let at = 0; at < a.length && differences < 2; at++) if (a[at] !== b[at]) differences++;
  return differences === 1;
}

/** The value of a JSON text; `otherwise` where it is none. */
export function jsonOr(text: unknown, otherwise: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : otherwise;
  } catch {
    return otherwise;
  }
}

export function damageSentence(names: readonly string[], dataDir: string): string {
  return `Part of this trace is damaged in the trace file: ${names.join(', ')}. Close Tracelane and ${toRepair(dataDir)}; until then, what is damaged is left out.`;
}
