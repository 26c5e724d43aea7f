/**
 * The output of a Response while it streams: items, their parts and their calls. Items are told apart by output index
 * and the id they were added with: some servers leave out the index, some give two items one, and some proxies give
 * every event another id.
 */
import type { BlockKind } from '../../model/messages.ts';
import { arrayOf, objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { keepReplaced, saysNothing, type Fields } from '../../wire/fields.ts';
import type { Block, WireRecorder } from '../../wire/recorder.ts';
import {
  accumulatedItem,
  hasParts,
  keepReplacedItem,
  kindOfItem,
  STREAMED_FIELD,
  takesJson,
  wholeArguments,
  type Item,
  type Part,
} from './items.ts';

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

type PartList = 'content' | 'summary';
const INDEX_OF = { content: 'content_index', summary: 'summary_index' } as const;

/** The text streams of parts: where the part sits, and what kind of block it is. */
type TextStream = readonly [list: PartList, kind: BlockKind, type: string];
const OUTPUT_TEXT: TextStream = ['content', 'text', 'output_text'];
const TEXTS: ReadonlyMap<string, TextStream> = new Map<string, TextStream>([
  ['response.output_text', OUTPUT_TEXT],
  ['response.refusal', ['content', 'refusal', 'refusal']],
  ['response.reasoning_text', ['content', 'reasoning', 'reasoning_text']],
  ['response.reasoning_summary_text', ['summary', 'reasoning', 'summary_text']],
]);

export class ResponseOutput {
  readonly #recorder: WireRecorder;
  readonly #items: Item[] = [];
  readonly #byIndex = new Map<number, Item>();
  readonly #byId = new Map<string, Item>();
  #last: Item | null = null;

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
  }

  get isEmpty(): boolean {
    return this.#items.length === 0;
  }

  /** Whether there is a call that the client has to run. */
  get hasClientTools(): boolean {
    return this.#items.some(({ block }) => block?.kind === 'tool');
  }

  /** Any event but those of the response as a whole. */
  take(type: string, event: Fields): void {
    if (type === 'response.output_text.delta') return this.#textDelta(event, OUTPUT_TEXT);
    const dot = type.lastIndexOf('.');
    const stem = type.slice(0, dot);
    const verb = type.slice(dot + 1);
    const input = INPUTS.get(stem);
    if (input) return this.#input(event, input, verb);
    const text = TEXTS.get(stem);
    if (text) return verb === 'delta' ? this.#textDelta(event, text) : this.#textDone(event, text);
    switch (type) {
      case 'response.output_item.added':
        return this.#itemAdded(event);
      case 'response.output_item.done':
        return this.#itemDoneEvent(event);
      case 'response.content_part.added':
        return this.#partAdded(event, 'content');
      case 'response.content_part.done':
        return this.#partDone(event, 'content');
      case 'response.reasoning_summary_part.added':
        return this.#partAdded(event, 'summary');
      case 'response.reasoning_summary_part.done':
        return this.#partDone(event, 'summary');
      case 'response.output_text.annotation.added':
        return this.#annotation(event);
      case 'response.image_generation_call.partial_image': {
        this.#recorder.attach(this.#blockOf(event, 'image_generation_call'), 'partial_image', event.data);
        return event.all();
      }
    }
    if (stem === 'response.shell_call_command') return this.#shellCommand(event, verb);
    if (stem === 'response.shell_call_output_content') return this.#shellOutput(event, verb);
    this.#status(type, event);
  }

  /** Adds text to a part that was added, of an item that was added with this id; false, and nothing is done, without such a part. */
  addText(index: unknown, id: unknown, at: unknown, delta: unknown): boolean {
    const item = this.#byIndex.get(index as number);
    const part = item?.content.get(at as number);
    if (!item || !part || typeof id !== 'string' || item.added['id'] !== id || typeof delta !== 'string') return false;
    this.#recorder.target(item.target);
    this.#say(part.block, delta);
    return true;
  }

  /** The same of the arguments of a function call that was added. */
  addArguments(index: unknown, id: unknown, delta: unknown): boolean {
    const item = this.#byIndex.get(index as number);
    if (!item?.block || item.type !== 'function_call' || typeof id !== 'string' || item.added['id'] !== id)
      return false;
    if (typeof delta !== 'string') return false;
    this.#recorder.target(item.target);
    this.#recorder.tool(item.block, null, null, delta);
    return true;
  }

  /** Items that only the final Response has: some servers stream no item events at all. */
  takeUnstreamed(output: readonly unknown[]): void {
    output.forEach((value, index) => {
      const data = objectOf(value);
      const id = stringOf(data?.['id']);
      if (!data || this.#byIndex.has(index) || (id !== null && this.#byId.has(id))) return;
      this.#itemDone(this.#openWhole(index, data), data);
    });
  }

  /** The final Response repeats the items: what it says otherwise takes the place of what they said. */
  keepReplaced(output: readonly unknown[]): void {
    for (const item of this.#items) {
      const id = idOf(item);
      const named = id === null ? undefined : output.find((value) => objectOf(value)?.['id'] === id);
      keepReplacedItem(this.#recorder, item, named ?? output[item.index]);
    }
  }

  /** The response is completed, and with it whatever was left open. */
  closeAll(): void {
    for (const item of this.#items) this.#closeItem(item);
  }

  /** The items so far, as the SDK's accumulation has them. */
  value(): unknown[] {
    return this.#items.toSorted((a, b) => a.index - b.index).map(accumulatedItem);
  }

  // Items.

  /**
   * The item an event speaks of. Its output index says so unless the item there was added with another id and the id
   * belongs to an item too. Without an index the id alone says it, without both it is the last item.
   */
  #find(index: number | null, id: string | null): Item | undefined {
    const recorder = this.#recorder;
    const there = index === null ? undefined : this.#byIndex.get(index);
    const named = id === null ? undefined : this.#byId.get(id);
    if (there) {
      const known = idOf(there);
      if (id === null || known === null || known === id) return there;
      if (!named) {
        recorder.keep('item_id', id, true);
        return there;
      }
    }
    if (named) {
      if (index !== null && named.index !== index)
        recorder.note(`item ${id} was added at output index ${named.index}, this event says ${index}`);
      return named;
    }
    if (index !== null || id !== null || !this.#last) return undefined;
    recorder.note('neither output_index nor item_id: taken for the last item');
    return this.#last;
  }

  /** Where an item goes that nothing places: after those before it. */
  get #nextIndex(): number {
    return this.#items.reduce((next, { index }) => Math.max(next, index + 1), 0);
  }

  #itemAdded(event: Fields): void {
    const next = this.#nextIndex;
    const index = event.number('output_index') ?? next;
    if (index !== next) this.#recorder.keep('output_index', index, true);
    const item = event.object('item');
    this.#recorder.target(`item ${index}`);
    if (!item) {
      this.#recorder.note('output_item.added without an item');
      this.#recorder.event('response.output_item.added', true, event.data);
      return event.all();
    }
    event.expect('item_id', item['id']);
    if (this.#byIndex.has(index)) this.#recorder.note(`output index ${index} is added twice`);
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
      target: `item ${index}`,
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
    this.#items.push(item);
    this.#byIndex.set(index, item);
    const id = idOf(item);
    if (id !== null) this.#byId.set(id, item);
    this.#last = item;
    const streamed = STREAMED_FIELD.get(type);
    if (streamed && typeof added[streamed] !== 'string' && !saysNothing(added[streamed]))
      recorder.keep(`item.${streamed}`, added[streamed]);
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
  #item(event: Fields, type: string): Item {
    const index = event.number('output_index');
    const id = event.string('item_id') || null;
    let item = this.#find(index, id);
    if (!item) {
      this.#recorder.note('an event for an item that was not added');
      item = this.#openItem(index ?? this.#nextIndex, { type, ...(id !== null && { id }) });
    }
    this.#recorder.target(item.target);
    return item;
  }

  #blockOf(event: Fields, type: string): Block {
    return this.#ownBlock(this.#item(event, type), type);
  }

  #ownBlock(item: Item, type: string): Block {
    return item.block ?? this.#part(item, 'content', 0, 'other', type).block;
  }

  #itemDoneEvent(event: Fields): void {
    const done = event.object('item') ?? {};
    const id = stringOf(done['id']) || null;
    const index = event.number('output_index');
    event.expect('item_id', id);
    let item = this.#find(index, id);
    if (!item) {
      this.#recorder.note('output_item.done for an item that was not added');
      item = this.#openWhole(index ?? this.#nextIndex, done);
    }
    this.#recorder.target(item.target);
    this.#itemDone(item, done);
  }

  #itemDone(item: Item, done: JsonObject): void {
    const recorder = this.#recorder;
    recorder.mark('meta');
    if (item.done) recorder.note('a second output_item.done');
    keepReplacedItem(recorder, item, done);
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
    // An item may be added before its name is known.
    block.name ||= stringOf(done['name']);
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

  #partAdded(event: Fields, list: PartList): void {
    const item = this.#item(event, list === 'content' ? 'message' : 'reasoning');
    const at = event.number(INDEX_OF[list]) ?? item[list].size;
    const start = event.object('part') ?? {};
    const before = item[list].get(at);
    if (before) {
      this.#recorder.note(`part ${at} is added twice`);
      keepReplaced(this.#recorder, 'part', before.done ?? before.start, start);
    }
    this.#openPart(item, list, at, start);
  }

  #openPart(item: Item, list: PartList, at: number, start: JsonObject): Part {
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

  #part(item: Item, list: PartList, at: number, kind: BlockKind, type: string, start: JsonObject = { type }): Part {
    const block = this.#recorder.open(`o${item.index}/${list === 'content' ? 'p' : 's'}${at}`, kind, type);
    const part: Part = { block, start, done: null, doneText: null, annotations: [], logprobs: [] };
    item[list].set(at, part);
    return part;
  }

  #textDelta(event: Fields, stream: TextStream): void {
    const part = this.#textPart(event, stream);
    this.#say(part.block, event.string('delta') ?? '');
    const logprobs = event.list('logprobs');
    if (logprobs.length === 0) return;
    for (const entry of logprobs) part.logprobs.push(entry);
    this.#recorder.attach(part.block, 'logprobs', logprobs);
  }

  #textPart(event: Fields, [list, kind, type]: TextStream): Part {
    const item = this.#item(event, kind === 'reasoning' ? 'reasoning' : 'message');
    const at = this.#partIndex(event, item, list);
    const part = item[list].get(at);
    if (part) return part;
    this.#recorder.note('a delta for a part that was not added');
    return this.#part(item, list, at, kind, type);
  }

  /** The part an event speaks of; the last one where it names none. */
  #partIndex(event: Fields, item: Item, list: PartList): number {
    return event.number(INDEX_OF[list]) ?? Math.max(0, item[list].size - 1);
  }

  #textDone(event: Fields, stream: TextStream): void {
    const part = this.#textPart(event, stream);
    this.#recorder.about(part.block);
    const text = event.string('text') ?? event.string('refusal');
    const logprobs = event.list('logprobs');
    if (logprobs.length > 0 && JSON.stringify(logprobs) !== JSON.stringify(part.logprobs))
      this.#recorder.attach(part.block, 'logprobs', logprobs);
    if (text === null) return;
    if (part.doneText !== null) keepReplaced(this.#recorder, 'text', part.doneText, text);
    part.doneText = text;
    this.#settle(part.block, text);
  }

  #partDone(event: Fields, list: PartList): void {
    const item = this.#item(event, list === 'content' ? 'message' : 'reasoning');
    const done = event.object('part') ?? {};
    const { block } = this.#settlePart(item, list, this.#partIndex(event, item, list), done);
    this.#recorder.about(block);
    this.#recorder.close(block);
  }

  #settlePart(item: Item, list: PartList, at: number, done: JsonObject): Part {
    const known = item[list].get(at);
    const part = known ?? this.#openPart(item, list, at, done);
    keepReplaced(this.#recorder, 'part', part.done ?? part.start, done);
    part.done = done;
    const text = textOf(done);
    if (known && text !== null) this.#settle(part.block, text);
    for (const annotation of arrayOf(done['annotations']).slice(part.annotations.length))
      this.#addAnnotation(part, annotation);
    return part;
  }

  #annotation(event: Fields): void {
    const annotation = event.any('annotation');
    this.#recorder.preview(JSON.stringify(annotation ?? null));
    const part = this.#textPart(event, OUTPUT_TEXT);
    event.expect('annotation_index', part.annotations.length);
    this.#addAnnotation(part, annotation);
  }

  #addAnnotation(part: Part, annotation: unknown): void {
    part.annotations.push(annotation);
    this.#recorder.attach(part.block, 'annotation', annotation);
  }

  // Calls.

  #input(event: Fields, [type, field]: readonly [string, string], verb: string): void {
    const item = this.#item(event, type);
    const block = this.#ownBlock(item, type);
    if (verb === 'delta') return this.#recorder.tool(block, null, null, event.string('delta') ?? '');
    event.expect('name', block.name);
    const whole = event.string(field);
    this.#recorder.about(block);
    if (whole === null) return;
    if (field === 'diff') this.#setField(item, 'operation', { ...objectOf(item.added['operation']), diff: whole });
    else this.#setField(item, field, whole);
    this.#settle(block, whole);
  }

  #setField(item: Item, field: string, value: unknown): void {
    const before = item.fields.has(field) ? item.fields.get(field) : item.added[field];
    keepReplaced(this.#recorder, `item.${field}`, before, value);
    item.fields.set(field, value);
  }

  /** Commands of one shell call share its block, each on a line of its own. */
  #shellCommand(event: Fields, verb: string): void {
    const recorder = this.#recorder;
    const item = this.#item(event, 'shell_call');
    const block = this.#ownBlock(item, 'shell_call');
    const at = event.number('command_index') ?? 0;
    if (verb === 'added' ? at !== item.commands.size : !item.commands.has(at)) recorder.keep('command_index', at, true);
    if (verb === 'delta') {
      const delta = event.string('delta') ?? '';
      item.commands.set(at, (item.commands.get(at) ?? '') + delta);
      return recorder.tool(block, null, null, delta);
    }
    const command = event.string('command') ?? '';
    const before = item.commands.get(at);
    item.commands.set(at, command);
    if (verb === 'added') return recorder.tool(block, null, null, (at > 0 ? '\n' : '') + command);
    recorder.mark('meta');
    if (before !== command) recorder.keep('command', command, true);
  }

  #shellOutput(event: Fields, verb: string): void {
    const item = this.#item(event, 'shell_call_output');
    const at = event.number('command_index') ?? 0;
    const delta = event.any('delta');
    const output = event.any('output');
    const piece = objectOf(delta);
    if (at !== 0 && !item.outputs.has(at)) this.#recorder.keep('command_index', at, true);
    if (verb === 'delta' && piece) {
      const before = objectOf(item.outputs.get(at));
      item.outputs.set(at, {
        stdout: (stringOf(before?.['stdout']) ?? '') + (stringOf(piece['stdout']) ?? ''),
        stderr: (stringOf(before?.['stderr']) ?? '') + (stringOf(piece['stderr']) ?? ''),
      });
    } else {
      const whole = objectOf(arrayOf(output)[0]);
      if (whole) item.outputs.set(at, whole);
    }
    const block = this.#ownBlock(item, 'shell_call_output');
    this.#recorder.attach(block, `output.${verb}`, verb === 'delta' ? delta : output);
    if (verb === 'delta' ? output !== undefined : delta !== undefined)
      this.#recorder.keep(verb === 'delta' ? 'output' : 'delta', verb === 'delta' ? output : delta);
  }

  /** What is left: the progress of server tools, audio, and events that this version does not know. All are kept as they came. */
  #status(type: string, event: Fields): void {
    const recorder = this.#recorder;
    const status = STATUS.exec(type);
    if (!status) {
      const known = type.startsWith('response.audio.') || type === 'response.compaction.compacting';
      if (known) recorder.mark('meta');
      else recorder.note('an event type this version does not know');
      recorder.event(type || 'message', known, event.data, '');
      return event.all();
    }
    recorder.mark('meta');
    const index = event.number('output_index');
    const item = this.#find(index, event.string('item_id') || null);
    if (item) recorder.target(item.target);
    else recorder.note(`a status of output item ${index ?? ''}, which was not added`);
    if (item && status[1] !== 'mcp_list_tools') this.#setField(item, 'status', status[2]);
    recorder.event(type, true);
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

/** The id an item was added with. */
function idOf({ added }: Item): string | null {
  return stringOf(added['id']) || null;
}

function textOf(part: JsonObject): string | null {
  return stringOf(part['text']) ?? stringOf(part['refusal']);
}
