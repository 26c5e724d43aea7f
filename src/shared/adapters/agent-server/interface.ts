/** What a streaming interface is to the adapter lane: one per provider API and adapter. */
import type { ReasoningPart, ToolCall } from '../../model/messages.ts';
import type { Frame } from '../../model/stream.ts';
import type { AdapterEndpoint, AdapterOptions } from '../../model/trace.ts';
import type { MessageWriter } from './message-writer.ts';

/** What an SDK of the time makes of a frame: an event for the interface, nothing, or the end of the reading. */
export type SdkEvent = { readonly type: string; readonly data: unknown } | 'skip' | 'done';

export interface InterfaceSetup {
  readonly options: AdapterOptions;
  readonly endpoint: AdapterEndpoint;
  readonly writer: MessageWriter;
  /** The endpoint is an LM Studio proxy, whose tokens are counted here. */
  readonly proxy: boolean;
  /** The stream comes from the Responses API. */
  readonly responsesApi: boolean;
}

/** Whether the agent server read the streams of such an endpoint with its interface for Anthropic; the others are OpenAI's. */
export const speaksAnthropic = ({ type }: Pick<AdapterEndpoint, 'type'>): boolean =>
  type === 'anthropic' || type === 'bedrock';

/** Every method may throw AdapterError where the original raised. */
export interface StreamingInterface {
  /** What the interface holds, also after an error. */
  readonly model: string | null;
  readonly providerMessageId: string | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Counted here, for the chat interfaces on a proxy. */
  readonly fallbackOutputTokens?: number;
  /** Two halves of a surrogate pair came in different fragments of what is printed in the provider trace. */
  readonly splitText: boolean;
  /** Reads a frame as the Python SDK did. */
  read(name: string, data: string, frame: Frame): SdkEvent;
  /** Before the first read. */
  start?(): void;
  take(event: Exclude<SdkEvent, string>): void;
  toolCall(): ToolCall | null;
  /** Reasoning content (legacy) or content (simple). */
  content(): ReasoningPart[];
}
