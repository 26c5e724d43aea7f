/** Tool calls: whether each one leaves the lane whole, under its own name, and is held apart from the others at the end. */
import { isJson } from '../../json/json-object.ts';
import type { LaneId, ToolCall, WireBlock } from '../../model/messages.ts';
import { codePoints } from '../../text/code-points.ts';
import { compact, sameArguments, withoutKey } from '../argument-text.ts';
import { expectedParts, gotText, strandOf, type ExpectedPart } from '../expected.ts';
import {
  eventAt,
  expectationsOf,
  firstEvent,
  lastEvent,
  stoppedAt,
  strandsOf,
  type ComparisonInput,
} from '../lane-reading.ts';
import { atEvent, count, quote } from '../say.ts';
import { capped, excerpt, type FindingDraft, type FindingFamily, type FindingKind } from './finding-kind.ts';

const FIELD = 'tool calls';
const KINDS: readonly FindingKind[] = [
  {
    id: 'tool-calls-merged',
    title: 'Tool calls became one',
    field: FIELD,
    shape: 'merged',
    help: 'The adapter holds one name, one id and one text of arguments for all calls of an answer, so parallel calls are merged. The arguments are then not JSON, or those of the first call under the name of the last.\n\nAsk the provider for one call at a time (parallel_tool_calls: false, disable_parallel_tool_use: true).',
  },
  {
    id: 'tool-call-lost',
    title: 'Tool call lost',
    field: FIELD,
    shape: 'lost',
    help: 'A call on the wire has no message in the lane, or is not kept at the end: only the first call of a chunk and of a choice is read, simple Responses keeps none when there are several, and simple OpenAI ignores a call without arguments.\n\nAsk for one call at a time, or read the calls from the wire.',
  },
  {
    id: 'tool-call-added',
    title: 'Tool call that is not on the wire',
    field: FIELD,
    shape: 'altered',
    help: 'The lane emits a tool call where the wire has none for the client: a server tool or a block of another kind was read as one.\n\nLook at the event: the tool has run already, at the provider.',
  },
  {
    id: 'tool-name-missing',
    title: 'Tool call without a name',
    field: FIELD,
    shape: 'altered',
    help: 'No message of the call carries its name, so a reader cannot know what to run.\n\nThe finished tool call may still have it.',
  },
  {
    id: 'tool-name-altered',
    title: 'Name or id of a tool call altered',
    field: FIELD,
    shape: 'altered',
    help: 'A server that repeats the name or the id with each chunk gets both appended: get_time becomes get_timeget_time.\n\nHave the server send name and id once, with the first chunk of a call.',
  },
  {
    id: 'tool-arguments-altered',
    title: 'Arguments altered',
    field: FIELD,
    shape: 'altered',
    help: 'The arguments that the lane emits for a call are valid, or were not on the wire either, and are not those of the wire: a part appears twice, or the arguments of another call come first.\n\nUse the finished call if it is equal; otherwise read the wire.',
  },
  {
    id: 'tool-arguments-invalid',
    title: 'Arguments are no longer JSON',
    field: FIELD,
    shape: 'altered',
    help: 'The wire has valid JSON and the lane has none: deltas emitted twice, or the arguments of several calls in a row.\n\nAsk for one call at a time; do not join the deltas of this lane.',
  },
  {
    id: 'tool-arguments-unreleased',
    title: 'Arguments never released',
    field: FIELD,
    shape: 'lost',
    help: 'legacy on OpenAI holds the arguments that come in the same chunk as the name until the next chunk. A call in one chunk shows its name and no arguments.\n\nThe finished tool call has them.',
  },
];

type Draft = Omit<FindingDraft, 'kind'>;

function find(input: ComparisonInput, lane: LaneId): readonly FindingDraft[] {
  const calls = expectedParts(input, lane).filter((part) => part.kind === 'tool');
  const byKind = new Map<string, FindingDraft[]>();
  const report = (kind: string, draft: Draft): void => {
    const list = byKind.get(kind) ?? [];
    byKind.set(kind, list);
    list.push({ kind, ...draft });
  };
  const unheard = new Set<string>();
  for (const [index, call] of calls.entries()) messagesOf(input, lane, call, calls[index - 1], unheard, report);
  added(input, lane, calls, report);
  finished(input, lane, unheard, report);
  return [...byKind.values()].flatMap(capped);
}

type Report = (kind: string, draft: Draft) => void;

const nameOf = (part: ExpectedPart): string => part.row.cells.wire[0]?.name ?? 'a tool';

/** What was emitted for a call while it streamed. */
function messagesOf(
  input: ComparisonInput,
  lane: LaneId,
  call: ExpectedPart,
  before: ExpectedPart | undefined,
  unheard: Set<string>,
  report: Report,
): void {
  if (call.converted) return;
  const strand = strandOf(input, lane, call.row, 'tool');
  const base = { event: call.firstEvent, lastEvent: call.lastEvent, blocks: [call.row.id] };
  const stop = stoppedAt(input, lane);
  if (!strand) {
    if (stop !== null) return;
    unheard.add(call.row.id);
    report('tool-call-lost', {
      ...base,
      severity: 'critical',
      sentence: `${lane} emitted nothing of the call ${nameOf(call)}, ${atEvent(call.firstEvent)}: ${count(codePoints(call.text), 'character')} of arguments lost`,
      short: `${nameOf(call)} lost`,
      expected: excerpt(call.text),
    });
    return;
  }
  if (
    call.row.cells.wire[0]?.name &&
    !strand.entries.some(({ emission: { message } }) => 'tool_call' in message && message.tool_call.name)
  ) {
    report('tool-name-missing', {
      ...base,
      severity: 'major',
      event: firstEvent(strand),
      sentence: `no message of the call ${nameOf(call)} carries its name in ${lane}, first ${atEvent(firstEvent(strand))}`,
      short: 'a name missing',
    });
  }
  const got = gotText(input, lane, call);
  const { reasoningArgument: taken } = expectationsOf(input, lane);
  const accepted = [call.text, ...(taken === undefined ? [] : [withoutKey(call.text, taken)])].filter(
    (text) => text !== undefined,
  );
  if (accepted.some((text) => sameArguments(text, got))) return;
  const held = accepted.some((text) => compact(text).startsWith(compact(got)));
  if (held && stop !== null) return;
  if (held) {
    const missing = codePoints(compact(accepted.at(-1)!)) - codePoints(compact(got));
    const from = call.eventAt(got === '' ? 0 : Math.min(got.length, call.text.length));
    report('tool-arguments-unreleased', {
      ...base,
      event: from,
      severity: 'major',
      sentence: `${lane} never released ${count(missing, 'character')} of the arguments of ${nameOf(call)}, there ${atEvent(from)}`,
      short: 'arguments held back',
      expected: excerpt(call.text),
      got: excerpt(got),
    });
    return;
  }
  const invalid = isJson(call.text) && !isJson(got);
  const event = eventAt(strand, Math.min(commonLength(call.text, got), Math.max(0, got.length - 1)));
  report(invalid ? 'tool-arguments-invalid' : 'tool-arguments-altered', {
    ...base,
    event,
    lastEvent: lastEvent(strand),
    severity: invalid ? 'critical' : 'major',
    short: invalid ? 'arguments not JSON' : 'arguments altered',
    sentence: argumentSentence(lane, call, got, before, event, invalid),
    expected: excerpt(call.text),
    got: excerpt(got),
  });
}

function argumentSentence(
  lane: LaneId,
  call: ExpectedPart,
  got: string,
  before: ExpectedPart | undefined,
  event: number | null,
  invalid: boolean,
): string {
  const tail = invalid ? ', not valid JSON' : '';
  if (before && before.text !== '' && got.startsWith(before.text))
    return `${lane} emits ${nameOf(call)} with the arguments of ${nameOf(before)} in front, first ${atEvent(event)}${tail}`;
  const more = codePoints(got) - codePoints(call.text);
  const what =
    more > 0
      ? `${count(more, 'character')} more`
      : more < 0
        ? `${count(-more, 'character')} fewer`
        : 'other characters';
  return `${lane} altered the arguments of ${nameOf(call)} ${atEvent(event)}: ${what} than the wire${tail}`;
}

function commonLength(a: string, b: string): number {
  let n = 0;
  while (n < a.length && n < b.length && a.charCodeAt(n) === b.charCodeAt(n)) n++;
  return n;
}

function added(input: ComparisonInput, lane: LaneId, calls: readonly ExpectedPart[], report: Report): void {
  const expected = new Set(calls.map((call) => call.row));
  const stop = stoppedAt(input, lane);
  for (const row of input.strands.keys()) {
    const strand = strandsOf(input, row, lane).tool;
    const first = strand ? firstEvent(strand) : null;
    if (!strand || expected.has(row) || (stop !== null && (first === null || first >= stop))) continue;
    const name =
      strand.entries
        .map(({ emission: { message } }) => ('tool_call' in message ? message.tool_call.name : null))
        .find(Boolean) ?? 'no name';
    report('tool-call-added', {
      severity: 'major',
      event: first,
      lastEvent: lastEvent(strand),
      blocks: [row.id],
      sentence: `${lane} emits a tool call (${name}) that the wire does not have, first ${atEvent(first)}`,
      short: 'a call added',
      got: excerpt(strand.text),
    });
  }
}

/** What the lane holds as its one finished call. */
function finished(input: ComparisonInput, lane: LaneId, unheard: ReadonlySet<string>, report: Report): void {
  const outcome = input.adapters[lane];
  if (!outcome?.finished || outcome.error) return;
  const calls = input.wire.blocks.filter((block) => block.kind === 'tool');
  const kept = outcome.tool_call;
  const [first, second] = calls;
  if (!first) return;
  const base = { event: first.firstEvent, lastEvent: calls.at(-1)!.lastEvent, blocks: calls.map(({ block }) => block) };
  if (!kept) {
    if (calls.every(({ block }) => unheard.has(block)) || !calls.every(({ closed }) => closed)) return;
    report('tool-call-lost', {
      ...base,
      severity: 'critical',
      sentence: `${lane} kept no tool call of ${calls.length === 1 ? (first.name ?? 'the one on the wire') : `the ${calls.length}`}, first ${atEvent(first.firstEvent)}`,
      short: `0 of ${calls.length} kept`,
    });
    return;
  }
  const own = calls.find((call) => isCall(call, kept));
  if (own) {
    for (const lost of calls.filter((call) => call !== own && !unheard.has(call.block))) {
      report('tool-call-lost', {
        severity: 'critical',
        event: lost.firstEvent,
        lastEvent: lost.lastEvent,
        blocks: [lost.block],
        sentence: `${lane} kept ${own.name} and lost ${lost.name ?? 'a call'} at the end, first ${atEvent(lost.firstEvent)}: ${calls.length} calls became 1`,
        short: '1 kept',
        expected: excerpt(lost.text),
      });
    }
  } else if (second) {
    const event = argumentsStart(input, second);
    const ending = isJson(kept.arguments)
      ? `named ${kept.name}, with the arguments of ${sourceOf(calls, kept)}`
      : 'not valid JSON';
    report('tool-calls-merged', {
      ...base,
      event,
      severity: 'critical',
      sentence: `${lane} ran the arguments of ${idOf(second)} into ${idOf(first)} ${atEvent(event)}: ${calls.length} calls became 1, ${ending}`,
      short: `1 of ${calls.length}, merged`,
      expected: excerpt(calls.map(({ text }) => text).join('\n')),
      got: excerpt(kept.arguments),
    });
  } else keptOtherwise(lane, first, kept, base, report);
}

const idOf = (call: WireBlock): string => call.tool_call_id ?? call.name ?? call.block;
const isCall = (call: WireBlock, kept: ToolCall): boolean =>
  (call.name ?? '') === kept.name &&
  (call.tool_call_id ?? '') === kept.id &&
  (sameArguments(call.text, kept.arguments) || (call.text === '' && compact(kept.arguments) === '{}'));
const sourceOf = (calls: readonly WireBlock[], kept: ToolCall): string =>
  calls.find((call) => sameArguments(call.text, kept.arguments))?.name ?? 'several';

function argumentsStart(input: ComparisonInput, call: WireBlock): number {
  const row = input.grid.row(call.block);
  const strand = row && input.strands.get(row)?.wire.tool;
  return strand?.entries.find(({ text }) => text !== '')?.event ?? call.firstEvent;
}

function keptOtherwise(
  lane: LaneId,
  call: WireBlock,
  kept: ToolCall,
  base: Pick<Draft, 'event' | 'lastEvent' | 'blocks'>,
  report: Report,
): void {
  const renamed = kept.name !== (call.name ?? '') || (call.tool_call_id && kept.id !== call.tool_call_id);
  if (renamed) {
    const [was, is] = kept.name !== (call.name ?? '') ? [call.name, kept.name] : [call.tool_call_id, kept.id];
    report('tool-name-altered', {
      ...base,
      severity: 'critical',
      sentence: `${lane} calls ${quote(is ?? '')} what the wire calls ${quote(was ?? '')}, first ${atEvent(base.event)}`,
      short: 'renamed',
      expected: was ?? '',
      got: is ?? '',
    });
  }
  if (
    !call.closed ||
    sameArguments(call.text, kept.arguments) ||
    (call.text === '' && compact(kept.arguments) === '{}')
  )
    return;
  const invalid = isJson(call.text) && !isJson(kept.arguments);
  report(invalid ? 'tool-arguments-invalid' : 'tool-arguments-altered', {
    ...base,
    severity: 'critical',
    sentence: `${lane} keeps arguments of ${call.name} that differ from the wire, first ${atEvent(base.event)}${invalid ? ', not valid JSON' : ''}`,
    short: 'arguments altered',
    expected: excerpt(call.text),
    got: excerpt(kept.arguments),
  });
}

export const TOOL_CALLS: FindingFamily = { kinds: KINDS, find };
