/**
 * Ollama's /api/chat on the wire: JSON lines, each a whole response with the next piece of its message, the last one with
 * `done: true`. There are no block events: a block is a run of one kind (`text`, `thinking`, after an interruption
 * `text.2`). Tool calls come whole, their arguments as an object, and end the run before them.
 * The fields are those of https://docs.ollama.com/api/chat.
 */
import { objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { errorField, strayFault } from '../../wire/faults.ts';
import { Fields } from '../../wire/fields.ts';
import type { WireProtocol } from '../../wire/protocol.ts';
import type { Block, WireRecorder } from '../../wire/recorder.ts';
import { ollamaFigures, ollamaFinish, ollamaUsage, USAGE_FIELDS } from './usage.ts';

type Run = 'text' | 'thinking';

/** The time of a line, which each line has anew: `2026-01-15T09:00:00.123456789Z`, or with an offset. */
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/;

export class OllamaWire implements WireProtocol {
  readonly doneMarker = false;
  terminated = false;
  readonly #recorder: WireRecorder;
  readonly #line: Fields;
  readonly #message: Fields;
  readonly #call: Fields;
  readonly #function: Fields;
  /** The last value of each field of the response beside its message. */
  readonly #last = new Map<string, unknown>();
  readonly #joined: Record<Run, string> = { text: '', thinking: '' };
  readonly #calls: unknown[] = [];
  #run: Block | null = null;

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
    this.#line = new Fields(recorder);
    this.#message = new Fields(recorder, 'message.');
    this.#call = new Fields(recorder, 'message.tool_calls[].');
    this.#function = new Fields(recorder, 'message.tool_calls[].function.');
  }

  take(data: JsonObject): void {
    const recorder = this.#recorder;
    const line = this.#line.of(data);
    const ends = data['done'] === true;
    recorder.type(ends ? 'done' : 'message');
    for (const field in data) if (field !== 'message' && field !== 'error') this.#last.set(field, data[field]);
    const model = line.string('model');
    if (model) recorder.response(undefined, model, undefined);
    if (TIME.test(stringOf(data['created_at']) ?? '')) line.any('created_at');
    line.expect('done', ends);
    this.#error(line);
    const message = line.object('message');
    if (message) this.#takeMessage(message);
    if (this.#run && data['logprobs'] !== undefined) recorder.attach(this.#run, 'logprobs', line.any('logprobs'));
    if (ends) this.#end(line);
    line.rest();
    recorder.mark('meta');
  }

  done(): void {
    // JSON lines have no [DONE].
  }

  accumulated(): unknown {
    if (this.#last.size === 0) return null;
    const { text, thinking } = this.#joined;
    const message = {
      role: 'assistant',
      content: text,
      ...(thinking !== '' && { thinking }),
      ...(this.#calls.length > 0 && { tool_calls: this.#calls }),
    };
    return { ...Object.fromEntries(this.#last), message };
  }

  #error(line: Fields): void {
    const { data } = line;
    const error = data['error'];
    const fault = error ? errorField(data, error) : objectOf(data['message']) ? null : strayFault(data);
    if (!fault) return;
    this.#recorder.error(fault, data);
    line.all();
  }

  #takeMessage(data: JsonObject): void {
    const message = this.#message.of(data);
    message.expect('role', 'assistant');
    this.#say('thinking', message.string('thinking') ?? '');
    this.#say('text', message.string('content') ?? '');
    for (const call of message.list('tool_calls')) this.#takeCall(call);
    message.rest();
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

  #takeCall(given: unknown): void {
    const recorder = this.#recorder;
    const data = objectOf(given);
    if (!data) return recorder.keep('message.tool_calls[]', given);
    this.#closeRun();
    this.#calls.push(given);
    const call = this.#call.of(data);
    const fn = this.#function.of(call.object('function'));
    const name = fn.string('name');
    const callId = call.string('id');
    const block = recorder.open(`tool${this.#calls.length - 1}`, 'tool', 'function', 0, { name, callId });
    const args = fn.any('arguments');
    if (typeof args === 'string') recorder.note('the arguments are a string where Ollama sends an object');
    recorder.tool(
      block,
      name,
      callId,
      args === undefined || typeof args === 'string' ? (args ?? null) : JSON.stringify(args),
    );
    const index = fn.number('index');
    if (index !== null) recorder.attach(block, 'index', index);
    fn.rest();
    call.rest();
    recorder.close(block);
  }

  #closeRun(): void {
    if (this.#run) this.#recorder.close(this.#run);
    this.#run = null;
  }

  #end(line: Fields): void {
    const recorder = this.#recorder;
    this.terminated = true;
    this.#closeRun();
    const counted = USAGE_FIELDS.filter((field) => typeof line.data[field] === 'number');
    const usage = Object.fromEntries(counted.map((field) => [field, line.number(field)]));
    if (counted.length > 0) recorder.usage({ ...ollamaUsage(line.data), ...ollamaFigures(line.data) }, usage);
    const reason = line.string('done_reason');
    if (reason !== null) recorder.finish(0, ollamaFinish(reason, this.#calls.length > 0));
    recorder.mark('done');
  }
}
