/** What the store takes and gives: a trace as it begins, as it ends, and as it is stored. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { Ending, Metrics, TraceDetail } from '../../../shared/model/trace.ts';
import type { FinishReason, Usage } from '../../../shared/model/usage.ts';
import type { EndpointInfo, ProviderTrace } from '../../../shared/rpc/contract.ts';

/** What is known when a request starts. `metrics` are all nothing and zero. */
export type NewTrace = Omit<
  TraceDetail,
  'nr' | 'ending' | 'usage' | 'finish' | 'cost' | 'size' | 'responseHead' | 'httpStatus' | 'damaged' | 'tags' | 'facts'
> & {
  /** The message id that every reading of this trace gives its messages, `message-<uuid4>`. */
  readonly messageId: string;
  /** The step id of its provider traces. */
  readonly stepId: string;
};

/** A trace with what only the core needs of it. */
export type StoredTrace = TraceDetail &
  Pick<NewTrace, 'messageId' | 'stepId'> & {
    /** Reads and body bytes that are stored. */
    readonly storedReads: number;
    readonly storedBytes: number;
  };

/** What was lost of one trace's reads, from a byte on. */
export interface Lost {
  readonly from: number;
  readonly reads: number;
  readonly bytes: number;
}

const INCOMPLETE = 'The stored trace is incomplete:';

/** An ending that says that not all could be stored. */
export function incompleteEnding(ending: Ending, lost: Lost): Ending {
  const sentence = `${INCOMPLETE} ${lost.bytes} bytes (${lost.reads} reads) from byte ${lost.from} on could not be written and did not fit in memory.`;
  return { ...ending, advice: ending.advice === undefined ? sentence : `${ending.advice} ${sentence}` };
}

export const isIncomplete = ({ advice }: Ending): boolean => advice?.includes(INCOMPLETE) === true;

export interface TraceResult {
  readonly endedAtNs: number;
  readonly ending: Ending;
  readonly metrics: Metrics;
  readonly model?: string | null;
  readonly usage?: Usage;
  readonly finish?: FinishReason;
  readonly cost?: number;
}

export type ProviderTraceRow = ProviderTrace & { readonly trace: TraceId };

export type StoredEndpoint = Pick<
  EndpointInfo,
  'id' | 'name' | 'baseUrl' | 'type' | 'provider_name' | 'limits' | 'lendsKey'
>;
