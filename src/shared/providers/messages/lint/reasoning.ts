/** Rules of Messages on thinking and its signatures. */
import { numberOf, objectOf, stringOf } from '../../../json/json-object.ts';
import { blockDelta, blockStart, blockStop, message, textDelta } from '../../../lint/example-bodies.ts';
import type { LintRule } from '../../../lint/rule.ts';
import { deltaOf, thinking, thought } from './events.ts';

const answered = [blockStart(1), textDelta(1, 'Hi'), blockStop(1)];
const signed = blockDelta(0, { type: 'signature_delta', signature: 'EqQB' });

export const REASONING_RULES: readonly LintRule[] = [
  {
    id: 'signature-twice',
    strict: 'warning',
    lenient: 'info',
    help: 'A thinking block starts with an empty signature, and one signature_delta at its end brings it. Gateways that write a stream anew from a whole answer give it with the start as well, and others cut it in pieces.',
    advice:
      'The SDKs of Anthropic keep the last, and clients that join what comes send a signature that is refused: "invalid signature in thinking block". Keep the last, and report it to the server.',
    example: message(
      'end_turn',
      blockStart(0, { ...thinking, signature: 'EqQB' }),
      thought,
      signed,
      blockStop(0),
      blockStart(1),
      textDelta(1, 'Hi'),
      blockStop(1),
    ),
    counterexample: message(
      'end_turn',
      blockStart(0, thinking),
      thought,
      signed,
      blockStop(0),
      blockStart(1),
      textDelta(1, 'Hi'),
      blockStop(1),
    ),
    check: () => {
      /** Where each block has its signature. */
      const signatures = new Map<number, string>();
      return {
        settled: true,
        event({ frame, type, data }, report) {
          const index = numberOf(data?.['index']);
          if (!data || index === null) return;
          if (type === 'content_block_start') {
            const given = stringOf(objectOf(data['content_block'])?.['signature']);
            if (given) signatures.set(index, 'its start');
            else signatures.delete(index);
          }
          if (type !== 'content_block_delta') return;
          const delta = deltaOf(data);
          if (delta?.['type'] !== 'signature_delta' || !stringOf(delta['signature'])) return;
          const before = signatures.get(index);
          signatures.set(index, 'a signature_delta');
          if (before !== undefined)
            report(frame, `Block ${index} has a signature in ${before}, and one comes with a later signature_delta.`);
        },
      };
    },
  },
  {
    id: 'thinking-after-signature',
    strict: 'warning',
    lenient: 'info',
    help: 'The signature is the last delta of a thinking block, and signs all of its text. Here more thinking follows it.',
    advice:
      'Clients join the text and send it back with a signature of its beginning alone, which is refused: "invalid signature in thinking block". Leave the block out of the history, and report it to the server.',
    example: message('end_turn', blockStart(0, thinking), thought, signed, thought, blockStop(0), ...answered),
    counterexample: message('end_turn', blockStart(0, thinking), thought, signed, blockStop(0), ...answered),
    check: () => {
      const signed = new Set<number>();
      return {
        settled: true,
        event({ frame, type, data }, report) {
          const index = numberOf(data?.['index']);
          if (!data || index === null) return;
          if (type === 'content_block_start') signed.delete(index);
          if (type !== 'content_block_delta') return;
          const delta = deltaOf(data);
          if (delta?.['type'] === 'signature_delta' && stringOf(delta['signature'])) signed.add(index);
          else if (delta?.['type'] === 'thinking_delta' && stringOf(delta['thinking']) && signed.has(index))
            report(frame, `Block ${index} has more thinking after its signature.`, String(index));
        },
      };
    },
  },
  {
    id: 'thinking-unsigned',
    strict: 'warning',
    lenient: 'info',
    help: 'A thinking block has a signature, which comes as its last delta. Gateways drop the signature_delta, or never had one from another model.',
    advice:
      'Sent back with the next turn, as tool use asks for, the block is refused: "invalid signature in thinking block". Leave the block out of the history, and report it to the gateway.',
    example: message('end_turn', blockStart(0, thinking), thought, blockStop(0), ...answered),
    counterexample: message('end_turn', blockStart(0, thinking), thought, signed, blockStop(0), ...answered),
    check: () => ({
      end({ outcome }, report) {
        for (const { type, closed, signature, text, block, lastEvent } of outcome.blocks)
          if (type === 'thinking' && closed && !signature && text !== '')
            report(lastEvent, `The thinking block ${block} was closed without a signature.`);
      },
    }),
  },
  {
    id: 'thinking-last',
    strict: 'warning',
    lenient: 'info',
    help: 'Thinking comes before the text or the call that it is for. Gateways that learn of a signature only at the end write a thinking block for it behind the answer.',
    advice:
      'Anthropic refuses a request that ends with such a message, as one does that asks for the rest of an answer: "The final block in an assistant message cannot be `thinking`". Claude Code shows nothing of such an answer. Leave the block out of the history, and report it to the gateway.',
    example: message(
      'end_turn',
      blockStart(0),
      textDelta(0, 'Hi'),
      blockStop(0),
      blockStart(1, thinking),
      { ...thought, index: 1 },
      { ...signed, index: 1 },
      blockStop(1),
    ),
    counterexample: message('end_turn', blockStart(0, thinking), thought, signed, blockStop(0), ...answered),
    check: () => ({
      end({ outcome: { blocks, finish } }, report) {
        const last = blocks.at(-1);
        const why = finish[0]?.unified;
        // A token limit and a pause end an answer anywhere.
        if (last?.type !== 'thinking' || (why !== 'stop' && why !== 'tool_use')) return;
        if (last.closed && blocks.some(({ type }) => type === 'text' || type === 'tool_use'))
          report(last.firstEvent, `The thinking block ${last.block} is the last block, behind the answer.`);
      },
    }),
  },
  {
    id: 'thinking-redacted-empty',
    strict: 'warning',
    lenient: 'info',
    help: 'A redacted_thinking block brings its encrypted thoughts as data, with its start. Gateways that know only the fields of thinking blocks drop the data.',
    advice:
      'Sent back with the next turn, the block is refused, since its data is required. Leave the block out of the history, and report it to the gateway.',
    example: message('end_turn', blockStart(0, { type: 'redacted_thinking' }), blockStop(0), ...answered),
    counterexample: message(
      'end_turn',
      blockStart(0, { type: 'redacted_thinking', data: 'EqQB' }),
      blockStop(0),
      ...answered,
    ),
    check: () => ({
      end({ outcome }, report) {
        for (const { type, text, block, firstEvent } of outcome.blocks)
          if (type === 'redacted_thinking' && text === '')
            report(firstEvent, `The redacted_thinking block ${block} has no data.`);
      },
    }),
  },
];
