/** Rows of the file, and what they are outside of it. Documents are JSON text. */
import { endpointId, traceId } from '../../../shared/model/ids.ts';
import type { HttpHead, TerminalState, TraceRow, TraceSource } from '../../../shared/model/trace.ts';
import type { Api, Framing } from '../../../shared/model/stream.ts';
import { damageSentence, Sound } from './sound.ts';
import {
  isIncomplete,
  type NewTrace,
  type ProviderTraceRow,
  type StoredEndpoint,
  type StoredTrace,
  type TraceResult,
} from './stored.ts';

type Flag = 0 | 1;

/** Of a trace `t`; a text that is no JSON must not end the query. */
export const PROVIDER_NAME = "CASE WHEN json_valid(t.endpoint) THEN t.endpoint ->> '$.provider_name' END";

/** The columns of a trace `t` in the list. */
export const LISTED = `
  t.nr, t.id, t.title, t.renamed, t.starred, t.source, t.api, t.model, t.started_at, t.state, t.rule, t.advice, t.http_status,
  t.metrics, t.usage, t.finish, t.cost, t.size, t.timed, t.endpoint_id, ${PROVIDER_NAME} AS provider, t.tags,
  (SELECT f.facts FROM trace_facts f WHERE f.trace = t.nr) AS facts`;

/** A trace as the list has it. */
export interface ListedColumns {
  readonly nr: number;
  readonly id: string;
  readonly title: string;
  readonly renamed: Flag;
  readonly starred: Flag;
  readonly source: TraceSource;
  readonly api: Api;
  readonly model: string | null;
  readonly started_at: number;
  readonly state: TerminalState | null;
  readonly rule: string | null;
  readonly advice: string | null;
  readonly http_status: number | null;
  readonly metrics: string;
  readonly usage: string | null;
  readonly finish: string | null;
  readonly cost: number | null;
  readonly size: number | null;
  readonly timed: Flag;
  readonly endpoint_id: string | null;
  readonly provider: string | null;
  readonly tags: string | null;
  readonly facts: string | null;
}

/** All of a trace but its reads. */
export interface TraceColumns extends ListedColumns {
  readonly framing: Framing;
  readonly endpoint: string;
  readonly options: string;
  readonly lanes: string;
  readonly message_id: string;
  readonly step_id: string;
  readonly request: string | null;
  readonly request_head: string | null;
  readonly response_head: string | null;
  readonly capture: string | null;
  readonly imported: string | null;
}

export interface StoredColumns extends TraceColumns {
  /** Whether the row of documents is there. */
  readonly documents: Flag;
  readonly stored_reads: number;
  readonly stored_bytes: number;
}

/** What `create` binds. */
export type CreatedColumns = Omit<
  TraceColumns,
  | 'nr'
  | 'provider'
  | 'state'
  | 'rule'
  | 'advice'
  | 'http_status'
  | 'usage'
  | 'finish'
  | 'cost'
  | 'size'
  | 'response_head'
  | 'tags'
  | 'facts'
>;

/** What `finish` binds, but for the trace. */
export interface FinishedColumns {
  readonly ended_ns: number;
  readonly state: TerminalState;
  readonly rule: string;
  readonly advice: string | null;
  readonly metrics: string;
  /** Whether the result says a model; without one the trace keeps what it has. */
  readonly says_model: Flag;
  readonly model: string | null;
  readonly usage: string | null;
  readonly finish: string | null;
  readonly cost: number | null;
}

export interface HeadColumns {
  readonly response_head: string | null;
  readonly head_ns: number | null;
}

export interface ProviderTraceColumns {
  readonly trace: ProviderTraceRow['trace'];
  readonly lane: ProviderTraceRow['lane'];
  readonly step_id: string;
  readonly document: string;
}

export interface EndpointColumns {
  readonly id: string;
  readonly name: string;
  readonly base_url: string;
  readonly type: StoredEndpoint['type'];
  readonly provider_name: string;
  readonly limits: string;
  readonly lends_key: Flag;
}

/** Never throws: what is damaged of a row is replaced, and named in `damaged` beside the repair of `dataDir`. */
export function rowOf(columns: ListedColumns, dataDir: string): TraceRow {
  const sound = new Sound();
  const row = soundRow(columns, sound);
  return sound.damaged.length === 0 ? row : { ...row, damaged: damageSentence(sound.damaged, dataDir) };
}

function soundRow(columns: ListedColumns, sound: Sound): TraceRow {
  const { rule, advice, http_status, cost, size } = columns;
  const state = sound.state(columns.state);
  const usage = sound.usage(columns.usage);
  const finish = sound.finish(columns.finish);
  const tags = sound.tags(columns.tags);
  const facts = sound.facts(columns.facts);
  return {
    id: traceId(String(columns.id)),
    nr: columns.nr,
    title: sound.text('title', columns.title, 'Damaged trace'),
    renamed: columns.renamed === 1,
    starred: columns.starred === 1,
    source: sound.source(columns.source),
    api: sound.text('API', columns.api),
    model: columns.model === null ? null : sound.text('model', columns.model),
    ...(typeof columns.endpoint_id === 'string' && { endpointId: endpointId(columns.endpoint_id) }),
    ...(typeof columns.provider === 'string' && columns.provider !== '' && { provider: columns.provider }),
    startedAt: sound.startedAt(columns.started_at),
    ...(state !== null && {
      ending: { state, rule: sound.text('ending', rule ?? ''), ...(typeof advice === 'string' && { advice }) },
    }),
    ...(typeof http_status === 'number' && { httpStatus: http_status }),
    metrics: sound.metrics(columns.metrics),
    ...(usage !== undefined && { usage }),
    ...(finish !== undefined && { finish }),
    ...(typeof cost === 'number' && { cost }),
    ...(typeof size === 'number' && { size }),
    timed: columns.timed === 1,
    ...(tags.length > 0 && { tags }),
    ...(facts && { facts }),
  };
}

/** Never throws, see `rowOf`. */
export function traceOf(columns: StoredColumns, dataDir: string): StoredTrace {
  const { trace, damaged } = soundTrace(columns);
  return damaged.length === 0 ? trace : { ...trace, damaged: damageSentence(damaged, dataDir) };
}

/** What is sound of a trace, and the names of what is not. */
export function soundTrace(columns: StoredColumns): {
  readonly trace: StoredTrace;
  readonly damaged: readonly string[];
} {
  const sound = new Sound();
  const requestHead = sound.requestHead(columns.request_head);
  const responseHead = sound.responseHead(columns.response_head);
  const capture = sound.capture(columns.capture);
  const imported = sound.imported(columns.imported);
  if (columns.documents === 0) sound.lacks('request and headers');
  const row = soundRow(columns, sound);
  if (row.ending && !isIncomplete(row.ending) && !capture?.missing && columns.stored_reads < row.metrics.reads)
    sound.lacks('the end of the body');
  const trace: StoredTrace = {
    ...row,
    framing: sound.framing(columns.framing),
    endpoint: sound.endpoint(columns.endpoint),
    options: sound.options(columns.options),
    lanes: sound.lanes(columns.lanes),
    request: sound.request(columns.request),
    ...(requestHead && { requestHead }),
    ...(responseHead && { responseHead }),
    ...(capture && { capture }),
    ...(imported && { imported }),
    messageId: sound.text('message id', columns.message_id),
    stepId: sound.text('step id', columns.step_id),
    storedReads: columns.stored_reads,
    storedBytes: columns.stored_bytes,
  };
  return { trace, damaged: sound.damaged };
}

/** What stands in the list for a row that cannot be read. */
export function damagedRow(nr: number, id: string): ListedColumns {
  // None of it is what the column holds: whoever reads the row says so.
  const nothing = { source: '', api: null, started_at: null, state: '', metrics: null } as unknown as ListedColumns;
  return {
    ...nothing,
    nr,
    id,
    title: null as unknown as string,
    renamed: 0,
    starred: 0,
    model: null,
    rule: null,
    advice: null,
    http_status: null,
    usage: null,
    finish: null,
    cost: null,
    size: null,
    timed: 0,
    endpoint_id: null,
    provider: null,
    tags: null,
    facts: null,
  };
}

/** A trace of a file that this program does not write: where it has no end, nothing here will give it one. */
export function notLive<Columns extends ListedColumns>(columns: Columns): Columns {
  if (columns.state !== null) return columns;
  const rule = 'The end of this trace is not in the file: another Tracelane may still be recording it.';
  return { ...columns, state: 'truncated', rule, advice: null };
}

export function createdColumns(trace: NewTrace): CreatedColumns {
  return {
    id: trace.id,
    title: trace.title,
    renamed: flag(trace.renamed),
    starred: flag(trace.starred),
    source: trace.source,
    api: trace.api,
    model: trace.model,
    started_at: trace.startedAt,
    metrics: JSON.stringify(trace.metrics),
    timed: flag(trace.timed),
    framing: trace.framing,
    endpoint_id: trace.endpointId ?? null,
    endpoint: JSON.stringify(trace.endpoint),
    options: JSON.stringify(trace.options),
    lanes: JSON.stringify(trace.lanes),
    message_id: trace.messageId,
    step_id: trace.stepId,
    request: jsonOf(trace.request),
    request_head: jsonOf(trace.requestHead),
    capture: jsonOf(trace.capture),
    imported: jsonOf(trace.imported),
  };
}

export function finishedColumns(result: TraceResult): FinishedColumns {
  return {
    ended_ns: result.endedAtNs,
    state: result.ending.state,
    rule: result.ending.rule,
    advice: result.ending.advice ?? null,
    metrics: JSON.stringify(result.metrics),
    says_model: flag(result.model !== undefined),
    model: result.model ?? null,
    usage: jsonOf(result.usage),
    finish: jsonOf(result.finish),
    cost: result.cost ?? null,
  };
}

/** As it came, before the body. Undefined without one, and where it is damaged: the trace itself says so. */
export function headOf({
  response_head,
  head_ns,
}: HeadColumns): { readonly head: HttpHead; readonly tNs: number } | undefined {
  const whole = new Sound().responseHead(response_head);
  if (!whole) return undefined;
  const { informational: _informational, trailers: _trailers, ...head } = whole;
  return { head, tNs: typeof head_ns === 'number' ? head_ns : 0 };
}

export function endpointColumns(endpoint: StoredEndpoint): EndpointColumns {
  const { id, name, baseUrl, type, provider_name, limits, lendsKey } = endpoint;
  return {
    id,
    name,
    base_url: baseUrl,
    type,
    provider_name,
    limits: JSON.stringify(limits),
    lends_key: flag(lendsKey === true),
  };
}

export function endpointOf(columns: EndpointColumns): StoredEndpoint {
  const { id, name, base_url, type, provider_name, limits, lends_key } = columns;
  const sound = new Sound();
  return {
    id: endpointId(String(id)),
    name: sound.text('name', name),
    baseUrl: sound.text('base URL', base_url),
    type: sound.text('kind', type),
    provider_name: sound.text('provider name', provider_name),
    limits: sound.limits(limits),
    ...(lends_key === 1 && { lendsKey: true }),
  };
}

function flag(value: boolean): Flag {
  return value ? 1 : 0;
}

/** Absent stays absent: it becomes NULL, and a null of JSON the text `null`. */
function jsonOf(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value);
}
