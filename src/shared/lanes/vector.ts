/** What an adapter's lane makes of a body, written as the vectors write it: runs can be compared with the original's, or kept. */
import { isWireResult, type AdapterMessage, type AdapterOutcome, type LaneId } from '../model/messages.ts';
import type { Api, Framed, Framing } from '../model/stream.ts';
import type { AdapterEndpoint, AdapterOptions } from '../model/trace.ts';
import { framerOf } from '../providers/framer-of.ts';
import type { LaneDefinition } from '../model/lane.ts';
import { laneDefinition } from './registry.ts';
import { otidOf } from '../adapters/agent-server/message-writer.ts';
import { PythonEvents } from '../adapters/agent-server/python-events.ts';

const UUID = '00000000-0000-4000-8000-000000000000';
const MESSAGE_ID = `message-${UUID}`;
const OTID_INDEX = new Map(Array.from({ length: 128 }, (_, index) => [otidOf(UUID, index), index]));
const STEP_ID = 'step-1';

export interface VectorRun {
  readonly api: Api;
  readonly framing: Framing;
  readonly adapter: LaneId;
  readonly endpoint: AdapterEndpoint;
  /** JSON, or Python's values where integers must stay exact in the provider trace. */
  readonly request: unknown;
  readonly options: AdapterOptions;
}

/** The fields of a vector's `expect`; of those, `provider_trace` only when it is asked for. */
export type VectorResult = Readonly<Record<string, unknown>>;

/** Never throws for what is in the bytes: an adapter's error is a result. Throws for a lane that has no vectors. */
export function vectorResult({ adapter, ...run }: VectorRun, bytes: Uint8Array, withTrace: boolean): VectorResult {
  const definition = laneDefinition(adapter);
  const contentField = definition?.contentField;
  if (!contentField) throw new Error(`There are no vectors of a lane ${adapter}.`);
  const lane = definition.create({
    ...run,
    messageId: MESSAGE_ID,
    now: () => '2025-10-01T00:00:00+00:00',
    stepId: STEP_ID,
  });
  const events = new EventNumbers();
  const emissions = [...lane.begin()];
  const framer = framerOf(run.api, run.framing);
  for (const framed of [...framer.feed({ n: 0, tNs: 0, offset: 0, bytes }), ...framer.end()]) {
    events.see(framed);
    emissions.push(...lane.take(framed));
  }
  emissions.push(...lane.end());
  const result = lane.outcome();
  if (isWireResult(result)) throw new Error('Vectors are of the adapters.');
  return {
    messages: emissions.map(({ event, message }) => printedMessage(message as AdapterMessage, events.numberOf(event))),
    ...printedOutcome(contentField, result.outcome, events),
    ...(withTrace && {
      provider_trace: result.outcome.provider_trace && { ...result.outcome.provider_trace, step_id: STEP_ID },
    }),
  };
}

/** The vectors count the events that the Python SDKs dispatched, the lanes name frames, of which there can be more. */
class EventNumbers {
  readonly #sse = new PythonEvents();
  readonly #numbers = new Map<number, number>();

  see(framed: Framed): void {
    if (framed.type === 'frame' && this.#sse.read(framed.frame) !== null)
      this.#numbers.set(framed.frame.index, this.#numbers.size);
  }

  numberOf(frame: number | null): number | null {
    return frame === null ? null : (this.#numbers.get(frame) ?? null);
  }
}

type ContentField = NonNullable<LaneDefinition['contentField']>;

function printedMessage(message: AdapterMessage, event: number | null): unknown {
  const fields = Object.entries(message).filter(([key, value]) => value !== null && key !== 'id' && key !== 'date');
  const printed: Record<string, unknown> = { event, ...Object.fromEntries(fields) };
  if ('otid' in message && message.otid !== null) printed['otid'] = OTID_INDEX.get(message.otid);
  if (message.message_type === 'tool_call_message')
    printed['tool_call'] = Object.fromEntries(Object.entries(message.tool_call).filter(([, value]) => value !== null));
  return printed;
}

function printedOutcome(contentField: ContentField, outcome: AdapterOutcome, events: EventNumbers): VectorResult {
  const { error } = outcome;
  return {
    error: error && { stage: error.stage, ...(error.stage === 'stream' && { event: events.numberOf(error.event) }) },
    finished: outcome.finished,
    tool_call: outcome.tool_call,
    [contentField]: outcome[contentField],
    usage: outcome.usage,
    message_id: outcome.message_id === null ? null : outcome.message_id === MESSAGE_ID ? 'own' : 'foreign',
    provider_message_id: outcome.provider_message_id,
    model: outcome.model,
  };
}
