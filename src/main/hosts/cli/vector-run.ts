/** Runs one entry of a vector file through a seed lane and compares what came out with what the original gave. */
import { createLane } from '../../../shared/adapters/registry.ts';
import { otidOf } from '../../../shared/adapters/seed/message-writer.ts';
import { isDict, toPlain, toPython, type PyDict, type PyValue } from '../../../shared/json/python-value.ts';
import type { SeedLane, SeedMessage, SeedOutcome } from '../../../shared/model/messages.ts';
import type { Api } from '../../../shared/model/stream.ts';
import type { AdapterEndpoint, AdapterOptions } from '../../../shared/model/trace.ts';
import { SseFramer, type Framed } from '../../../shared/sse/framer.ts';

const UUID = '00000000-0000-4000-8000-000000000000';
const MESSAGE_ID = `message-${UUID}`;
const OTID_INDEX = new Map(Array.from({ length: 128 }, (_, index) => [otidOf(UUID, index), index]));
const STEP_ID = 'step-1';

export interface VectorEntry {
  readonly name: string;
  readonly api: Api;
  readonly adapter: SeedLane;
  readonly endpoint: AdapterEndpoint;
  /** With Python's integers, so that the provider trace can be compared exactly. */
  readonly request: PyValue;
}

export interface Difference {
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

/** Runs the entry's bytes with one option set. Returns the first difference to `expect`, if any. */
export function runVector(entry: VectorEntry, bytes: Uint8Array, options: PyDict, expect: PyDict): Difference | undefined {
  const { api, endpoint, request } = entry;
  const lane = createLane(entry.adapter, {
    api,
    endpoint,
    request,
    options: optionsOf(options),
    messageId: MESSAGE_ID,
    now: () => '2025-10-01T00:00:00+00:00',
    stepId: STEP_ID,
  });
  const events = new EventNumbers();
  const emissions = [...lane.begin()];
  const framer = new SseFramer();
  const pass = (framed: readonly Framed[]): void => {
    for (const item of framed) {
      events.see(item);
      emissions.push(...(lane.take(item) as typeof emissions));
    }
  };
  pass(framer.feed({ n: 0, tNs: 0, offset: 0, bytes }));
  pass(framer.end());
  emissions.push(...(lane.end() as typeof emissions));
  const result = lane.outcome();
  if (result.lane === 'wire') throw new Error('Vectors are of the seed adapters.');
  const got = new Map<string, unknown>([
    ['messages', emissions.map(({ event, message }) => printedMessage(message as SeedMessage, events.numberOf(event)))],
    ...printedOutcome(result.lane, result.outcome, events, expect.has('provider_trace')),
  ]);
  return firstDifference('', withoutPython(expect), toPython(Object.fromEntries(got)));
}

function optionsOf(options: PyDict): AdapterOptions {
  const { put_inner_thoughts_in_kwargs, ...rest } = toPlain(options) as AdapterOptions & { put_inner_thoughts_in_kwargs: boolean };
  return { ...rest, put_inner_thoughts_in_kwarg: put_inner_thoughts_in_kwargs };
}

/** The vectors count the events that the Python SDKs dispatched, the lanes name frames, of which there can be more. */
class EventNumbers {
  readonly #numbers = new Map<number, number>();

  see(item: Framed): void {
    if (item.type === 'frame' && item.frame.seedReading !== null) this.#numbers.set(item.frame.index, this.#numbers.size);
  }

  numberOf(frame: number | null): number | null {
    return frame === null ? null : (this.#numbers.get(frame) ?? null);
  }
}

function printedMessage(message: SeedMessage, event: number | null): unknown {
  const fields = Object.entries(message).filter(([key, value]) => value !== null && key !== 'id' && key !== 'date');
  const printed: Record<string, unknown> = { event, ...Object.fromEntries(fields) };
  if ('otid' in message && message.otid !== null) printed['otid'] = OTID_INDEX.get(message.otid);
  if (message.message_type === 'tool_call_message') printed['tool_call'] = Object.fromEntries(Object.entries(message.tool_call).filter(([, value]) => value !== null));
  return printed;
}

function printedOutcome(lane: SeedLane, outcome: SeedOutcome, events: EventNumbers, withTrace: boolean): [string, unknown][] {
  const { error, provider_trace: trace } = outcome;
  return [
    ['error', error && { stage: error.stage, ...(error.stage === 'stream' && { event: events.numberOf(error.event) }) }],
    ['finished', outcome.finished],
    ['tool_call', outcome.tool_call],
    lane === 'legacy' ? ['reasoning_content', outcome.reasoning_content] : ['content', outcome.content],
    ['usage', outcome.usage],
    ['message_id', outcome.message_id === null ? null : outcome.message_id === MESSAGE_ID ? 'own' : 'foreign'],
    ['provider_message_id', outcome.provider_message_id],
    ['model', outcome.model],
    ...(withTrace ? [['provider_trace', trace && { ...trace, step_id: STEP_ID }] as [string, unknown]] : []),
  ];
}

/** `expect` without the original's exception, which is for information only. */
function withoutPython(expect: PyDict): PyDict {
  const error = expect.get('error');
  if (!isDict(error)) return expect;
  return new Map([...expect, ['error', new Map([...error].filter(([key]) => key !== 'python'))]]);
}

/** The first place where two values differ; the order of an object's keys does not count. */
export function firstDifference(path: string, expected: PyValue | undefined, got: PyValue | undefined): Difference | undefined {
  if (isDict(expected) && isDict(got)) {
    for (const key of new Set([...expected.keys(), ...got.keys()])) {
      const difference = firstDifference(path === '' ? String(key) : `${path}.${String(key)}`, expected.get(key), got.get(key));
      if (difference) return difference;
    }
    return undefined;
  }
  if (Array.isArray(expected) && Array.isArray(got)) {
    for (let i = 0; i < Math.max(expected.length, got.length); i++) {
      const difference = firstDifference(`${path}[${i}]`, expected[i], got[i]);
      if (difference) return difference;
    }
    return undefined;
  }
  return Object.is(expected, got) ? undefined : { path, expected: shown(expected), got: shown(got) };
}

function shown(value: PyValue | undefined): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'bigint' ? String(value) : JSON.stringify(toPlain(value));
}
