/**
 * OpenAI Responses on the wire. Blocks are named by output index (`o1`), and the parts of messages and reasoning items
 * by part (`o1/p0` content, `o0/s0` summary). The Response that ends the stream is the provider's own sum and replaces
 * ours, as in the SDK.
 */
import type { Frame } from '../../model/stream.ts';
import { arrayOf, objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { recordError, type WireProtocol } from '../../wire/protocol.ts';
import type { WireRecorder } from '../../wire/recorder.ts';
import { outputText } from './items.ts';
import { ResponseOutput } from './output.ts';
import { responseFinish, responsesUsage } from './usage.ts';

/** The events that end a stream, each in its own way. */
export const TERMINAL: ReadonlySet<string> = new Set([
  'response.completed',
  'response.failed',
  'response.incomplete',
  'response.cancelled',
]);
const LIFECYCLE = new Set(['response.created', 'response.queued', 'response.in_progress', ...TERMINAL]);

export class ResponsesWire implements WireProtocol {
  /** Responses has its own terminal events, but compatible servers end it with [DONE] as well. */
  readonly doneMarker = true;
  terminated = false;
  readonly #recorder: WireRecorder;
  readonly #output: ResponseOutput;
  #response: JsonObject | null = null;

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
    this.#output = new ResponseOutput(recorder);
  }

  take(data: JsonObject, type: string, frame: Frame): void {
    const { error } = data;
    if (LIFECYCLE.has(type)) this.#lifecycle(type, objectOf(data['response']) ?? {});
    else if (type === 'error' || frame.name === 'error' || error)
      recordError(this.#recorder, objectOf(error) ?? stringOf(error) ?? data, data);
    else if (type === 'keepalive') this.#ping(type);
    else this.#output.take(type, data);
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
    if (this.terminated) return recorder.note('a lifecycle event after the terminal one');
    if (type === 'response.created' && this.#response) recorder.note('a second response.created');
    this.#response = response;
    recorder.response(
      stringOf(response['id']),
      stringOf(response['model']),
      'service_tier' in response ? stringOf(response['service_tier']) : undefined,
    );
    const usage = objectOf(response['usage']);
    if (usage) recorder.usage(responsesUsage(usage), usage);
    if (TERMINAL.has(type)) this.#terminal(type, response);
  }

  #terminal(type: string, response: JsonObject): void {
    this.terminated = true;
    this.#output.takeUnstreamed(arrayOf(response['output']));
    if (type === 'response.completed') this.#output.closeAll();
    const finish = responseFinish(response, this.#output.hasClientTools);
    this.#recorder.finish(0, finish);
    if (type === 'response.failed') this.#fail(response['error'], response);
    if (type === 'response.incomplete')
      this.#fail(
        {
          message: `The response is incomplete: ${finish.raw ?? 'no reason given'}.`,
          type: 'incomplete',
          code: finish.raw,
        },
        response,
      );
    if (type === 'response.cancelled')
      this.#fail({ message: 'The response was cancelled at the provider.', type: 'cancelled', code: null }, response);
  }

  /** An `error` event and the `response.failed` after it say the same thing once. */
  #fail(error: unknown, response: JsonObject): void {
    const before = this.#recorder.errors.at(-1);
    if (before && before.message === objectOf(error)?.['message']) this.#recorder.mark('error');
    else recordError(this.#recorder, error, response);
  }
}
