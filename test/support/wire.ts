/** Runs bytes through the framer and the wire lane, for tests. */
import { createWireLane } from '../../src/shared/wire/wire-lane.ts';
import { providerOf, usualEndpoint } from '../../src/shared/providers/registry.ts';
import type { LaneSetup } from '../../src/shared/model/lane.ts';
import type { Emission, WireBlock, WireMessage, WireOutcome } from '../../src/shared/model/messages.ts';
import type { Api, EventSummary, Frame, Framed } from '../../src/shared/model/stream.ts';
import { DEFAULT_OPTIONS, type Ending } from '../../src/shared/model/trace.ts';
import { countsAsEvent, endingOfBody } from '../../src/shared/metrics/ending.ts';
import type { FramingFaults } from '../../src/shared/framing/faults.ts';
import { faultFinderOf } from '../../src/shared/providers/faults-of.ts';
import { framerOf } from '../../src/shared/providers/framer-of.ts';

export { chatBody, chunk, namedBody } from '../../src/shared/lint/example-bodies.ts';

export interface WireRun {
  readonly api: Api;
  readonly outcome: WireOutcome;
  readonly emissions: readonly Emission<WireMessage>[];
  readonly messages: readonly WireMessage[];
  readonly summaries: readonly EventSummary[];
  readonly frames: readonly Frame[];
  /** What the framer gave: the frames, and its notes between them. */
  readonly framed: readonly Framed[];
  /** For the lint. */
  readonly events: readonly EventSummary[];
  frameAt(event: number): Frame | undefined;
  readonly unfinished: boolean;
  readonly faults: FramingFaults;
  /** Of the body as a file, without a head. */
  readonly ending: Ending;
  block(id: string): WireBlock;
}

export function laneSetup(api: Api): LaneSetup {
  return {
    api,
    framing: providerOf(api).framing,
    endpoint: { ...usualEndpoint(api, 'm'), provider_name: 'test' },
    request: {},
    options: DEFAULT_OPTIONS,
    messageId: 'message-00000000-0000-4000-8000-000000000000',
    now: () => '2026-01-01T00:00:00.000Z',
  };
}

/** `cuts`: offsets at which one read ends and the next begins; by default everything comes in one read. */
export function runWire(api: Api, body: Uint8Array | string, cuts: readonly number[] = []): WireRun {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  const { framing } = laneSetup(api);
  const lane = createWireLane(providerOf(api).wire);
  const framer = framerOf(api, framing);
  const emissions: Emission<WireMessage>[] = [...lane.begin()];
  const summaries: EventSummary[] = [];
  const frames: Frame[] = [];
  const framed: Framed[] = [];
  let unfinished = false;
  const pass = (given: readonly Framed[]): void => {
    for (const one of given) {
      framed.push(one);
      emissions.push(...lane.take(one));
      if (one.type === 'unfinished') unfinished = true;
      if (one.type !== 'frame') continue;
      frames.push(one.frame);
      summaries.push(lane.summary(one.frame));
    }
  };
  const ends = [...cuts.filter((cut) => cut > 0 && cut < bytes.length), bytes.length];
  let offset = 0;
  ends.forEach((end, n) => {
    pass(framer.feed({ n, tNs: n * 1_000_000, offset, bytes: bytes.subarray(offset, end) }));
    offset = end;
  });
  pass(framer.end());
  emissions.push(...lane.end());
  const { outcome } = lane.outcome();
  const finder = faultFinderOf(api);
  for (const one of framed) finder.take(one);
  const faults = finder.end();
  return {
    api,
    outcome,
    emissions,
    messages: emissions.map(({ message }) => message),
    summaries,
    frames,
    framed,
    events: summaries,
    frameAt: (event) => frames[event],
    unfinished,
    faults,
    get ending() {
      return endingOfBody(
        api,
        {
          framing,
          head: null,
          bytes: bytes.length,
          events: framed.filter((one) => one.type === 'frame' && countsAsEvent(one.frame, framing)).length,
          bodyStart: bytes.subarray(0, 500),
          unfinished,
          faults,
        },
        outcome,
      );
    },
    block(id) {
      const found = outcome.blocks.find(({ block }) => block === id);
      if (!found) throw new Error(`no block ${id} in ${outcome.blocks.map(({ block }) => block).join(', ')}`);
      return found;
    },
  };
}
