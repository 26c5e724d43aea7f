/**
 * Anthropic Messages on the wire. Blocks are named by the index the provider gave them (`b3`); an index that is used
 * again, after a second message_start, makes another block.
 */
import type { BlockKind } from '../../model/messages.ts';
import type { Frame } from '../../model/stream.ts';
import { arrayOf, objectOf, parseJson, stringOf, type JsonObject } from '../../json/json-object.ts';
import { errorField, strayFault, type Fault } from '../../wire/faults.ts';
import { Fields, fieldsOf, keepReplaced, saysNothing } from '../../wire/fields.ts';
import type { WireProtocol } from '../../wire/protocol.ts';
import type { Block, WireRecorder } from '../../wire/recorder.ts';
import { countNames } from '../../wire/stray-usage.ts';
import { INVOCATION_METRICS, invocationFigures, messagesFigures, messagesFinish, messagesUsage } from './usage.ts';

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

/** What deltas of a type add to, by the kind of block they belong into. Other types are kept as they came. */
const DELTA_KINDS: ReadonlyMap<string, ReadonlySet<BlockKind>> = new Map<string, ReadonlySet<BlockKind>>([
  ['text_delta', new Set(['text'])],
  ['citations_delta', new Set(['text'])],
  ['thinking_delta', new Set(['reasoning'])],
  ['signature_delta', new Set(['reasoning'])],
  ['input_json_delta', CALLS],
]);

export class MessagesWire implements WireProtocol {
  readonly doneMarker = false;
  terminated = false;
  readonly #recorder: WireRecorder;
  readonly #event: Fields;
  readonly #delta: Fields;
  readonly #messageFields: Fields;
  /** The message of the last message_start, with what later events set on it; null before it. */
  #message: Map<string, unknown> | null = null;
  #usage = new Map<string, unknown>();
  #content: Entry[] = [];
  /** The block that an index means now. */
  #byIndex = new Map<number, Entry>();

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
    this.#event = new Fields(recorder);
    this.#delta = new Fields(recorder, 'delta.');
    this.#messageFields = new Fields(recorder, 'message.');
  }

  take(data: JsonObject, type: string, frame: Frame): void {
    if (frame.name === type && type === 'content_block_delta' && this.#takePlainDelta(data)) return;
    const event = this.#event.of(data);
    // The SDK takes an event named error for one whatever its data says, and drops what has no name.
    if (frame.name === '') this.#recorder.note('no event name: the Anthropic SDK drops this event');
    event.expect('type', type);
    this.#take(event, frame.name === 'error' ? frame.name : type);
    event.rest();
  }

  /**
   * The short way for what nearly all events are: a delta of text for an open block of its kind, with no field that is not
   * expected. Whether it was one.
   */
  #takePlainDelta(data: JsonObject): boolean {
    const { type, index, delta } = data;
    if (typeof type !== 'string' || typeof index !== 'number' || fieldsOf(data) !== 3) return false;
    const inner = objectOf(delta);
    const entry = this.#byIndex.get(index);
    if (!inner || !entry || fieldsOf(inner) !== 2) return false;
    const { kind } = entry.block;
    switch (inner['type']) {
      case 'text_delta':
        return kind === 'text' && this.#add(entry, inner['text']);
      case 'thinking_delta':
        return kind === 'reasoning' && this.#add(entry, inner['thinking']);
      case 'input_json_delta':
        return (kind === 'tool' || kind === 'server_tool') && this.#add(entry, inner['partial_json']);
      default:
        return false;
    }
  }

  /** Adds text to a block; false, and nothing is done, when it is none. */
  #add(entry: Entry, text: unknown): boolean {
    if (typeof text !== 'string') return false;
    const recorder = this.#recorder;
    const { block } = entry;
    recorder.target(entry.target);
    if (block.kind === 'text') recorder.text(block, text);
    else if (block.kind === 'reasoning') recorder.reasoning(block, text);
    else {
      this.#dropStartInput(entry);
      recorder.tool(block, null, null, text);
    }
    return true;
  }

  #take(event: Fields, type: string): void {
    const recorder = this.#recorder;
    switch (type) {
      case 'content_block_delta':
        return this.#blockDelta(event.number('index'), event.object('delta'));
      case 'content_block_start':
        return this.#blockStart(event.number('index'), event.object('content_block'));
      case 'content_block_stop':
        return this.#blockStop(event.number('index'));
      case 'message_start':
        return this.#start(event.object('message'));
      case 'message_delta':
        return this.#messageDelta(event);
      case 'message_stop': {
        recorder.mark('done');
        recorder.event(type, true);
        this.terminated = true;
        const said = invocationFigures(event.data);
        if (said.serverRate !== undefined) recorder.usage(said, event.data[INVOCATION_METRICS]);
        return;
      }
      case 'ping': {
        recorder.mark('ping');
        recorder.event(type, true);
        return;
      }
      case 'error':
        return this.#fail(event, errorField(event.data, event.data['error'] ?? event.data));
      default:
        return this.#unknown(event, type);
    }
  }

  #fail(event: Fields, fault: Fault): void {
    this.#recorder.error(fault, event.data);
    event.all();
  }

  /** An event of another type: an error in another shape, or something new. Kept whole either way. */
  #unknown(event: Fields, type: string): void {
    const fault = strayFault(event.data);
    if (fault) return this.#fail(event, fault);
    this.#recorder.note('an event type this version does not know');
    this.#recorder.event(type || 'message', false, event.data, '');
    event.all();
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

  #start(data: JsonObject | null): void {
    const recorder = this.#recorder;
    recorder.mark('start');
    if (this.#message) {
      recorder.note('a second message_start: the SDK ends here, the wire lane starts a new message');
      recorder.event('message', true, this.accumulated());
    } else if (!data) recorder.note('message_start without a message');
    this.#message = new Map(Object.entries(data ?? {}));
    this.#content = [];
    this.#byIndex = new Map();
    const message = this.#messageFields.of(data);
    const usage = message.object('usage');
    this.#usage = new Map(Object.entries(usage ?? {}));
    recorder.response(
      stringOf(data?.['id']),
      stringOf(data?.['model']),
      usage && 'service_tier' in usage ? stringOf(usage['service_tier']) : undefined,
    );
    if (usage) recorder.usage(messagesUsage(usage), usage);
    // Content that is in the message from the start (a container that goes on with earlier tool calls) gets no events of its own.
    message.list('content').forEach((content, index) => {
      const start = objectOf(content);
      if (!start) recorder.keep('message.content[]', content);
      recorder.close(this.#open(index, start ?? {}).block);
    });
    const reason = stringOf(data?.['stop_reason']);
    if (reason !== null) recorder.finish(0, messagesFinish(reason));
    recorder.preview(stringOf(data?.['model']) ?? '');
    // What is neither counts nor content stands in the accumulated message.
    for (const field in data) if (field !== 'usage' && field !== 'content') message.any(field);
    message.rest();
  }

  /** A field of the message, as the SDK sets it; what it said before is kept. */
  #set(field: string, value: unknown): void {
    const before = this.#message?.get(field);
    if (before !== undefined) keepReplaced(this.#recorder, `message.${field}`, before, value);
    this.#message?.set(field, value);
  }

  #blockStart(index: number | null, content: JsonObject | null): void {
    const recorder = this.#recorder;
    if (!this.#message) recorder.note('content_block_start before message_start');
    if (!content) recorder.note('content_block_start without a content block');
    const open = this.#entryOf(index);
    // Word for word the same, before anything came of the block: it is one block, and no other lies open beside it for ever.
    if (
      open &&
      !open.block.closed &&
      open.block.text === '' &&
      JSON.stringify(open.start) === JSON.stringify(content)
    ) {
      recorder.target(open.target);
      recorder.about(open.block);
      return recorder.note('the same content_block_start a second time');
    }
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
    this.#set('model', model);
    this.#recorder.response(undefined, model, undefined);
  }

  /** What a content block brings along when it starts. All of it is in the accumulated block, but what deltas go on with. */
  #startContent({ block }: Entry, start: JsonObject): void {
    const recorder = this.#recorder;
    switch (block.kind) {
      case 'text': {
        const text = this.#startText(start, 'text');
        if (text) recorder.text(block, text);
        const { citations } = start;
        if (!Array.isArray(citations) && !saysNothing(citations)) recorder.keep('content_block.citations', citations);
        for (const citation of arrayOf(citations)) recorder.attach(block, 'citation', citation);
        return;
      }
      case 'reasoning': {
        const thinking = this.#startText(start, 'thinking');
        if (thinking) recorder.reasoning(block, thinking);
        const signature = this.#startText(start, 'signature');
        if (signature) recorder.signature(block, signature);
        return;
      }
      case 'redacted_reasoning':
        return recorder.hidden(block, 'redacted', stringOf(start['data']));
      case 'tool':
      case 'server_tool': {
        const input = start['input'];
        // An empty object stands for arguments that are still to come; anything else is the whole of them.
        const whole = typeof input === 'object' && !saysNothing(input);
        recorder.tool(block, block.name, block.callId, whole ? JSON.stringify(input) : null);
        for (const field of ['caller', 'server_name'])
          if (start[field] !== undefined) recorder.attach(block, field, start[field]);
        return;
      }
      default:
        recorder.attach(block, block.type, start);
    }
  }

  #startText(start: JsonObject, field: string): string | null {
    const value = start[field];
    if (typeof value === 'string') return value;
    if (!saysNothing(value)) this.#recorder.keep(`content_block.${field}`, value);
    return null;
  }

  #blockDelta(index: number | null, data: JsonObject | null): void {
    const recorder = this.#recorder;
    const delta = this.#delta.of(data);
    const type = delta.string('type') ?? 'unknown';
    const entry = this.#entryOf(index) ?? this.#openForDelta(index, type);
    const { block } = entry;
    recorder.target(entry.target);
    const kinds = DELTA_KINDS.get(type);
    if (!kinds?.has(block.kind)) return this.#keepDelta(entry, type, data, kinds !== undefined);
    switch (type) {
      case 'text_delta':
        this.#add(entry, delta.string('text') ?? '');
        break;
      case 'thinking_delta':
        this.#add(entry, delta.string('thinking') ?? '');
        break;
      case 'input_json_delta':
        this.#add(entry, delta.string('partial_json') ?? '');
        break;
      case 'signature_delta':
        recorder.signature(block, delta.string('signature') ?? '');
        break;
      case 'citations_delta': {
        const citation = delta.any('citation');
        (entry.citations ??= []).push(citation);
        recorder.preview(JSON.stringify(citation ?? null));
        recorder.attach(block, 'citation', citation);
      }
    }
    delta.rest();
  }

  /**
   * A delta that adds to nothing: of a type that this version does not know, or one that does not belong in its block. The
   * SDK drops the latter; either is kept beside the block, apart from its text.
   */
  #keepDelta({ block, fields }: Entry, type: string, data: JsonObject | null, misplaced: boolean): void {
    const recorder = this.#recorder;
    if (misplaced)
      recorder.note(`a delta of type ${type} in a block of type ${block.type}: kept apart, as the SDK drops it`);
    else {
      for (const field in data) if (field !== 'type') fields.set(field, data[field]);
      if (type !== 'compaction_delta') recorder.note(`a delta type this version does not know: ${type}`);
    }
    recorder.attach(block, type, data);
  }

  /** Input given at the start and then streamed again would double the arguments: the streamed text replaces it, as in the SDK. */
  #dropStartInput(entry: Entry): void {
    if (entry.sawInputDelta) return;
    entry.sawInputDelta = true;
    const input = entry.start['input'];
    if (saysNothing(input)) return;
    this.#recorder.note('the input given at block start is replaced by the streamed one');
    this.#recorder.attach(entry.block, 'input', input);
    entry.block.text = '';
  }

  /** The block of an index; without one it is the last, as long as that is open. */
  #entryOf(index: number | null): Entry | undefined {
    if (index !== null) return this.#byIndex.get(index);
    const last = this.#content.at(-1);
    if (!last || last.block.closed) return undefined;
    this.#recorder.note('no index: taken for the last block, which is open');
    return last;
  }

  /** A delta for a block that never started: kept under its index, in a block of the delta's kind. */
  #openForDelta(index: number | null, deltaType: string): Entry {
    this.#recorder.note(index === null ? 'a delta without an index' : 'a delta before content_block_start');
    const type =
      deltaType === 'text_delta' || deltaType === 'citations_delta'
        ? 'text'
        : deltaType === 'input_json_delta'
          ? 'tool_use'
          : deltaType === 'thinking_delta' || deltaType === 'signature_delta'
            ? 'thinking'
            : 'unknown';
    return this.#open(index ?? this.#content.length, { type });
  }

  #blockStop(index: number | null): void {
    const recorder = this.#recorder;
    recorder.mark('meta');
    if (index !== null) recorder.target(`block ${index}`);
    const entry = this.#entryOf(index);
    if (!entry) {
      recorder.note('content_block_stop without content_block_start');
      return recorder.keep('index', index, true);
    }
    recorder.about(entry.block);
    if (entry.block.closed) return recorder.note('a second content_block_stop');
    if (entry.block.kind === 'tool' && entry.block.text === '' && objectOf(entry.start['input']))
      recorder.note(
        'no delta brought arguments: the input is the {} of content_block_start, and the deltas alone are no JSON',
      );
    recorder.close(entry.block);
  }

  #messageDelta(event: Fields): void {
    const recorder = this.#recorder;
    const delta = event.object('delta');
    if (!this.#message) recorder.note('message_delta before message_start');
    this.#message ??= new Map();
    for (const [field, value] of Object.entries(delta ?? {})) {
      // A container once named stays when a later delta says null.
      if (field !== 'container' || value !== null) this.#set(field, value);
    }
    const usage = event.object('usage');
    for (const field in event.data) {
      if (field === 'type' || field === 'delta' || field === 'usage') continue;
      const value = event.any(field);
      this.#set(field, value);
      recorder.event(field, field === 'context_management', value);
    }
    if (usage) {
      for (const [field, value] of Object.entries(usage)) {
        if (value !== null || !this.#usage.has(field)) this.#usage.set(field, value);
      }
      // Names of another API add nothing to the counts of the message: they are told beside them.
      const names = 'output_tokens' in usage || 'input_tokens' in usage ? [] : countNames(usage);
      if (names.length > 0) recorder.seekUsage(`usage under the names ${names.join(', ')}`, usage);
      recorder.usage(
        { ...messagesUsage(Object.fromEntries(this.#usage)), ...messagesFigures(usage, event.data) },
        usage,
      );
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
