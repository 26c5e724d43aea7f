/**
 * What the wire has when all is over, and what a lane keeps of it, a line for each fact: so that a difference which is in no
 * message can be seen. Live and the columns show the same lines.
 */
import type { VerdictField } from '../model/findings.ts';
import type { AdapterOutcome, WireOutcome } from '../model/messages.ts';
import { codePoints } from '../text/code-points.ts';
import { inOneSpacing } from './argument-text.ts';
import { keptOf, keptOfWire, type Kept } from './equality.ts';
import { number } from './say.ts';
import { counted } from '../text/count.ts';

export interface KeptLine {
  readonly field: VerdictField;
  readonly name: string;
  readonly value: string;
}

/** The name of the line of one call. */
export const CALL_LINE = 'Tool call';

/** Calls that have a line of their own. */
const CALLS = 8;

/** `mostSpaced`: arguments that are longer, in UTF-16 units, stay spaced as they came. */
export function wireKeptLines(wire: WireOutcome, mostSpaced?: number): readonly KeptLine[] {
  const calls = wire.blocks.filter(({ kind }) => kind === 'tool');
  const { finish, usage, terminated, errors, limit } = wire;
  return [
    ...contentLines(keptOfWire({ wire }), {}),
    ...calls.slice(0, CALLS).map((call) => callLine(call.name ?? 'no name', call.text, mostSpaced)),
    ...(calls.length > CALLS ? [line('tool calls', 'Tool calls', `${number(calls.length - CALLS)} more`)] : []),
    line('finish', 'Finish', finish.map(({ raw, unified }) => raw ?? unified).join(', ') || 'not reported'),
    line('usage', 'Usage', usage ? `${tokens(usage.input)} → ${tokens(usage.output)}` : 'not reported'),
    line('ending', 'Terminator', terminated ? 'seen' : 'missing'),
    ...errors.map(({ message }) => line('ending', 'Error', message)),
    ...(limit === undefined ? [] : [line('ending', 'Limit', limit)]),
  ];
}

/** `wire`: what it has and the lane does not is said. `mostSpaced`: see wireKeptLines. */
export function laneKeptLines(wire: WireOutcome, outcome: AdapterOutcome, mostSpaced?: number): readonly KeptLine[] {
  const { tool_call: call, usage } = outcome;
  const calls = wire.blocks.filter(({ kind }) => kind === 'tool').length;
  return [
    ...endingLines(wire, outcome),
    ...contentLines(keptOf(outcome), keptOfWire({ wire })),
    ...(calls > 1 || (calls === 1 && !call)
      ? [line('tool calls', 'Tool calls', `${call ? 1 : 0} of ${number(calls)} kept`)]
      : []),
    ...(call ? [callLine(call.name, call.arguments, mostSpaced)] : []),
    ...(wire.finish.length > 0 ? [line('finish', 'Finish', 'not kept')] : []),
    line('usage', 'Usage', `${number(usage.prompt_tokens)} → ${number(usage.completion_tokens)}`),
  ];
}

function endingLines({ errors, terminated }: WireOutcome, { error, finished }: AdapterOutcome): readonly KeptLine[] {
  if (error) return [line('ending', 'Error', error.message)];
  if (errors.length > 0) return [line('ending', 'Error', 'none')];
  return terminated || !finished ? [] : [line('ending', 'Ending', 'called finished')];
}

/** Text and reasoning, each where it is there or `expected`. */
function contentLines(kept: Kept, expected: Partial<Kept>): readonly KeptLine[] {
  const said = [
    kept.reasoning && counted(codePoints(kept.reasoning), 'character'),
    kept.hidden && `${counted(codePoints(kept.hidden), 'character')} hidden`,
    kept.signatures && 'signed',
  ].filter(Boolean);
  const thought = said.length > 0 || expected.reasoning || expected.hidden || expected.signatures;
  return [
    ...(kept.text || expected.text
      ? [line('text', 'Text', kept.text ? counted(codePoints(kept.text), 'character') : 'none kept')]
      : []),
    ...(thought ? [line('reasoning', 'Reasoning', said.join(', ') || 'none kept')] : []),
  ];
}

/** A call as its line has it. */
export const callText = (name: string, args: string, mostSpaced = Number.POSITIVE_INFINITY): string =>
  `${name} ${args.length > mostSpaced ? args : inOneSpacing(args)}`;

const line = (field: VerdictField, name: string, value: string): KeptLine => ({ field, name, value });
const callLine = (name: string, args: string, mostSpaced?: number): KeptLine =>
  line('tool calls', CALL_LINE, callText(name, args, mostSpaced));
const tokens = (value: number | null | undefined): string =>
  value === null || value === undefined ? 'not reported' : number(value);
