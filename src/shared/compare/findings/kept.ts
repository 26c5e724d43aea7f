/** What a lane keeps of the answer when all is over, where that is other than what it has emitted. */
import type { LaneId } from '../../model/messages.ts';
import { codePoints } from '../../text/code-points.ts';
import { KEPT_ROW, keptOf, keptOfWire } from '../equality.ts';
import { strandsOf, type ComparisonInput } from '../lane-reading.ts';
import { counted } from '../../text/count.ts';
import { changeOf } from '../text-diff.ts';
import { excerpt, type FindingDraft, type FindingFamily } from './finding-kind.ts';

function find(input: ComparisonInput, lane: LaneId): readonly FindingDraft[] {
  const outcome = input.adapters[lane];
  // An error leaves all of it unset: that is the error's finding.
  if (!outcome || outcome.error) return [];
  const [wire, kept] = [keptOfWire(input), keptOf(outcome)];
  const drafts: FindingDraft[] = [];
  const add = (draft: Pick<FindingDraft, 'kind' | 'severity' | 'sentence' | 'short'> & Partial<FindingDraft>): void =>
    void drafts.push({ event: null, lastEvent: null, blocks: [], rows: [KEPT_ROW], ...draft });

  const emitted = emittedBy(input, lane);
  for (const what of ['text', 'reasoning'] as const) {
    if (kept[what] === wire[what] || kept[what] === emitted[what]) continue;
    const { kind, name, trimmed, otherwise } = NOT_KEPT[what];
    add({
      kind,
      severity: kept[what].trim() === emitted[what].trim() ? trimmed : otherwise,
      sentence: keptSentence(lane, name, emitted[what], kept[what]),
      short: `${counted(codePoints(kept[what]), 'character')} kept`,
      expected: excerpt(wire[what]),
      got: excerpt(kept[what]),
    });
  }
  if (kept.hidden !== wire.hidden)
    add({
      kind: 'reasoning-not-kept',
      severity: 'minor',
      sentence: `${lane} keeps ${counted(codePoints(kept.hidden), 'character')} of redacted or encrypted reasoning, and the wire has ${counted(codePoints(wire.hidden), 'character')}`,
      short: 'hidden reasoning not kept',
      expected: excerpt(wire.hidden),
      got: excerpt(kept.hidden),
    });
  if (kept.signatures !== wire.signatures)
    add({
      kind: 'reasoning-signature-lost',
      severity: 'minor',
      sentence: `${lane} does not keep every signature of the reasoning: ${counted(codePoints(kept.signatures), 'character')} of ${counted(codePoints(wire.signatures), 'character')} are left at the end`,
      short: 'signature not kept',
      expected: excerpt(wire.signatures),
      got: excerpt(kept.signatures),
    });
  const { id, model } = input.wire;
  for (const [what, said, own] of [
    ['id', id, outcome.provider_message_id],
    ['model', model, outcome.model],
  ] as const)
    if (said !== null && said !== own)
      add({
        kind: 'response-named-otherwise',
        severity: 'info',
        sentence: `${lane} keeps ${own === null ? 'none' : `'${own}'`} as the response's ${what}, the wire says '${said}'`,
        short: `other ${what}`,
        expected: said,
        ...(own !== null && { got: own }),
      });
  return drafts;
}

/** The texts of an answer that a lane keeps: what the finding is, and how grave where only blanks at the ends are lost, and otherwise. */
const NOT_KEPT = {
  text: { kind: 'text-not-kept', name: 'answer text', trimmed: 'minor', otherwise: 'critical' },
  reasoning: { kind: 'reasoning-not-kept', name: 'reasoning', trimmed: 'info', otherwise: 'minor' },
} as const;

/** The texts that the lane's messages make. */
function emittedBy(input: ComparisonInput, lane: LaneId): { readonly text: string; readonly reasoning: string } {
  const joined = (kind: 'text' | 'reasoning'): string =>
    [...input.strands.keys()].map((row) => strandsOf(input, row, lane)[kind]?.text ?? '').join('');
  return { text: joined('text'), reasoning: joined('reasoning') };
}

function keptSentence(lane: LaneId, what: string, emitted: string, kept: string): string {
  const change = changeOf(emitted, kept);
  const length = counted(codePoints(emitted), 'character');
  if (emitted === '') return `${lane} keeps ${counted(codePoints(kept), 'character')} of ${what} and emits none`;
  if (kept === '') return `${lane} emits ${length} of ${what} and keeps nothing of it`;
  const [lost, added] = [change?.lost ?? 0, change?.added ?? 0];
  const parts = [lost > 0 && `without ${lost} of them`, added > 0 && `with ${counted(added, 'other')}`].filter(Boolean);
  return `${lane} emits ${length} of ${what} and keeps ${parts.length > 0 ? `them ${parts.join(' and ')}` : 'them in another order'}`;
}

export const KEPT: FindingFamily = {
  kinds: [
    {
      id: 'text-not-kept',
      title: 'Answer text not kept',
      field: 'text',
      shape: null,
      help: 'People saw the text as it streamed, and what the lane holds at the end is another. simple Responses takes the kept answer from the completed response alone, so that one that differs from its deltas, or never comes, changes it.\n\nThe next request carries what was kept. Keep what was emitted, or read the wire.',
    },
    {
      id: 'reasoning-not-kept',
      title: 'Reasoning not kept as it came',
      field: 'reasoning',
      shape: null,
      help: 'What the lane holds of the reasoning at the end is not what it emitted, or not all that the wire had: legacy strips blanks at its ends, and redacted or encrypted reasoning has a place only in some interfaces.\n\nThe provider needs encrypted reasoning back unchanged: keep it from the wire.',
    },
    {
      id: 'response-named-otherwise',
      title: 'Another id or model of the response',
      field: 'other parts',
      shape: null,
      help: 'The lane keeps an id or a model that is not the one that the wire says last.\n\nNothing of the answer is lost. Take the id from the wire where a report to the provider needs it.',
    },
  ],
  find,
};
