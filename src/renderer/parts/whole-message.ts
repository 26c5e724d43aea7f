/** What a lane's messages about one block come to, as one whole message. Pure. */
import type { BlockRow, LaneBlock } from '../../shared/model/block-row.ts';
import type { LaneBlocks } from '../../shared/model/blocks.ts';
import { WIRE, type Emission, type LaneMessage } from '../../shared/model/messages.ts';
import { linesOf } from '../components/copy.ts';
import { contentOfMessage } from './emissions.ts';

/** The row an event belongs to: that of its block, else the one whose events surround it. */
export function rowOfEvent(
  blocks: LaneBlocks,
  event: { readonly index: number; readonly block?: string },
): BlockRow | undefined {
  if (event.block !== undefined) return blocks.row(event.block);
  for (let number = blocks.rowCount - 1; number >= 0; number--) {
    const { kind, firstEvent, lastEvent } = blocks.spanOf(number);
    if (kind === 'end' || firstEvent === null || lastEvent === null) continue;
    if (firstEvent <= event.index && event.index <= lastEvent) return blocks.rowAt(number);
  }
  return undefined;
}

const KINDS: Readonly<Partial<Record<LaneMessage['message_type'], readonly LaneBlock['kind'][]>>> = {
  assistant_message: ['text'],
  refusal_message: ['refusal'],
  reasoning_message: ['reasoning'],
  hidden_reasoning_message: ['hidden'],
  tool_call_message: ['tool', 'server_tool'],
  approval_request_message: ['tool', 'server_tool'],
};

/** The emissions that a block was folded from. */
export function emissionsOfBlock(messages: readonly Emission[], block: LaneBlock): readonly Emission[] {
  const { lane, kind, firstEvent, lastEvent, row } = block;
  return messages.filter((emission) => {
    if (emission.lane !== lane) return false;
    const { message, event } = emission;
    if (lane === WIRE) return 'block' in message && message.block === row.id;
    if (event === null || firstEvent === null || lastEvent === null || event < firstEvent || event > lastEvent)
      return false;
    return KINDS[message.message_type]?.includes(kind) ?? kind === 'error';
  });
}

/** The block's messages as one: the head of the first with the content of all. */
export function wholeMessage(emissions: readonly Emission[], block: LaneBlock): unknown {
  const first = emissions.find(({ message }) => contentOfMessage(message) !== null)?.message;
  const text = block.pieces.join('');
  if (!first) return { kind: block.kind, content: text };
  return merged(first, text, block);
}

function merged(first: LaneMessage, text: string, block: LaneBlock): unknown {
  switch (first.message_type) {
    case 'assistant_message':
    case 'refusal_message':
      return { ...first, content: text };
    case 'reasoning_message':
      return { ...first, reasoning: text };
    case 'hidden_reasoning_message':
      return { ...first, hidden_reasoning: first.hidden_reasoning === null ? null : text };
    case 'tool_call_message':
    case 'approval_request_message':
      return { ...first, tool_call: { name: block.name, arguments: text, tool_call_id: block.callId } };
    default:
      return first;
  }
}

/** One JSON message a line, in pieces. */
export const jsonLines = (emissions: readonly Emission[]): Promise<readonly string[]> =>
  linesOf(emissions, ({ message }) => JSON.stringify(message));
