/** What both Anthropic interfaces hold: usage, modes, and the messages that become content (docs/adapters.md, 3 and 4). */
import { PythonJsonError, parsePartial, parsePython } from '../../json/partial-json.ts';
import { dumps } from '../../json/python-print.ts';
import { pythonStrip } from '../../json/python-text.ts';
import { isDict, type PyValue } from '../../json/python-value.ts';
import type { ReasoningPart, ToolCall } from '../../model/messages.ts';
import type { Frame } from '../../model/stream.ts';
import type { InterfaceSetup, SdkEvent, StreamingInterface } from './interface.ts';
import { readAnthropic } from './sdk-events.ts';
import { count, fail, fieldsOf, need, text, textOrNull, type Fields } from './adapter-error.ts';
import { TextSum } from './text-sum.ts';

export type Mode = 'TEXT' | 'TOOL_USE' | 'THINKING' | 'REDACTED_THINKING';

const TAG = '</thinking>';
/** Blocks known in 2025 that the interfaces pass over. */
const OTHER_BLOCKS: ReadonlySet<unknown> = new Set([
  'server_tool_use',
  'web_search_tool_result',
  'code_execution_tool_result',
  'mcp_tool_use',
  'mcp_tool_result',
  'container_upload',
]);

/** Messages of one kind in a row, which become one part of the content. */
interface Group {
  readonly kind: 'reasoning' | 'redacted' | 'text';
  readonly sum: TextSum;
  native: boolean;
  signature: string | null;
}

export abstract class AnthropicState implements StreamingInterface {
  model: string | null = null;
  providerMessageId: string | null = null;
  inputTokens = 0;
  outputTokens = 0;
  protected readonly setup: InterfaceSetup;
  protected mode: Mode | null = null;
  protected toolId: string | null = null;
  protected toolName: string | null = null;
  readonly #groups: Group[] = [];

  constructor(setup: InterfaceSetup) {
    this.setup = setup;
  }

  protected abstract toolStart(): void;
  protected abstract textDelta(delta: Fields): void;
  protected abstract jsonDelta(partialJson: string): void;
  protected abstract blockStop(): void;
  protected abstract argumentText(): string;

  get splitText(): boolean {
    return this.#groups.some((group) => group.sum.split);
  }

  read(name: string, data: string, frame: Frame): SdkEvent {
    return readAnthropic(name, data, frame);
  }

  take(event: Exclude<SdkEvent, string>): void {
    const data = fieldsOf(event.data) ?? {};
    switch (event.type) {
      case 'content_block_delta':
        return this.#delta(fieldsOf(data['delta']));
      case 'content_block_start':
        return this.#start(fieldsOf(data['content_block']));
      case 'content_block_stop':
        this.blockStop();
        this.mode = null;
        return;
      case 'message_start':
        return this.#messageStart(need(data['message'], 'The message'));
      case 'message_delta':
        // quirk: output-tokens-twice
        this.outputTokens += count(need(data['usage'], 'The usage')['output_tokens'], 'output_tokens');
        return;
      default:
    }
  }

  #messageStart(message: Fields): void {
    this.providerMessageId = (message['id'] ?? null) as string | null;
    this.inputTokens += count(need(message['usage'], 'The usage')['input_tokens'], 'input_tokens');
    this.outputTokens += count(need(message['usage'], 'The usage')['output_tokens'], 'output_tokens');
    this.model = (message['model'] ?? null) as string | null;
  }

  #start(block: Fields | null): void {
    if (block === null || OTHER_BLOCKS.has(block['type'])) return;
    switch (block['type']) {
      case 'tool_use':
        this.mode = 'TOOL_USE';
        this.toolId = (block['id'] ?? null) as string | null;
        this.toolName = (block['name'] ?? null) as string | null;
        return this.toolStart();
      case 'thinking':
        this.mode = 'THINKING';
        return;
      case 'redacted_thinking':
        return this.#redacted(textOrNull(block['data'], 'The data'));
      default:
        // quirk: unknown-block-is-text
        this.mode = 'TEXT';
    }
  }

  #redacted(data: string | null): void {
    const { writer } = this.setup;
    this.mode = 'REDACTED_THINKING';
    writer.bump('hidden_reasoning_message');
    writer.emit('hidden_reasoning_message', { state: 'redacted', hidden_reasoning: data });
    this.#group('redacted').sum.append(data ?? '');
  }

  #delta(delta: Fields | null): void {
    if (delta === null) return;
    switch (delta['type']) {
      case 'input_json_delta':
        // quirk: server-tool-ends-stream
        this.#inMode('TOOL_USE', 'input JSON');
        return this.jsonDelta(text(delta['partial_json'], 'partial_json'));
      case 'thinking_delta':
        this.#inMode('THINKING', 'thinking');
        return this.emitReasoning(text(delta['thinking'], 'thinking'), true, null);
      case 'signature_delta':
        this.#inMode('THINKING', 'a signature');
        return this.emitReasoning('', true, textOrNull(delta['signature'], 'signature'));
      case 'citations_delta':
        return;
      default:
        // A type that was not known then is read as the first of the union, text_delta.
        this.#inMode('TEXT', 'text');
        this.textDelta(delta);
    }
  }

  #inMode(mode: Mode, what: string): void {
    if (this.mode !== mode) fail(`Streaming integrity failed: ${what} came while not in ${mode}.`);
  }

  protected emitReasoning(reasoning: string, native: boolean, signature: string | null): void {
    const { writer } = this.setup;
    writer.bump('reasoning_message');
    writer.emit('reasoning_message', {
      reasoning,
      source: native ? 'reasoner_model' : 'non_reasoner_model',
      signature,
    });
    const group = this.#group('reasoning');
    group.sum.append(reasoning);
    group.native ||= native;
    group.signature ??= signature;
  }

  protected keepText(piece: string): void {
    this.#group('text').sum.append(piece);
  }

  protected get needsApproval(): boolean {
    return this.toolName !== null && this.setup.options.requires_approval_tools.includes(this.toolName);
  }

  #group(kind: Group['kind']): Group {
    const last = this.#groups[this.#groups.length - 1];
    if (last?.kind === kind) return last;
    const group: Group = { kind, sum: new TextSum(), native: false, signature: null };
    this.#groups.push(group);
    return group;
  }

  content(): ReasoningPart[] {
    return this.#groups.map(({ kind, sum, native, signature }) => {
      if (kind === 'redacted') return { type: 'redacted_reasoning', data: sum.text() };
      if (kind === 'text') return { type: 'text', text: sum.text() };
      const reasoning = pythonStrip(sum.text());
      if (native || this.alwaysNative) return { type: 'reasoning', is_native: true, reasoning, signature };
      return { type: 'text', text: reasoning.endsWith(TAG) ? reasoning.slice(0, -TAG.length) : reasoning };
    });
  }

  protected abstract readonly alwaysNative: boolean;

  toolCall(): ToolCall | null {
    if (!this.toolName || !this.toolId) return null;
    // quirk: arguments-run-together
    const value = this.parsedArguments();
    if (value === undefined) return null;
    return {
      id: text(this.toolId, 'The tool call id'),
      name: text(this.toolName, 'The tool name'),
      arguments: dumps(unwrapped(value)),
    };
  }

  /** json.loads, failing that the partial parse. Undefined: both refused. */
  protected parsedArguments(): PyValue | undefined {
    const json = this.argumentText();
    try {
      return parsePython(json);
    } catch {
      // A cut or broken document: the partial parser says what it can.
    }
    try {
      return parsePartial(json);
    } catch (error) {
      if (error instanceof PythonJsonError) return undefined;
      throw error;
    }
  }
}

/** A call that the model wrapped in another one. The original asks `"id" in value`, which a string and a list answer, too. */
function unwrapped(value: PyValue): PyValue {
  if (typeof value === 'string' ? value.includes('id') : Array.isArray(value) && value.includes('id'))
    fail('The arguments are no object.');
  if (typeof value === 'string' || Array.isArray(value)) return value;
  if (!isDict(value)) return fail('The arguments are a bare number or literal.');
  if (!value.has('id')) return value;
  if (!text(value.get('id'), 'id').startsWith('toolu_') || !value.has('function')) return value;
  const called = value.get('function');
  return isDict(called) && called.has('arguments')
    ? called.get('arguments')!
    : fail('The wrapped call has no arguments.');
}
