/** What the store takes and gives: a trace as it begins, as it ends, and as it is stored. */
import type { TraceId } from '../../../shared/model/ids.ts';
import type { Ending, Metrics, TraceDetail } from '../../../shared/model/trace.ts';
import type { FinishReason, Usage } from '../../../shared/model/usage.ts';
import { counted } from '../../../shared/text/count.ts';
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
  /** There was no room for them while nothing could be written, or the store's thread could not read them. */
  readonly cause: 'no-room' | 'unread';
  readonly from: number;
  readonly reads: number;
  readonly bytes: number;
}

const WHY: Readonly<Record<Lost['cause'], string>> = {
  'no-room': 'could not be written and did not fit in memory',
  unread: 'could not be passed to the thread that writes',
};
const INCOMPLETE = 'The stored trace is incomplete:';

/** An ending that says that not all could be stored. */
export function incompleteEnding(ending: Ending, lost: Lost): Ending {
  const { from, reads, bytes, cause } = lost;
  const sentence = `${INCOMPLETE} ${counted(bytes, 'byte')} (${counted(reads, 'read')}) from byte ${from} on ${WHY[cause]}.`;
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
