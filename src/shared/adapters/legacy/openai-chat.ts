/** OpenAI chat, legacy: only tool calls, their thoughts taken out of the arguments on the way (docs/adapters.md, 5). */
import type { ReasoningPart, ToolCall } from '../../model/messages.ts';
import { pythonStrip } from '../../json/python-text.ts';
import { ChatState, type CallFragment } from '../agent-server/chat-state.ts';
import type { InterfaceSetup } from '../agent-server/interface.ts';
import { MESSAGE_TOOL } from '../agent-server/names.ts';
import { text, truthy, type Fields } from '../agent-server/adapter-error.ts';
import { TextSum } from '../agent-server/text-sum.ts';
import { tokensOf } from '../agent-server/tokens.ts';
import { MessageReader, sanitised } from './message-reader.ts';
import { ThoughtsExtractor } from './thoughts-extractor.ts';

export class LegacyOpenAiChat extends ChatState {
  readonly #extractor: ThoughtsExtractor;
  readonly #reader = new MessageReader();
  readonly #args = new TextSum();
  readonly #thoughts = new TextSum();
  #hiddenEmitted = false;
  #heldName: string | null = null;
  #heldId: string | null = null;
  #heldArgs: string | null = null;
  #flushedName: string | null = null;
  #flushedId: string | null = null;

  constructor(setup: InterfaceSetup) {
    super(setup);
    this.#extractor = new ThoughtsExtractor(setup.options.put_inner_thoughts_in_kwarg);
  }

  get splitText(): boolean {
    return (this.#thoughts.split && !this.isReasoningModel) || (this.toolCall() !== null && this.#args.split);
  }

  /** quirk: text-lost */
  protected delta(delta: Fields): void {
    const calls = delta['tool_calls'];
    if (Array.isArray(calls) && calls.length > 0) this.#emitHidden();
    const fragment = this.fragmentOf(delta);
    if (fragment !== null) this.#fragment(fragment);
  }

  #emitHidden(): void {
    if (this.#hiddenEmitted || !this.isReasoningModel || this.setup.options.put_inner_thoughts_in_kwarg) return;
    this.#hiddenEmitted = true;
    const { writer } = this.setup;
    writer.bump('hidden_reasoning_message');
    writer.emit('hidden_reasoning_message', { state: 'omitted', hidden_reasoning: null });
    writer.skipIndex();
  }

  #fragment(fragment: CallFragment): void {
    if (truthy(fragment.name)) this.#heldName = (this.#heldName ?? '') + text(fragment.name, 'The tool name');
    if (truthy(fragment.id)) this.#heldId = (this.#heldId ?? '') + text(fragment.id, 'The tool call id');
    if (!truthy(fragment.args)) return;
    const raw = text(fragment.args, 'The arguments');
    this.#args.append(raw);
    const { main, thoughts } = this.#extractor.feed(raw);
    if (this.setup.proxy) this.fallbackOutputTokens += tokensOf(raw);
    if (thoughts !== '') this.#emitThoughts(thoughts, main);
    else if (main !== '' && this.#heldName !== null) this.#flushName(this.#heldName, main);
    else if (main !== '') this.#emitMain(main, raw);
  }

  #emitThoughts(thoughts: string, main: string): void {
    const { writer } = this.setup;
    writer.bump('reasoning_message');
    writer.emit('reasoning_message', { reasoning: thoughts, source: 'non_reasoner_model', signature: null });
    this.#thoughts.append(thoughts);
    if (main !== '') this.#hold(main);
  }

  /** quirk: arguments-never-released */
  #flushName(name: string, main: string): void {
    const { writer, options } = this.setup;
    if (options.use_assistant_message && name === MESSAGE_TOOL) this.#reader.reset();
    else {
      writer.bump('tool_call_message');
      const tool_call = { name, arguments: null, tool_call_id: this.#heldId };
      if (options.requires_approval_tools.includes(name))
        writer.emit('approval_request_message', { tool_call, name: null });
      else writer.emit('tool_call_message', { tool_call });
    }
    this.#flushedName = name;
    this.#flushedId ??= this.#heldId;
    this.#heldName = null;
    this.#heldId = null;
    this.#hold(main);
  }

  #emitMain(main: string, raw: string): void {
    const { writer, options } = this.setup;
    if (options.use_assistant_message && this.#flushedName === MESSAGE_TOOL) {
      const content = sanitised(this.#reader.feed((this.#heldArgs ?? '') + raw));
      this.#heldArgs = null;
      if (content === '') return;
      writer.bump('assistant_message');
      writer.emit('assistant_message', { content });
      return;
    }
    // quirk: approval-lost-after-name
    writer.bump('tool_call_message');
    writer.emit('tool_call_message', {
      tool_call: { name: null, arguments: (this.#heldArgs ?? '') + main, tool_call_id: this.#heldId },
    });
    this.#heldArgs = null;
    this.#heldId = null;
  }

  #hold(main: string): void {
    this.#heldArgs = (this.#heldArgs ?? '') + main;
  }

  toolCall(): ToolCall | null {
    const name = this.#flushedName || this.#heldName;
    const id = this.#flushedId || this.#heldId;
    return name && id ? { id, name, arguments: this.#args.text() } : null;
  }

  content(): ReasoningPart[] {
    return this.isReasoningModel
      ? [{ type: 'omitted_reasoning' }]
      : [{ type: 'text', text: pythonStrip(this.#thoughts.text()) }];
  }
}
