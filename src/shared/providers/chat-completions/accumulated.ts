/**
 * The ChatCompletion that the chunks add up to, by the rules of the openai SDK's ChatCompletionStream (7.57), with two
 * differences where the SDK loses content: vendors' reasoning text is joined (the SDK keeps its last piece), and tool
 * calls that share an index stay apart (the SDK merges them).
 */
import { arrayOf, objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import type { Block } from '../../wire/recorder.ts';

/** Fields of a delta that are joined; all others are overwritten. */
const JOINED = ['refusal', 'reasoning_content', 'reasoning', 'reasoning_text'] as const;
const OWN_RULE = new Set<string>([
  'content',
  'tool_calls',
  'function_call',
  'role',
  'audio',
  'reasoning_details',
  ...JOINED,
]);

export class ChoiceSum {
  readonly #index: number;
  readonly #fields = new Map<string, unknown>();
  readonly #message = new Map<string, unknown>();
  readonly #joined = new Map<string, string>();
  readonly #calls: { readonly block: Block; readonly index: number; extra: unknown }[] = [];
  readonly #details: unknown[] = [];
  #content: string | null = null;
  #finishReason: unknown = null;
  #logprobs: Map<string, unknown> | null = null;
  #audio: Map<string, unknown> | null = null;
  functionBlock: Block | null = null;

  constructor(index: number) {
    this.#index = index;
  }

  fields(choice: JsonObject): void {
    for (const field in choice) {
      if (field === 'index' || field === 'delta' || field === 'logprobs') continue;
      if (field !== 'finish_reason') this.#fields.set(field, choice[field]);
      else if (choice[field]) this.#finishReason = choice[field];
    }
  }

  delta(delta: JsonObject): void {
    const { content, role, audio } = delta;
    if (typeof content === 'string') this.text(content);
    else
      for (const part of arrayOf(content))
        this.#content = (this.#content ?? '') + (stringOf(objectOf(part)?.['text']) ?? '');
    if (role) this.#message.set('role', role);
    for (const field of JOINED) {
      const text = delta[field];
      if (typeof text === 'string' && (text !== '' || field !== 'refusal'))
        this.#joined.set(field, (this.#joined.get(field) ?? '') + text);
    }
    for (const detail of arrayOf(delta['reasoning_details'])) this.#details.push(detail);
    if (audio) this.#addAudio(objectOf(audio) ?? {});
    for (const field in delta) if (!OWN_RULE.has(field)) this.#message.set(field, delta[field]);
  }

  /** A delta of text alone. */
  text(content: string): void {
    this.#content = (this.#content ?? '') + content;
  }

  call(block: Block, index: number): void {
    this.#calls.push({ block, index, extra: null });
  }

  logprobs(logprobs: JsonObject): void {
    this.#logprobs ??= new Map();
    for (const field in logprobs) {
      const value = logprobs[field];
      const before = this.#logprobs.get(field);
      if (!Array.isArray(value)) {
        if (value !== null || before === undefined) this.#logprobs.set(field, value);
      } else if (Array.isArray(before)) for (const entry of value) before.push(entry);
      else this.#logprobs.set(field, [...value]);
    }
  }

  value(): unknown {
    const message = new Map(this.#message);
    message.set('role', message.get('role') ?? null);
    message.set('content', this.#content);
    message.set('refusal', this.#joined.get('refusal') ?? null);
    for (const [field, text] of this.#joined) message.set(field, text);
    if (this.#details.length > 0) message.set('reasoning_details', [...this.#details]);
    if (this.#audio) message.set('audio', Object.fromEntries(this.#audio));
    const fn = this.functionBlock;
    if (fn) message.set('function_call', { arguments: fn.text, name: fn.name });
    if (this.#calls.length > 0) {
      const calls = this.#calls.toSorted((a, b) => a.index - b.index);
      message.set(
        'tool_calls',
        calls.map(({ block }) => toolCall(block)),
      );
    }
    return {
      ...Object.fromEntries(this.#fields),
      index: this.#index,
      message: Object.fromEntries(message),
      finish_reason: this.#finishReason,
      logprobs: this.#logprobs && Object.fromEntries(this.#logprobs),
    };
  }

  #addAudio(audio: JsonObject): void {
    this.#audio ??= new Map();
    for (const field in audio) {
      const value = audio[field];
      if (value === null) continue;
      const joins = (field === 'data' || field === 'transcript') && typeof value === 'string';
      this.#audio.set(field, joins ? (stringOf(this.#audio.get(field)) ?? '') + value : value);
    }
  }
}

function toolCall(block: Block): unknown {
  const extra = Object.fromEntries(
    (block.attachments ?? []).filter(({ type }) => type !== 'logprobs').map(({ type, value }) => [type, value]),
  );
  const call = { ...extra, id: block.callId, type: block.type };
  return block.type === 'custom'
    ? { ...call, custom: { name: block.name, input: block.text } }
    : { ...call, function: { arguments: block.text, name: block.name } };
}

export class ChatCompletionSum {
  readonly #fields = new Map<string, unknown>();
  readonly #choices = new Map<number, ChoiceSum>();

  /**
   * Fields of the completion itself: the last chunk that says one wins; chunks without an id say nothing once there was one.
   * Whether this chunk's were taken.
   */
  chunk(data: JsonObject): boolean {
    if (this.#fields.size > 0 && !data['id']) return false;
    for (const field in data) {
      if (field === 'choices' || field === 'obfuscation' || field === 'error') continue;
      // A model that is said no more is still the model.
      if (field === 'model' && !data[field] && this.#fields.get(field)) continue;
      this.#fields.set(field, data[field]);
    }
    return true;
  }

  choice(index: number): ChoiceSum {
    const choice = new ChoiceSum(index);
    this.#choices.set(index, choice);
    return choice;
  }

  value(): unknown {
    if (this.#fields.size === 0) return null;
    const fields = new Map(this.#fields);
    if (!fields.get('system_fingerprint')) fields.delete('system_fingerprint');
    const choices = [...this.#choices].toSorted(([a], [b]) => a - b);
    return {
      ...Object.fromEntries(fields),
      object: 'chat.completion',
      choices: choices.map(([, choice]) => choice.value()),
    };
  }
}
