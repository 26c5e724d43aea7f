/**
 * The driver that legacy and simple share (docs/adapters.md, 1, 2, 8 and 9): chooses the interface, feeds it the events
 * its SDK would have read, turns what the original raised into its error message, and sets the results at the end.
 */
import { toPython, isDict, type PyDict } from '../../json/python-value.ts';
import type {
  AdapterMessage,
  AdapterOutcome,
  AdapterResult,
  Emission,
  LaneId,
  ReasoningPart,
  ToolCall,
} from '../../model/messages.ts';
import type { Api, Frame, Framed } from '../../model/stream.ts';
import type { Lane, LaneSetup } from '../../model/lane.ts';
import type { ProviderDefinition } from '../../providers/provider.ts';
import { PROVIDERS } from '../../providers/registry.ts';
import { fallbackInput } from './fallback-counts.ts';
import { speaksAnthropic, type InterfaceSetup, type StreamingInterface } from './interface.ts';
import { MessageWriter } from './message-writer.ts';
import { PythonEvents } from './python-events.ts';
import { providerTrace } from './provider-trace.ts';
import { fail, AdapterError } from './adapter-error.ts';
import { NO_USAGE, usageOf } from './usage.ts';

/** The interfaces of one adapter, as docs/adapters.md, 1 chooses among them. */
export interface InterfaceChoice {
  readonly anthropic: new (setup: InterfaceSetup) => StreamingInterface;
  readonly openAiChat: new (setup: InterfaceSetup) => StreamingInterface;
  /** Absent: the chat interface takes the Responses stream, too. */
  readonly openAiResponses?: new (setup: InterfaceSetup) => StreamingInterface;
}

/** What tells the two adapters apart. */
export interface AdapterProfile {
  readonly id: LaneId;
  /** Where its outcome holds reasoning and text. */
  readonly contentField: 'reasoning_content' | 'content';
  /** The same in the provider trace. */
  readonly traceField: 'reasoning' | 'content';
  readonly interfaces: InterfaceChoice;
}

/** The APIs whose streams the agent server's adapters read. */
export const readsApi = (api: Api): boolean => interfaceOf(api) !== null;

/** The interface that the agent server had for an API; null where it had none. */
export const interfaceOf = (api: Api): ProviderDefinition['agentServer'] => PROVIDERS.get(api)?.agentServer ?? null;

/** The server's name for an LM Studio endpoint. */
const PROXY = 'lmstudio_openai';

/** How the message of an error begins that is a fault of this program and not of the stream. */
export const LANE_FAULT = 'The lane failed:';

type Stage = NonNullable<AdapterOutcome['error']>['stage'];

export class AgentServerLane implements Lane {
  readonly id: LaneId;
  readonly #profile: AdapterProfile;
  readonly #setup: LaneSetup;
  readonly #writer: MessageWriter;
  readonly #request: PyDict;
  readonly #proxy: boolean;
  readonly #events = new PythonEvents();
  #interface: StreamingInterface | undefined;
  #fallbackInput = 0;
  /** [DONE] came: what follows is decoded, but not read. */
  #done = false;
  #lastEvent: number | null = null;
  #error: AdapterOutcome['error'] = null;
  #finished = false;
  #toolCall: ToolCall | null = null;
  #content: readonly ReasoningPart[] | null = null;
  #usage = NO_USAGE;
  #ownId: string | null = null;
  #trace: AdapterOutcome['provider_trace'] = null;

  constructor(profile: AdapterProfile, setup: LaneSetup) {
    this.id = profile.id;
    this.#profile = profile;
    this.#setup = setup;
    this.#writer = new MessageWriter(profile.id, setup);
    const request = toPython(setup.request);
    this.#request = isDict(request) ? request : new Map();
    this.#proxy = setup.endpoint.provider_name === PROXY;
  }

  begin(): readonly Emission<AdapterMessage>[] {
    this.#attempt('before', () => {
      const made = this.#choose();
      this.#interface = made;
      if (this.#isOpenAi && this.#request.has('messages') && this.#request.has('input'))
        fail('The request has both messages and input.');
      const countsTokens = this.#proxy && made.fallbackOutputTokens !== undefined;
      if (countsTokens)
        this.#fallbackInput = fallbackInput(
          this.#request.get('messages') ?? this.#request.get('input'),
          this.#request.get('tools'),
        );
      made.start?.();
    });
    return this.#writer.drain();
  }

  take(framed: Framed): readonly Emission<AdapterMessage>[] {
    if (this.#error !== null || this.#interface === undefined) return NOTHING;
    if (framed.type === 'frame') this.#takeFrame(framed.frame, this.#interface);
    else if (framed.type === 'bad-utf8') this.#stop(`The bytes from ${framed.start} on are not UTF-8.`);
    else if (framed.type === 'limit' || framed.type === 'damaged') this.#stop(framed.text);
    else return NOTHING;
    return this.#writer.drain();
  }

  end(): readonly Emission<AdapterMessage>[] {
    const made = this.#interface;
    if (this.#error === null && made !== undefined) this.#attempt('after', () => this.#finish(made));
    return NOTHING;
  }

  outcome(): AdapterResult {
    const outcome: AdapterOutcome = {
      error: this.#error,
      finished: this.#finished,
      tool_call: this.#toolCall,
      reasoning_content: null,
      content: null,
      [this.#profile.contentField]: this.#content,
      usage: this.#usage,
      message_id: this.#ownId,
      provider_message_id: this.#interface?.providerMessageId ?? null,
      model: this.#interface?.model ?? null,
      provider_trace: this.#trace,
    };
    return { lane: this.id, outcome };
  }

  get #isOpenAi(): boolean {
    return this.#setup.endpoint.type === 'openai';
  }

  #choose(): StreamingInterface {
    const { endpoint, options } = this.#setup;
    const responsesApi = this.#request.has('input') && !this.#request.has('messages');
    const setup: InterfaceSetup = { endpoint, options, writer: this.#writer, proxy: this.#proxy, responsesApi };
    if (speaksAnthropic(endpoint)) return new this.#profile.interfaces.anthropic(setup);
    if (!this.#isOpenAi) return fail(`Streaming not supported for provider ${endpoint.type}`);
    const Responses = this.#profile.interfaces.openAiResponses;
    return responsesApi && !this.#proxy && Responses !== undefined
      ? new Responses(setup)
      : new this.#profile.interfaces.openAiChat(setup);
  }

  #takeFrame(frame: Frame, made: StreamingInterface): void {
    const dispatched = this.#events.read(frame);
    if (dispatched === null) return;
    this.#lastEvent = frame.index;
    if (this.#done) return;
    this.#writer.beginEvent(frame.index);
    // The hot path of every stream: no closure is made for it.
    try {
      const event = made.read(dispatched.name, dispatched.data, frame);
      if (event === 'done') this.#done = true;
      else if (event !== 'skip') made.take(event);
    } catch (error) {
      this.#stop(sentenceOf(error));
    }
  }

  /** In this order; an error in one leaves the later ones unset. */
  #finish(made: StreamingInterface): void {
    this.#finished = true;
    this.#toolCall = made.toolCall();
    this.#content = made.content();
    this.#usage = usageOf(
      made.inputTokens,
      made.outputTokens,
      this.#fallbackInput,
      this.#proxy ? (made.fallbackOutputTokens ?? 0) : 0,
    );
    this.#ownId = this.#setup.messageId;
    if (this.#setup.stepId === undefined) return;
    if (made.splitText) fail('Two halves of a surrogate pair came in different fragments, which cannot be printed.');
    this.#trace = providerTrace({
      contentField: this.#profile.traceField,
      endpoint: this.#setup.endpoint,
      request: this.#setup.request,
      toolCall: this.#toolCall,
      content: this.#content,
      id: made.providerMessageId,
      model: made.model,
      usage: this.#usage,
    });
  }

  #attempt(stage: Exclude<Stage, 'stream'>, step: () => void): void {
    try {
      step();
    } catch (error) {
      this.#error = { stage, message: sentenceOf(error), event: null };
    }
  }

  #stop(message: string): void {
    this.#error = { stage: 'stream', message, event: this.#lastEvent };
    this.#writer.emitStop(this.#lastEvent);
  }
}

/** A fault of this program, too, ends the lane with the message that a fault of the stream gives. */
const sentenceOf = (error: unknown): string =>
  error instanceof AdapterError ? error.message : `${LANE_FAULT} ${String(error)}`;

const NOTHING: readonly Emission<AdapterMessage>[] = [];
