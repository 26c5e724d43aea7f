/**
 * The output of a Response while it streams: items, their parts and their calls. Items are told apart by output index
 * alone, because some proxies give every event another item id.
 */
import type { BlockKind } from '../../model/messages.ts';
import { arrayOf, numberOf, objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import type { Block, WireRecorder } from '../../wire/recorder.ts';
import { accumulatedItem, hasParts, kindOfItem, takesJson, wholeArguments, type Item, type Part } from './items.ts';

/** Events that stream the input of a call: the item type they imply, and the field of the item and of the done event. */
const INPUTS: ReadonlyMap<string, readonly [type: string, field: string]> = new Map([
  ['response.function_call_arguments', ['function_call', 'arguments']],
  ['response.mcp_call_arguments', ['mcp_call', 'arguments']],
  ['response.custom_tool_call_input', ['custom_tool_call', 'input']],
  ['response.code_interpreter_call_code', ['code_interpreter_call', 'code']],
  ['response.apply_patch_call_operation_diff', ['apply_patch_call', 'diff']],
]);
/** `response.<item type>.<status>`: in_progress, searching, interpreting, generating, completed, failed. */
const STATUS =
  /^response\.(\w+_call|mcp_list_tools)\.(in_progress|searching|interpreting|generating|completed|failed)$/;

/** The text streams of parts: where the part sits, and what kind of block it is. */
type TextStream = readonly [list: 'content' | 'summary', kind: BlockKind, type: string];
const OUTPUT_TEXT: TextStream = ['content', 'text', 'output_text'];
const TEXTS: ReadonlyMap<string, TextStream> = new Map<string, TextStream>([
  ['response.output_text', OUTPUT_TEXT],
  ['response.refusal', ['content', 'refusal', 'refusal']],
  ['response.reasoning_text', ['content', 'reasoning', 'reasoning_text']],
  ['response.reasoning_summary_text', ['summary', 'reasoning', 'summary_text']],
]);

export class ResponseOutput {
  readonly #recorder: WireRecorder;
  readonly #items = new Map<number, Item>();
  #last: Item | null = null;

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
  }

  get isEmpty(): boolean {
    return this.#items.size === 0;
  }

  /** Whether there is a call that the client has to run. */
  get hasClientTools(): boolean {
    return [...this.#items.values()].some(({ block }) => block?.kind === 'tool');
  }

  /** Any event but those of the response as a whole. */
  take(type: string, data: JsonObject): void {
    if (type === 'response.output_text.delta') return this.#textDelta(data, OUTPUT_TEXT);
    const dot = type.lastIndexOf('.');
    const stem = type.slice(0, dot);
    const verb = type.slice(dot + 1);
    const input = INPUTS.get(stem);
    if (input) return this.#input(data, input, verb);
    const text = TEXTS.get(stem);
    if (text) return verb === 'delta' ? this.#textDelta(data, text) : this.#textDone(data, text);
    switch (type) {
      case 'response.output_item.added':
        return this.#itemAdded(data);
      case 'response.output_item.done':
        return this.#itemDone(this.#indexOf(data), objectOf(data['item']) ?? {});
      case 'response.content_part.added':
        return this.#partAdded(data, 'content', 'content_index');
      case 'response.content_part.done':
        return this.#partDone(data, 'content', 'content_index');
      case 'response.reasoning_summary_part.added':
        return this.#partAdded(data, 'summary', 'summary_index');
      case 'response.reasoning_summary_part.done':
        return this.#partDone(data, 'summary', 'summary_index');
      case 'response.output_text.annotation.added':
        return this.#annotation(data);
      case 'response.image_generation_call.partial_image':
        return this.#recorder.attach(this.#blockOf(data, 'image_generation_call'), 'partial_image', data);
    }
    if (stem === 'response.shell_call_command') return this.#shellCommand(data, verb);
    if (stem === 'response.shell_call_output_content') return this.#shellOutput(data, verb);
    this.#status(type, data);
  }

  /** Items that only the final Response has: some servers stream no item events at all. */
  takeUnstreamed(output: readonly unknown[]): void {
    const ids = new Set([...this.#items.values()].map(({ added }) => added['id']));
    output.forEach((value, index) => {
      const item = objectOf(value);
      if (!item || this.#items.has(index) || (item['id'] !== undefined && ids.has(item['id']))) return;
      this.#openWhole(index, item);
      this.#itemDone(index, item);
    });
  }

  /** The response is completed, and with it whatever was left open. */
  closeAll(): void {
    for (const item of this.#items.values()) this.#closeItem(item);
  }

  /** The items so far, as the SDK's accumulation has them. */
  value(): unknown[] {
    return [...this.#items.values()].toSorted((a, b) => a.index - b.index).map(accumulatedItem);
  }

  // Items.

  /** The output index an event names; without one, that of the last item. */
  #indexOf(data: JsonObject): number {
    const index = numberOf(data['output_index']) ?? this.#last?.index ?? 0;
    this.#recorder.target(`item ${index}`);
    return index;
  }

  #itemAdded(data: JsonObject): void {
    const index = this.#indexOf(data);
    const item = objectOf(data['item']);
    if (!item) {
      this.#recorder.note('output_item.added without an item');
      this.#recorder.event('response.output_item.added', true, data);
      return;
    }
    if (this.#items.has(index)) this.#recorder.note(`output index ${index} is added twice`);
    this.#openItem(index, item);
  }

  #openItem(index: number, added: JsonObject): Item {
    const recorder = this.#recorder;
    const type = stringOf(added['type']) ?? 'unknown';
    recorder.mark('meta');
    const kind = kindOfItem(type, added);
    const call =
      kind === 'tool' || kind === 'server_tool'
        ? { name: stringOf(added['name']), callId: stringOf(added['call_id']) ?? stringOf(added['id']) }
        : undefined;
    const block = hasParts(type) ? null : recorder.open(`o${index}`, kind, type, 0, call);
    const item: Item = {
      index,
      type,
      added,
      done: null,
      block,
      content: new Map(),
      summary: new Map(),
      fields: new Map(),
      commands: new Map(),
      outputs: new Map(),
    };
    this.#items.set(index, item);
    this.#last = item;
    if (block && call)
      recorder.tool(block, call.name, call.callId, stringOf(added['arguments']) || stringOf(added['input']) || null);
    arrayOf(added['content']).forEach((part, at) => this.#openPart(item, 'content', at, objectOf(part) ?? {}));
    arrayOf(added['summary']).forEach((part, at) => this.#openPart(item, 'summary', at, objectOf(part) ?? {}));
    return item;
  }

  /** An item that comes whole: opened without its content, which its done event then gives. */
  #openWhole(index: number, done: JsonObject): Item {
    return this.#openItem(index, { ...done, content: [], summary: [], arguments: '', input: '' });
  }

  /** The item an event speaks of; opened, with a note, when the stream never added it. */
  #item(data: JsonObject, type: string): Item {
    const index = this.#indexOf(data);
    const item = this.#items.get(index);
    if (item) return item;
    this.#recorder.note('an event for an item that was not added');
    return this.#openItem(index, { type });
  }

  #blockOf(data: JsonObject, type: string): Block {
    const item = this.#item(data, type);
    return item.block ?? this.#part(item, 'content', 0, 'other', type).block;
  }

  #itemDone(index: number, done: JsonObject): void {
    const recorder = this.#recorder;
    recorder.mark('meta');
    let item = this.#items.get(index);
    if (!item) {
      recorder.note('output_item.done for an item that was not added');
      item = this.#openWhole(index, done);
    }
    if (item.done) recorder.note('a second output_item.done');
    item.done = done;
    arrayOf(done['summary']).forEach((part, at) => this.#settlePart(item, 'summary', at, objectOf(part) ?? {}));
    arrayOf(done['content']).forEach((part, at) => this.#settlePart(item, 'content', at, objectOf(part) ?? {}));
    if (item.type === 'reasoning') this.#reasoningDone(item, done);
    if (item.block) {
      recorder.about(item.block);
      this.#blockDone(item.block, done);
    }
    this.#closeItem(item);
  }

  #blockDone(block: Block, done: JsonObject): void {
    const recorder = this.#recorder;
    block.name ??= stringOf(done['name']);
    const whole = wholeArguments(done);
    if (whole !== null && (block.text === '' || takesJson(block.type) || block.type === 'custom_tool_call'))
      this.#settle(block, whole);
    // A function call is all in its arguments; of every other item the rest (action, results, output) is kept as it came.
    if (block.type !== 'function_call' && block.type !== 'custom_tool_call') recorder.attach(block, block.type, done);
  }

  /** Encrypted reasoning comes whole with the item; a reasoning item that shows nothing at all still is one block. */
  #reasoningDone(item: Item, done: JsonObject): void {
    const recorder = this.#recorder;
    const encrypted = stringOf(done['encrypted_content']);
    if (encrypted !== null) {
      const block = recorder.open(`o${item.index}/encrypted`, 'redacted_reasoning', 'encrypted_content');
      recorder.hidden(block, 'encrypted', encrypted);
      recorder.close(block);
    } else if (item.summary.size === 0 && item.content.size === 0) {
      recorder.close(recorder.open(`o${item.index}`, 'reasoning', 'reasoning'));
    }
  }

  #closeItem(item: Item): void {
    for (const part of [...item.summary.values(), ...item.content.values()]) this.#recorder.close(part.block);
    if (item.block) this.#recorder.close(item.block, takesJson(item.type));
  }

  // Parts.

  #partAdded(data: JsonObject, list: 'content' | 'summary', field: string): void {
    const item = this.#item(data, list === 'content' ? 'message' : 'reasoning');
    const at = numberOf(data[field]) ?? 0;
    if (item[list].has(at)) this.#recorder.note(`part ${at} is added twice`);
    this.#openPart(item, list, at, objectOf(data['part']) ?? {});
  }

  #openPart(item: Item, list: 'content' | 'summary', at: number, start: JsonObject): Part {
    const type = stringOf(start['type']) ?? 'unknown';
    const kind: BlockKind =
      item.type === 'reasoning'
        ? 'reasoning'
        : type === 'output_text'
          ? 'text'
          : type === 'refusal'
            ? 'refusal'
            : 'other';
    const part = this.#part(item, list, at, kind, type, start);
    const text = textOf(start);
    if (text) this.#say(part.block, text);
    if (kind === 'other') this.#recorder.attach(part.block, type, start);
    return part;
  }

  #part(
    item: Item,
    list: 'content' | 'summary',
    at: number,
    kind: BlockKind,
    type: string,
    start: JsonObject = { type },
  ): Part {
    const block = this.#recorder.open(`o${item.index}/${list === 'content' ? 'p' : 's'}${at}`, kind, type);
    const part: Part = { block, start, done: null, doneText: null, annotations: [], logprobs: [] };
    item[list].set(at, part);
    return part;
  }

  #textDelta(data: JsonObject, stream: TextStream): void {
    const part = this.#textPart(data, stream);
    this.#say(part.block, stringOf(data['delta']) ?? '');
    const logprobs = data['logprobs'];
    if (!Array.isArray(logprobs) || logprobs.length === 0) return;
    for (const entry of logprobs) part.logprobs.push(entry);
    this.#recorder.attach(part.block, 'logprobs', logprobs);
  }

  #textPart(data: JsonObject, [list, kind, type]: TextStream): Part {
    const item = this.#item(data, kind === 'reasoning' ? 'reasoning' : 'message');
    const at = numberOf(data[list === 'content' ? 'content_index' : 'summary_index']) ?? 0;
    const part = item[list].get(at);
    if (part) return part;
    this.#recorder.note('a delta for a part that was not added');
    return this.#part(item, list, at, kind, type);
  }

  #textDone(data: JsonObject, stream: TextStream): void {
    const part = this.#textPart(data, stream);
    this.#recorder.about(part.block);
    const text = textOf(data);
    if (text === null) return;
    part.doneText = text;
    this.#settle(part.block, text);
  }

  #partDone(data: JsonObject, list: 'content' | 'summary', field: string): void {
    const item = this.#item(data, list === 'content' ? 'message' : 'reasoning');
    const done = objectOf(data['part']) ?? {};
    const { block } = this.#settlePart(item, list, numberOf(data[field]) ?? 0, done);
    this.#recorder.about(block);
    this.#recorder.close(block);
  }

  #settlePart(item: Item, list: 'content' | 'summary', at: number, done: JsonObject): Part {
    const known = item[list].get(at);
    const part = known ?? this.#openPart(item, list, at, done);
    part.done = done;
    const text = textOf(done);
    if (known && text !== null) this.#settle(part.block, text);
    for (const annotation of arrayOf(done['annotations']).slice(part.annotations.length))
      this.#addAnnotation(part, annotation);
    return part;
  }

  #annotation(data: JsonObject): void {
    this.#recorder.preview(JSON.stringify(data['annotation'] ?? null));
    this.#addAnnotation(this.#textPart(data, OUTPUT_TEXT), data['annotation']);
  }

  #addAnnotation(part: Part, annotation: unknown): void {
    part.annotations.push(annotation);
    this.#recorder.attach(part.block, 'annotation', annotation);
  }

  // Calls.

  #input(data: JsonObject, [type, field]: readonly [string, string], verb: string): void {
    const item = this.#item(data, type);
    const block = item.block ?? this.#blockOf(data, type);
    if (verb === 'delta') return this.#recorder.tool(block, null, null, stringOf(data['delta']) ?? '');
    const whole = stringOf(data[field]);
    this.#recorder.about(block);
    if (whole === null) return;
    item.fields.set(
      field === 'diff' ? 'operation' : field,
      field === 'diff' ? { ...objectOf(item.added['operation']), diff: whole } : whole,
    );
    this.#settle(block, whole);
  }

  /** Commands of one shell call share its block, each on a line of its own. */
  #shellCommand(data: JsonObject, verb: string): void {
    const item = this.#item(data, 'shell_call');
    const block = item.block ?? this.#blockOf(data, 'shell_call');
    const at = numberOf(data['command_index']) ?? 0;
    const command = stringOf(data['command']) ?? '';
    if (verb === 'added') {
      item.commands.set(at, command);
      this.#recorder.tool(block, null, null, (at > 0 ? '\n' : '') + command);
    } else if (verb === 'delta') {
      const delta = stringOf(data['delta']) ?? '';
      item.commands.set(at, (item.commands.get(at) ?? '') + delta);
      this.#recorder.tool(block, null, null, delta);
    } else {
      this.#recorder.mark('meta');
      item.commands.set(at, command);
    }
  }

  #shellOutput(data: JsonObject, verb: string): void {
    const item = this.#item(data, 'shell_call_output');
    const at = numberOf(data['command_index']) ?? 0;
    const delta = objectOf(data['delta']);
    if (verb === 'delta' && delta) {
      const before = objectOf(item.outputs.get(at));
      item.outputs.set(at, {
        stdout: (stringOf(before?.['stdout']) ?? '') + (stringOf(delta['stdout']) ?? ''),
        stderr: (stringOf(before?.['stderr']) ?? '') + (stringOf(delta['stderr']) ?? ''),
      });
    } else {
      const output = objectOf(arrayOf(data['output'])[0]);
      if (output) item.outputs.set(at, output);
    }
    this.#recorder.attach(
      item.block ?? this.#blockOf(data, 'shell_call_output'),
      `output.${verb}`,
      verb === 'delta' ? data['delta'] : data['output'],
    );
  }

  /** What is left: the progress of server tools, audio, and events that this version does not know. All are kept as they came. */
  #status(type: string, data: JsonObject): void {
    const status = STATUS.exec(type);
    if (!status) {
      const known = type.startsWith('response.audio.') || type === 'response.compaction.compacting';
      if (known) this.#recorder.mark('meta');
      else this.#recorder.note('an event type this version does not know');
      return this.#recorder.event(type || 'message', known, data);
    }
    this.#recorder.mark('meta');
    const item = this.#items.get(this.#indexOf(data));
    if (item && status[1] !== 'mcp_list_tools') item.fields.set('status', status[2]);
    this.#recorder.event(type, true);
  }

  #say(block: Block, text: string): void {
    if (block.kind === 'reasoning') this.#recorder.reasoning(block, text);
    else this.#recorder.text(block, text);
  }

  /**
   * A done event gives the whole text. What the deltas did not say is emitted now; where it contradicts them, the deltas
   * stay, and the whole is attached, because both are on the wire.
   */
  #settle(block: Block, whole: string): void {
    const { text } = block;
    if (text === whole) return;
    const call = block.kind === 'tool' || block.kind === 'server_tool';
    if (!whole.startsWith(text)) {
      this.#recorder.note(
        `the done event gives ${whole.length} characters that differ from the ${text.length} streamed`,
      );
      this.#recorder.attach(block, 'done', whole);
      return;
    }
    const rest = whole.slice(text.length);
    if (text !== '') this.#recorder.note(`${rest.length} characters come only with the done event`);
    if (call) this.#recorder.tool(block, null, null, rest);
    else this.#say(block, rest);
  }
}

function textOf(part: JsonObject): string | null {
  return stringOf(part['text']) ?? stringOf(part['refusal']);
}
