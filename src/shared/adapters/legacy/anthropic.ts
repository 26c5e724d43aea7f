/** Anthropic, legacy: tool calls are held until the inner thoughts in their arguments are complete (docs/adapters.md, 3). */
import type { AdapterMessage, ToolCallDelta } from '../../model/messages.ts';
import { PartialJson, parsePartial, type PartialField } from '../../json/partial-json.ts';
import { codePointIndex, codePoints } from '../../text/code-points.ts';
import { pythonStr } from '../../json/python-print.ts';
import { isDict, type PyValue } from '../../json/python-value.ts';
import { AnthropicState } from '../agent-server/anthropic-state.ts';
import { fail, text, textOrNull, type Fields } from '../agent-server/adapter-error.ts';
import { MESSAGE_KEY, MESSAGE_TOOL, THOUGHTS_KEY } from '../agent-server/names.ts';

const TAG = '</thinking>';
/** Characters kept to find a tag that two deltas share: one less than it has. */
const TAIL_LENGTH = 10;
/** A key's value in the last parse: how much of it has been seen; `other` is what has no length. */
type Seen = number | 'other';

export class LegacyAnthropic extends AnthropicState {
  protected readonly alwaysNative = false;
  readonly #args = new PartialJson();
  #seenThoughts: Seen = 0;
  #seenMessage: Seen = 0;
  #buffer: AdapterMessage[] = [];
  #thoughtsDone = false;
  #tagTail = '';

  protected toolStart(): void {
    this.#thoughtsDone = false;
    if (!this.setup.options.use_assistant_message && !this.needsApproval) {
      this.#buffer.push(this.setup.writer.hold('tool_call_message', { tool_call: this.#call(null) }));
    }
  }

  protected textDelta(delta: Fields): void {
    // quirk: text-lost
    if (!this.setup.options.put_inner_thoughts_in_kwarg) return;
    // quirk: text-turned-into-reasoning, tag-leaks
    const combined = this.#tagTail + text(delta['text'], 'text');
    const cleaned = combined.replaceAll(TAG, '');
    const tail = codePoints(this.#tagTail);
    const fresh = tail <= codePoints(cleaned) ? cleaned.slice(codePointIndex(cleaned, tail)) : '';
    this.#tagTail = combined.slice(codePointIndex(combined, Math.max(0, codePoints(combined) - TAIL_LENGTH)));
    this.emitReasoning(fresh, false, null);
  }

  protected jsonDelta(partialJson: string): void {
    const args = this.#args;
    args.push(partialJson);
    if (!args.isObject()) fail('The tool arguments are no JSON object.');
    // quirk: cut-escape-repeats
    const thinking = args.field(THOUGHTS_KEY);
    const thoughts = beyond(thinking, this.#seenThoughts);
    if (thoughts !== '') this.emitReasoning(thoughts, false, null);
    if (!this.#thoughtsDone && this.#thoughtsComplete(thinking)) {
      this.#thoughtsDone = true;
      this.#releaseCall(thinking);
    }
    const message = args.field(MESSAGE_KEY);
    if (this.toolName === MESSAGE_TOOL && this.setup.options.use_assistant_message)
      this.#emitMessage(beyond(message, this.#seenMessage));
    else this.#emitOrHold(partialJson);
    this.#seenThoughts = seenOf(thinking);
    this.#seenMessage = seenOf(message);
  }

  protected blockStop(): void {
    if (this.mode !== 'TOOL_USE') return;
    for (const held of this.#buffer) this.setup.writer.release(held);
    this.#buffer = [];
  }

  protected argumentText(): string {
    return this.#args.text();
  }

  protected override parsedArguments(): PyValue {
    return this.#args.whole() ?? super.parsedArguments() ?? fail('The tool arguments are not JSON.');
  }

  #thoughtsComplete(thinking: PartialField | undefined): boolean {
    if (!this.setup.options.put_inner_thoughts_in_kwarg) return true;
    return thinking !== undefined && this.#args.size() > 1;
  }

  #releaseCall(thinking: PartialField | undefined): void {
    const { writer } = this.setup;
    const thoughts = this.#thoughtsText(thinking);
    if (this.needsApproval) {
      writer.bump('approval_request_message');
      const args = this.#args.text();
      writer.emit('approval_request_message', {
        name: this.toolName,
        tool_call: this.#call(thoughts.filled ? args.replaceAll(thoughts.pair, '') : args),
      });
    } else if (this.#buffer.length > 0) {
      // quirk: arguments-emitted-again
      const held = this.#buffer
        .map((message) => ('tool_call' in message ? (message.tool_call.arguments ?? '') : ''))
        .join('');
      writer.bump('tool_call_message');
      writer.emit('tool_call_message', { tool_call: this.#call(held.replaceAll(thoughts.pair, '')) });
      this.#buffer = [];
    }
  }

  /** The thoughts as key and value are written in the arguments when nothing in them is escaped. */
  #thoughtsText(thinking: PartialField | undefined): { readonly pair: string; readonly filled: boolean } {
    let value = '';
    if (thinking?.kind === 'text') value = thinking.beyond(0);
    else if (thinking?.kind === 'list') {
      const whole = parsePartial(this.#args.text());
      value = isDict(whole) ? pythonStr(whole.get(THOUGHTS_KEY) ?? '') : '';
    }
    return { pair: `"${THOUGHTS_KEY}": "${value}"`, filled: (thinking?.length ?? 0) > 0 };
  }

  #emitMessage(message: string): void {
    if (message === '') return;
    const { writer } = this.setup;
    writer.bump('assistant_message');
    writer.emit('assistant_message', { content: [{ type: 'text', text: message }] });
  }

  #emitOrHold(partialJson: string): void {
    const { writer } = this.setup;
    const tool_call = this.#call(partialJson);
    const approval = this.needsApproval;
    if (!this.#thoughtsDone) {
      this.#buffer.push(
        approval
          ? writer.hold('approval_request_message', { tool_call, name: null })
          : writer.hold('tool_call_message', { tool_call }),
      );
      return;
    }
    // quirk: otid-one-higher
    writer.bump('tool_call_message');
    if (approval) writer.emit('approval_request_message', { tool_call, name: null });
    else writer.emit('tool_call_message', { tool_call });
  }

  #call(args: string | null): ToolCallDelta {
    return {
      name: textOrNull(this.toolName, 'The tool name'),
      arguments: args,
      tool_call_id: textOrNull(this.toolId, 'The tool call id'),
    };
  }
}

function seenOf(field: PartialField | undefined): Seen {
  if (field === undefined) return 0;
  return field.kind === 'other' ? 'other' : field.length;
}

/** `current[len(previous):]`: text, or nothing of a list; a list that grew cannot be emitted, other values have no length. */
function beyond(field: PartialField | undefined, seen: Seen): string {
  if (seen === 'other' || field?.kind === 'other') return fail('A value in the tool arguments has no length.');
  if (field === undefined) return '';
  if (field.kind === 'list' && field.length > seen) fail('A list in the tool arguments cannot be emitted as text.');
  return field.beyond(seen);
}
