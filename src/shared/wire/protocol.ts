/** What an API's own reader is to the wire lane. Each provider has its own. */
import type { Frame } from '../model/stream.ts';
import type { JsonObject } from '../json/json-object.ts';
import type { Fault } from './faults.ts';

export interface WireProtocol {
  /** Whether a data of exactly `[DONE]` ends the reading, as OpenAI's SDKs have it. */
  readonly doneMarker: boolean;
  /** The terminator was seen: `[DONE]`, `message_stop`, `response.completed` and its kin. */
  readonly terminated: boolean;
  /** One dispatched event whose data is a JSON object. `type` is what the data says it is, else the frame's name. */
  take(data: JsonObject, type: string, frame: Frame): void;
  /** The error that a frame is by what stands beside its data, where that is no JSON object: null for any other frame. */
  headerFault?(frame: Frame): Fault | null;
  /** `[DONE]` came; only where `doneMarker` is true. */
  done(): void;
  /** The provider's own accumulated object so far; null before there is one. Linear in the stream, so not for each event. */
  accumulated(): unknown;
}
