/** SimpleOpenAIResponses: deltas as they come, results from the completed response (docs/adapters.md, 8). */
import type { ReasoningPart, ToolCall } from '../../model/messages.ts';
import type { Frame } from '../../model/stream.ts';
import type { InterfaceSetup, SdkEvent, StreamingInterface } from '../agent-server/interface.ts';
import { readOpenAi } from '../agent-server/sdk-events.ts';
import { count, fail, fieldsOf, need, text, textOrNull, truthy, type Fields } from '../agent-server/adapter-error.ts';

/** Items known in 2025 that the interface passes over. */
const OTHER_ITEMS: ReadonlySet<unknown> = new Set([
  'file_search_call',
  'web_search_call',
  'computer_call',
  'image_generation_call',
  'code_interpreter_call',
  'local_shell_call',
  'mcp_call',
  'mcp_list_tools',
  'mcp_approval_request',
  'custom_tool_call',
]);

export class SimpleOpenAiResponses implements StreamingInterface {
  readonly splitText = false;
  model: string | null = null;
  providerMessageId: string | null = null;
  inputTokens = 0;
  outputTokens = 0;
  readonly #setup: InterfaceSetup;
  #completed: Fields | null = null;
  /** The latest added call's tool needs approval. */
  #needsApproval = false;

  constructor(setup: InterfaceSetup) {
    this.#setup = setup;
  }

  read(name: string, data: string, frame: Frame): SdkEvent {
    return readOpenAi(name, data, frame);
  }

  take(event: Exclude<SdkEvent, string>): void {
    const data = fieldsOf(event.data) ?? fail('The event is no object.');
    switch (data['type']) {
      case 'response.output_text.delta':
        return this.#emitText(data['delta']);
      case 'response.function_call_arguments.delta':
        return this.#emitCall(null, textOrNull(data['delta'], 'The arguments'), null);
      case 'response.reasoning_summary_text.delta':
        return this.#emitReasoning(text(data['delta'], 'The delta'), false);
      case 'response.reasoning_summary_part.added':
        return this.#partAdded(data);
      case 'response.output_item.added':
        return this.#itemAdded(fieldsOf(data['item']));
      case 'response.completed':
        return this.#complete(need(data['response'], 'The response'));
      default:
    }
  }

  #partAdded(data: Fields): void {
    const index = data['summary_index'];
    if (typeof index !== 'number' && typeof index !== 'boolean') fail('The summary index is no number.');
    const part = text(need(data['part'], 'The part')['text'], 'The text of the part');
    this.#emitReasoning(Number(index) > 1 ? `\n\n${part}` : part, true);
  }

  #itemAdded(item: Fields | null): void {
    if (item === null || OTHER_ITEMS.has(item['type'])) return;
    switch (item['type']) {
      case 'reasoning':
        return this.#emitReasoning(summaryTexts(item['summary']).join(''), false);
      case 'function_call':
        this.#needsApproval = this.#setup.options.requires_approval_tools.includes(item['name'] as string);
        return this.#emitCall(
          textOrNull(item['name'], 'The tool name'),
          truthy(item['arguments']) ? text(item['arguments'], 'The arguments') : null,
          textOrNull(item['call_id'], 'The call id'),
        );
      default:
        // quirk: unknown-block-is-text
        for (const part of partsOf(item).map(fieldsOf))
          if (part !== null && part['type'] !== 'refusal') this.#emitAssistant(text(part['text'], 'The text'));
    }
  }

  #emitText(delta: unknown): void {
    if (text(delta, 'The delta') !== '') this.#emitAssistant(delta as string);
  }

  /** quirk: otid-not-bumped */
  #emitAssistant(content: string): void {
    this.#setup.writer.emit('assistant_message', { content });
  }

  #emitReasoning(reasoning: string, evenEmpty: boolean): void {
    if (reasoning === '' && !evenEmpty) return;
    this.#setup.writer.emit('reasoning_message', { reasoning, source: 'reasoner_model', signature: null });
  }

  #emitCall(name: string | null, args: string | null, id: string | null): void {
    const tool_call = { name, arguments: args, tool_call_id: id };
    if (this.#needsApproval) this.#setup.writer.emit('approval_request_message', { tool_call, name: null });
    else this.#setup.writer.emit('tool_call_message', { tool_call });
  }

  #complete(response: Fields): void {
    this.#completed = response;
    this.model = (response['model'] ?? null) as string | null;
    const usage = need(response['usage'], 'The usage');
    this.inputTokens = count(usage['input_tokens'] ?? 0, 'input_tokens');
    this.outputTokens = count(usage['output_tokens'] ?? 0, 'output_tokens');
    this.providerMessageId = (response['id'] ?? null) as string | null;
  }

  toolCall(): ToolCall | null {
    if (this.#completed === null) return null;
    const calls = this.#output().filter((item) => item['type'] === 'function_call');
    const [call] = calls;
    if (call === undefined || calls.length > 1) return null;
    const { call_id: id, name, arguments: args } = call;
    return typeof id === 'string' && typeof name === 'string' && typeof args === 'string'
      ? { id, name, arguments: args }
      : null;
  }

  content(): ReasoningPart[] {
    if (this.#completed === null) return fail('No final response available.');
    return this.#output().flatMap((item) => {
      if (item['type'] === 'reasoning') return [reasoningPart(item)];
      return item['type'] === 'function_call' || OTHER_ITEMS.has(item['type']) ? [] : [textPart(item)];
    });
  }

  #output(): Fields[] {
    const output = this.#completed?.['output'];
    if (!Array.isArray(output)) return fail('The response has no output.');
    return output.map(fieldsOf).filter((item) => item !== null);
  }
}

function partsOf(item: Fields): readonly unknown[] {
  const content = item['content'];
  return Array.isArray(content) ? content : fail('The message has no content.');
}

function summaryTexts(summary: unknown): string[] {
  if (!Array.isArray(summary)) return fail('The reasoning has no summary.');
  return summary.map((part) => text(need(part, 'A summary part')['text'], 'The text of a summary part'));
}

/** quirk: plain-reasoning-ends-after */
function reasoningPart(item: Fields): ReasoningPart {
  return {
    type: 'summarized_reasoning',
    id: textOrNull(item['id'], 'The id'),
    summary: summaryTexts(item['summary']).map((part, index) => ({ index, text: part })),
    encrypted_content: text(item['encrypted_content'], 'The encrypted content'),
  };
}

function textPart(item: Fields): ReasoningPart {
  const parts = partsOf(item);
  if (parts.length !== 1) fail(`Got ${parts.length} content parts, expected 1.`);
  const part = need(parts[0], 'The part');
  return part['type'] === 'refusal'
    ? fail('The answer is a refusal.')
    : { type: 'text', text: text(part['text'], 'The text') };
}
