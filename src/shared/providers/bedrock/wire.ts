/** Anthropic's models on Bedrock: the events of Messages, and the exceptions of the service between them. */
import { stringOf, type JsonObject } from '../../json/json-object.ts';
import type { Frame } from '../../model/stream.ts';
import { faultOf, type Fault } from '../../wire/faults.ts';
import type { WireProtocol } from '../../wire/protocol.ts';
import type { WireRecorder } from '../../wire/recorder.ts';
import { MessagesWire } from '../messages/wire.ts';

/** `exception` is one of the service's model, such as throttlingException; `error` one outside of it. */
const FAULTS: ReadonlySet<unknown> = new Set(['exception', 'error']);

export const isFault = ({ headers }: Pick<Frame, 'headers'>): boolean =>
  FAULTS.has(headers?.get(':message-type')?.value);

/** The sentence of an error outside of the service's model. */
const saidBeside = ({ headers }: Frame): string | null => stringOf(headers?.get(':error-message')?.value);

export class BedrockWire implements WireProtocol {
  readonly doneMarker = false;
  readonly #recorder: WireRecorder;
  readonly #messages: MessagesWire;

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
    this.#messages = new MessagesWire(recorder);
  }

  get terminated(): boolean {
    return this.#messages.terminated;
  }

  take(data: JsonObject, type: string, frame: Frame): void {
    if (!isFault(frame)) return this.#messages.take(data, type, frame);
    const { message, code } = faultOf(data);
    this.#recorder.type(frame.name);
    this.#recorder.error({ message: saidBeside(frame) ?? message, type: frame.name, code }, data);
  }

  /** Errors outside of the service's model stand in the headers alone, and an exception may have a bare sentence, or nothing. */
  headerFault(frame: Frame): Fault | null {
    if (!isFault(frame)) return null;
    this.#recorder.type(frame.name);
    const { message } = faultOf(frame.data.trim());
    return { message: saidBeside(frame) ?? message, type: frame.name, code: null };
  }

  done(): void {
    // Amazon's event stream has no [DONE].
  }

  accumulated(): unknown {
    return this.#messages.accumulated();
  }
}
