/** otid: one for each logical message, so that a reader can join its pieces. */
import type { LaneId } from '../../model/messages.ts';
import { stoppedAt, strandsOf, type ComparisonInput, type Strand } from '../lane-reading.ts';
import { atEvent } from '../say.ts';
import { counted } from '../../text/count.ts';
import { callName } from './call-names.ts';
import { Tally, type FindingDraft, type FindingFamily } from './finding-kind.ts';

function find(input: ComparisonInput, lane: LaneId): readonly FindingDraft[] {
  if (stoppedAt(input, lane) === -1) return [];
  const owners = new Map<string, string>();
  const [shared, split] = [new Tally(), new Tally()];
  let second: Strand | undefined;
  for (const row of input.strands.keys()) {
    for (const strand of Object.values(strandsOf(input, row, lane))) {
      const otids = new Set<string>();
      for (const { otid, event } of numbered(strand)) {
        const owner = owners.get(otid);
        const key = ownerOf(strand);
        if (owner === undefined) owners.set(otid, key);
        else if (owner !== key && !otids.has(otid)) {
          second ??= strand;
          shared.add(row.id, 1, event, event, { expected: 'one otid for each message', got: otid });
        }
        if (otids.size === 1 && !otids.has(otid))
          split.add(row.id, 1, event, event, { expected: [...otids][0]!, got: otid });
        otids.add(otid);
      }
    }
  }
  return [
    ...(shared.any
      ? [
          shared.draft(
            'otid-repeated',
            'info',
            `${lane} gives ${counted(shared.chars, 'message')} the otid of another one, first ${atEvent(shared.first)}${second?.kind === 'tool' ? `: ${callName(input, second.row.id)}` : ''}`,
            'an otid repeated',
          ),
        ]
      : []),
    ...(split.any
      ? [
          split.draft(
            'otid-split',
            'info',
            `${lane} gives the pieces of ${counted(split.chars, 'message')} more than one otid, first ${atEvent(split.first)}`,
            'an otid split',
          ),
        ]
      : []),
  ];
}

function* numbered(strand: Strand): Generator<{ readonly otid: string; readonly event: number | null }> {
  for (const { emission, event } of strand.entries) {
    if ('otid' in emission.message && emission.message.otid) yield { otid: emission.message.otid, event };
  }
}

/** Pieces of text run on over blocks, as do those of reasoning; each tool call stands for itself. */
const ownerOf = (strand: Strand): string => (strand.kind === 'tool' ? `tool ${strand.row.id}` : strand.kind);

export const OTIDS: FindingFamily = {
  kinds: [
    {
      id: 'otid-repeated',
      title: 'One otid for several messages',
      field: null,
      shape: null,
      help: 'Two messages of different kinds, or two tool calls, carry the same otid, so that a reader that joins by otid joins them. simple Responses gives the driver’s index as it stands; calls of one kind in a row share theirs.\n\nJoin by kind and tool call id as well.',
    },
    {
      id: 'otid-split',
      title: 'Several otids for one message',
      field: null,
      shape: null,
      help: 'The pieces of one message carry different otids, so that a reader that joins by otid sees several. The pieces of an approval in legacy Anthropic are one higher than its first; interleaved blocks bump the index at every change.\n\nJoin by tool call id, or by kind and neighbourhood.',
    },
  ],
  find,
};
