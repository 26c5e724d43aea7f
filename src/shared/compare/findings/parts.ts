/** Parts of the answer for which the lane's messages have no place, and messages that stand for no part of it. */
import type { LaneBlock } from '../../model/block-row.ts';
import { WIRE, type LaneId } from '../../model/messages.ts';
import { blockDifferences } from '../block-equality.ts';
import { KEPT_ROW, keptOf } from '../equality.ts';
import { expectedParts } from '../expected.ts';
import { stoppedAt, type ComparisonInput } from '../lane-reading.ts';
import { atEvent } from '../say.ts';
import { counted } from '../../text/count.ts';
import { Tally, type FindingDraft, type FindingFamily } from './finding-kind.ts';

/** Kinds of blocks that the adapters' contract has no message for. */
const NO_PLACE: ReadonlySet<string> = new Set(['server_tool', 'server_tool_result', 'other', 'hidden']);

function find(input: ComparisonInput, lane: LaneId): readonly FindingDraft[] {
  return [...notCarried(input, lane), ...omitted(input, lane)];
}

function notCarried(input: ComparisonInput, lane: LaneId): FindingDraft[] {
  const stop = stoppedAt(input, lane) ?? Infinity;
  const wanted = new Set(expectedParts(input, lane).map(({ row, kind }) => `${row.id} ${kind}`));
  const tally = new Tally();
  const names = new Map<string, number>();
  for (const row of input.grid.rows) {
    // What an error took away is the error's.
    if ((row.lastEvent ?? 0) >= stop) continue;
    for (const { kind, aspect } of blockDifferences(row, lane)) {
      const isPart = aspect === 'missing' && NO_PLACE.has(kind) && !wanted.has(`${row.id} ${kind}`);
      if (!isPart && aspect !== 'parts') continue;
      tally.add(row.id, 1, row.firstEvent, row.lastEvent);
      for (const name of row.cells[WIRE].flatMap(isPart ? nameOf : partNames))
        names.set(name, (names.get(name) ?? 0) + 1);
    }
  }
  if (!tally.any) return [];
  const all = [...names].map(([name, times]) => (times > 1 ? `${name} (${times})` : name));
  const listed = all.slice(0, MAX_NAMES).join(', ') + (all.length > MAX_NAMES ? ', …' : '');
  const draft = tally.draft(
    'part-not-carried',
    'info',
    `${lane} has no message for ${counted(tally.chars, 'part')} of the answer, first ${atEvent(tally.first)}: ${listed}`,
    `${counted(tally.chars, 'part')} without a message`,
  );
  return [{ ...draft, fields: ['other parts', 'reasoning'] }];
}

const MAX_NAMES = 4;
const nameOf = ({ name, row, kind }: LaneBlock): string =>
  kind === 'hidden' ? 'hidden reasoning' : (name ?? (row.type === '' ? kind : row.type).replaceAll('_', ' '));
const partNames = ({ attachments }: LaneBlock): string[] => attachments.map(({ type }) => type.replaceAll('_', ' '));

/** A message, or a part that is kept, that says there was reasoning which nobody has seen. */
function omitted(input: ComparisonInput, lane: LaneId): FindingDraft[] {
  const outcome = input.adapters[lane];
  const said = (input.emissions[lane] ?? []).filter(
    ({ message }) => message.message_type === 'hidden_reasoning_message' && message.state === 'omitted',
  );
  const kept = outcome && !outcome.error && keptOf(outcome).omitted;
  if (said.length === 0 && !kept) return [];
  const rows = input.grid.rows.flatMap((row) =>
    blockDifferences(row, lane).some(({ kind, aspect }) => kind === 'hidden' && aspect === 'extra') ? [row.id] : [],
  );
  const event = said[0]?.event ?? null;
  return [
    {
      kind: 'reasoning-said-omitted',
      severity: 'info',
      event,
      lastEvent: event,
      blocks: [],
      rows: [...rows, ...(kept ? [KEPT_ROW] : [])],
      sentence: `${lane} says that reasoning was omitted, as it does for each reasoning model; the wire does not say so`,
      short: 'said to be omitted',
    },
  ];
}

export const PARTS: FindingFamily = {
  kinds: [
    {
      id: 'part-not-carried',
      title: 'Parts for which there is no message',
      field: 'other parts',
      shape: null,
      help: 'The wire has more than text, reasoning and calls for the client: tools that the provider runs and their results, citations, log probabilities, encrypted reasoning. The adapters have no message for them.\n\nRead them from the wire where sources or results are to be shown.',
    },
    {
      id: 'reasoning-said-omitted',
      title: 'Reasoning said to be omitted',
      field: 'reasoning',
      shape: null,
      help: 'For a model whose name says that it reasons, the OpenAI interfaces emit one message that reasoning was omitted, whatever the wire has.\n\nNothing is lost by it. Do not take it for a sign that the model reasoned.',
    },
  ],
  find,
};
