/**
 * Anthropic Messages on the wire. Blocks are named by the index the provider gave them (`b3`); an index that is used
 * again, after a second message_start, makes another block.
 */
import type { BlockKind } from '../../model/messages.ts';
import type { Frame } from '../../model/stream.ts';
import { arrayOf, numberOf, objectOf, parseJson, stringOf, type JsonObject } from '../../json/json-object.ts';
import { recordError, type WireProtocol } from '../../wire/protocol.ts';
import type { Block, WireRecorder } from '../../wire/recorder.ts';
import { messagesFinish, messagesUsage } from './usage.ts';

/** A block beside what the SDK's accumulation needs of it. */
interface Entry {
  readonly block: Block;
  /** What a summary calls it. */
  readonly target: string;
  /** The content block as it started. */
  readonly start: JsonObject;
  /** Parts that replace what the start said, e.g. compaction content. */
  readonly fields: Map<string, unknown>;
  citations: unknown[] | null;
  sawInputDelta: boolean;
}

function kindOf(type: string): BlockKind {
  switch (type) {
    case 'text':
      return 'text';
    case 'thinking':
      return 'reasoning';
    case 'redacted_thinking':
      return 'redacted_reasoning';
    case 'tool_use':
      return 'tool';
    default:
      if (type.endsWith('_tool_result')) return 'server_tool_result';
      return type.endsWith('_tool_use') ? 'server_tool' : 'other';
  }
}

const CALLS = new Set<BlockKind>(['tool', 'server_tool']);

export class MessagesWire implements WireProtocol {
  readonly doneMarker = false;
  terminated = false;
  readonly #recorder: WireRecorder;
  /** The message of the last message_start, with what later events set on it; null before it. */
  #message: Map<string, unknown> | null = null;
  #usage = new Map<string, unknown>();
  #content: Entry[] = [];
  /** The block that an index means now. */
  #byIndex = new Map<number, Entry>();

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
  }

  take(data: JsonObject, type: string, frame: Frame): void {
    // The SDK takes an event named error for one whatever its data says, and drops what has no name.
    if (frame.name === '') this.#recorder.note('no event name: the Anthropic SDK drops this event');
    switch (frame.name === 'error' ? frame.name : type) {
      case 'message_start':
        return this.#start(objectOf(data['message']));
      case 'content_block_start':
        return this.#blockStart(numberOf(data['index']), objectOf(data['content_block']));
      case 'content_block_delta':
        return this.#blockDelta(numberOf(data['index']), objectOf(data['delta']));
      case 'content_block_stop':
        return this.#blockStop(numberOf(data['index']));
      case 'message_delta':
        return this.#messageDelta(data);
      case 'message_stop': {
        this.#recorder.mark('done');
        this.#recorder.event(type, true);
        this.terminated = true;
        return;
      }
      case 'ping': {
        this.#recorder.mark('ping');
        this.#recorder.event(type, true);
        return;
      }
      case 'error':
        return recordError(this.#recorder, data['error'] ?? data, data);
      default: {
        this.#recorder.note('an event type this version does not know');
        this.#recorder.event(type || 'message', false, data);
      }
    }
  }

  done(): void {
    // Anthropic has no [DONE].
  }

  accumulated(): unknown {
    if (!this.#message) return null;
    return {
      ...Object.fromEntries(this.#message),
      content: this.#content.map(accumulatedBlock),
      usage: Object.fromEntries(this.#usage),
    };
  }

  #start(message: JsonObject | null): void {
    const recorder = this.#recorder;
    recorder.mark('start');
    if (this.#message) recorder.note('a second message_start: the SDK ends here, the wire lane starts a new message');
    this.#message = new Map(Object.entries(message ?? {}));
    this.#content = [];
    this.#byIndex = new Map();
    const usage = objectOf(message?.['usage']);
    this.#usage = new Map(Object.entries(usage ?? {}));
    recorder.response(
      stringOf(message?.['id']),
      stringOf(message?.['model']),
      usage && 'service_tier' in usage ? stringOf(usage['service_tier']) : undefined,
    );
    if (usage) recorder.usage(messagesUsage(usage), usage);
    // Content that is in the message from the start (a container that goes on with earlier tool calls) gets no events of its own.
    arrayOf(message?.['content']).forEach((content, index) => {
      const entry = this.#open(index, objectOf(content) ?? {});
      recorder.close(entry.block);
    });
    const reason = stringOf(message?.['stop_reason']);
    if (reason !== null) recorder.finish(0, messagesFinish(reason));
    recorder.preview(stringOf(message?.['model']) ?? '');
  }

  #blockStart(index: number | null, content: JsonObject | null): void {
    if (!this.#message) this.#recorder.note('content_block_start before message_start');
    if (!content) this.#recorder.note('content_block_start without a content block');
    this.#open(index ?? this.#content.length, content ?? {});
  }

  #open(index: number, start: JsonObject): Entry {
    const recorder = this.#recorder;
    const type = stringOf(start['type']) ?? 'unknown';
    const kind = kindOf(type);
    const target = `block ${index}`;
    recorder.target(target);
    const call = CALLS.has(kind) ? { name: stringOf(start['name']), callId: stringOf(start['id']) } : undefined;
    const block = recorder.open(`b${index}`, kind, type, 0, call);
    const entry: Entry = { block, target, start, fields: new Map(), citations: null, sawInputDelta: false };
    this.#content.push(entry);
    this.#byIndex.set(index, entry);
    this.#startContent(entry, start);
    if (type === 'fallback') this.#fallback(objectOf(start['to']));
    return entry;
  }

  /** Another model took over: the block names the one that answers, as the SDK has it. */
  #fallback(to: JsonObject | null): void {
    const model = stringOf(to?.['model']);
    if (model === null) return;
    this.#message?.set('model', model);
    this.#recorder.response(undefined, model, undefined);
  }

  /** What a content block brings along when it starts. */
  #startContent({ block }: Entry, start: JsonObject): void {
    const recorder = this.#recorder;
    switch (block.kind) {
      case 'text': {
        const text = stringOf(start['text']);
        if (text) recorder.text(block, text);
        for (const citation of arrayOf(start['citations'])) recorder.attach(block, 'citation', citation);
        return;
      }
      case 'reasoning': {
        const thinking = stringOf(start['thinking']);
        if (thinking) recorder.reasoning(block, thinking);
        const signature = stringOf(start['signature']);
        if (signature) recorder.signature(block, signature);
        return;
      }
      case 'redacted_reasoning':
        return recorder.hidden(block, 'redacted', stringOf(start['data']));
      case 'tool':
      case 'server_tool': {
        const input = start['input'];
        // An empty object stands for arguments that are still to come; anything else is the whole of them.
        const whole = typeof input === 'object' && input !== null && Object.keys(input).length > 0;
        recorder.tool(block, block.name, block.callId, whole ? JSON.stringify(input) : null);
        for (const field of ['caller', 'server_name'])
          if (start[field] !== undefined) recorder.attach(block, field, start[field]);
        return;
      }
      default:
        recorder.attach(block, block.type, start);
    }
  }

  #blockDelta(index: number | null, delta: JsonObject | null): void {
    const recorder = this.#recorder;
    const type = stringOf(delta?.['type']) ?? 'unknown';
    const entry = this.#byIndex.get(index ?? -1) ?? this.#openForDelta(index, type);
    const { block } = entry;
    recorder.target(entry.target);
    switch (type) {
      case 'text_delta':
        return recorder.text(block, stringOf(delta?.['text']) ?? '');
      case 'thinking_delta':
        return recorder.reasoning(block, stringOf(delta?.['thinking']) ?? '');
      case 'signature_delta':
        return recorder.signature(block, stringOf(delta?.['signature']) ?? '');
      case 'input_json_delta': {
        this.#dropStartInput(entry);
        return recorder.tool(block, null, null, stringOf(delta?.['partial_json']) ?? '');
      }
      case 'citations_delta': {
        (entry.citations ??= []).push(delta?.['citation']);
        recorder.preview(JSON.stringify(delta?.['citation'] ?? null));
        return recorder.attach(block, 'citation', delta?.['citation']);
      }
      default: {
        for (const [field, value] of Object.entries(delta ?? {})) if (field !== 'type') entry.fields.set(field, value);
        if (type !== 'compaction_delta') recorder.note(`a delta type this version does not know: ${type}`);
        recorder.attach(block, type, delta);
      }
    }
  }

  /** Input given at the start and then streamed again would double the arguments: the streamed text replaces it, as in the SDK. */
  #dropStartInput(entry: Entry): void {
    if (entry.sawInputDelta) return;
    entry.sawInputDelta = true;
    if (entry.block.text === '') return;
    this.#recorder.note('the input given at block start is replaced by the streamed one');
    entry.block.text = '';
  }

  /** A delta for a block that never started: kept under its index, in a block of the delta's kind. */
  #openForDelta(index: number | null, deltaType: string): Entry {
    this.#recorder.note(index === null ? 'a delta without an index' : 'a delta before content_block_start');
    const type =
      deltaType === 'text_delta'
        ? 'text'
        : deltaType === 'input_json_delta'
          ? 'tool_use'
          : deltaType.startsWith('thinking')
            ? 'thinking'
            : 'unknown';
    return this.#open(index ?? this.#content.length, { type });
  }

  #blockStop(index: number | null): void {
    const recorder = this.#recorder;
    recorder.mark('meta');
    if (index !== null) recorder.target(`block ${index}`);
    const entry = index === null ? undefined : this.#byIndex.get(index);
    if (!entry) return recorder.note('content_block_stop without content_block_start');
    recorder.about(entry.block);
    if (entry.block.closed) return recorder.note('a second content_block_stop');
    recorder.close(entry.block);
  }

  #messageDelta(data: JsonObject): void {
    const recorder = this.#recorder;
    const delta = objectOf(data['delta']);
    if (!this.#message) recorder.note('message_delta before message_start');
    const message = (this.#message ??= new Map());
    for (const [field, value] of Object.entries(delta ?? {})) {
      // A container once named stays when a later delta says null.
      if (field !== 'container' || value !== null) message.set(field, value);
    }
    for (const [field, value] of Object.entries(data)) {
      if (field !== 'type' && field !== 'delta' && field !== 'usage') {
        message.set(field, value);
        recorder.event(field, field === 'context_management', value);
      }
    }
    const usage = objectOf(data['usage']);
    if (usage) {
      for (const [field, value] of Object.entries(usage)) {
        if (value !== null || !this.#usage.has(field)) this.#usage.set(field, value);
      }
      recorder.usage(messagesUsage(Object.fromEntries(this.#usage)), usage);
    }
    const reason = delta?.['stop_reason'];
    if (reason !== undefined) recorder.finish(0, messagesFinish(stringOf(reason)));
    const details = objectOf(delta?.['stop_details']);
    if (details) recorder.event('stop_details', true, details);
  }
}

/** A content block as the SDK's accumulation has it. */
function accumulatedBlock({ block, start, fields, citations, sawInputDelta }: Entry): unknown {
  const content = new Map<string, unknown>([...Object.entries(start), ...fields]);
  if (block.kind === 'text') content.set('text', block.text);
  if (block.kind === 'reasoning') content.set('thinking', block.text);
  if (block.signature !== null) content.set('signature', block.signature);
  if (citations) content.set('citations', [...arrayOf(start['citations']), ...citations]);
  if (sawInputDelta) content.set('input', block.text === '' ? {} : inputOf(block));
  return Object.fromEntries(content);
}

/** The arguments as a value where they are one; else the text as it came, so that nothing is made up. */
function inputOf(block: Block): unknown {
  const value = parseJson(block.text);
  return value === undefined ? block.text : value;
}
