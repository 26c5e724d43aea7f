/**
 * Ollama's /api/chat on the wire: JSON lines, each a whole response with the next piece of its message, the last one with
 * `done: true`. There are no block events: a block is a run of one kind (`text`, `thinking`, after an interruption
 * `text.2`). Tool calls come whole, their arguments as an object, and end the run before them.
 * The fields are those of https://docs.ollama.com/api/chat.
 */
import { objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { recordError, type WireProtocol } from '../../wire/protocol.ts';
import type { Block, WireRecorder } from '../../wire/recorder.ts';
import { ollamaFinish, ollamaUsage, USAGE_FIELDS } from './usage.ts';

type Run = 'text' | 'thinking';

const COUNTED: ReadonlySet<string> = new Set(USAGE_FIELDS);

export class OllamaWire implements WireProtocol {
  readonly doneMarker = false;
  terminated = false;
  readonly #recorder: WireRecorder;
  /** The last value of each field of the response. */
  readonly #fields = new Map<string, unknown>();
  /** The same of its message, without what is joined. */
  readonly #message = new Map<string, unknown>();
  readonly #joined: Record<Run, string> = { text: '', thinking: '' };
  readonly #calls: unknown[] = [];
  #run: Block | null = null;
  /** Last text of each field that this version does not know, so that one repeated with each line is said once. */
  readonly #unknown = new Map<string, string>();

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
  }

  take(data: JsonObject): void {
    const recorder = this.#recorder;
    recorder.type(data['done'] === true ? 'done' : 'message');
    for (const field in data) this.#field(field, data[field]);
    if (data['done'] === true) this.#end(data);
    recorder.mark('meta');
  }

  done(): void {
    // JSON lines have no [DONE].
  }

  accumulated(): unknown {
    if (this.#fields.size === 0) return null;
    const { text, thinking } = this.#joined;
    return {
      ...Object.fromEntries(this.#fields),
      message: {
        ...Object.fromEntries(this.#message),
        content: text,
        ...(thinking !== '' && { thinking }),
        ...(this.#calls.length > 0 && { tool_calls: this.#calls }),
      },
    };
  }

  #field(field: string, value: unknown): void {
    const recorder = this.#recorder;
    switch (field) {
      case 'model':
        if (typeof value !== 'string') this.#keep(field, value);
        else if (value !== '') recorder.response(undefined, value, undefined);
        break;
      case 'message': {
        const message = objectOf(value);
        if (message) for (const part in message) this.#part(part, message[part]);
        else this.#keep(field, value);
        return;
      }
      case 'error':
        recordError(recorder, value, value);
        return;
      case 'logprobs':
        if (this.#run && value !== null) recorder.attach(this.#run, field, value);
        else this.#keep(field, value);
        return;
      case 'created_at':
      case 'done_reason':
        if (typeof value !== 'string') this.#keep(field, value);
        break;
      case 'done':
        if (typeof value !== 'boolean') this.#keep(field, value);
        break;
      default:
        if (!COUNTED.has(field) || typeof value !== 'number') this.#keep(field, value);
    }
    this.#fields.set(field, value);
  }

  /** One field of the message. */
  #part(field: string, value: unknown): void {
    switch (field) {
      case 'content':
      case 'thinking':
        if (typeof value === 'string') this.#say(field === 'content' ? 'text' : field, value);
        else this.#keep(`message.${field}`, value);
        return;
      case 'tool_calls':
        if (!Array.isArray(value)) this.#keep(`message.${field}`, value);
        else for (const call of value) this.#call(call);
        return;
      default:
        if (field !== 'role' || typeof value !== 'string') this.#keep(`message.${field}`, value);
        this.#message.set(field, value);
    }
  }

  /** An empty piece opens and interrupts nothing: each line has one beside thinking and calls. */
  #say(run: Run, piece: string): void {
    if (piece === '') return;
    const recorder = this.#recorder;
    const kind = run === 'text' ? 'text' : 'reasoning';
    if (this.#run?.kind !== kind) {
      this.#closeRun();
      this.#run = recorder.open(run, kind, run);
    }
    this.#joined[run] += piece;
    if (run === 'text') recorder.text(this.#run, piece);
    else recorder.reasoning(this.#run, piece);
  }

  #call(given: unknown): void {
    const recorder = this.#recorder;
    const call = objectOf(given);
    const fn = objectOf(call?.['function']);
    if (!call || !fn) {
      recorder.note('a tool call without a function');
      this.#keep('message.tool_calls', given);
      return;
    }
    this.#closeRun();
    this.#calls.push(given);
    const name = stringOf(fn['name']);
    const callId = stringOf(call['id']);
    const block = recorder.open(`tool${this.#calls.length - 1}`, 'tool', 'function', 0, { name, callId });
    const args = fn['arguments'];
    if (typeof args === 'string') recorder.note('the arguments are a text where Ollama sends an object');
    const text = args === undefined ? null : typeof args === 'string' ? args : JSON.stringify(args);
    recorder.tool(block, name, callId, text);
    for (const field in call) if (field !== 'id' && field !== 'function') recorder.attach(block, field, call[field]);
    if (call['id'] !== undefined && callId === null) recorder.attach(block, 'id', call['id']);
    for (const field in fn)
      if (field !== 'arguments' && (field !== 'name' || name === null))
        recorder.attach(block, `function.${field}`, fn[field]);
    recorder.close(block);
  }

  #closeRun(): void {
    if (this.#run) this.#recorder.close(this.#run);
    this.#run = null;
  }

  #end(data: JsonObject): void {
    const recorder = this.#recorder;
    this.terminated = true;
    this.#closeRun();
    const usage = Object.fromEntries(Object.entries(data).filter(([field]) => COUNTED.has(field)));
    if (Object.keys(usage).length > 0) recorder.usage(ollamaUsage(data), usage);
    const reason = stringOf(data['done_reason']);
    if (reason !== null) recorder.finish(0, ollamaFinish(reason, this.#calls.length > 0));
    recorder.mark('done');
  }

  /** A field that this version does not read, or that is of another type than it should be. */
  #keep(field: string, value: unknown): void {
    if (value === null || value === undefined) return;
    const text = JSON.stringify(value);
    if (this.#unknown.get(field) === text) return;
    this.#unknown.set(field, text);
    this.#recorder.event(field, false, value);
  }
}
