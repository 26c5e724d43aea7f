/**
 * Gemini's streamGenerateContent on the wire: each event is a whole response with the next parts of its candidates. There
 * are no block events: a block is a run of one kind within a candidate (`c0/text`, `c0/thought`, after an interruption
 * `c0/text.2`); a function call comes whole in one part. The finish reason of its last candidate ends the stream.
 * The fields are those of https://ai.google.dev/api/generate-content.
 */
import { objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { errorField, strayFault } from '../../wire/faults.ts';
import { Fields } from '../../wire/fields.ts';
import type { WireProtocol } from '../../wire/protocol.ts';
import type { Block, WireRecorder } from '../../wire/recorder.ts';
import { geminiFinish, geminiUsage } from './usage.ts';

type RunKind = 'text' | 'thought';

/** One candidate while it grows. */
interface Candidate {
  readonly index: number;
  /** The open run of text or thought, and the part of the accumulated response that it is. */
  run: Block | null;
  joined: Record<string, unknown> | null;
  readonly parts: unknown[];
  /** The last value of each of its fields beside the content. */
  readonly fields: Map<string, unknown>;
  calls: number;
  finished: boolean;
}

/** What a part is: the first of these fields that it has. `functionCall` and `text` are read by name. */
const SERVER_PARTS = {
  executableCode: 'server_tool',
  codeExecutionResult: 'server_tool_result',
  functionResponse: 'server_tool_result',
  toolCall: 'server_tool',
  toolResponse: 'server_tool_result',
  inlineData: 'other',
  fileData: 'other',
} as const;
const SERVER_FIELDS = Object.keys(SERVER_PARTS) as readonly (keyof typeof SERVER_PARTS)[];

export class GeminiWire implements WireProtocol {
  readonly doneMarker = false;
  readonly #recorder: WireRecorder;
  readonly #response: Fields;
  readonly #candidate: Fields;
  readonly #content: Fields;
  readonly #part: Fields;
  readonly #call: Fields;
  readonly #candidates = new Map<number, Candidate>();
  /** The last value of each field of the response beside its candidates. */
  readonly #last = new Map<string, unknown>();
  #blocked = false;

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
    this.#response = new Fields(recorder);
    this.#candidate = new Fields(recorder, 'candidates[].');
    this.#content = new Fields(recorder, 'candidates[].content.');
    this.#part = new Fields(recorder, 'candidates[].content.parts[].');
    this.#call = new Fields(recorder, 'candidates[].content.parts[].functionCall.');
  }

  /** Every candidate has its finish reason, or the prompt was refused: Gemini sends no other sign of the end. */
  get terminated(): boolean {
    if (this.#blocked) return true;
    for (const { finished } of this.#candidates.values()) if (!finished) return false;
    return this.#candidates.size > 0;
  }

  take(data: JsonObject): void {
    const recorder = this.#recorder;
    recorder.type('GenerateContentResponse');
    const response = this.#response.of(data);
    if (this.#error(response)) return;
    const model = response.string('modelVersion');
    const id = response.string('responseId');
    recorder.response(id || undefined, model || undefined, undefined);
    for (const field in data) if (field !== 'candidates') this.#last.set(field, data[field]);
    response.list('candidates').forEach((given, place) => {
      const candidate = objectOf(given);
      if (candidate) this.#takeCandidate(candidate, place);
      else recorder.keep('candidates[]', given);
    });
    const usage = response.object('usageMetadata');
    if (usage) recorder.usage(geminiUsage(usage), usage);
    this.#feedback(response);
    response.rest();
    recorder.mark('meta');
  }

  done(): void {
    // Gemini has no [DONE].
  }

  accumulated(): unknown {
    if (this.#last.size === 0 && this.#candidates.size === 0) return null;
    const candidates = [...this.#candidates.values()].map(({ fields, parts }) => ({
      ...Object.fromEntries(fields),
      content: { role: 'model', parts },
    }));
    return { ...Object.fromEntries(this.#last), candidates };
  }

  #error(response: Fields): boolean {
    const { data } = response;
    const error = data['error'];
    const fault = error ? errorField(data, error) : 'candidates' in data ? null : strayFault(data);
    if (!fault) return false;
    this.#recorder.error(fault, data);
    return true;
  }

  /** Why the prompt was refused: there are no candidates then. */
  #feedback(response: Fields): void {
    const feedback = response.object('promptFeedback');
    if (!feedback) return;
    const reason = stringOf(feedback['blockReason']);
    this.#recorder.event('promptFeedback', true, feedback);
    if (reason === null) return;
    this.#blocked = true;
    this.#recorder.finish(0, { unified: 'content_filter', raw: reason });
  }

  #takeCandidate(data: JsonObject, place: number): void {
    const recorder = this.#recorder;
    const fields = this.#candidate.of(data);
    const index = fields.number('index') ?? place;
    const candidate = this.#candidateAt(index);
    recorder.target(`candidate ${index}`);
    for (const field in data) if (field !== 'content') candidate.fields.set(field, data[field]);
    const content = fields.object('content');
    if (content) this.#takeContent(candidate, content);
    for (const field of ['groundingMetadata', 'citationMetadata', 'urlContextMetadata', 'logprobsResult']) {
      const value = fields.object(field);
      if (value) this.#attach(candidate, field, value);
    }
    fields.steady('safetyRatings');
    // Both go on with the stream; what they said last is in the accumulated response.
    for (const field of ['tokenCount', 'avgLogprobs'])
      if (fields.number(field) !== null) recorder.keep(`candidates[].${field}`, data[field], true);
    const message = fields.string('finishMessage');
    if (message) recorder.event('finishMessage', true, message);
    const reason = fields.string('finishReason');
    if (reason) this.#finish(candidate, reason);
    fields.rest();
  }

  #candidateAt(index: number): Candidate {
    let candidate = this.#candidates.get(index);
    if (!candidate) {
      candidate = { index, run: null, joined: null, parts: [], fields: new Map(), calls: 0, finished: false };
      this.#candidates.set(index, candidate);
      this.#recorder.mark('start');
    }
    return candidate;
  }

  #takeContent(candidate: Candidate, data: JsonObject): void {
    const content = this.#content.of(data);
    content.expect('role', 'model');
    for (const given of content.list('parts')) {
      const part = objectOf(given);
      if (part) this.#takePart(candidate, part);
      else this.#recorder.keep('candidates[].content.parts[]', given);
    }
    content.rest();
  }

  #takePart(candidate: Candidate, data: JsonObject): void {
    const recorder = this.#recorder;
    const part = this.#part.of(data);
    const call = part.object('functionCall');
    const server = call ? undefined : SERVER_FIELDS.find((field) => objectOf(data[field]) !== null);
    let block: Block | null;
    if (call) block = this.#takeCall(candidate, call, data);
    else if (server) {
      block = this.#whole(candidate, data, server);
      part.object(server);
    } else block = this.#say(candidate, data['thought'] === true ? 'thought' : 'text', part.string('text') ?? '');
    part.expect('thought', data['thought'] === true);
    const signature = part.string('thoughtSignature');
    if (signature && block?.kind === 'reasoning') recorder.signature(block, signature);
    else if (signature) this.#attach(candidate, 'thoughtSignature', signature, block);
    if (signature && candidate.joined) candidate.joined['thoughtSignature'] = signature;
    part.rest();
    if (call || server) recorder.close(block!);
  }

  /** An empty piece opens and interrupts nothing: it brings the signature of what came before. */
  #say(candidate: Candidate, run: RunKind, piece: string): Block | null {
    if (piece === '') return candidate.run;
    const recorder = this.#recorder;
    const kind = run === 'text' ? 'text' : 'reasoning';
    if (candidate.run?.kind !== kind) {
      this.#closeRun(candidate);
      if (candidate.finished) recorder.note('content after the finish reason');
      candidate.run = recorder.open(`c${candidate.index}/${run}`, kind, run, candidate.index);
      candidate.joined = { text: '', ...(run === 'thought' && { thought: true }) };
      candidate.parts.push(candidate.joined);
    }
    candidate.joined!['text'] += piece;
    if (run === 'text') recorder.text(candidate.run, piece);
    else recorder.reasoning(candidate.run, piece);
    return candidate.run;
  }

  #takeCall(candidate: Candidate, data: JsonObject, whole: JsonObject): Block {
    const recorder = this.#recorder;
    this.#closeRun(candidate);
    candidate.parts.push(whole);
    const call = this.#call.of(data);
    const name = call.string('name');
    const callId = call.string('id');
    const id = `c${candidate.index}/call${candidate.calls++}`;
    const block = recorder.open(id, 'tool', 'functionCall', candidate.index, { name, callId });
    const args = call.any('args');
    recorder.tool(block, name, callId, args === undefined ? null : JSON.stringify(args));
    call.rest();
    return block;
  }

  /** A part that comes whole: code that Gemini ran itself, its result, an image. */
  #whole(candidate: Candidate, data: JsonObject, field: keyof typeof SERVER_PARTS): Block {
    const recorder = this.#recorder;
    this.#closeRun(candidate);
    candidate.parts.push(data);
    const kind = SERVER_PARTS[field];
    const value = objectOf(data[field])!;
    const tool = kind === 'server_tool' ? { name: field, callId: stringOf(value['id']) } : undefined;
    const block = recorder.open(`c${candidate.index}/${field}`, kind, field, candidate.index, tool);
    if (tool) recorder.tool(block, tool.name, tool.callId, JSON.stringify(value));
    else recorder.attach(block, field, value);
    return block;
  }

  #attach({ run }: Candidate, type: string, value: unknown, block = run): void {
    if (block) this.#recorder.attach(block, type, value);
    else this.#recorder.event(type, true, value);
  }

  #closeRun(candidate: Candidate): void {
    if (candidate.run) this.#recorder.close(candidate.run);
    candidate.run = null;
    candidate.joined = null;
  }

  #finish(candidate: Candidate, reason: string): void {
    const recorder = this.#recorder;
    if (candidate.finished) recorder.note('a second finish reason');
    candidate.finished = true;
    this.#closeRun(candidate);
    recorder.finish(candidate.index, geminiFinish(reason, candidate.calls > 0));
  }
}
