/**
 * Which frames the Python SDKs of 2025 took for events, and with which fields (docs/adapters.md, 10). In SSE they differ from
 * the standard in three ways, which all show in what the framing says of a frame; for Bedrock, Anthropic's SDK made
 * each event an SSE event of its own naming.
 */
import { isPythonInt } from '../../json/python-int.ts';
import type { Frame } from '../../model/stream.ts';

/** An event as the SDK handed it on. */
export interface PythonEvent {
  readonly name: string;
  readonly data: string;
}

/** The name that the SDK gave to what an envelope of Bedrock held. */
const COMPLETION = 'completion';
const ENVELOPE = 'chunk';

export class PythonEvents {
  #idGiven = false;

  /** To be asked for each frame, in order. Null: no event for the SDK. Frames of other framings are events as they are. */
  read(frame: Frame): PythonEvent | null {
    const { sse, headers } = frame;
    if (headers) return bedrockEvent(frame, headers);
    if (sse === undefined) return frame;
    // quirk: bom-loses-first-line
    const fields = sse.afterMark ?? sse;
    if (fields.id !== undefined) this.#idGiven = fields.id !== '';
    // quirk: blank-line-dispatches
    const dispatched =
      fields.dataLines > 0 || fields.name !== '' || this.#idGiven || fields.retries?.some(isPythonInt) === true;
    return dispatched ? fields : null;
  }
}

/** The SDK raised where the service said an exception, or an envelope held nothing; other events it passed over. */
function bedrockEvent({ name, data }: Frame, headers: NonNullable<Frame['headers']>): PythonEvent | null {
  if (headers.get(':message-type')?.value !== 'event') return { name: 'error', data };
  if (headers.get(':event-type')?.value !== ENVELOPE) return null;
  return { name: name === ENVELOPE ? 'error' : COMPLETION, data };
}
