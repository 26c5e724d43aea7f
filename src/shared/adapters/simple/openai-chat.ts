/** SimpleOpenAI: text and tool calls as they come (docs/adapters.md, 8). */
import type { ReasoningPart, ToolCall } from '../../model/messages.ts';
import { ChatState } from '../agent-server/chat-state.ts';
import type { InterfaceSetup } from '../agent-server/interface.ts';
import { text, textOrNull, truthy, type Fields } from '../agent-server/adapter-error.ts';
import { TextSum } from '../agent-server/text-sum.ts';

export class SimpleOpenAiChat extends ChatState {
  readonly #text = new TextSum();
  readonly #name = new TextSum();
  readonly #args = new TextSum();
  readonly #id = new TextSum();
  #hidden = false;

  constructor(setup: InterfaceSetup) {
    super(setup);
    this.model = setup.endpoint.model;
  }

  get splitText(): boolean {
    return this.#text.split || (this.toolCall() !== null && (this.#name.split || this.#args.split || this.#id.split));
  }

  start(): void {
    if (!this.isReasoningModel) return;
    const { writer } = this.setup;
    writer.emit('hidden_reasoning_message', { state: 'omitted', hidden_reasoning: null });
    writer.setDriver('hidden_reasoning_message', 1);
    this.#hidden = true;
  }

  protected delta(delta: Fields): void {
    const { writer } = this.setup;
    const content = delta['content'];
    if (content !== null && content !== undefined && content !== '') {
      const part = { type: 'text', text: text(content, 'The content') } as const;
      writer.emit('assistant_message', { content: [part] });
      this.#text.append(part.text);
      writer.skipIndex();
    }
    const fragment = this.fragmentOf(delta);
    if (fragment === null || !(truthy(fragment.name) || truthy(fragment.args) || truthy(fragment.id))) return;
    const call = {
      name: textOrNull(fragment.name, 'The tool name'),
      arguments: textOrNull(fragment.args, 'The arguments'),
      tool_call_id: textOrNull(fragment.id, 'The tool call id'),
    };
    this.#name.append(call.name ?? '');
    this.#args.append(call.arguments ?? '');
    this.#id.append(call.tool_call_id ?? '');
    // quirk: approval-for-all
    if (this.setup.options.requires_approval_tools.length > 0)
      writer.emit('approval_request_message', { tool_call: call, name: null });
    else writer.emit('tool_call_message', { tool_call: call });
    writer.skipIndex();
  }

  toolCall(): ToolCall | null {
    if (this.#name.empty || this.#args.empty || this.#id.empty) return null;
    return { id: this.#id.text(), name: this.#name.text(), arguments: this.#args.text() };
  }

  content(): ReasoningPart[] {
    const answer: ReasoningPart = { type: 'text', text: this.#text.text() };
    return this.#hidden ? [{ type: 'omitted_reasoning' }, answer] : [answer];
  }
}
