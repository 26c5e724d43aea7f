/**
 * A fixture for aimock (https://github.com/CopilotKit/aimock), a mock server for the APIs of models: the last user message to
 * match, what the wire said as the answer, and when its events came.
 */
import type { WireBlock, LaneOutcome, WireOutcome } from '../../../../shared/model/messages.ts';
import { titleOf } from '../../../../shared/providers/title.ts';
import { providerOf } from '../../../../shared/providers/registry.ts';
import { decodedItems, wireOutcomeIn } from '../decoded.ts';
import type { ExportContent, ExportFormat, FilePieces, LeavingTrace, PagedTrace } from '../exported.ts';
import { JsonList, jsonPieces } from '../json-pieces.ts';

export const aimock: ExportFormat = {
  id: 'aimock',
  label: 'aimock fixture',
  description: 'What was asked and answered, with its pace, for tests against an aimock server.',
  loses: 'Without heads, the bounds of reads, and choices after the first.',
  mediaType: 'application/json',
  parts: { request: 'needed', bytes: 'needed' },
  several: true,
  extension: () => '.aimock.json',
  refusal: (trace) =>
    userTextOf(trace) === undefined
      ? `The request of “${trace.facts.title}” is unknown or has no user message, and aimock matches requests by it. Export it as a bundle.`
      : null,
  make: madeOf,
};

async function* madeOf({ traces }: ExportContent): FilePieces {
  const fixtures: object[] = [];
  for (const trace of traces) fixtures.push(await fixtureOf(trace));
  yield* jsonPieces({ fixtures });
  yield '\n';
}

const userTextOf = ({ facts: { api, request } }: PagedTrace): string | undefined =>
  request === undefined ? undefined : providerOf(api).request.lastUserText(request) || undefined;

async function fixtureOf(trace: LeavingTrace): Promise<object> {
  const { facts } = trace;
  const times: number[] = [];
  const results: LaneOutcome[] = [];
  for await (const items of decodedItems(trace))
    for (const item of items)
      if (item.k === 'event') times.push(item.event.tNs);
      else if (item.k === 'outcome') results.push(item.result);
  const outcome = wireOutcomeIn(results);
  const totalNs = facts.metrics.totalNs ?? times.at(-1) ?? 0;
  const cut = facts.ending?.state === 'truncated' || facts.ending?.state === 'reset';
  return {
    match: {
      userMessage: userTextOf(trace) ?? titleOf(facts.api, facts.request, facts.model),
      ...(facts.endpoint.model !== '' && { model: facts.endpoint.model }),
    },
    response: errorOf(trace, outcome) ?? answerOf(outcome),
    ...(facts.timed && times.length > 0 && { recordedTimings: timingsOf(times, totalNs, facts.metrics.startUnknown) }),
    ...(facts.timed && cut && { disconnectAfterMs: millis(totalNs) }),
  };
}

/** aimock takes milliseconds; it replays them with timers, so that three decimals are enough. */
const millis = (ns: number): number => Math.round(ns / 1e3) / 1e3;

/** `startUnknown`: what counts from the request is left out, and aimock sends the first event at once. */
const timingsOf = (times: readonly number[], totalNs: number, startUnknown = false): object => ({
  ...(!startUnknown && { ttftMs: millis(times[0]!) }),
  interChunkDelaysMs: new JsonList(delaysOf(times)),
  ...(!startUnknown && { totalDurationMs: millis(totalNs) }),
});

const DELAYS_AT_ONCE = 4096;

async function* delaysOf(times: readonly number[]): AsyncGenerator<readonly number[]> {
  for (let from = 1; from < times.length; from += DELAYS_AT_ONCE)
    yield times.slice(from, from + DELAYS_AT_ONCE).map((time, at) => millis(Math.max(0, time - times[from + at - 1]!)));
}

function errorOf({ facts }: LeavingTrace, { errors, blocks }: WireOutcome): object | null {
  const status = facts.responseHead?.status ?? 200;
  const [error] = errors;
  if (status < 400 && (error === undefined || blocks.length > 0)) return null;
  return {
    error: {
      message: error?.message ?? facts.ending?.rule ?? `HTTP ${status}`,
      ...(error?.type && { type: error.type }),
      ...(error?.code && { code: error.code }),
    },
    status: status >= 400 ? status : 500,
  };
}

/** One choice: aimock has no place for others. */
function answerOf({ blocks, finish, id, model }: WireOutcome): object {
  const said = blocks.filter(({ choice }) => choice === 0);
  const textsOf = (kind: WireBlock['kind']): readonly string[] =>
    said.flatMap((block) => (block.kind === kind && block.text !== '' ? [block.text] : []));
  const tools = said.filter(({ kind }) => kind === 'tool');
  const text = textsOf('text').join('');
  const reasoning = textsOf('reasoning').join('');
  const [ended] = finish;
  return {
    ...((text !== '' || tools.length === 0) && { content: text }),
    ...(tools.length > 0 && { toolCalls: tools.map(callOf) }),
    ...(text !== '' && tools.length > 0 && { blocks: orderedBlocks(said) }),
    ...(reasoning !== '' && { reasoning }),
    ...(id !== null && { id }),
    ...(model !== null && { model }),
    ...(ended?.unified && FINISH[ended.unified] !== undefined && { finishReason: FINISH[ended.unified] }),
  };
}

const callOf = ({ name, text, tool_call_id: id }: WireBlock): object => ({
  name: name ?? '',
  arguments: text === '' ? '{}' : text,
  ...(id && { id }),
});

const orderedBlocks = (blocks: readonly WireBlock[]): readonly object[] =>
  blocks.flatMap((block): readonly object[] => {
    if (block.kind === 'tool') return [{ type: 'toolCall', ...callOf(block) }];
    return block.kind === 'text' && block.text !== '' ? [{ type: 'text', text: block.text }] : [];
  });

/** In the words of Chat Completions, which aimock translates for the other APIs. */
const FINISH: Readonly<Record<string, string>> = {
  stop: 'stop',
  length: 'length',
  tool_use: 'tool_calls',
  content_filter: 'content_filter',
};
