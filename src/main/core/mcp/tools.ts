/** The tools of the MCP server. Adding one is an entry here. */
import { z } from 'zod';
import { compareLanes } from '../../../shared/compare/lanes.ts';
import { readAll } from '../../../shared/compare/read-all.ts';
import { FIELDS, type FilterField } from '../../../shared/filter/fields.ts';
import { requestDiff } from '../../../shared/compare/request-diff.ts';
import type { ComparisonInput } from '../../../shared/compare/lane-reading.ts';
import { timesFromRequest, type TraceRow } from '../../../shared/model/trace.ts';
import type { Redaction } from '../capture/secrets.ts';
import type { TraceToExport } from '../exports/exported.ts';
import { knownTrace, pagedTrace, wholeTrace } from '../exports/pages.ts';
import { redactTrace } from '../exports/redact.ts';
import type { ListPage } from '../store/ops/list.ts';
import { checkStream } from '../stream-check/check-stream.ts';
import type { TraceAccess } from './access.ts';
import { cut, partOf, PARTS, type PartQuery } from './parts.ts';

export interface ToolContext {
  readonly access: TraceAccess;
  /** Null: nothing is replaced. */
  readonly redaction: Redaction | null;
}

export interface Tool<Input extends z.ZodType = z.ZodType> {
  readonly name: string;
  readonly title: string;
  /** For the agent: what it gives, and when to use it. */
  readonly description: string;
  readonly input: Input;
  /** Rejects with a sentence. */
  readonly run: (given: z.output<Input>, context: ToolContext) => Promise<unknown>;
}

const tool = <Input extends z.ZodType>(one: Tool<Input>): Tool => one as unknown as Tool;

const limit = (most: number, usual: number) => z.int().min(1).max(most).default(usual);
const trace = z
  .string()
  .min(1)
  .max(4096)
  .describe('id of a stored trace, or a file in a folder that the server was given');
const stream = z.int().min(1).optional().describe('which stream of a file that holds several, from 1');
const maxChars = z.int().min(50).max(50_000).default(2_000).describe('characters of each text that are kept');

const page = {
  limit: limit(200, 50),
  after: z.string().max(200).optional().describe('`next` of the page before'),
};

/** The grammar in the length of a tool's description; docs/filters.md has all of it. */
const FILTER_HELP = `Words, "quoted text" and terms, joined by and, or, not and brackets. Terms: ${Object.values<FilterField>(
  FIELDS,
)
  .map(({ example }) => example)
  .join(', ')}.`;

export const TOOLS: readonly Tool[] = [
  tool({
    name: 'list_traces',
    title: 'List traces',
    description: 'Stored traces, the newest first, with model, ending, times and token counts.',
    input: z.strictObject(page),
    run: (given, context) => listed(given, context),
  }),
  tool({
    name: 'search_traces',
    title: 'Search traces',
    description:
      'Stored traces that fit a filter. Each word is looked for in the title (the last message of the user), model, API, source, ending and endpoint.',
    input: z.strictObject({ filter: z.string().min(1).describe(FILTER_HELP), ...page }),
    run: (given, context) => listed(given, context),
  }),
  tool({
    name: 'read_trace',
    title: 'Read a trace',
    description:
      'One part of a trace. summary: how it went and the blocks of the answer; request: what was asked; events: the provider’s events with their bytes; messages: what one lane emitted; raw: the bytes of the body.',
    input: z.strictObject({
      trace,
      stream,
      part: z.enum(PARTS).default('summary'),
      lane: z.string().max(100).default('wire').describe('for messages: wire, or an adapter'),
      from: z.int().min(0).default(0).describe('the first event or message, or byte of raw'),
      limit: limit(2_000, 50).describe('how many events or messages; of raw, how many times 100 bytes'),
      max_chars: maxChars,
    }),
    run: async ({ trace: name, stream: number, ...query }, context) => {
      const one = await opened(name, number, context);
      return partOf(one, inputOf(one), query satisfies PartQuery);
    },
  }),
  tool({
    name: 'compare_trace',
    title: 'Compare a trace',
    description:
      'Without `with`: what each adapter lane makes of a trace against the wire, as findings and a verdict. With `with`: two traces side by side, by request, blocks, times and usage.',
    input: z.strictObject({ trace, stream, with: trace.optional(), with_stream: stream, max_chars: maxChars }),
    run: async ({ trace: name, stream: number, with: other, with_stream: otherNumber, max_chars: chars }, context) => {
      const a = await opened(name, number, context);
      if (other === undefined) return comparedLanes(a, chars);
      const b = await opened(other, otherNumber, context);
      return {
        a: sideOf(a, chars),
        b: sideOf(b, chars),
        request: requestDiff(requestOf(a), requestOf(b)).map((row) => ({
          ...row,
          a: cut(row.a, chars),
          b: cut(row.b, chars),
        })),
      };
    },
  }),
  tool({
    name: 'check_trace',
    title: 'Check a trace',
    description:
      'What is wrong with a trace: how it ended, where it breaks the rules of its API, and what the lanes lose, each with its event and bytes. The rules are those of `tracelane check`.',
    input: z.strictObject({
      trace,
      stream,
      lanes: z
        .array(z.string().max(100))
        .max(20)
        .optional()
        .describe('lanes beside the wire; [] for none; absent: all'),
    }),
    run: async ({ trace: name, stream: number, lanes }, context) => {
      const one = await opened(name, number, context);
      const { lanes: emitted, ...checked } = checkStream(one, lanes);
      return {
        ...checked,
        messages: Object.fromEntries(Object.entries(emitted).map(([lane, all]) => [lane, all.length])),
      };
    },
  }),
];

async function listed({ after, ...page }: ListPage, { access }: ToolContext): Promise<unknown> {
  const { rows, next, total } = await access.list({ ...page, ...(after !== undefined && { after }) });
  return { traces: rows.map(rowOf), next, total };
}

function rowOf({
  id,
  title,
  starred,
  source,
  api,
  model,
  provider,
  startedAt,
  ending,
  httpStatus,
  metrics,
  usage,
  cost,
  timed,
}: TraceRow): object {
  return {
    id,
    title,
    ...(starred && { starred }),
    source,
    api,
    model,
    ...(provider !== undefined && { provider }),
    started: new Date(startedAt).toISOString(),
    state: ending?.state ?? 'live',
    ...(httpStatus !== undefined && { http_status: httpStatus }),
    events: metrics.events,
    bytes: metrics.bytes,
    first_text_ms: timed ? milliseconds(timesFromRequest(metrics).firstTextNs) : null,
    total_ms: timed ? milliseconds(timesFromRequest(metrics).totalNs) : null,
    ...(usage && { usage }),
    ...(cost !== undefined && { cost_usd: cost }),
  };
}

const milliseconds = (ns: number | null): number | null => (ns === null ? null : ns / 1e6);

/** Rejects with a sentence where there is no such trace, or a file holds several and none was chosen. */
async function opened(
  name: string,
  number: number | undefined,
  { access, redaction }: ToolContext,
): Promise<TraceToExport> {
  const traces = await access.open(name);
  const one = traces[(number ?? 1) - 1];
  if (one === undefined || (traces.length > 1 && number === undefined))
    throw new Error(
      `${name} holds ${traces.length} ${traces.length === 1 ? 'stream' : 'streams'}. Choose one with stream, from 1.`,
    );
  if (redaction === null) return one;
  const { trace, body } = await knownTrace(pagedTrace(one));
  return wholeTrace(redactTrace(trace, body, redaction).trace);
}

const inputOf = ({ facts: { timed, ending }, reads, setup }: TraceToExport): ComparisonInput =>
  readAll(reads, setup, { lanes: setup.lanes, timed, ...(ending && { ending }) });

function comparedLanes(one: TraceToExport, chars: number): object {
  const { lanes, options, nothing, verdict, findings, bytes } = compareLanes(inputOf(one));
  return {
    lanes: lanes.map(({ id }) => id),
    options,
    bytes,
    ...(nothing !== null && { nothing }),
    verdict: Object.fromEntries(
      Object.entries(verdict).map(([field, cells]) => [
        field,
        Object.fromEntries(Object.entries(cells).map(([lane, { text }]) => [lane, text])),
      ]),
    ),
    findings: findings.map(({ marks: _marks, lastEvent: _last, expected, got, ...finding }) => ({
      ...finding,
      ...(expected !== undefined && { expected: cut(expected, chars) }),
      ...(got !== undefined && { got: cut(got, chars) }),
    })),
  };
}

const sideOf = (one: TraceToExport, chars: number): object =>
  partOf(one, inputOf(one), { part: 'summary', lane: 'wire', from: 0, limit: 200, max_chars: chars });

const requestOf = ({ facts: { api, request } }: TraceToExport) => ({ api, request });
