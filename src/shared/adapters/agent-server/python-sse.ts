/**
 * Which frames the Python SDKs of 2025 took for events, and with which fields (docs/adapters.md, 10). They differ from the
 * standard in three ways, which all show in what the framing says of a frame.
 */
import { isPythonInt } from '../../json/python-int.ts';
import type { Frame } from '../../model/stream.ts';

/** An event as the SDK handed it on. */
export interface PythonEvent {
  readonly name: string;
  readonly data: string;
}

export class PythonSse {
  #idGiven = false;

  /** To be asked for each frame, in order. Null: no event for the SDK. Frames of other framings are events as they are. */
  read(frame: Frame): PythonEvent | null {
    const { sse } = frame;
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
