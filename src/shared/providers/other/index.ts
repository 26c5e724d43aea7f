/**
 * Exchanges that are of no API that this version knows: their events are kept as they came, and nothing is asked of them. Only
 * a captured exchange can be one, so it stands beside the registry and not in it: no request is sent as it, and no stream told
 * to be of it.
 */
import { z } from 'zod';
import type { JsonObject } from '../../json/json-object.ts';
import { OTHER_API, type Frame } from '../../model/stream.ts';
import type { WireProtocol } from '../../wire/protocol.ts';
import type { WireRecorder } from '../../wire/recorder.ts';
import { OPENAI } from '../kinds/openai.ts';
import type { ProviderDefinition } from '../provider.ts';

class OtherWire implements WireProtocol {
  readonly doneMarker = false;
  /** Nobody knows its terminator. */
  readonly terminated = false;
  readonly #recorder: WireRecorder;

  constructor(recorder: WireRecorder) {
    this.#recorder = recorder;
  }

  take(data: JsonObject, type: string, frame: Frame): void {
    this.#recorder.mark('meta');
    this.#recorder.preview(frame.data);
    this.#recorder.event(type === '' ? 'event' : type, true, data);
  }

  done(): void {
    // It has no [DONE] of its own.
  }

  accumulated(): unknown {
    return null;
  }
}

export const other: ProviderDefinition = {
  id: OTHER_API,
  label: 'Other API',
  chip: 'OTHER',
  // No kind of server is known to speak it; adapters are not asked.
  endpointKinds: [OPENAI],
  framing: 'bytes',
  agentServer: null,
  terminator: 'the end of the body',
  path: /(?!)/,
  detect: () => null,
  request: {
    empty: {},
    template: () => ({}),
    schema: z.unknown(),
    lastUserText: () => undefined,
    tools: () => [],
    fields: { system: [], turns: [], tools: [] },
  },
  usage: {},
  wire: (recorder) => new OtherWire(recorder),
  rules: [],
};
