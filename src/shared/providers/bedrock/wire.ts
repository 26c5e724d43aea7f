/** Anthropic's models on Bedrock: the events of Messages, and the exceptions of the service between them. */
import { stringOf, type JsonObject } from '../../json/json-object.ts';
import type { Frame } from '../../model/stream.ts';
import { faultOf } from '../../wire/faults.ts';
import type { WireProtocol } from '../../wire/protocol.ts';
import type { WireRecorder } from '../../wire/recorder.ts';
import { MessagesWire } from '../messages/wire.ts';

/** `exception` is one of the service's model, such as throttlingException; `error` one outside of it. */
const FAULTS: ReadonlySet<unknown> = new Set(['exception', 'error']);

export const isFault = ({ headers }: Pick<Frame, 'headers'>): boolean =>
  FAULTS.has(headers?.get(':message-type')?.value);

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
    const outside = stringOf(frame.headers?.get(':error-message')?.value);
    this.#recorder.type(frame.name);
    this.#recorder.error({ message: outside ?? message, type: frame.name, code }, data);
  }

  done(): void {
    // Amazon's event stream has no [DONE].
  }

  accumulated(): unknown {
    return this.#messages.accumulated();
  }
}
