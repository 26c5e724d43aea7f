/**
 * P6, P8, P8b and P9: from bytes to what a lane holds at the end, each lane by itself; and all three lanes together
 * against the SDK helper that does one accumulation of the same body.
 */
import { createLane, lanesReading } from '../../src/shared/lanes/registry.ts';
import type { LaneSetup } from '../../src/shared/model/lane.ts';
import { DecodePass } from '../../src/shared/lanes/decode-pass.ts';
import { ArgumentScanner } from '../../src/shared/model/argument-scanner.ts';
import { isWireResult, type LaneId, type LaneOutcome } from '../../src/shared/model/messages.ts';
import { APIS, type Api } from '../support/apis.ts';
import type { Read } from '../../src/shared/model/stream.ts';
import { createFramer } from '../../src/shared/framing/registry.ts';
import { laneSetup } from '../support/lanes.ts';
import { sdkChatCompletion, sdkMessage, sdkResponse, type Body } from '../support/sdk.ts';
import { accumulateBodyMinimally, accumulateMinimally } from './floor.ts';
import type { Contest } from './measure.ts';
import { bodyOf, bytesOf, readsOf, textFrames, toolArguments, toolFrames } from './streams.ts';

const TEXT_DELTAS = 20_000;
const READ = 16 * 1024;
const KB = 1024;

/** The wire's own accumulation; of an adapter, which bends the text, whether it got to the end. */
function answerOf(result: LaneOutcome): string {
  if (isWireResult(result)) return result.outcome.blocks.map(({ text }) => text).join('');
  return result.outcome.error === null ? 'done' : 'error';
}

/** One lane over a body. */
async function laneOver(id: LaneId, api: Api, reads: readonly Read[]): Promise<string> {
  const setup = setupOf(api);
  const lane = createLane(id, setup);
  const framer = createFramer(setup.framing);
  lane.begin();
  let [n, offset] = [0, 0];
  for await (const bytes of bodyOf(reads)) {
    for (const framed of framer.feed({ n: n++, tNs: n, offset, bytes })) lane.take(framed);
    offset += bytes.length;
  }
  for (const framed of framer.end()) lane.take(framed);
  lane.end();
  return answerOf(lane.outcome());
}

function setupOf(api: Api): LaneSetup {
  return {
    ...laneSetup(api),
    options: { use_assistant_message: true, put_inner_thoughts_in_kwarg: false, requires_approval_tools: [] },
  };
}

function allLanes(api: Api, reads: readonly Read[]): string {
  const reading = new DecodePass(setupOf(api));
  let items = reading.begin().length;
  for (const read of reads) items += reading.feed(read).length;
  const last = reading.end(0, () => ({ state: 'complete', rule: '' }));
  return items === 0 ? 'nothing' : last.map((item) => (item.k === 'outcome' ? answerOf(item.result) : '')).join('');
}

const HELPERS: Readonly<Record<Api, (body: Body) => Promise<unknown>>> = {
  chat_completions: sdkChatCompletion,
  responses: sdkResponse,
  messages: sdkMessage,
};

/** The helper gets the same reads as the lanes. */
async function helper(api: Api, reads: readonly Read[]): Promise<string> {
  const value = await HELPERS[api](bodyOf(reads));
  return value === undefined ? 'nothing' : 'done';
}

/** legacy has no interface for the Responses API and ends at its first event, so that there is nothing to measure. */
const readers = (api: Api): readonly LaneId[] =>
  lanesReading(api).filter((id) => id !== 'legacy' || api !== 'responses');
const wireSaysTheText =
  (id: LaneId) =>
  (subject: string, floor: string): boolean =>
    subject === (id === 'wire' ? floor : 'done');
const bothAnswer = (subject: string, floor: string): boolean =>
  ![subject, floor].some((answer) => answer === 'nothing' || answer === 'error');

function textContests(api: Api): readonly Contest[] {
  const bytes = bytesOf(textFrames(api, TEXT_DELTAS));
  const reads = readsOf(bytes, READ);
  return [
    ...readers(api).map((id): Contest => ({
      id: 'P6',
      what: `${api}, ${id}: bytes to final message, text, over the minimal accumulator`,
      target: 3.5,
      subject: () => laneOver(id, api, reads),
      floor: () => accumulateBodyMinimally(api, bodyOf(reads)),
      sameAnswer: wireSaysTheText(id),
    })),
    {
      id: 'lanes',
      what: `${api}: all three lanes over the SDK helper alone, text`,
      target: 1,
      subject: () => allLanes(api, reads),
      floor: () => helper(api, reads),
      sameAnswer: bothAnswer,
    },
  ];
}

function toolContests(api: Api): readonly Contest[] {
  const [small, mid, big] = [10 * KB, 100 * KB, 1024 * KB].map((chars) =>
    bytesOf(toolFrames(api, toolArguments(chars))),
  );
  const [midReads, bigReads] = [readsOf(mid!, READ), readsOf(big!, READ)];
  return [
    ...readers(api).flatMap((id): Contest[] => [
      {
        id: 'P8',
        what: `${api}, ${id}: 1 MB of tool arguments, over 100 KB`,
        target: 14,
        subject: () => laneOver(id, api, bigReads),
        floor: () => laneOver(id, api, midReads),
        sameAnswer: bothAnswer,
      },
      {
        id: 'P8b',
        what: `${api}, ${id}: 1 MB of tool arguments, over the minimal accumulator`,
        target: 6,
        subject: () => laneOver(id, api, bigReads),
        floor: () => accumulateBodyMinimally(api, bodyOf(bigReads)),
        sameAnswer: wireSaysTheText(id),
      },
    ]),
    ...(
      [
        ['10 KB', small!],
        ['100 KB', mid!],
        ['1 MB', big!],
      ] as const
    ).map(([size, bytes]): Contest => {
      const reads = readsOf(bytes, READ);
      return {
        id: 'lanes',
        what: `${api}: all three lanes over the SDK helper alone, ${size} of tool arguments`,
        target: 1,
        subject: () => allLanes(api, reads),
        floor: () => helper(api, reads),
        sameAnswer: bothAnswer,
      };
    }),
  ];
}

/** What the window says of growing arguments: when they are valid JSON. */
function watched(pieces: readonly string[]): string {
  const scanner = new ArgumentScanner();
  let valid = false;
  for (const piece of pieces) valid = scanner.feed(piece);
  return valid ? pieces.join('') : 'nothing';
}

function concatenated(pieces: readonly string[]): string {
  let text = '';
  for (const piece of pieces) text += piece;
  return JSON.parse(text) === null ? 'nothing' : text;
}

function liveContests(): readonly Contest[] {
  const text = toolArguments(1024 * KB);
  const pieces: string[] = [];
  for (let at = 0; at < text.length; at += 20) pieces.push(text.slice(at, at + 20));
  return [
    {
      id: 'P9',
      what: 'the window: whether half-received arguments are JSON, 1 MB, over concatenating and one JSON.parse',
      target: 8,
      subject: () => watched(pieces),
      floor: () => concatenated(pieces),
      warmUps: 4,
    },
    ...APIS.flatMap((api): Contest[] => {
      const reads = readsOf(bytesOf(toolFrames(api, text)), READ);
      return readers(api).map((id) => ({
        id: 'P9',
        what: `${api}, ${id}: the lane's live arguments, 1 MB, over concatenating and one JSON.parse of the same events`,
        target: 8,
        subject: () => laneOver(id, api, reads),
        floor: () => JSON.stringify(JSON.parse(accumulateMinimally(api, reads)) === null),
        sameAnswer: bothAnswer,
      }));
    }),
  ];
}

export const ACCUMULATION: readonly (() => readonly Contest[])[] = [
  ...APIS.map((api) => () => textContests(api)),
  ...APIS.map((api) => () => toolContests(api)),
  liveContests,
];
