/** SimpleAnthropic: everything at once, in the order of the wire (docs/adapters.md, 4). */
import { AnthropicState } from '../agent-server/anthropic-state.ts';
import { text, textOrNull, type Fields } from '../agent-server/adapter-error.ts';
import { TextSum } from '../agent-server/text-sum.ts';

export class SimpleAnthropic extends AnthropicState {
  protected readonly alwaysNative = true;
  readonly #args = new TextSum();

  protected toolStart(): void {
    this.#emitCall(null);
  }

  protected textDelta(delta: Fields): void {
    const content = text(delta['text'], 'text');
    const { writer } = this.setup;
    writer.bump('assistant_message');
    writer.emit('assistant_message', { content });
    this.keepText(content);
  }

  protected jsonDelta(partialJson: string): void {
    this.#args.append(partialJson);
    this.#emitCall(partialJson);
  }

  protected blockStop(): void {
    // Nothing is held back.
  }

  protected argumentText(): string {
    return this.#args.text();
  }

  #emitCall(args: string | null): void {
    const { writer } = this.setup;
    const call = {
      name: textOrNull(this.toolName, 'The tool name'),
      arguments: args,
      tool_call_id: textOrNull(this.toolId, 'The tool call id'),
    };
    if (this.needsApproval) writer.emitUnnumbered('approval_request_message', { tool_call: call, name: null });
    else writer.emitUnnumbered('tool_call_message', { tool_call: call });
  }
}
