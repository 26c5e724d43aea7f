/** How a stream ends: errors that only one side has, finish reasons that are not kept, cuts that nobody noticed. */
import type { Severity, VerdictField } from '../../model/findings.ts';
import type { AdapterOutcome, LaneId } from '../../model/messages.ts';
import type { TerminalState } from '../../model/trace.ts';
import type { FinishReason } from '../../model/usage.ts';
import { codePoints } from '../../text/code-points.ts';
import { differencesOf, isComplete, KEPT_ROW } from '../equality.ts';
import { faultAt } from '../frame-fault.ts';
import type { ComparisonInput } from '../lane-reading.ts';
import { atEvent, clause, unstopped } from '../say.ts';
import { counted } from '../../text/count.ts';
import type { FindingDraft, FindingFamily } from './finding-kind.ts';

/** The wording of the agent server's driver for an index past seven bits. */
const OUT_OF_RANGE = /^Index must be between/;

function find(input: ComparisonInput, lane: LaneId): readonly FindingDraft[] {
  const outcome = input.adapters[lane];
  if (!outcome) return [];
  const error = outcome.error ? ownError(input, lane, outcome.error) : notReported(input, lane);
  const stopped = outcome.error && outcome.error.stage !== 'after';
  return [...error, ...(stopped ? [] : [...finishLost(input, lane), ...cutUnnoticed(input, lane)])];
}

function notReported(input: ComparisonInput, lane: LaneId): FindingDraft[] {
  const [said] = input.wire.errors;
  if (!said || input.wire.limit !== undefined) return [];
  return [
    {
      kind: 'error-not-reported',
      severity: 'critical',
      event: said.event < 0 ? null : said.event,
      lastEvent: said.event < 0 ? null : said.event,
      blocks: [],
      rows: [KEPT_ROW, ...errorRows(input, [said.event])],
      sentence: `the wire has an error ${said.event < 0 ? 'before the first event' : atEvent(said.event)} (${unstopped(said.message)}) and ${lane} has none`,
      short: 'error not reported',
      expected: said.message,
    },
  ];
}

function ownError(
  input: ComparisonInput,
  lane: LaneId,
  { event, message, stage }: NonNullable<AdapterOutcome['error']>,
): FindingDraft[] {
  const row = event === null ? undefined : input.grid.row(`event:${event}`);
  const base = { event, lastEvent: event, blocks: [], rows: row ? [row.id] : [KEPT_ROW], got: message };
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
  const missing = missingAfter(input, stage === 'after' ? Infinity : event);
  const fault = stage === 'after' ? cutOf(input) : wireFault(input, event);
  if (fault !== null) {
    const where = stage === 'after' ? 'after the last event' : atEvent(event);
    const loss = input.wire.blocks.length === 0 ? nothingToLose(input, lane) : lossOf(missing);
    if (loss === null) return [];
    return [
      {
        ...base,
        rows: [KEPT_ROW, ...errorRows(input, [event, input.wire.errors[0]?.event])],
        kind: 'ended-at-wire-fault',
        severity: loss.severity,
        sentence: `${lane} ended ${where} at a fault of the wire: ${fault}; ${loss.says}`,
        short: stage === 'after' ? 'ended at the cut' : `ended ${where}`,
        expected: fault,
      },
    ];
  }
  if (stage === 'after')
    return [
      {
        ...base,
        kind: 'error-only-here',
        severity: 'major',
        sentence: `${lane} ended in an error after the stream (${unstopped(message)}): the results after it stay unset`,
        short: 'error after the stream',
      },
    ];
  const kind = OUT_OF_RANGE.test(message) ? 'otid-out-of-range' : 'error-only-here';
  return [
    {
      ...base,
      kind,
      severity: 'critical',
      sentence: `${lane} ended ${atEvent(event)} with an error that the wire does not have (${unstopped(message)})${missing && `: ${missing} missing`}`,
      short: `ended ${atEvent(event)}`,
    },
  ];
}

interface Loss {
  readonly severity: Severity;
  readonly says: string;
}

const lossOf = (missing: string): Loss => ({
  severity: missing ? 'critical' : 'major',
  says: [missing && `${missing} missing`, 'nothing of the answer is kept'].filter(Boolean).join(', '),
});

/** Fields in which a lane may differ from a wire that has no answer, without a loss. */
const NO_LOSS: ReadonlySet<VerdictField> = new Set(['ending', 'other parts', 'order']);

/** Of a wire that has no answer; null where the lane ended as it did. */
function nothingToLose(input: ComparisonInput, lane: LaneId): Loss | null {
  // No lane has a place for the finish reason: that it is not kept is no fact of this ending.
  const differences = differencesOf(input, lane).filter(({ field }) => field !== 'finish');
  if (differences.length === 0) return null;
  const severity = differences.every(({ field }) => NO_LOSS.has(field)) ? 'info' : 'minor';
  return { severity, says: 'the wire has no answer that could be lost' };
}

/** Rows of errors that are no block of the wire; one of bytes before the first event stands before it, as one of no event does. */
const errorRows = ({ grid }: ComparisonInput, events: readonly (number | null | undefined)[]): readonly string[] =>
  events.flatMap((event) => (event === undefined ? [] : (grid.row(rowOfError(event))?.id ?? [])));

const rowOfError = (event: number | null): string => (event === null || event < 0 ? 'before' : `event:${event}`);

/** What is wrong with the wire where a lane ended; null where nothing is, so that the error is the lane's own. */
function wireFault(input: ComparisonInput, event: number | null): string | null {
  if (input.wire.limit !== undefined) return clause(input.wire.limit);
  const said = input.wire.errors.find((error) => error.event === event);
  return said ? `an error of the provider (${unstopped(said.message)})` : faultAt(input, event);
}

/** That the stream was cut, as its ending says it; null where it came to its end, or had no event that a lane could read. */
function cutOf(input: ComparisonInput): string | null {
  if (isComplete(input)) return null;
  const [said] = input.wire.errors;
  if (said) return `an error of the provider (${unstopped(said.message)})`;
  return 'a stream without its end';
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
    text > 0 && `${counted(text, 'character')} of text`,
    reasoning > 0 && `${counted(reasoning, 'character')} of reasoning`,
    calls > 0 && counted(calls, 'tool call'),
  ]
    .filter(Boolean)
    .join(', ');
}

/** A reader can do without these: they follow from what else is there. */
const PLAIN: ReadonlySet<FinishReason['unified']> = new Set(['stop', 'tool_use']);

function finishLost(input: ComparisonInput, lane: LaneId): FindingDraft[] {
  const [finish] = input.wire.finish;
  if (!finish) return [];
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
      rows: [KEPT_ROW],
      sentence: `${lane} does not keep the finish reason ${reason}, said ${atEvent(event)}`,
      short: 'not kept',
      expected: reason,
    },
  ];
}

const HOW_CUT: Readonly<Partial<Record<TerminalState, string>>> = {
  reset: 'the connection broke',
  stalled: 'nothing more came',
  cancelled: 'the run was cancelled',
  limit: 'a limit was passed',
};

/** Read from these bytes alone: a lane is told that the body is over, not how. */
function cutUnnoticed(input: ComparisonInput, lane: LaneId): FindingDraft[] {
  const { error, finished } = input.adapters[lane]!;
  const { wire, ending, events } = input;
  if (isComplete(input) || wire.errors.length > 0 || error || !finished) return [];
  const last = events.length > 0 ? events.length - 1 : null;
  const how = (ending && HOW_CUT[ending.state]) ?? 'the stream was cut';
  const reason = wire.finish.length > 0 ? ', though its finish reason had come,' : '';
  return [
    {
      kind: 'cut-unnoticed',
      severity: ending?.state === 'cancelled' ? 'info' : wire.finish.length > 0 ? 'minor' : 'major',
      event: last,
      lastEvent: last,
      blocks: [],
      rows: [KEPT_ROW],
      sentence:
        last === null
          ? `the body has no event, and ${lane} takes that for a finished answer`
          : `${how} after event ${last}${reason} and ${lane} calls it finished`,
      short: 'cut, called finished',
    },
  ];
}

const field = 'ending';
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
      id: 'ended-at-wire-fault',
      title: 'Ended at a fault of the wire',
      field,
      shape: 'error',
      help: 'The wire has a fault there (an error of the provider, an event that is no JSON, bytes that are no text) and the lane ended at it, as most clients do. Nothing of the answer is kept then, and what comes after the fault is not read.\n\nMend the server or the proxy that the lint names. The lane is not at fault.',
    },
    {
      id: 'stop-lost',
      title: 'Finish reason not kept',
      field: 'finish',
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
