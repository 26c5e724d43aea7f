/**
 * OpenAI Responses on the wire. Blocks are named by output index (`o1`), and the parts of messages and reasoning items
 * by part (`o1/p0` content, `o0/s0` summary). The Response that ends the stream is the provider's own sum and replaces
 * ours, as in the SDK.
 */
import type { Frame } from '../../model/stream.ts';
import { arrayOf, objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { errorField, faultOf, strayFault, type Fault } from '../../wire/faults.ts';
import { Fields, fieldsOf, isPadding, keepReplaced, saysNothing } from '../../wire/fields.ts';
import type { WireProtocol } from '../../wire/protocol.ts';
import type { WireRecorder } from '../../wire/recorder.ts';
import { outputText } from './items.ts';
import { ResponseOutput } from './output.ts';
import { responseFinish, responsesFigures, responsesUsage } from './usage.ts';

/** The events that end a stream, each in its own way. */
export const TERMINAL: ReadonlySet<string> = new Set([
  'response.completed',
  'response.failed',
  'response.incomplete',
  'response.cancelled',
]);
const LIFECYCLE = new Set(['response.created', 'response.queued', 'response.in_progress', ...TERMINAL]);

const OUTPUT_TEXT_DELTA = 'response.output_text.delta';
const ARGUMENTS_DELTA = 'response.function_call_arguments.delta';

export class ResponsesWire implements WireProtocol {
  /** Responses has its own terminal events, but compatible servers end it with [DONE] as well. */
  readonly doneMarker = true;
  terminated = false;
  readonly #recorder: WireRecorder;
  readonly #output: ResponseOutput;
  readonly #event: Fields;
  #response: JsonObject | null = null;
  /** The sequence number to come. */
  #next: number | null = null;

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
    this.#event = new Fields(recorder);
    this.#output = new ResponseOutput(recorder);
  }

  take(data: JsonObject, type: string, frame: Frame): void {
    if (frame.name === type && this.#takePlainDelta(data, type)) return;
    const event = this.#event.of(data);
    event.expect('type', type);
    this.#sequence(event);
    this.#take(event, type, frame);
    event.padding('obfuscation');
    event.rest();
  }

  /**
   * The short way for what most events are: the next delta of text for a part that was added, or of arguments for such a
   * call, with no field that is not expected. Whether it was one.
   */
  #takePlainDelta(data: JsonObject, type: string): boolean {
    const isText = type === OUTPUT_TEXT_DELTA;
    if (!isText && type !== ARGUMENTS_DELTA) return false;
    const { sequence_number, item_id, output_index, delta, obfuscation } = data;
    if (this.#next === null || sequence_number !== this.#next || typeof data['type'] !== 'string') return false;
    const padded = typeof obfuscation === 'string' && isPadding(obfuscation);
    const expected = PLAIN_FIELDS + (padded ? 1 : 0) + (isText ? textFields(data) : 0);
    if (fieldsOf(data) !== expected) return false;
    const taken = isText
      ? this.#output.addText(output_index, item_id, data['content_index'], delta)
      : this.#output.addArguments(output_index, item_id, delta);
    if (taken) this.#next++;
    return taken;
  }

  #take(event: Fields, type: string, frame: Frame): void {
    if (LIFECYCLE.has(type)) return this.#lifecycle(type, event.object('response') ?? {});
    const { data } = event;
    const { error } = data;
    const fault =
      type === 'error' || frame.name === 'error' || error
        ? errorField(data, error || data)
        : type.startsWith('response.')
          ? null
          : strayFault(data);
    if (fault) {
      this.#recorder.error(fault, data);
      event.all();
    } else if (type === 'keepalive') this.#ping(type);
    else this.#output.take(type, event);
  }

  /** Events are numbered one by one, from 0 or 1 on; another number is kept. */
  #sequence(event: Fields): void {
    const number = event.data['sequence_number'];
    if (typeof number !== 'number') return;
    const expected = this.#next ?? (number === 1 ? 1 : 0);
    this.#next = number + 1;
    if (number === expected) event.number('sequence_number');
  }

  done(): void {
    // The terminal event says that the response is over; [DONE] only ends the reading.
  }

  accumulated(): unknown {
    if (!this.#response && this.#output.isEmpty) return null;
    const output = this.terminated ? arrayOf(this.#response?.['output']) : this.#output.value();
    return { ...this.#response, output, output_text: outputText(output) };
  }

  #ping(type: string): void {
    this.#recorder.mark('ping');
    this.#recorder.event(type, true);
  }

  #lifecycle(type: string, response: JsonObject): void {
    const recorder = this.#recorder;
    recorder.mark(type === 'response.created' ? 'start' : TERMINAL.has(type) ? 'done' : 'meta');
    recorder.preview(stringOf(response['status']) ?? '');
    recorder.event(type, true);
    if (this.terminated) {
      recorder.note('a lifecycle event after the terminal one');
      recorder.keep(type, response, true);
      return;
    }
    if (this.#response) {
      if (type === 'response.created') recorder.note('a second response.created');
      keepReplaced(recorder, 'response', this.#response, response);
    }
    this.#response = response;
    recorder.response(
      stringOf(response['id']),
      stringOf(response['model']),
      'service_tier' in response ? stringOf(response['service_tier']) : undefined,
    );
    const usage = objectOf(response['usage']);
    if (usage) recorder.usage({ ...responsesUsage(usage), ...responsesFigures(usage, response) }, usage);
    if (TERMINAL.has(type)) this.#terminal(type, response);
  }

  #terminal(type: string, response: JsonObject): void {
    this.terminated = true;
    const output = arrayOf(response['output']);
    this.#output.takeUnstreamed(output);
    this.#output.keepReplaced(output);
    for (const field of ['output', 'output_text']) this.#keepOverwritten(response, field);
    if (type === 'response.completed') this.#output.closeAll();
    const finish = responseFinish(response, this.#output.hasClientTools);
    this.#recorder.finish(0, finish);
    if (type === 'response.failed') this.#fail(faultOf(response['error']), response);
    // A gateway that ends each response as completed, whatever became of it.
    else if (response['error']) this.#fail(faultOf(response['error']), response);
    if (type === 'response.cancelled')
      this.#fail({ message: 'The response was cancelled at the provider.', type: 'cancelled', code: null }, response);
  }

  /** The sum has a list of items and their text of its own; what the Response says there in another shape is kept. */
  #keepOverwritten(response: JsonObject, field: string): void {
    const value = response[field];
    if (field === 'output' ? !Array.isArray(value) && !saysNothing(value) : !saysNothing(value))
      this.#recorder.keep(`response.${field}`, value, true);
  }

  /** An `error` event and the `response.failed` after it say the same thing once. */
  #fail(fault: Fault, response: JsonObject): void {
    const before = this.#recorder.errors.at(-1);
    if (before && before.message === fault.message) this.#recorder.mark('error');
    else this.#recorder.error(fault, response);
  }
}

/** Of each delta: its type, number, item, the index of that, and what it adds. */
const PLAIN_FIELDS = 5;

/** How many fields a delta of text has beside these: its place in the item, and log probabilities, as long as there are none. */
function textFields({ logprobs }: JsonObject): number {
  return Array.isArray(logprobs) && logprobs.length === 0 ? 2 : 1;
}
