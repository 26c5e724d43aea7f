/** Builds a reading's items by hand, for tests of what is folded out of them. */
import { LaneBlocks } from '../../src/shared/model/blocks.ts';
import type { TraceItem } from '../../src/shared/model/items.ts';
import type { AdapterMessage, LaneMessage, WireMessage } from '../../src/shared/model/messages.ts';
import type { EventKind, EventSummary } from '../../src/shared/model/stream.ts';

const MS = 1e6;
const head = { id: 'message-1', date: '2025-10-18T12:00:00Z', otid: null };

export const text = (content: string): AdapterMessage => ({ ...head, message_type: 'assistant_message', content });
export const parts = (content: string): AdapterMessage => ({
  ...head,
  message_type: 'assistant_message',
  content: [{ type: 'text', text: content }],
});
export const reasoning = (content: string): AdapterMessage => ({
  ...head,
  message_type: 'reasoning_message',
  source: 'reasoner_model',
  reasoning: content,
  signature: null,
});
export const call = (name: string | null, id: string | null, args: string | null): AdapterMessage => ({
  ...head,
  message_type: 'tool_call_message',
  tool_call: { name, tool_call_id: id, arguments: args },
});
export const approval = (name: string | null, id: string | null, args: string | null): AdapterMessage => ({
  ...head,
  message_type: 'approval_request_message',
  name: null,
  tool_call: { name, tool_call_id: id, arguments: args },
});
export const stopError: AdapterMessage = { message_type: 'stop_reason', stop_reason: 'error' };

export const wireStart = (
  block: string,
  kind: 'text' | 'tool' | 'reasoning',
  tool?: { name: string; id: string },
): WireMessage => ({
  message_type: 'block_start',
  block,
  kind,
  type: kind,
  choice: 0,
  ...(tool && { name: tool.name, tool_call_id: tool.id }),
});
export const wireText = (block: string, content: string): WireMessage => ({
  message_type: 'assistant_message',
  block,
  content,
});
export const wireArgs = (block: string, args: string): WireMessage => ({
  message_type: 'tool_call_message',
  block,
  tool_call: { name: null, tool_call_id: null, arguments: args },
});
export const wireStop = (block: string, valid: boolean | null = null): WireMessage => ({
  message_type: 'block_stop',
  block,
  valid,
});

export interface Step {
  readonly ms: number;
  readonly kind?: EventKind;
  readonly block?: string;
  readonly chars?: number;
  readonly wire?: readonly WireMessage[];
  readonly legacy?: readonly AdapterMessage[];
  readonly simple?: readonly AdapterMessage[];
}

/** One read with one event for each step, and the messages that each lane emits for it. */
export function itemsOf(steps: readonly Step[]): TraceItem[] {
  const ordinals = { wire: 0, legacy: 0, simple: 0 };
  return steps.flatMap((step, index): TraceItem[] => {
    const tNs = step.ms * MS;
    const event: EventSummary = {
      index,
      start: index * 10,
      end: index * 10 + 10,
      read: index,
      tNs,
      kind: step.kind ?? 'text',
      type: 't',
      preview: '',
      chars: step.chars ?? 0,
      ...(step.block !== undefined && { block: step.block }),
    };
    const emissions = (['wire', 'legacy', 'simple'] as const).flatMap((lane) =>
      (step[lane] ?? []).map((message: LaneMessage): TraceItem => ({
        k: 'message',
        emission: { lane, ordinal: ordinals[lane]++, event: index, message },
      })),
    );
    return [{ k: 'read', n: index, offset: index * 10, length: 10, tNs }, { k: 'event', event }, ...emissions];
  });
}

/** The grid that a list of items folds into. */
export function gridOf(items: readonly TraceItem[]): LaneBlocks {
  const blocks = new LaneBlocks();
  foldInto(blocks, items);
  return blocks;
}

export function foldInto(blocks: LaneBlocks, items: readonly TraceItem[]): void {
  for (const item of items) {
    if (item.k === 'event') blocks.event(item.event);
    else if (item.k === 'message') blocks.message(item.emission);
    else if (item.k === 'outcome') blocks.outcome(item.result);
    else if (item.k === 'ending') blocks.end();
  }
}
