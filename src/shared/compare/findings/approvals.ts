/** Approvals: asked for exactly the tools that are on the list. */
import type { LaneId } from '../../model/messages.ts';
import { expectedParts, strandOf } from '../expected.ts';
import type { ComparisonInput } from '../lane-reading.ts';
import { atEvent, number } from '../say.ts';
import { capped, type FindingDraft, type FindingFamily } from './finding-kind.ts';

function find(input: ComparisonInput, lane: LaneId): readonly FindingDraft[] {
  const listed = new Set(input.setup.options.requires_approval_tools);
  const [few, many]: [FindingDraft[], FindingDraft[]] = [[], []];
  for (const { row, kind, firstEvent, lastEvent } of expectedParts(input, lane)) {
    if (kind !== 'tool') continue;
    const name = row.cells.wire[0]?.name ?? '';
    const messages = strandOf(input, lane, row, 'tool')?.entries ?? [];
    const asking = messages.filter(({ emission: { message } }) => message.message_type === 'approval_request_message');
    const base = { event: firstEvent, lastEvent, blocks: [row.id] };
    if (!listed.has(name)) {
      if (asking.length > 0)
        many.push({
          ...base,
          kind: 'approval-too-many',
          severity: 'major',
          event: asking[0]!.event,
          sentence: `approval asked for ${name || 'a call without a name'}, not on the list, ${atEvent(asking[0]!.event)}`,
          short: `${name} not on the list`,
        });
    } else if (asking.length === 0) {
      few.push({
        ...base,
        kind: 'approval-too-few',
        severity: 'critical',
        sentence: `${lane} does not ask approval for ${name}, which is on the list, ${atEvent(firstEvent)}`,
        short: `${name} not asked`,
      });
    } else if (asking.length < messages.length) {
      const plain = messages.find(({ emission: { message } }) => message.message_type === 'tool_call_message')!;
      few.push({
        ...base,
        kind: 'approval-too-few',
        severity: 'major',
        event: plain.event,
        sentence: `${number(messages.length - asking.length)} of ${number(messages.length)} messages of ${name} in ${lane} are plain tool calls, first ${atEvent(plain.event)}, though it needs approval`,
        short: `${name} asked in part`,
      });
    }
  }
  return [...capped(few), ...capped(many)];
}

export const APPROVALS: FindingFamily = {
  kinds: [
    {
      id: 'approval-too-many',
      title: 'Approval asked for a tool that needs none',
      field: 'approvals',
      shape: 'altered',
      help: 'simple on OpenAI asks approval of every tool as soon as the list holds any name.\n\nKeep the list empty, or expect to approve every call.',
    },
    {
      id: 'approval-too-few',
      title: 'Approval not asked, or only in part',
      field: 'approvals',
      shape: 'altered',
      help: 'A tool on the list runs without approval, or only its first message asks: legacy on OpenAI decides by a name that it has cleared by then, and turns send_message into text before it asks.\n\nDecide by the call id of the first message, not message by message.',
    },
  ],
  find,
};
