/** A trace as the store keeps it and the screen shows it: everything but the bytes. */
import { z } from 'zod';
import type { CaptureFacts } from './capture.ts';
import type { TraceFacts } from './facts.ts';
import type { EndpointId, TraceId } from './ids.ts';
import type { LaneId } from './messages.ts';
import type { RequestChange } from './request-change.ts';
import type { Api, Framing } from './stream.ts';
import type { FinishReason, Usage } from './usage.ts';

/** Adapter options; names as the agent server had them. */
export const adapterOptionsSchema = z.strictObject({
  /** Turn the arguments of `send_message` into assistant messages. */
  use_assistant_message: z.boolean(),
  /** Inner thoughts travel in the tool arguments, under the key `thinking`. */
  put_inner_thoughts_in_kwarg: z.boolean(),
  /** Names of the tools that ask for approval. */
  requires_approval_tools: z.array(z.string()),
});
export type AdapterOptions = z.infer<typeof adapterOptionsSchema>;
export const DEFAULT_OPTIONS: AdapterOptions = {
  use_assistant_message: true,
  put_inner_thoughts_in_kwarg: false,
  requires_approval_tools: [],
};

/** Ids of lanes. Whether there are such lanes is for the reader to say: a trace may come from a program that has others. */
export const laneIdsSchema = z
  .array(z.string().regex(/^[a-z][a-z0-9-]{0,39}$/))
  .max(16)
  .readonly();

/** How a trace is decoded where that is not as it was recorded; what is absent is as recorded. */
export interface Decoding {
  readonly options?: AdapterOptions | undefined;
  /** The wire is always one of them. */
  readonly lanes?: readonly LaneId[] | undefined;
}

/** The endpoint as the adapters see it. */
export interface AdapterEndpoint {
  /**
   * The kind of server, which decides which adapter interface reads its streams (docs/adapters.md, 1); any other text is
   * kept, since adapters refuse it in their own way.
   */
  readonly type: string;
  /** The server's name for the provider; `lmstudio_openai` makes it a proxy with fallback counts. */
  readonly provider_name: string;
  /** The configured model. */
  readonly model: string;
}

export const TERMINAL_STATES = [
  'complete',
  'provider-error',
  'http-error',
  'truncated',
  'reset',
  'stalled',
  'cancelled',
  'not-a-stream',
  'limit',
] as const;
export type TerminalState = (typeof TERMINAL_STATES)[number];

/** How a stream ended: exactly one state, and the rule that decided it as a sentence. */
export interface Ending {
  readonly state: TerminalState;
  readonly rule: string;
  /** What the person should know and can do next; absent when complete. */
  readonly advice?: string;
}

export interface HttpHead {
  readonly status: number;
  readonly statusText: string;
  /** Secrets already replaced, in order, names as they came. */
  readonly headers: readonly (readonly [name: string, value: string])[];
}

/** What came around the body of a response beside its head: absent where nothing did. */
export interface AroundBody {
  /** Responses with a status below 200 that came before, such as 103. */
  readonly informational?: readonly { readonly status: number; readonly statusText: string; readonly tNs: number }[];
  /** Fields after a chunked body. Secrets already replaced. */
  readonly trailers?: HttpHead['headers'];
}

/** Of a response that has ended, all that came but the body. */
export interface ResponseHead extends HttpHead, AroundBody {}

export interface RequestHead {
  readonly method: string;
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** Of a run: the JSON text of its body as it was written, secrets redacted. */
  readonly written?: string;
  /** Of a run: what is not as it was written, and what would not have been. */
  readonly changes?: readonly RequestChange[];
}

/** Where a trace came from. */
export const TRACE_SOURCES = ['run', 'import', 'sample', 'capture'] as const;
export type TraceSource = (typeof TRACE_SOURCES)[number];

/** How an imported trace came from its file. */
export interface ImportFacts {
  /** The file's name. */
  readonly file: string;
  /** What the file was: an id that never changes, and a noun phrase. */
  readonly format: { readonly id: string; readonly label: string };
  /** What had to be changed to get at the stream, as sentences. */
  readonly repaired: readonly string[];
  /** Of the body as it is stored, and of a trace of Tracelane of its message id too, in hexadecimal: an import that is repeated is known by it. */
  readonly sha256: string;
}

/** Of the numbers of a trace. The index of filters has so many of them. */
export const MOST_GAPS = 32;

/** Measured once the stream is over; `null` means not seen on this wire. Nanoseconds since the request was sent, unless that is not known. */
export interface Metrics {
  /** When the request was sent is not known, as in a log: times count from the first that the file has, and say nothing of the wait before it. */
  readonly startUnknown?: true;
  readonly firstByteNs: number | null;
  readonly firstEventNs: number | null;
  readonly firstReasoningNs: number | null;
  readonly firstTextNs: number | null;
  readonly firstToolNs: number | null;
  readonly totalNs: number | null;
  readonly events: number;
  readonly reads: number;
  readonly bytes: number;
  readonly textChars: number;
  /** The last piece of reasoning, text or a tool call. */
  readonly lastContentNs: number | null;
  /**
   * Output tokens per second while they came; an estimate, since a provider does not say which token came when. Null where
   * that cannot be measured: all of them came at once, or as good as. Absent when the wire does not count what came.
   */
  readonly tokensPerSecond?: number | null;
  /** Gaps between events, longest in each of up to MOST_GAPS equal stretches, for the sparkline; nanoseconds. */
  readonly gaps: readonly number[];
}

type TimeFromRequest = 'firstByteNs' | 'firstEventNs' | 'firstReasoningNs' | 'firstTextNs' | 'firstToolNs' | 'totalNs';

/** The times that count from the request: all of them null where it is not known when that was sent. */
export function timesFromRequest(metrics: Metrics): Pick<Metrics, TimeFromRequest> {
  if (metrics.startUnknown !== true) return metrics;
  return {
    firstByteNs: null,
    firstEventNs: null,
    firstReasoningNs: null,
    firstTextNs: null,
    firstToolNs: null,
    totalNs: null,
  };
}

/** One row of the trace list. */
export interface TraceRow {
  readonly id: TraceId;
  /** Its place in the list: a trace that was begun later has a higher one, whatever the clock says. */
  readonly nr: number;
  /** The user's name for it, else the last user message cut to 60 characters, else the model. */
  readonly title: string;
  readonly renamed: boolean;
  readonly starred: boolean;
  readonly source: TraceSource;
  readonly api: Api;
  readonly model: string | null;
  /** Where it was sent, and the server's name for it, which outlives the endpoint. */
  readonly endpointId?: EndpointId;
  readonly provider?: string;
  /** Wall clock, milliseconds since 1970; a label only, durations come from the monotonic clock. */
  readonly startedAt: number;
  /** Absent while the stream runs. */
  readonly ending?: Ending;
  readonly httpStatus?: number;
  readonly metrics: Metrics;
  readonly usage?: Usage;
  readonly finish?: FinishReason;
  /** US dollars: as the wire says in `usage.cost`, else by the bundled price list; absent when there is neither. */
  readonly cost?: number;
  /** How much of the trace file it takes, in bytes; absent while it runs. */
  readonly size?: number;
  /** False for imported logs: order only, no timing. */
  readonly timed: boolean;
  /** What people call it; absent: nothing. */
  readonly tags?: readonly string[];
  /** Absent until they are worked out, some time after the end. */
  readonly facts?: TraceFacts;
  /** What of it the file no longer holds, and what to do: a sentence. Absent when all is whole. */
  readonly damaged?: string;
}

/** Everything about a trace but its bytes. */
export interface TraceDetail extends TraceRow {
  readonly framing: Framing;
  readonly endpoint: AdapterEndpoint;
  readonly options: AdapterOptions;
  /** The lanes that read it, the wire first. */
  readonly lanes: readonly LaneId[];
  /** The request's JSON body as it was sent, secrets redacted. */
  readonly request: unknown;
  readonly requestHead?: RequestHead;
  readonly responseHead?: ResponseHead;
  /** Of an exchange between other programs, recorded on its way. */
  readonly capture?: CaptureFacts;
  readonly imported?: ImportFacts;
  /** Of a stream that runs: milliseconds since its request was sent as this was answered, by the program's own clock. */
  readonly agoMs?: number;
}
