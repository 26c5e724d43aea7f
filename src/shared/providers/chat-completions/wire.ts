/**
 * OpenAI Chat Completions on the wire, and what compatible servers make of it. The format has no block events: a block
 * is a run of one kind within a choice (`c0/text`, `c0/reasoning`, after an interruption `c0/text.2`), and a tool call
 * is told apart by index and id (`c0/tool0`). Runs end where another kind begins; tool calls, which may interleave,
 * only when the choice has its finish reason or the stream its [DONE]; one whose arguments are not complete stays open up to [DONE].
 */
import type { BlockKind } from '../../model/messages.ts';
import type { Frame } from '../../model/stream.ts';
import { ChatCompletionSum, type ChoiceSum } from './accumulated.ts';
import { arrayOf, isJson, objectOf, parseJson, stringOf, type JsonObject } from '../../json/json-object.ts';
import { errorField, isErrorName, strayFault, type Fault } from '../../wire/faults.ts';
import { Fields, fieldsOf, isPadding } from '../../wire/fields.ts';
import type { WireProtocol } from '../../wire/protocol.ts';
import type { Block, WireRecorder } from '../../wire/recorder.ts';
import { areCut, beginsAnew, drifts, goesOn } from './one-index.ts';
import { chatFigures, chatFinish, chatUsage, FIGURE_FIELDS, isNoFinish } from './usage.ts';

/** Plain reasoning text, by server: DeepSeek, vLLM and others; OpenRouter, Groq and others; GitHub Copilot. */
const REASONING_FIELDS = ['reasoning_content', 'reasoning', 'reasoning_text'] as const;
/** The type of a block whose text is spoken. */
const SPEECH = 'audio';
const NO_PARTS: readonly unknown[] = [];
const CALL_FIELDS = new Set(['index', 'id', 'type', 'function', 'custom']);
/** Finish reasons that are errors: Mistral's and OpenRouter's, DeepSeek's, GLM's; of vLLM and SGLang, whose engine dropped the request. */
const FAILED = new Set(['error', 'insufficient_system_resource', 'network_error', 'abort', 'aborted']);

/** What a fragment of a tool call says of itself. */
interface Fragment {
  readonly id: string | null;
  readonly name: string | null;
  readonly text: string;
}

/** One choice while it grows. */
interface Choice {
  readonly index: number;
  /** What a summary calls it. */
  readonly target: string;
  readonly sum: ChoiceSum;
  /** The open run of text, reasoning or refusal. */
  run: Block | null;
  /** The last run of reasoning. */
  reasoning: Block | null;
  readonly tools: Block[];
  /** The call that an index means now, and the one that a place in the list of a delta means. */
  readonly byIndex: Map<number, Block>;
  readonly byPlace: Block[];
  lastTool: Block | null;
  finished: boolean;
}

export class ChatCompletionsWire implements WireProtocol {
  readonly doneMarker = true;
  terminated = false;
  readonly #recorder: WireRecorder;
  readonly #choices = new Map<number, Choice>();
  readonly #sum = new ChatCompletionSum();
  /** The fields of the last chunk beside its choices: the first `#fields` count. */
  readonly #names: string[] = [];
  readonly #values: unknown[] = [];
  #fields = 0;
  readonly #chunk: Fields;
  readonly #choiceFields: Fields;
  readonly #delta: Fields;
  readonly #part: Fields;
  readonly #piece: Fields;
  readonly #audio: Fields;
  readonly #call: Fields;
  readonly #function: Fields;
  readonly #oldCall: Fields;

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
    this.#chunk = new Fields(recorder);
    this.#choiceFields = new Fields(recorder, 'choices[].');
    this.#delta = new Fields(recorder, 'delta.');
    this.#part = new Fields(recorder, 'delta.content[].');
    this.#piece = new Fields(recorder, 'delta.content[].thinking[].');
    this.#audio = new Fields(recorder, 'delta.audio.');
    this.#call = new Fields(recorder, 'delta.tool_calls[].');
    this.#function = new Fields(recorder, 'delta.tool_calls[].function.');
    this.#oldCall = new Fields(recorder, 'delta.function_call.');
  }

  take(data: JsonObject, _type: string, frame: Frame): void {
    const recorder = this.#recorder;
    const differs = this.#differs(data) || isErrorName(frame.name);
    const failed = differs ? this.#takeChunk(data, frame) : false;
    const choices = arrayOf(data['choices']);
    if (choices.length === 0) recorder.mark('meta');
    for (let place = 0; place < choices.length; place++) {
      const choice = objectOf(choices[place]);
      if (choice) {
        if (!this.#takePlainChoice(choice)) this.#takeChoice(choice, place, failed);
      } else this.#misshapen('choices[]', choices[place]);
    }
    const usage = objectOf(data['usage']);
    const ofGroq = usage ? null : objectOf(objectOf(data['x_groq'])?.['usage']);
    if (usage) recorder.usage({ ...chatUsage(usage), ...chatFigures(usage, data) }, usage);
    else if (ofGroq) recorder.seekUsage('x_groq.usage', ofGroq, chatFigures(ofGroq, data));
    else if (differs) {
      this.#figures(data);
      const text = stringOf(data['usage']);
      if (text) recorder.seekUsage('usage, as text', parseJson(text));
    }
  }

  /** A server's own figures without a usage: llama.cpp has them whether or not the usage was asked for. */
  #figures(data: JsonObject): void {
    const field = FIGURE_FIELDS.find((name) => name in data);
    // With `timings_per_token` every chunk has them; those of the last one are the whole.
    if (field === undefined || !arrayOf(data['choices']).some((choice) => objectOf(choice)?.['finish_reason'])) return;
    const said = chatFigures(null, data);
    if (said.serverRate !== undefined) this.#recorder.usage(said, data[field]);
  }

  /** Whether a chunk says anything but choices that the one before did not: nearly all repeat its fields in order. */
  #differs(data: JsonObject): boolean {
    let differs = false;
    let at = 0;
    for (const name in data) {
      const value = data[name];
      if (name === 'choices' && Array.isArray(value) && value.length > 0) continue;
      if (name === 'obfuscation' && typeof value === 'string' && isPadding(value)) continue;
      if (this.#names[at] !== name || this.#values[at] !== value) {
        this.#names[at] = name;
        this.#values[at] = value;
        differs = true;
      }
      at++;
    }
    if (at !== this.#fields) differs = true;
    this.#fields = at;
    return differs;
  }

  /** What a chunk says beside its choices and counts. Returns whether it says an error. */
  #takeChunk(data: JsonObject, frame: Frame): boolean {
    const chunk = this.#chunk.of(data);
    const failed = this.#fault(data, frame);
    this.#recorder.response(
      chunk.string('id'),
      chunk.string('model'),
      'service_tier' in data ? stringOf(data['service_tier']) : undefined,
    );
    chunk.expect('object', 'chat.completion.chunk');
    if (this.#sum.chunk(data)) {
      chunk.steady('created');
      chunk.steady('system_fingerprint');
      chunk.steady('x_groq');
      chunk.steady('service_tier');
    }
    chunk.padding('obfuscation');
    chunk.list('choices');
    chunk.object('usage');
    // An error is kept with the whole event that said it; the same one again is another one.
    if (failed) this.#fields = -1;
    else chunk.rest();
    return failed;
  }

  done(): void {
    this.terminated = true;
    for (const choice of this.#choices.values()) this.#closeAll(choice);
  }

  accumulated(): unknown {
    return this.#sum.value();
  }

  /** Whether the chunk says an error: in its own field, or instead of choices. */
  #fault(data: JsonObject, frame: Frame): boolean {
    const { error } = data;
    const fault =
      error || frame.name === 'error'
        ? errorField(data, error || data)
        : arrayOf(data['choices']).length > 0
          ? stoppedByGroq(data)
          : isErrorName(frame.name)
            ? errorField(data, data)
            : strayFault(data);
    if (fault) this.#recorder.error(fault, data);
    return fault !== null;
  }

  #misshapen(path: string, value: unknown): void {
    this.#recorder.note(`${path} holds ${value === null ? 'null' : `a ${typeof value}`} where an object was expected`);
    if (value !== null) this.#recorder.keep(path, value);
  }

  /**
   * The short way for what nearly all choices are: a piece of text for the open run, or of arguments for an open call, with no
   * field that is not expected. Whether it was one.
   */
  #takePlainChoice(data: JsonObject): boolean {
    const { index, delta, finish_reason = null, logprobs = null } = data;
    if (finish_reason !== null || logprobs !== null) return false;
    const choice = this.#choices.get(index as number);
    const inner = objectOf(delta);
    if (!choice || !inner || fieldsOf(inner) !== 1 || !isPlainChoice(data)) return false;
    const { content, tool_calls: calls } = inner;
    return typeof content === 'string'
      ? this.#addText(choice, content)
      : Array.isArray(calls) && calls.length === 1 && this.#addArguments(choice, objectOf(calls[0]));
  }

  /** Adds text to the open run; false, and nothing is done, when that is of another kind, or there is no text. */
  #addText(choice: Choice, text: string): boolean {
    const { run } = choice;
    if (text === '' || !run || run.type !== 'content' || run.closed) return false;
    choice.sum.text(text);
    this.#recorder.target(choice.target);
    this.#recorder.text(run, text);
    return true;
  }

  /** Adds a piece that has nothing but the index of its call and arguments; false, and nothing is done, when it is none. */
  #addArguments(choice: Choice, call: JsonObject | null): boolean {
    const block = choice.byIndex.get(call?.['index'] as number);
    const fn = objectOf(call?.['function']);
    const text = fn?.['arguments'];
    if (!call || !fn || !block || block.closed || typeof text !== 'string') return false;
    if (fieldsOf(call) !== 2 || fieldsOf(fn) !== 1) return false;
    this.#recorder.target(choice.target);
    this.#recorder.tool(block, null, null, text);
    return true;
  }

  #takeChoice(data: JsonObject, place: number, failed: boolean): void {
    const recorder = this.#recorder;
    const fields = this.#choiceFields.of(data);
    const index = fields.number('index') ?? place;
    const choice = this.#choice(index);
    recorder.target(choice.target);
    choice.sum.fields(data);
    const delta = fields.object('delta');
    if (delta) this.#takeDelta(choice, delta);
    else recorder.mark('meta');
    const logprobs = fields.object('logprobs');
    if (logprobs) this.#logprobs(choice, logprobs);
    const reason = fields.string('finish_reason');
    const { error } = data;
    const inDelta = objectOf(data['delta'])?.['error'];
    if (error && !failed) recorder.error(errorField(data, fields.any('error')), data);
    else if (inDelta && !failed) recorder.error(errorField(objectOf(data['delta'])!, inDelta), data);
    else if (reason !== null && FAILED.has(reason) && !failed)
      recorder.error(
        { message: `The provider ended the answer with finish_reason "${reason}".`, type: null, code: reason },
        data,
      );
    if (reason && isNoFinish(reason)) recorder.keep('choices[].finish_reason', reason);
    else if (reason) this.#finish(choice, reason);
    fields.rest();
  }

  #finish(choice: Choice, reason: string): void {
    if (choice.finished) this.#recorder.note('a second finish_reason');
    choice.finished = true;
    const finish = chatFinish(reason);
    const mayGoOn = finish.unified === 'tool_use' || finish.unified === 'stop';
    this.#closeAll(choice, (tool) => !mayGoOn || !areCut(tool.text));
    this.#recorder.finish(choice.index, finish);
  }

  #choice(index: number): Choice {
    let choice = this.#choices.get(index);
    if (!choice) {
      choice = {
        index,
        target: `choice ${index}`,
        sum: this.#sum.choice(index),
        run: null,
        reasoning: null,
        tools: [],
        byIndex: new Map(),
        byPlace: [],
        lastTool: null,
        finished: false,
      };
      this.#choices.set(index, choice);
      this.#recorder.mark('start');
    }
    return choice;
  }

  #takeDelta(choice: Choice, data: JsonObject): void {
    const recorder = this.#recorder;
    const delta = this.#delta.of(data);
    choice.sum.delta(data);
    const { content } = data;
    const text = typeof content === 'string' ? delta.string('content') : null;
    const parts = Array.isArray(content) ? delta.list('content') : NO_PARTS;
    if (content === null) delta.any('content');
    // Most deltas have the content alone.
    if (delta.more) this.#reasoning(choice, delta);
    if (text) this.#runText(choice, 'text', 'content', text);
    for (const part of parts) this.#contentPart(choice, part);
    if (delta.more) this.#restOfDelta(choice, delta);
    recorder.mark('meta');
    delta.rest();
  }

  #restOfDelta(choice: Choice, delta: Fields): void {
    delta.steady('role');
    const refusal = delta.string('refusal');
    if (refusal) this.#runText(choice, 'refusal', 'refusal', refusal);
    const audio = delta.object('audio');
    if (audio) this.#speech(choice, audio);
    for (const image of delta.list('images')) this.#image(choice, image);
    for (const annotation of delta.list('annotations'))
      this.#recorder.attach(choice.run ?? this.#run(choice, 'text', 'content'), 'annotation', annotation);
    const calls = delta.list('tool_calls');
    for (let place = 0; place < calls.length; place++) {
      const call = objectOf(calls[place]);
      if (call) this.#toolCall(choice, call, place);
      else this.#misshapen('delta.tool_calls[]', calls[place]);
    }
    const call = delta.object('function_call');
    if (call) this.#functionCall(choice, call);
  }

  /** The run of this kind, opened if another one, or none, is open. */
  #run(choice: Choice, kind: BlockKind, type: string): Block {
    if (choice.run && choice.run.kind === kind && choice.run.type === type && !choice.run.closed) return choice.run;
    if (choice.run) this.#recorder.close(choice.run);
    if (choice.finished) this.#recorder.note('content after the finish_reason');
    const name = type === 'content' ? 'text' : type;
    choice.run = this.#recorder.open(`c${choice.index}/${name}`, kind, type, choice.index);
    if (kind === 'reasoning') choice.reasoning = choice.run;
    return choice.run;
  }

  /** An empty delta opens and interrupts nothing: many servers send `content: ""` beside reasoning and tool calls. */
  #runText(choice: Choice, kind: 'text' | 'refusal', type: string, text: string): void {
    if (text !== '') this.#recorder.text(this.#run(choice, kind, type), text);
  }

  /**
   * An answer that is spoken: a block with what is said, as text. The sound comes in pieces of base64, which stay with their
   * events: the sum has them joined. https://platform.openai.com/docs/guides/audio
   */
  #speech(choice: Choice, data: JsonObject): void {
    const audio = this.#audio.of(data);
    audio.steady('id');
    audio.steady('expires_at');
    const sound = audio.any('data');
    if (typeof sound === 'string' && sound !== '') {
      this.#recorder.about(this.#run(choice, 'text', SPEECH));
      this.#recorder.event('delta.audio.data', true, sound);
    } else if (sound) this.#recorder.keep('delta.audio.data', sound);
    this.#runText(choice, 'text', SPEECH, audio.string('transcript') ?? '');
    audio.rest();
  }

  /** An image that the answer consists of, as OpenRouter and LiteLLM pass it on: it comes whole. */
  #image(choice: Choice, image: unknown): void {
    const recorder = this.#recorder;
    if (choice.run) recorder.close(choice.run);
    choice.run = null;
    const block = recorder.open(`c${choice.index}/image`, 'other', 'image', choice.index);
    recorder.attach(block, 'image', image);
    recorder.close(block);
  }

  /** Mistral's parts: `text`, and `thinking` with a list of texts. */
  #contentPart(choice: Choice, value: unknown): void {
    const data = objectOf(value);
    const type = data?.['type'];
    if (!data || (type !== 'text' && type !== 'thinking'))
      return this.#recorder.event(`content.${stringOf(type) ?? 'part'}`, false, value);
    const part = this.#part.of(data);
    part.expect('type', type);
    if (type === 'text') this.#runText(choice, 'text', 'content', part.string('text') ?? '');
    else if (typeof data['thinking'] === 'string') this.#reason(choice, 'thinking', part.string('thinking') ?? '');
    else
      this.#reason(
        choice,
        'thinking',
        part
          .list('thinking')
          .map((piece) => this.#thinkingPiece(piece))
          .join(''),
      );
    part.rest();
  }

  #thinkingPiece(value: unknown): string {
    const data = objectOf(value);
    if (!data) {
      this.#misshapen('delta.content[].thinking[]', value);
      return '';
    }
    const piece = this.#piece.of(data);
    piece.expect('type', 'text');
    const text = piece.string('text') ?? '';
    piece.rest();
    return text;
  }

  #reasoning(choice: Choice, delta: Fields): void {
    let said: string | null = null;
    for (const field of REASONING_FIELDS) {
      const text = delta.string(field);
      if (!text) continue;
      // Some servers say the same piece under two names for the sake of two kinds of clients.
      if (said === text) this.#recorder.note(`${field} repeats the reasoning of another field`);
      else this.#reason(choice, field, text);
      said = text;
    }
    for (const detail of delta.list('reasoning_details'))
      this.#reasoningDetail(choice, objectOf(detail) ?? {}, said !== null);
    // LiteLLM's own list, which also is kept as it came.
    for (const item of arrayOf(delta.data['thinking_blocks']))
      this.#thinkingBlock(choice, objectOf(item) ?? {}, said !== null);
  }

  /** Anthropic's thinking as LiteLLM passes it on. It repeats the text of the plain field, where there is one; the rest is said nowhere else. */
  #thinkingBlock(choice: Choice, item: JsonObject, textSaid: boolean): void {
    if (item['type'] === 'redacted_thinking')
      return this.#hide(choice, 'redacted_thinking', 'redacted', stringOf(item['data']));
    if (!textSaid) this.#reason(choice, 'thinking_blocks', stringOf(item['thinking']) ?? '');
    const signature = stringOf(item['signature']);
    if (signature) this.#sign(choice, signature);
  }

  #reason(choice: Choice, type: string, text: string): void {
    if (text !== '') this.#recorder.reasoning(this.#run(choice, 'reasoning', type), text);
  }

  /** OpenRouter's details: `.text`, `.summary` and `.encrypted`. Where the plain field says the text too, only the rest is taken. */
  #reasoningDetail(choice: Choice, detail: JsonObject, textSaid: boolean): void {
    const type = stringOf(detail['type']) ?? 'reasoning_details';
    if (type === 'reasoning.encrypted') return this.#hide(choice, type, 'encrypted', stringOf(detail['data']));
    if (!textSaid)
      this.#reason(choice, 'reasoning_details', stringOf(detail['text']) ?? stringOf(detail['summary']) ?? '');
    const signature = stringOf(detail['signature']);
    if (signature) this.#sign(choice, signature);
  }

  /** Reasoning that cannot be read comes whole. */
  #hide(choice: Choice, type: string, state: 'redacted' | 'encrypted', data: string | null): void {
    const recorder = this.#recorder;
    if (choice.run) recorder.close(choice.run);
    choice.run = null;
    const block = recorder.open(`c${choice.index}/${type}`, 'redacted_reasoning', type, choice.index);
    recorder.hidden(block, state, data);
    recorder.close(block);
  }

  /** A signature belongs to the reasoning before it, though text or a call may have come in between. */
  #sign(choice: Choice, signature: string): void {
    const last = choice.reasoning;
    if (choice.run?.kind !== 'reasoning' && last && last.signature === null) {
      this.#recorder.note(`the signature of ${last.id} comes after its end`);
      return this.#recorder.signature(last, signature);
    }
    this.#recorder.signature(
      choice.run?.kind === 'reasoning' ? choice.run : this.#run(choice, 'reasoning', 'reasoning_details'),
      signature,
    );
  }

  #toolCall(choice: Choice, data: JsonObject, place: number): void {
    const recorder = this.#recorder;
    const call = this.#call.of(data);
    const id = call.string('id') || null;
    const type = call.string('type');
    const fn = this.#function.of(call.object('function') ?? call.object('custom'));
    const name = fn.string('name') || null;
    // Some compatible servers send the arguments as an object instead of as text.
    const given = fn.any('arguments') ?? fn.any('input') ?? null;
    const text = typeof given === 'string' || given === null ? given : JSON.stringify(given);
    const block = this.#callBlock(choice, call.number('index'), place, { id, name, text: text ?? '' }, type);
    if (id && block.callId === null) block.callId = id;
    if (name) this.#nameCall(block, name);
    if (type !== null && type !== block.type) recorder.keep(`${call.path}type`, type, true);
    recorder.tool(block, name, id, text);
    for (const field in data) if (!CALL_FIELDS.has(field)) recorder.attach(block, field, call.any(field));
    fn.rest();
    call.rest();
  }

  /** Which call a fragment belongs to: by its index, unless its id says otherwise. Another name once there are arguments begins another call. */
  #callBlock(choice: Choice, index: number | null, place: number, fragment: Fragment, type: string | null): Block {
    const { id, name } = fragment;
    const known = index === null ? this.#callWithoutIndex(choice, place, id, name) : choice.byIndex.get(index);
    if (known && !known.closed && (id === null || known.callId === null || known.callId === id)) {
      const renamed = name !== null && known.name !== null && name !== known.name && known.text !== '';
      const anew = renamed || (id === null && known.callId === null && beginsAnew(known, fragment));
      if (!anew) return known;
      this.#recorder.note(
        renamed
          ? 'another name after the arguments began: taken as another call'
          : 'the name again with other complete arguments: taken as another call',
      );
    } else if (index !== null && known && id !== null && known.callId !== id) {
      const same = this.#callWithOtherId(choice, index, known, { ...fragment, id }, place);
      if (same) return same;
    } else if (
      index !== null &&
      !known &&
      choice.lastTool &&
      !choice.lastTool.closed &&
      drifts(choice.lastTool, fragment)
    ) {
      this.#recorder.note(`index ${index} begins in the middle of the arguments of a call: the same call`);
      choice.byIndex.set(index, choice.lastTool);
      return choice.lastTool;
    }
    return this.#openCall(choice, index, place, type ?? 'function', name, id);
  }

  /** The call that a fragment goes on with although its index had another id; undefined for one that begins here. */
  #callWithOtherId(
    choice: Choice,
    index: number,
    known: Block,
    fragment: Fragment & { readonly id: string },
    place: number,
  ): Block | undefined {
    const recorder = this.#recorder;
    const { id } = fragment;
    const begun = choice.tools.find((tool) => tool.callId === id && !tool.closed && !isJson(tool.text));
    if (begun) {
      recorder.note(`index ${index} comes with the id of another call, ${id}: taken by its id`);
      choice.byIndex.set(index, begun);
    } else if (!known.closed && goesOn(known, fragment, place)) {
      recorder.note(`index ${index} comes with another id, ${id}, in the middle of its arguments: the same call`);
      return known;
    } else recorder.note(`index ${index} comes again with another id: another call`);
    return begun;
  }

  /**
   * Servers that leave out the index: the id says which call it is, and without one the place in the delta's list. A name
   * beside arguments that are whole already begins another call.
   */
  #callWithoutIndex(choice: Choice, place: number, id: string | null, name: string | null): Block | undefined {
    const recorder = this.#recorder;
    if (id !== null) {
      recorder.note('a tool call without an index: told apart by its id');
      return choice.tools.find((tool) => tool.callId === id);
    }
    const known = choice.byPlace[place];
    if (name !== null && known && known.name !== null && isJson(known.text)) return undefined;
    recorder.note(
      known || name !== null
        ? `a tool call without an index or id: taken by its place, ${place}, in the list`
        : 'a tool call without an index, id or name: it belongs to no call that came before',
    );
    return known;
  }

  #openCall(
    choice: Choice,
    index: number | null,
    place: number,
    type: string,
    name: string | null,
    id: string | null,
  ): Block {
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
    choice.byPlace[place] = block;
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
  #functionCall(choice: Choice, data: JsonObject): void {
    const call = this.#oldCall.of(data);
    const name = call.string('name');
    const given = call.any('arguments') ?? null;
    const block = choice.sum.functionBlock ?? this.#openFunction(choice, name);
    if (name && block.name === null) block.name = name;
    else if (name && block.name !== name) this.#recorder.keep(`${call.path}name`, name, true);
    this.#recorder.tool(block, name, null, typeof given === 'string' || given === null ? given : JSON.stringify(given));
    call.rest();
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

  /** `isOver`: a call whose arguments are not complete goes on after a reason that came too early. */
  #closeAll(choice: Choice, isOver: (tool: Block) => boolean = () => true): void {
    if (choice.run) this.#recorder.close(choice.run);
    choice.run = null;
    for (const tool of choice.tools)
      if (tool.type === 'custom' || isOver(tool)) this.#recorder.close(tool, tool.type !== 'custom');
  }
}

/** Whether a choice has only the fields that its plain form has, two of which may be left out. */
function isPlainChoice(data: JsonObject): boolean {
  let expected = 2;
  if (data['finish_reason'] !== undefined) expected++;
  if (data['logprobs'] !== undefined) expected++;
  return fieldsOf(data) === expected;
}

/** Groq says in the last chunk of an answer why it stopped early. */
function stoppedByGroq(data: JsonObject): Fault | null {
  const message = stringOf(objectOf(data['x_groq'])?.['error']);
  return message ? { message, type: null, code: null } : null;
}
