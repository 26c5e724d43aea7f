/** How a stream ends: errors that only one side has, finish reasons that are not kept, cuts that nobody noticed. */
import type { Severity } from '../../model/findings.ts';
import type { LaneId } from '../../model/messages.ts';
import type { FinishReason } from '../../model/usage.ts';
import { codePoints } from '../../text/code-points.ts';
import type { ComparisonInput } from '../lane-reading.ts';
import { atEvent, count } from '../say.ts';
import type { FindingDraft, FindingFamily } from './finding-kind.ts';

/** The wording of the agent server's driver for an index past seven bits. */
const OUT_OF_RANGE = /^Index must be between/;

function find(input: ComparisonInput, lane: LaneId): readonly FindingDraft[] {
  const outcome = input.adapters[lane];
  if (!outcome) return [];
  const error = errorFinding(input, lane);
  const stopped = outcome.error && outcome.error.stage !== 'after';
  return [...error, ...(stopped ? [] : [...finishLost(input, lane), ...cutUnnoticed(input, lane)])];
}

function errorFinding(input: ComparisonInput, lane: LaneId): FindingDraft[] {
  const error = input.adapters[lane]!.error;
  const [said] = input.wire.errors;
  if (!error) {
    if (!said || input.wire.limit !== undefined) return [];
    return [
      {
        kind: 'error-not-reported',
        severity: 'critical',
        event: said.event,
        lastEvent: said.event,
        blocks: [],
        sentence: `the wire has an error ${atEvent(said.event)} (${said.message}) and ${lane} has none`,
        short: 'error not reported',
        expected: said.message,
      },
    ];
  }
  const { event, message, stage } = error;
  const base = { event, lastEvent: event, blocks: [], got: message };
  if (stage === 'before')
    return [
      {
        ...base,
        kind: 'error-only-here',
        severity: 'critical',
        sentence: `${lane} refused before anything was read: ${message}`,
        short: 'refused',
      },
    ];
  if (stage === 'after')
    return [
      {
        ...base,
        kind: 'error-only-here',
        severity: 'major',
        sentence: `${lane} ended in an error after the stream (${message}): the results after it stay unset`,
        short: 'error after the stream',
      },
    ];
  if (said && event !== null && said.event <= event) return [];
  const missing = missingAfter(input, event);
  const kind = OUT_OF_RANGE.test(message) ? 'otid-out-of-range' : 'error-only-here';
  return [
    {
      ...base,
      kind,
      severity: 'critical',
      sentence: `${lane} ended ${atEvent(event)} with an error that the wire does not have (${message})${missing && `: ${missing} missing`}`,
      short: `ended ${atEvent(event)}`,
    },
  ];
}

/** What the wire says from a frame on. */
function missingAfter(input: ComparisonInput, event: number | null): string {
  let [text, reasoning] = [0, 0];
  for (const strands of input.strands.values()) {
    for (const entry of strands.wire.text?.entries ?? [])
      if ((entry.event ?? -1) >= (event ?? 0)) text += codePoints(entry.text);
    for (const entry of strands.wire.reasoning?.entries ?? [])
      if ((entry.event ?? -1) >= (event ?? 0)) reasoning += codePoints(entry.text);
  }
  const calls = input.wire.blocks.filter(({ kind, lastEvent }) => kind === 'tool' && lastEvent >= (event ?? 0)).length;
  return [
    text > 0 && `${count(text, 'character')} of text`,
    reasoning > 0 && `${count(reasoning, 'character')} of reasoning`,
    calls > 0 && count(calls, 'tool call'),
  ]
    .filter(Boolean)
    .join(', ');
}

/** A reader can do without these: they follow from what else is there. */
const PLAIN: ReadonlySet<FinishReason['unified']> = new Set(['stop', 'tool_use']);

function finishLost(input: ComparisonInput, lane: LaneId): FindingDraft[] {
  const [finish] = input.wire.finish;
  if (!finish || input.wire.errors.length > 0) return [];
  const emission = input.emissions.wire.findLast(({ message }) => message.message_type === 'finish');
  const event = emission?.event ?? null;
  const severity: Severity = PLAIN.has(finish.unified) ? 'info' : 'major';
  const reason = finish.raw ?? finish.unified;
  return [
    {
      kind: 'stop-lost',
      severity,
      event,
      lastEvent: event,
      blocks: [],
      sentence: `${lane} does not keep the finish reason ${reason}, said ${atEvent(event)}`,
      short: 'not kept',
      expected: reason,
    },
  ];
}

function cutUnnoticed(input: ComparisonInput, lane: LaneId): FindingDraft[] {
  const { wire } = input;
  if (
    wire.terminated ||
    wire.errors.length > 0 ||
    wire.finish.length > 0 ||
    !input.adapters[lane]!.finished ||
    input.adapters[lane]!.error ||
    input.events.length === 0
  )
    return [];
  const last = input.events.length - 1;
  return [
    {
      kind: 'cut-unnoticed',
      severity: 'major',
      event: last,
      lastEvent: last,
      blocks: [],
      sentence: `the stream was cut after event ${last} and ${lane} calls it finished`,
      short: 'cut, called finished',
    },
  ];
}

const field = 'finish';
export const ENDINGS: FindingFamily = {
  kinds: [
    {
      id: 'error-only-here',
      title: 'An error that the wire does not have',
      field,
      shape: 'error',
      help: 'The adapter gave up on a complete stream. Server tools stream their input where it expects none, reasoning items come without encrypted content, an id line makes blank lines count as events.\n\nNothing after the error is emitted and nothing is kept. Avoid what the event shows, or read the wire.',
    },
    {
      id: 'error-not-reported',
      title: 'An error on the wire is not reported',
      field,
      shape: 'error',
      help: 'The provider ended the stream with an error and the adapter continues as if it were complete: an event named error passes on OpenAI unless its data has an error member.\n\nCheck the ending of the wire before using the output.',
    },
    {
      id: 'otid-out-of-range',
      title: 'Too many changes of message kind',
      field,
      shape: 'error',
      help: 'The index in the low seven bits of an otid counts changes of message kind. The 129th ends the stream with an error.\n\nUse shorter turns, or fewer changes between text and tool calls in one answer.',
    },
    {
      id: 'stop-lost',
      title: 'Finish reason not kept',
      field,
      shape: null,
      help: 'Neither adapter keeps why the model stopped. An answer cut at its length limit or by a content filter looks like a complete one.\n\nRead the finish reason from the wire where it is length, content_filter, refusal or pause.',
    },
    {
      id: 'cut-unnoticed',
      title: 'A cut stream is called finished',
      field,
      shape: null,
      help: 'The connection ended without the provider’s terminator. The adapter takes the end of the body for the end of the answer and keeps what it has.\n\nCheck the terminator before acting on a tool call.',
    },
  ],
  find,
};
