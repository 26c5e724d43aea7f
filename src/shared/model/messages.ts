/**
 * What lanes emit. The messages of the adapters are part of their contract down to which field is null and which is
 * absent; those of the wire lane use the same names where the same thing is meant, and add
 * the content block they belong to, because nothing of the wire may run together.
 */
import type { FinishReason, Usage } from './usage.ts';

/** Names a lane: the id of its entry in the registry of lanes. */
export type LaneId = string;
/** The lane that has what the provider said: every reading has it, and all others are read against it. */
export const WIRE = 'wire';

/** One value for each lane of a reading; one that is not there is a lane that the reading does not have. */
export type ByLane<Value> = { readonly [WIRE]: Value; readonly [lane: LaneId]: Value };

export interface ToolCallDelta {
  readonly name: string | null;
  readonly arguments: string | null;
  readonly tool_call_id: string | null;
}

/** Fields that each message of an adapter carries, but for stop_reason. */
export interface AdapterMessageHead {
  /** `message-<uuid4>`, one for all messages of an invocation. */
  readonly id: string;
  /** UTC, ISO 8601. */
  readonly date: string;
  /** The id's UUID with its low 7 bits replaced by an index; null where the adapter gives none. */
  readonly otid: string | null;
}

export interface TextPart {
  readonly type: 'text';
  readonly text: string;
}

export type AdapterMessage =
  | (AdapterMessageHead & {
      readonly message_type: 'reasoning_message';
      readonly reasoning: string;
      readonly source: 'reasoner_model' | 'non_reasoner_model';
      readonly signature: string | null;
    })
  | (AdapterMessageHead & {
      readonly message_type: 'hidden_reasoning_message';
      readonly state: 'redacted' | 'omitted';
      readonly hidden_reasoning: string | null;
    })
  | (AdapterMessageHead & {
      readonly message_type: 'assistant_message';
      readonly content: string | readonly TextPart[];
    })
  | (AdapterMessageHead & { readonly message_type: 'tool_call_message'; readonly tool_call: Partial<ToolCallDelta> })
  | (AdapterMessageHead & {
      readonly message_type: 'approval_request_message';
      readonly tool_call: ToolCallDelta;
      /** The tool's name on the one message that legacy Anthropic opens an approval with, else null. */
      readonly name: string | null;
    })
  | { readonly message_type: 'stop_reason'; readonly stop_reason: 'error' };

/** A content block of the wire: contiguous output of one kind, told apart by choice, index and call id. */
export type BlockKind =
  'text' | 'reasoning' | 'tool' | 'server_tool' | 'server_tool_result' | 'refusal' | 'redacted_reasoning' | 'other';

/** Names the block: unique in its stream and stable under any cut of the bytes, e.g. `c0/text`, `b3`, `o1/p0`. */
export type BlockId = string;

export type WireMessage =
  | {
      readonly message_type: 'block_start';
      readonly block: BlockId;
      readonly kind: BlockKind;
      /** The provider's own type of it: `tool_use`, `web_search_call`, `reasoning_details`, ... */
      readonly type: string;
      /** 0-based choice of Chat Completions; 0 elsewhere. */
      readonly choice: number;
      /** Tool blocks: name and call id when known at the start. */
      readonly name?: string | null;
      readonly tool_call_id?: string | null;
    }
  | { readonly message_type: 'assistant_message'; readonly block: BlockId; readonly content: string }
  | { readonly message_type: 'refusal_message'; readonly block: BlockId; readonly content: string }
  | {
      readonly message_type: 'reasoning_message';
      readonly block: BlockId;
      readonly reasoning: string;
      readonly signature: string | null;
    }
  /** Reasoning that came redacted, encrypted or only as a signature. `hidden_reasoning` is the provider's opaque text. */
  | {
      readonly message_type: 'hidden_reasoning_message';
      readonly block: BlockId;
      readonly state: 'redacted' | 'encrypted';
      readonly hidden_reasoning: string | null;
    }
  | { readonly message_type: 'tool_call_message'; readonly block: BlockId; readonly tool_call: ToolCallDelta }
  /** Anything else a block carries: a citation, a server tool's result, log probabilities, raw parts. */
  | { readonly message_type: 'attachment'; readonly block: BlockId; readonly type: string; readonly value: unknown }
  | {
      readonly message_type: 'block_stop';
      readonly block: BlockId;
      /** Tool blocks: whether the whole argument text is valid JSON; null where there are no arguments. */
      readonly valid: boolean | null;
    }
  | { readonly message_type: 'usage'; readonly usage: Usage }
  | { readonly message_type: 'finish'; readonly choice: number; readonly finish: FinishReason }
  | {
      readonly message_type: 'response';
      readonly id: string | null;
      readonly model: string | null;
      readonly service_tier?: string | null;
    }
  | {
      readonly message_type: 'error';
      readonly error: {
        readonly message: string;
        readonly type: string | null;
        readonly code: string | null;
        readonly raw: unknown;
      };
    }
  /** A known event that says nothing of content (ping, in_progress), or one that this version does not know. */
  | { readonly message_type: 'event'; readonly type: string; readonly known: boolean; readonly value?: unknown };

export type LaneMessage = AdapterMessage | WireMessage;

/** A message with its cause. */
export interface Emission<Message extends LaneMessage = LaneMessage> {
  readonly lane: LaneId;
  /** 0-based count of the lane's emissions. */
  readonly ordinal: number;
  /** The frame that caused it (Frame.index): its byte range and arrival time are the message's. Null before the first. */
  readonly event: number | null;
  readonly message: Message;
}

/** A finished tool call. `arguments` is JSON text, or what came in its place. */
export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly arguments: string;
}

export type ReasoningPart =
  | TextPart
  | { readonly type: 'omitted_reasoning' }
  | {
      readonly type: 'reasoning';
      readonly is_native: true;
      readonly reasoning: string;
      readonly signature: string | null;
    }
  | { readonly type: 'redacted_reasoning'; readonly data: string }
  | {
      readonly type: 'summarized_reasoning';
      readonly id: string | null;
      readonly summary: readonly { readonly index: number; readonly text: string }[];
      readonly encrypted_content: string;
    };

/** What an adapter holds when it is done, and how it failed if it did. */
export interface AdapterOutcome {
  readonly error: {
    /** before: nothing was read. stream: a stop_reason message was emitted. after: the stream had ended well. */
    readonly stage: 'before' | 'stream' | 'after';
    readonly message: string;
    /** The frame at which it came, for stage `stream`. */
    readonly event: number | null;
  } | null;
  readonly finished: boolean;
  readonly tool_call: ToolCall | null;
  /** Reasoning and text, under the name that the adapter gives it: the other is null, as is one that is unset. */
  readonly reasoning_content: readonly ReasoningPart[] | null;
  readonly content: readonly ReasoningPart[] | null;
  readonly usage: {
    readonly step_count: number;
    readonly prompt_tokens: number;
    readonly completion_tokens: number;
    readonly total_tokens: number;
  };
  /** The adapter's own message id when set. */
  readonly message_id: string | null;
  /** What the provider called the response, and its model, as the interface holds them. */
  readonly provider_message_id: string | null;
  readonly model: string | null;
  /** The provider trace's two documents; null when the run does not get as far. */
  readonly provider_trace: { readonly request_json: unknown; readonly response_json: unknown } | null;
}

/** One content block of the wire, whole. */
export interface WireBlock {
  readonly block: BlockId;
  readonly kind: BlockKind;
  readonly type: string;
  readonly choice: number;
  /** Text, reasoning, refusal, or a tool's arguments, joined. */
  readonly text: string;
  readonly name?: string | null;
  readonly tool_call_id?: string | null;
  readonly signature?: string | null;
  /** Whether the provider closed it; a block that is not closed is never final. */
  readonly closed: boolean;
  /** Tool blocks, once closed: arguments are valid JSON. */
  readonly valid?: boolean | null;
  readonly attachments?: readonly { readonly type: string; readonly value: unknown }[];
  /** First and last frame that spoke of it. */
  readonly firstEvent: number;
  readonly lastEvent: number;
}

export interface StrayUsage {
  /** Path of the object with the counts, from the event on. */
  readonly path: string;
  readonly event: number;
  readonly counts: Omit<Usage, 'raw'>;
  /** They are the usage, because there is none in its place. */
  readonly taken: boolean;
}

/** The wire lane's result: the provider's own accumulation with nothing lost. */
export interface WireOutcome {
  readonly id: string | null;
  readonly model: string | null;
  readonly service_tier?: string | null;
  readonly blocks: readonly WireBlock[];
  /** By choice. */
  readonly finish: readonly (FinishReason & { readonly choice: number })[];
  /** Absent when no usage was on the wire. */
  readonly usage?: Usage;
  /** Counts that stood where the API has none. */
  readonly strayUsage?: readonly StrayUsage[];
  readonly errors: readonly {
    readonly message: string;
    readonly type: string | null;
    readonly code: string | null;
    /** The event that said it; for one outside of any event the one before it, -1 when there is none. */
    readonly event: number;
    /** How it stood outside of any event: as a field that no reader knows, or between events. */
    readonly outside?: 'error-field' | 'other-field' | 'comment' | 'bare-json' | 'bare-text' | 'html' | 'unfinished';
  }[];
  /** The provider's terminator was seen: `[DONE]`, `message_stop`, `response.completed` and its kin. */
  readonly terminated: boolean;
  /** The provider's own accumulated object: ChatCompletion, Message or Response, as its SDK would give it. */
  readonly accumulated: unknown;
  /** Set when the lane ended itself because a limit was passed. */
  readonly limit?: string;
}

export interface WireResult {
  readonly lane: typeof WIRE;
  readonly outcome: WireOutcome;
}
export interface AdapterResult {
  /** Any but the wire. */
  readonly lane: LaneId;
  readonly outcome: AdapterOutcome;
}
export type LaneOutcome = WireResult | AdapterResult;

export const isWireResult = (result: LaneOutcome): result is WireResult => result.lane === WIRE;
export const isWireEmission = (emission: Emission): emission is Emission<WireMessage> => emission.lane === WIRE;
