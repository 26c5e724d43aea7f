/** What a stream says, by meaning and not by protocol: its texts, each with the time at which each piece of it came. */
import type { ComparisonInput } from '../compare/lane-reading.ts';
import type { Emission, WireMessage } from '../model/messages.ts';

/** The pieces of one text, in order. */
export interface Content {
  /** What it is in any protocol: `text`, `reasoning`, `refusal`, `arguments of call 1`; of a choice other than the first with its number. */
  readonly key: string;
  readonly text: string;
  readonly pieces: readonly Piece[];
}

export interface Piece {
  /** Offset after its last code unit. */
  readonly end: number;
  readonly tNs: number;
  /** The event that brought it. */
  readonly event: number;
}

interface OpenContent {
  text: string;
  readonly pieces: Piece[];
}

export function contentsOf({ emissions, events }: ComparisonInput): readonly Content[] {
  const open = new Map<string, OpenContent>();
  const choices = new Map<string, number>();
  const calls = new Map<string, number>();
  for (const { event, message } of emissions.wire as readonly Emission<WireMessage>[]) {
    if (message.message_type === 'block_start') {
      choices.set(message.block, message.choice);
      if (message.kind === 'tool') calls.set(message.block, calls.size + 1);
    }
    const said = saidBy(message, calls);
    if (!said || said.text === '' || event === null) continue;
    const choice = choices.get(said.block) ?? 0;
    const key = choice === 0 ? said.key : `${said.key} of choice ${choice}`;
    const content = open.get(key) ?? { text: '', pieces: [] };
    open.set(key, content);
    content.text += said.text;
    content.pieces.push({ end: content.text.length, tNs: events[event]?.tNs ?? 0, event });
  }
  return [...open].map(([key, content]) => ({ key, ...content }));
}

interface Said {
  readonly key: string;
  readonly block: string;
  readonly text: string;
}

/** Undefined for a message that adds to no text. */
function saidBy(message: WireMessage, calls: ReadonlyMap<string, number>): Said | undefined {
  switch (message.message_type) {
    case 'assistant_message':
      return { key: 'text', block: message.block, text: message.content };
    case 'refusal_message':
      return { key: 'refusal', block: message.block, text: message.content };
    case 'reasoning_message':
      return { key: 'reasoning', block: message.block, text: message.reasoning };
    case 'tool_call_message': {
      const call = calls.get(message.block);
      const text = message.tool_call.arguments ?? '';
      return call === undefined ? undefined : { key: `arguments of call ${call}`, block: message.block, text };
    }
    default:
      return undefined;
  }
}
