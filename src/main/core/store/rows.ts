/** Rows of the file, and what they are outside of it. Documents are JSON text. */
import { endpointId, traceId } from '../../../shared/model/ids.ts';
import type { TerminalState, TraceRow, TraceSource } from '../../../shared/model/trace.ts';
import type { Api, Framing } from '../../../shared/model/stream.ts';
import type { NewTrace, ProviderTraceRow, StoredEndpoint, StoredTrace, TraceResult } from './stored.ts';

type Flag = 0 | 1;

/** The columns of a trace `t` in the list. */
export const LISTED = `
  t.id, t.title, t.renamed, t.starred, t.source, t.api, t.model, t.started_at, t.state, t.rule, t.advice, t.http_status,
  t.metrics, t.usage, t.finish, t.cost, t.timed, t.endpoint_id, t.endpoint ->> 'provider_name' AS provider`;

/** A trace as the list has it. */
export interface ListedColumns {
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
  readonly timed: Flag;
  readonly endpoint_id: string | null;
  readonly provider: string | null;
}

/** All of a trace but its reads. */
export interface TraceColumns extends ListedColumns {
  readonly nr: number;
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
  readonly stored_reads: number;
  readonly stored_bytes: number;
}

/** What `create` binds. */
export type CreatedColumns = Omit<
  TraceColumns,
  'nr' | 'provider' | 'state' | 'rule' | 'advice' | 'http_status' | 'usage' | 'finish' | 'cost' | 'response_head'
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

export function rowOf(columns: ListedColumns): TraceRow {
  const { state, rule, advice } = columns;
  return {
    id: traceId(columns.id),
    title: columns.title,
    renamed: columns.renamed === 1,
    starred: columns.starred === 1,
    source: columns.source,
    api: columns.api,
    model: columns.model,
    ...(columns.endpoint_id !== null && { endpointId: endpointId(columns.endpoint_id) }),
    ...(columns.provider && { provider: columns.provider }),
    startedAt: columns.started_at,
    ...(state !== null && { ending: { state, rule: rule ?? '', ...(advice !== null && { advice }) } }),
    ...(columns.http_status !== null && { httpStatus: columns.http_status }),
    metrics: JSON.parse(columns.metrics),
    ...(columns.usage !== null && { usage: JSON.parse(columns.usage) }),
    ...(columns.finish !== null && { finish: JSON.parse(columns.finish) }),
    ...(columns.cost !== null && { cost: columns.cost }),
    timed: columns.timed === 1,
  };
}

export function traceOf(columns: StoredColumns): StoredTrace {
  return {
    ...rowOf(columns),
    framing: columns.framing,
    endpoint: JSON.parse(columns.endpoint),
    options: JSON.parse(columns.options),
    lanes: JSON.parse(columns.lanes),
    request: columns.request === null ? undefined : JSON.parse(columns.request),
    ...(columns.request_head !== null && { requestHead: JSON.parse(columns.request_head) }),
    ...(columns.response_head !== null && { responseHead: JSON.parse(columns.response_head) }),
    ...(columns.capture !== null && { capture: JSON.parse(columns.capture) }),
    ...(columns.imported !== null && { imported: JSON.parse(columns.imported) }),
    messageId: columns.message_id,
    stepId: columns.step_id,
    storedReads: columns.stored_reads,
    storedBytes: columns.stored_bytes,
  };
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

export function headOf({
  response_head,
  head_ns,
}: HeadColumns): { readonly head: NonNullable<StoredTrace['responseHead']>; readonly tNs: number } | undefined {
  return response_head === null ? undefined : { head: JSON.parse(response_head), tNs: head_ns ?? 0 };
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
  return {
    id: endpointId(id),
    name,
    baseUrl: base_url,
    type,
    provider_name,
    limits: JSON.parse(limits),
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
