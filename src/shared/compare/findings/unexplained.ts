/** What is said of a difference that no finder explains: that it is there, and where. */
import type { VerdictField, Severity } from '../../model/findings.ts';
import type { LaneId } from '../../model/messages.ts';
import { cellOf } from '../../model/block-row.ts';
import { textOf } from '../block-equality.ts';
import { KEPT_ROW, type Difference } from '../equality.ts';
import type { ComparisonInput } from '../lane-reading.ts';
import { atEvent } from '../say.ts';
import { counted } from '../../text/count.ts';
import { changeOf } from '../text-diff.ts';
import { excerpt, type FindingDraft } from './finding-kind.ts';

const KIND: Readonly<Record<VerdictField, readonly [kind: string, severity: Severity]>> = {
  text: ['text-altered', 'major'],
  reasoning: ['reasoning-altered', 'minor'],
  'tool calls': ['tool-arguments-altered', 'critical'],
  approvals: ['approval-too-few', 'major'],
  'other parts': ['part-not-carried', 'info'],
  finish: ['stop-lost', 'info'],
  usage: ['usage-differs', 'minor'],
  order: ['text-reordered', 'major'],
  ending: ['error-not-reported', 'critical'],
};

/** What a lane does not keep as the wire has it. */
const KEPT_NAME: Readonly<Record<VerdictField, string>> = {
  text: 'answer text',
  reasoning: 'reasoning',
  'tool calls': 'tool calls',
  approvals: 'approvals',
  'other parts': 'id and model',
  finish: 'finish reason',
  usage: 'token counts',
  order: 'order of blocks',
  ending: 'ending',
};

const KEPT_KIND: Readonly<Partial<Record<VerdictField, string>>> = {
  text: 'text-not-kept',
  reasoning: 'reasoning-not-kept',
  'tool calls': 'tool-call-lost',
};

/** `differences`: of one field, and all of what is kept or none; at least one. */
export function unexplained(input: ComparisonInput, lane: LaneId, differences: readonly Difference[]): FindingDraft {
  const [{ row: id, field } = { row: KEPT_ROW, field: 'text' as const }] = differences;
  const row = input.grid.row(id);
  const kept = id === KEPT_ROW || !row;
  const [usual, severity] = KIND[field];
  const noCall = kept && field === 'tool calls' && !input.wire.blocks.some((block) => block.kind === 'tool');
  const kind = noCall ? 'tool-call-added' : ((kept ? KEPT_KIND[field] : undefined) ?? usual);
  const event = kept ? null : row.firstEvent;
  const [wire, own] = kept ? ['', ''] : [textOf(row.cells.wire), textOf(cellOf(row, lane))];
  const amount = field === 'ending' ? '' : amountOf(wire, own);
  const more = differences.length > 1 ? `, and in ${counted(differences.length - 1, 'block')} more` : '';
  return {
    kind,
    severity,
    event,
    lastEvent: kept ? null : row.lastEvent,
    blocks: kept ? [] : differences.map((difference) => difference.row),
    fields: [field],
    sentence: kept
      ? `${lane} does not keep the wire's ${KEPT_NAME[field]}`
      : `${lane} differs from the wire in its ${field} ${atEvent(event)}${amount}${more}`,
    short: own === '' && wire !== '' ? 'nothing' : 'differs',
    ...(wire + own !== '' && { expected: excerpt(wire), got: excerpt(own) }),
  };
}

function amountOf(wire: string, own: string): string {
  const change = changeOf(wire, own);
  if (!change) return '';
  const { lost, added } = change;
  const parts = [lost > 0 && `${counted(lost, 'character')} lost`, added > 0 && `${counted(added, 'character')} added`];
  return `: ${parts.filter(Boolean).join(', ')}`;
}
