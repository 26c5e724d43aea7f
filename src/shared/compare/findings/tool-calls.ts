/** Tool calls: whether each one leaves the lane whole, under its own name, and is held apart from the others at the end. */
import { isJson } from '../../json/json-object.ts';
import type { LaneId, ToolCall, WireBlock } from '../../model/messages.ts';
import { codePoints } from '../../text/code-points.ts';
import { compact, sameArguments, withoutKey } from '../argument-text.ts';
import { isCall, KEPT_ROW, sameKept } from '../equality.ts';
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
import { atEvent, quote } from '../say.ts';
import { counted } from '../../text/count.ts';
import { callName } from './call-names.ts';
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
    title: 'Name of a tool call altered',
    field: FIELD,
    shape: 'altered',
    help: 'A server that repeats the name with each chunk gets it appended: get_time becomes get_timeget_time, and no such tool exists.\n\nHave the server send the name once, with the first chunk of a call.',
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
  {
    id: 'tool-id-altered',
    title: 'Id of a tool call altered',
    field: FIELD,
    shape: null,
    help: 'A server that repeats the id with each chunk gets all of them joined into one. The call and its result still carry the same id, so the next request is whole.\n\nDo not look for the call under this id at the provider.',
  },
  {
    id: 'tool-call-as-text',
    title: 'A call became answer text',
    field: FIELD,
    shape: null,
    help: 'legacy sends what people read through the tool send_message. With use_assistant_message on, it emits the message in the arguments as answer text instead of the call.\n\nTurn the option off to see the call.',
  },
  {
    id: 'tool-argument-as-reasoning',
    title: 'An argument became reasoning',
    field: FIELD,
    shape: null,
    help: 'legacy takes the argument thinking of a call for the thoughts of the model: it emits the value as reasoning and may leave the key out of the arguments.\n\nName the argument otherwise if the tool needs it.',
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
  for (const part of expectedParts(input, lane)) movedOutOf(input, lane, part, report);
  added(input, lane, calls, report);
  finished(input, lane, unheard, report);
  return [...byKind.values()].flatMap(capped);
}

type Report = (kind: string, draft: Draft) => void;

/** What the lane takes out of the arguments on purpose. */
function movedOutOf(input: ComparisonInput, lane: LaneId, part: ExpectedPart, report: Report): void {
  const { kind, row, noun, wire } = part;
  const got = wire.kind === 'tool' && kind !== 'tool' ? gotText(input, lane, part) : '';
  if (got === '') return;
  const name = callName(input, row.id);
  const base = { event: part.firstEvent, lastEvent: part.lastEvent, blocks: [row.id], severity: 'info' } as const;
  const chars = counted(codePoints(got), 'character');
  if (kind === 'text')
    report('tool-call-as-text', {
      ...base,
      fields: [FIELD, 'text'],
      sentence: `${lane} emits ${chars} from the arguments of ${name} as answer text, first ${atEvent(base.event)}: use_assistant_message asks for it`,
      short: 'as answer text',
    });
  else
    report('tool-argument-as-reasoning', {
      ...base,
      fields: [FIELD, 'reasoning'],
      sentence: `${lane} emits ${chars} from the arguments of ${name} as ${noun}, first ${atEvent(base.event)}`,
      short: 'an argument as reasoning',
    });
}

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
  const name = callName(input, call.row.id);
  if (!strand) {
    unheard.add(call.row.id);
    report('tool-call-lost', {
      ...base,
      severity: 'critical',
      sentence: `${lane} emitted nothing of the call ${name}, ${atEvent(call.firstEvent)}: ${counted(codePoints(call.text), 'character')} of arguments lost`,
      short: `${name} lost`,
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
      sentence: `no message of the call ${name} carries its name in ${lane}, first ${atEvent(firstEvent(strand))}`,
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
  if (held) {
    const missing = codePoints(compact(accepted.at(-1)!)) - codePoints(compact(got));
    const from = call.eventAt(got === '' ? 0 : Math.min(got.length, call.text.length));
    report('tool-arguments-unreleased', {
      ...base,
      event: from,
      severity: 'critical',
      sentence: `${lane} never released ${counted(missing, 'character')} of the arguments of ${name}, there ${atEvent(from)}`,
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
    severity: 'critical',
    short: invalid ? 'arguments not JSON' : 'arguments altered',
    sentence: argumentSentence(input, lane, call, got, before, event, invalid),
    expected: excerpt(call.text),
    got: excerpt(got),
  });
}

function argumentSentence(
  input: ComparisonInput,
  lane: LaneId,
  call: ExpectedPart,
  got: string,
  before: ExpectedPart | undefined,
  event: number | null,
  invalid: boolean,
): string {
  const tail = invalid ? ', not valid JSON' : '';
  const name = callName(input, call.row.id);
  if (before && before.text !== '' && got.startsWith(before.text))
    return `${lane} emits ${name} with the arguments of ${callName(input, before.row.id)} in front, first ${atEvent(event)}${tail}`;
  const more = codePoints(got) - codePoints(call.text);
  const what =
    more > 0
      ? `${counted(more, 'character')} more`
      : more < 0
        ? `${counted(-more, 'character')} fewer`
        : 'other characters';
  return `${lane} altered the arguments of ${name} ${atEvent(event)}: ${what} than the wire${tail}`;
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
  const rows = [KEPT_ROW];
  if (!first) return;
  const base = {
    event: first.firstEvent,
    lastEvent: calls.at(-1)!.lastEvent,
    blocks: calls.map(({ block }) => block),
    rows,
  };
  if (!kept) {
    if (calls.every(({ block }) => unheard.has(block))) return;
    const cut = calls.filter(({ closed }) => !closed).length === calls.length;
    report('tool-call-lost', {
      ...base,
      severity: cut ? 'minor' : 'critical',
      sentence: `${lane} kept no tool call of ${second ? `the ${calls.length}` : callName(input, first.block)}${cut ? ', which the wire never closed' : ''}, first ${atEvent(first.firstEvent)}`,
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
        rows,
        sentence: `${lane} kept ${callName(input, own.block)} and lost ${callName(input, lost.block)} at the end, first ${atEvent(lost.firstEvent)}: ${calls.length} calls became 1`,
        short: '1 kept',
        expected: excerpt(lost.text),
      });
    }
  } else if (second) {
    const event = argumentsStart(input, second);
    const ending = isJson(kept.arguments)
      ? `named ${kept.name}, with the arguments of ${sourceOf(input, calls, kept)}`
      : 'not valid JSON';
    report('tool-calls-merged', {
      ...base,
      event,
      severity: 'critical',
      sentence: `${lane} ran the arguments of ${callName(input, second.block)} into ${callName(input, first.block)} ${atEvent(event)}: ${calls.length} calls became 1, ${ending}`,
      short: `1 of ${calls.length}, merged`,
      expected: excerpt(calls.map(({ text }) => text).join('\n')),
      got: excerpt(kept.arguments),
    });
  } else keptOtherwise(input, lane, first, kept, base, report);
}

const sourceOf = (input: ComparisonInput, calls: readonly WireBlock[], kept: ToolCall): string => {
  const source = calls.find((call) => sameArguments(call.text, kept.arguments));
  return source ? callName(input, source.block) : 'several';
};

function argumentsStart(input: ComparisonInput, call: WireBlock): number {
  const row = input.grid.row(call.block);
  const strand = row && input.strands.get(row)?.wire.tool;
  return strand?.entries.find(({ text }) => text !== '')?.event ?? call.firstEvent;
}

function keptOtherwise(
  input: ComparisonInput,
  lane: LaneId,
  call: WireBlock,
  kept: ToolCall,
  base: Pick<Draft, 'event' | 'lastEvent' | 'blocks' | 'rows'>,
  report: Report,
): void {
  const name = callName(input, call.block);
  const altered = (kind: string, severity: Draft['severity'], said: string, is: string, sentence: string): void =>
    report(kind, { ...base, severity, sentence, short: 'renamed', expected: said, got: is });
  if (kept.name !== (call.name ?? ''))
    altered(
      'tool-name-altered',
      'critical',
      call.name ?? '',
      kept.name,
      `${lane} calls ${quote(kept.name)} what the wire calls ${quote(call.name ?? '')}, first ${atEvent(base.event)}`,
    );
  if (kept.id !== (call.tool_call_id ?? ''))
    altered(
      'tool-id-altered',
      'info',
      call.tool_call_id ?? '',
      kept.id,
      `${lane} keeps the call ${name} under another id than the wire, first ${atEvent(base.event)}: ${quote(kept.id)}`,
    );
  if (sameKept(call, kept)) return;
  const invalid = isJson(call.text) && !isJson(kept.arguments);
  report(invalid ? 'tool-arguments-invalid' : 'tool-arguments-altered', {
    ...base,
    severity: 'critical',
    sentence: `${lane} keeps arguments of ${name} that differ from the wire, first ${atEvent(base.event)}${invalid ? ', not valid JSON' : ''}`,
    short: 'arguments altered',
    expected: excerpt(call.text),
    got: excerpt(kept.arguments),
  });
}

export const TOOL_CALLS: FindingFamily = { kinds: KINDS, find };
