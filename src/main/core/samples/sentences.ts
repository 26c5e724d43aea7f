/** What goes wrong in the samples of the first screen, each in one sentence with its numbers; null where it does not. */
import type { ComparisonInput } from '../../../shared/compare/lane-reading.ts';
import { number } from '../../../shared/compare/say.ts';
import type { LaneMessage, LaneId } from '../../../shared/model/messages.ts';
import { codePoints } from '../../../shared/text/code-points.ts';
import { counted } from '../../../shared/text/count.ts';

type Sentence = (input: ComparisonInput) => string | null;

export const SENTENCES: Readonly<Record<string, Sentence>> = {
  'text-lost': (input) => {
    const dropped = wireChars(input, 'text') - saidChars(input, 'legacy');
    const call = input.adapters['legacy']?.tool_call ? 'the call survives' : 'and the call with it';
    return dropped > 0 ? `${counted(dropped, 'character')} dropped, ${call}` : null;
  },
  'calls-merged': (input) => {
    const calls = input.wire.blocks.filter(({ kind }) => kind === 'tool');
    const merged = input.adapters['simple']?.tool_call;
    return merged && calls.length > 1 ? `${calls.length} calls became one, named ${merged.name}` : null;
  },
  'name-repeated': (input) => {
    const name = input.wire.blocks.find(({ kind }) => kind === 'tool')?.name;
    const got = input.adapters['simple']?.tool_call?.name;
    return got && got !== name ? `The call is named ${got}` : null;
  },
  'usage-repeated': (input) => {
    const said = input.wire.usage?.input ?? 0;
    const got = input.adapters['simple']?.usage.prompt_tokens ?? 0;
    return got > said
      ? `${number(got)} tokens in; the wire says ${number(said)}, ${counted(input.wire.usage?.raw.length ?? 0, 'time')}`
      : null;
  },
  'web-search': (input) => {
    const [legacy, simple] = [input.adapters['legacy']?.error, input.adapters['simple']?.error];
    if (!legacy || legacy.event === null || legacy.event !== simple?.event) return null;
    return `Error at event ${number(legacy.event)} of ${number(input.events.length)}; the rest is never read`;
  },
  'reasoning-lost': (input) => {
    const reasoning = wireChars(input, 'reasoning');
    const emitted = (['legacy', 'simple'] as const).some((lane) =>
      input.emissions[lane]?.some(({ message }) => message.message_type === 'reasoning_message'),
    );
    return emitted || reasoning === 0 ? null : `${counted(reasoning, 'character')} of reasoning_content dropped`;
  },
};

const wireChars = ({ wire }: ComparisonInput, kind: 'text' | 'reasoning'): number =>
  wire.blocks.reduce((sum, block) => sum + (block.kind === kind ? codePoints(block.text) : 0), 0);

const saidChars = ({ emissions }: ComparisonInput, lane: LaneId): number =>
  (emissions[lane] ?? []).reduce((sum, { message }) => sum + codePoints(assistantText(message)), 0);

function assistantText(message: LaneMessage): string {
  if (message.message_type !== 'assistant_message') return '';
  return typeof message.content === 'string' ? message.content : message.content.map(({ text }) => text).join('');
}
