/**
 * OpenAI Chat Completions on the wire, and what compatible servers make of it. The format has no block events: a block
 * is a run of one kind within a choice (`c0/text`, `c0/reasoning`, after an interruption `c0/text.2`), and a tool call
 * is told apart by index and id (`c0/tool0`). Runs end where another kind begins; tool calls, which may interleave,
 * only when the choice has its finish reason or the stream its [DONE].
 */
import type { BlockKind } from '../../model/messages.ts';
import type { Frame } from '../../model/stream.ts';
import { ChatCompletionSum, type ChoiceSum } from './accumulated.ts';
import { arrayOf, numberOf, objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { recordError, type WireProtocol } from '../../wire/protocol.ts';
import type { Block, WireRecorder } from '../../wire/recorder.ts';
import { chatFinish, chatUsage } from './usage.ts';

const CHUNK_FIELDS = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'usage',
  'service_tier',
  'system_fingerprint',
  'obfuscation',
  'x_groq',
]);
const CHOICE_FIELDS = new Set(['index', 'delta', 'finish_reason', 'logprobs']);
/** Plain reasoning text, by server: DeepSeek, vLLM and others; OpenRouter, Groq and others; GitHub Copilot. */
const REASONING_FIELDS = ['reasoning_content', 'reasoning', 'reasoning_text'] as const;
const DELTA_FIELDS = new Set([
  'role',
  'content',
  'refusal',
  'tool_calls',
  'function_call',
  'reasoning_details',
  'annotations',
  ...REASONING_FIELDS,
]);

/** One choice while it grows. */
interface Choice {
  readonly index: number;
  readonly sum: ChoiceSum;
  /** The open run of text, reasoning or refusal. */
  run: Block | null;
  readonly tools: Block[];
  /** The call that an index means now. */
  readonly byIndex: Map<number, Block>;
  lastTool: Block | null;
  finished: boolean;
}

export class ChatCompletionsWire implements WireProtocol {
  readonly doneMarker = true;
  terminated = false;
  readonly #recorder: WireRecorder;
  readonly #choices = new Map<number, Choice>();
  readonly #sum = new ChatCompletionSum();
  /** Last value of each field that this version does not know, so that one repeated with each chunk is said once. */
  readonly #unknown = new Map<string, string>();

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
  }

  take(data: JsonObject, _type: string, frame: Frame): void {
    const recorder = this.#recorder;
    const { error } = data;
    if (error || frame.name === 'error') recordError(recorder, error ?? data, data);
    recorder.response(said(data, 'id'), said(data, 'model'), said(data, 'service_tier'));
    this.#sum.chunk(data);
    for (const field in data) if (!CHUNK_FIELDS.has(field) && field !== 'error') this.#unknownField(field, data[field]);
    const choices = arrayOf(data['choices']);
    if (choices.length === 0) recorder.mark('meta');
    for (const item of choices) {
      const choice = objectOf(item);
      if (choice) this.#takeChoice(choice);
      else recorder.note('a choice that is no object');
    }
    const usage = objectOf(data['usage']) ?? objectOf(objectOf(data['x_groq'])?.['usage']);
    if (usage) recorder.usage(chatUsage(usage), usage);
  }

  done(): void {
    this.terminated = true;
    for (const choice of this.#choices.values()) this.#closeAll(choice);
  }

  accumulated(): unknown {
    return this.#sum.value();
  }

  #takeChoice(data: JsonObject): void {
    const recorder = this.#recorder;
    const index = numberOf(data['index']) ?? 0;
    const choice = this.#choice(index);
    recorder.target(`choice ${index}`);
    choice.sum.fields(data);
    for (const field in data) if (!CHOICE_FIELDS.has(field)) this.#unknownField(field, data[field]);
    const delta = objectOf(data['delta']);
    if (delta) this.#takeDelta(choice, delta);
    else recorder.mark('meta');
    if (objectOf(data['logprobs'])) this.#logprobs(choice, data['logprobs'] as JsonObject);
    const reason = stringOf(data['finish_reason']);
    if (reason) {
      if (choice.finished) recorder.note('a second finish_reason');
      choice.finished = true;
      this.#closeAll(choice);
      recorder.finish(index, chatFinish(reason));
    }
  }

  #choice(index: number): Choice {
    let choice = this.#choices.get(index);
    if (!choice) {
      choice = {
        index,
        sum: this.#sum.choice(index),
        run: null,
        tools: [],
        byIndex: new Map(),
        lastTool: null,
        finished: false,
      };
      this.#choices.set(index, choice);
      this.#recorder.mark('start');
    }
    return choice;
  }

  #takeDelta(choice: Choice, delta: JsonObject): void {
    const recorder = this.#recorder;
    choice.sum.delta(delta);
    this.#reasoning(choice, delta);
    const { content, refusal } = delta;
    if (typeof content === 'string') this.#runText(choice, 'text', 'content', content);
    else if (Array.isArray(content)) for (const part of content) this.#contentPart(choice, objectOf(part) ?? {});
    else if (content !== null && content !== undefined) recorder.event('delta.content', false, content);
    if (typeof refusal === 'string') this.#runText(choice, 'refusal', 'refusal', refusal);
    for (const annotation of arrayOf(delta['annotations']))
      recorder.attach(choice.run ?? this.#run(choice, 'text', 'content'), 'annotation', annotation);
    for (const call of arrayOf(delta['tool_calls'])) this.#toolCall(choice, objectOf(call) ?? {});
    const call = objectOf(delta['function_call']);
    if (call) this.#functionCall(choice, call);
    for (const field in delta) if (!DELTA_FIELDS.has(field)) this.#unknownField(`delta.${field}`, delta[field]);
    recorder.mark('meta');
  }

  /** The run of this kind, opened if another one, or none, is open. */
  #run(choice: Choice, kind: BlockKind, type: string): Block {
    if (choice.run && choice.run.kind === kind && choice.run.type === type && !choice.run.closed) return choice.run;
    if (choice.run) this.#recorder.close(choice.run);
    if (choice.finished) this.#recorder.note('content after the finish_reason');
    const name = kind === 'text' ? 'text' : type;
    choice.run = this.#recorder.open(`c${choice.index}/${name}`, kind, type, choice.index);
    return choice.run;
  }

  /** An empty delta opens and interrupts nothing: many servers send `content: ""` beside reasoning and tool calls. */
  #runText(choice: Choice, kind: 'text' | 'refusal', type: string, text: string): void {
    if (text !== '') this.#recorder.text(this.#run(choice, kind, type), text);
  }

  /** Mistral's parts: `text`, and `thinking` with a list of texts. */
  #contentPart(choice: Choice, part: JsonObject): void {
    const type = stringOf(part['type']);
    if (type === 'text') return this.#runText(choice, 'text', 'content', stringOf(part['text']) ?? '');
    if (type === 'thinking') {
      const thinking = part['thinking'];
      const pieces =
        typeof thinking === 'string'
          ? [thinking]
          : arrayOf(thinking).map((piece) => stringOf(objectOf(piece)?.['text']) ?? '');
      return this.#reason(choice, 'thinking', pieces.join(''));
    }
    this.#recorder.event(`content.${type ?? 'part'}`, false, part);
  }

  #reasoning(choice: Choice, delta: JsonObject): void {
    const before: string[] = [];
    for (const field of REASONING_FIELDS) {
      const text = delta[field];
      if (typeof text !== 'string' || text === '') continue;
      // Some servers say the same piece under two names for the sake of two kinds of clients.
      if (before.includes(text)) this.#recorder.note(`${field} repeats the reasoning of another field`);
      else this.#reason(choice, field, text);
      before.push(text);
    }
    for (const detail of arrayOf(delta['reasoning_details']))
      this.#reasoningDetail(choice, objectOf(detail) ?? {}, before.length > 0);
  }

  #reason(choice: Choice, type: string, text: string): void {
    if (text !== '') this.#recorder.reasoning(this.#run(choice, 'reasoning', type), text);
  }

  /** OpenRouter's details: `.text`, `.summary` and `.encrypted`. Where the plain field says the text too, only the rest is taken. */
  #reasoningDetail(choice: Choice, detail: JsonObject, textSaid: boolean): void {
    const recorder = this.#recorder;
    const type = stringOf(detail['type']) ?? 'reasoning_details';
    const data = stringOf(detail['data']);
    if (type === 'reasoning.encrypted') {
      if (choice.run) recorder.close(choice.run);
      choice.run = null;
      const block = recorder.open(`c${choice.index}/reasoning.encrypted`, 'redacted_reasoning', type, choice.index);
      recorder.hidden(block, 'encrypted', data);
      return recorder.close(block);
    }
    if (!textSaid)
      this.#reason(choice, 'reasoning_details', stringOf(detail['text']) ?? stringOf(detail['summary']) ?? '');
    const signature = stringOf(detail['signature']);
    if (signature)
      recorder.signature(
        choice.run?.kind === 'reasoning' ? choice.run : this.#run(choice, 'reasoning', 'reasoning_details'),
        signature,
      );
  }

  #toolCall(choice: Choice, call: JsonObject): void {
    const recorder = this.#recorder;
    const fn = objectOf(call['function']) ?? objectOf(call['custom']);
    const id = stringOf(call['id']) || null;
    const name = stringOf(fn?.['name']) || null;
    const given = fn?.['arguments'] ?? fn?.['input'];
    // Some compatible servers send the arguments as an object instead of as text.
    const text =
      typeof given === 'string' || given === undefined || given === null ? (given ?? null) : JSON.stringify(given);
    const block = this.#callBlock(choice, call, id, name);
    if (id && block.callId === null) block.callId = id;
    if (name) this.#nameCall(block, name);
    recorder.tool(block, name, id, text);
    for (const field in call) {
      if (field !== 'index' && field !== 'id' && field !== 'type' && field !== 'function' && field !== 'custom')
        recorder.attach(block, field, call[field]);
    }
  }

  /** Which call a fragment belongs to. The same index with another id is another call; so is another name once there are arguments. */
  #callBlock(choice: Choice, call: JsonObject, id: string | null, name: string | null): Block {
    const index = numberOf(call['index']);
    const known = index === null ? this.#callWithoutIndex(choice, id) : choice.byIndex.get(index);
    if (known && !known.closed && (id === null || known.callId === null || known.callId === id)) {
      const renamed = name !== null && known.name !== null && name !== known.name && known.text !== '';
      if (!renamed) return known;
      this.#recorder.note('another name after the arguments began: taken as another call');
    } else if (known && id !== null && known.callId !== id) {
      this.#recorder.note(`index ${index} comes again with another id: another call`);
    }
    return this.#openCall(choice, index, stringOf(call['type']) ?? 'function', name, id);
  }

  /** Servers that leave out the index: a new id is a new call, no id goes on with the last one. */
  #callWithoutIndex(choice: Choice, id: string | null): Block | undefined {
    this.#recorder.note('a tool call without an index');
    if (id === null) return choice.lastTool ?? undefined;
    return choice.tools.find((tool) => tool.callId === id);
  }

  #openCall(choice: Choice, index: number | null, type: string, name: string | null, id: string | null): Block {
    if (choice.run) this.#recorder.close(choice.run);
    choice.run = null;
    if (choice.finished) this.#recorder.note('content after the finish_reason');
    const block = this.#recorder.open(
      `c${choice.index}/tool${index ?? choice.tools.length}`,
      'tool',
      type,
      choice.index,
      { name, callId: id },
    );
    choice.tools.push(block);
    choice.sum.call(block, index ?? choice.tools.length - 1);
    if (index !== null) choice.byIndex.set(index, block);
    choice.lastTool = block;
    return block;
  }

  /**
   * Local servers repeat the name with each fragment, and a few cut it in pieces. A repetition is kept once; a piece that
   * comes before any argument text is joined. Each is said in a note, because SDKs differ: some join both.
   */
  #nameCall(block: Block, name: string): void {
    if (block.name === null) block.name = name;
    else if (block.name !== name) {
      this.#recorder.note(`the tool's name comes in pieces: ${block.name} + ${name}`);
      block.name += name;
    } else if (block.firstEvent !== block.lastEvent || block.text !== '') {
      this.#recorder.note('the tool name is repeated');
    }
  }

  /** The form before tool calls, which some servers still speak: one call to a choice. */
  #functionCall(choice: Choice, call: JsonObject): void {
    const name = stringOf(call['name']);
    const block = choice.sum.functionBlock ?? this.#openFunction(choice, name);
    if (name && block.name === null) block.name = name;
    this.#recorder.tool(block, name, null, stringOf(call['arguments']));
  }

  #openFunction(choice: Choice, name: string | null): Block {
    if (choice.run) this.#recorder.close(choice.run);
    choice.run = null;
    const block = this.#recorder.open(`c${choice.index}/function_call`, 'tool', 'function_call', choice.index, {
      name,
      callId: null,
    });
    choice.tools.push(block);
    choice.sum.functionBlock = block;
    return block;
  }

  #logprobs(choice: Choice, logprobs: JsonObject): void {
    choice.sum.logprobs(logprobs);
    const block = choice.run ?? choice.lastTool;
    if (block) this.#recorder.attach(block, 'logprobs', logprobs);
    else this.#recorder.event('logprobs', true, logprobs);
  }

  #unknownField(field: string, value: unknown): void {
    if (value === null) return;
    const text = JSON.stringify(value);
    if (this.#unknown.get(field) === text) return;
    this.#unknown.set(field, text);
    this.#recorder.event(field, false, value);
  }

  #closeAll(choice: Choice): void {
    if (choice.run) this.#recorder.close(choice.run);
    choice.run = null;
    for (const tool of choice.tools) this.#recorder.close(tool, tool.type !== 'custom');
  }
}

/** undefined: not said. */
function said(data: JsonObject, field: string): string | null | undefined {
  return field in data ? stringOf(data[field]) : undefined;
}
