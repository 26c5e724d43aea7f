/**
 * What an adapter would emit for each wire block if it lost nothing, under its options. Findings compare with this and
 * not with the bare wire, so that a change that the options ask for is no finding:
 *
 * - Answer text becomes assistant messages, reasoning becomes reasoning messages, a refusal is answer text to its reader.
 * - What else a lane makes of the wire on purpose is in its definition (LaneExpectations): a tool whose arguments become
 *   answer text, so that the call itself is not emitted; an argument that becomes reasoning; text that becomes reasoning,
 *   less any `</thinking>`, which is named, as information.
 * - Server tools, their results, citations and encrypted reasoning have no message type in the adapters' contract: not
 *   expected. A redacted block of Anthropic has one: expected.
 * - Nothing is expected from the frame on at which the lane ended in an error: the error is the finding, and counts it.
 */
import type { BlockRow } from '../model/block-row.ts';
import type { LaneId } from '../model/messages.ts';
import { providerOf } from '../providers/registry.ts';
import { argumentValue } from './argument-text.ts';
import {
  eventAt,
  expectationsOf,
  firstEvent,
  lastEvent,
  stoppedAt,
  strandsOf,
  textBefore,
  type ComparisonInput,
  type Strand,
  type StrandKind,
} from './lane-reading.ts';

export const THINKING_TAG = '</thinking>';

export interface ExpectedPart {
  readonly row: BlockRow;
  readonly kind: Extract<StrandKind, 'text' | 'reasoning' | 'hidden' | 'tool'>;
  readonly text: string;
  /** The wire's messages it is made of. */
  readonly wire: Strand;
  /** Where its text stands unchanged in the wire strand; otherwise it was taken out of arguments or cleaned. */
  readonly verbatim: boolean;
  /** What it is on the wire: named in sentences. */
  readonly noun: 'answer text' | 'refusal' | 'reasoning' | 'tool arguments';
  /** Arguments of a tool call that become other messages, so that the call itself need not be emitted. */
  readonly converted: boolean;
  /** Where the text's unit at `offset` stands in the text of the wire strand. */
  readonly wireOffset: (offset: number) => number;
  /** Frame of the text's character at `offset`. */
  readonly eventAt: (offset: number) => number | null;
  readonly firstEvent: number | null;
  readonly lastEvent: number | null;
}

const cache = new WeakMap<ComparisonInput, Map<LaneId, readonly ExpectedPart[]>>();

/** Worked out once for each input and lane: every finding asks for it. */
export function expectedParts(input: ComparisonInput, lane: LaneId): readonly ExpectedPart[] {
  let lanes = cache.get(input);
  if (!lanes) cache.set(input, (lanes = new Map()));
  let parts = lanes.get(lane);
  if (!parts) lanes.set(lane, (parts = input.grid.rows.flatMap((row) => partsOf(input, lane, row))));
  return parts;
}

function partsOf(input: ComparisonInput, lane: LaneId, row: BlockRow): ExpectedPart[] {
  const wire = input.strands.get(row)?.wire;
  if (!wire) return [];
  const stop = stoppedAt(input, lane);
  const starts = row.cells.wire[0]?.firstEvent ?? null;
  if (stop !== null && (starts === null || starts >= stop)) return [];
  if (row.kind === 'tool') return wire.tool ? toolParts(input, lane, row, wire.tool, stop) : [];
  if ((row.kind === 'text' || row.kind === 'refusal') && wire.text)
    return [textPart(input, lane, row, wire.text, stop)];
  if (row.kind === 'reasoning' && wire.reasoning)
    return [part(row, 'reasoning', wire.reasoning, textBefore(wire.reasoning, stop), 'reasoning')];
  if (row.kind === 'hidden' && wire.hidden && providerOf(input.setup.api).agentServer === 'anthropic')
    return [part(row, 'hidden', wire.hidden, textBefore(wire.hidden, stop), 'reasoning')];
  return [];
}

function textPart(
  input: ComparisonInput,
  lane: LaneId,
  row: BlockRow,
  wire: Strand,
  stop: number | null,
): ExpectedPart {
  const text = textBefore(wire, stop);
  const noun = row.kind === 'refusal' ? 'refusal' : 'answer text';
  if (!textBecomesReasoning(input, lane)) return part(row, 'text', wire, text, noun);
  const cleaned = text.replaceAll(THINKING_TAG, '');
  const own = part(row, 'reasoning', wire, cleaned, noun);
  return cleaned === text ? own : { ...own, verbatim: false, wireOffset: (offset) => beforeCleaning(text, offset) };
}

/** Where the unit at `offset` of a text without its tags stands in the text. */
function beforeCleaning(text: string, offset: number): number {
  let at = offset;
  for (let tag = text.indexOf(THINKING_TAG); tag >= 0 && tag <= at; tag = text.indexOf(THINKING_TAG, tag + 1))
    at += THINKING_TAG.length;
  return at;
}

export const textBecomesReasoning = (input: ComparisonInput, lane: LaneId): boolean =>
  expectationsOf(input, lane).textAsReasoning?.(input.setup) ?? false;

function toolParts(
  input: ComparisonInput,
  lane: LaneId,
  row: BlockRow,
  wire: Strand,
  stop: number | null,
): ExpectedPart[] {
  const args = textBefore(wire, stop);
  const { answerTool, reasoningArgument } = expectationsOf(input, lane);
  const answer = answerTool?.(input.setup);
  const converted = answer ? row.cells.wire[0]?.name === answer.tool : false;
  const call: ExpectedPart = { ...part(row, 'tool', wire, args, 'tool arguments'), converted };
  return [
    ...(reasoningArgument === undefined ? [] : fromArguments(row, wire, args, reasoningArgument, 'reasoning')),
    ...(answer && converted ? fromArguments(row, wire, args, answer.argument, 'text') : []),
    call,
  ];
}

function fromArguments(
  row: BlockRow,
  wire: Strand,
  args: string,
  key: string,
  kind: 'text' | 'reasoning',
): ExpectedPart[] {
  const value = argumentValue(args, key);
  if (value === null || value.text === '') return [];
  return [
    {
      ...part(row, kind, wire, value.text, kind === 'text' ? 'answer text' : 'reasoning'),
      verbatim: false,
      wireOffset: value.offset,
      eventAt: (offset) => eventAt(wire, value.offset(offset)),
      firstEvent: eventAt(wire, value.offset(0)),
      lastEvent: eventAt(wire, value.offset(value.text.length - 1)),
    },
  ];
}

function part(
  row: BlockRow,
  kind: ExpectedPart['kind'],
  wire: Strand,
  text: string,
  noun: ExpectedPart['noun'],
): ExpectedPart {
  return {
    row,
    kind,
    text,
    wire,
    noun,
    verbatim: true,
    converted: false,
    wireOffset: (offset) => offset,
    eventAt: (offset) => eventAt(wire, offset),
    firstEvent: firstEvent(wire),
    lastEvent: lastEvent(wire),
  };
}

/** What the lane emitted for it, up to its error if it had one. */
export function gotText(
  input: ComparisonInput,
  lane: LaneId,
  part: Pick<ExpectedPart, 'row' | 'kind'>,
  kind: StrandKind = part.kind,
): string {
  const strand = strandOf(input, lane, part.row, kind);
  return strand ? textBefore(strand, stoppedAt(input, lane)) : '';
}

export const strandOf = (input: ComparisonInput, lane: LaneId, row: BlockRow, kind: StrandKind): Strand | undefined =>
  strandsOf(input, row, lane)[kind];
