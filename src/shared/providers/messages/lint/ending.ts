/** Rules of Messages on how an answer ends. */
import { objectOf, stringOf, type JsonObject } from '../../../json/json-object.ts';
import {
  blockStart,
  blockStop,
  message,
  messageDelta,
  messagesExample,
  messageStop,
  textDelta,
} from '../../../lint/example-bodies.ts';
import type { LintRule } from '../../../lint/rule.ts';
import {
  afterTerminator,
  CONTENT_AFTER_FINISH,
  finishElsewhere,
  finishTwice,
  finishWord,
  firstText,
  foreignDone,
} from '../../../lint/shared/ending.ts';
import { deltaOf } from './events.ts';
import { HEALTHY, hi } from './examples.ts';

const STOP_REASONS = [
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
];

const FINISH_NAMES = new Set(['stop_reason', 'stopReason', 'finish_reason', 'finishReason']);

function finishIn(data: JsonObject, type: string): { readonly where: string; readonly reason: string } | null {
  if (type === 'message_delta' && stringOf(deltaOf(data)?.['stop_reason'])) return null;
  const names = FINISH_NAMES;
  if (type === 'message_delta') {
    const found = firstText(deltaOf(data), names);
    if (found) return { where: `the delta of message_delta says ${found.field}`, reason: found.text };
  }
  const inside = type === 'message_stop' ? firstText(objectOf(data['message']), names) : null;
  const found = type === 'message_delta' || type === 'message_stop' ? (firstText(data, names) ?? inside) : null;
  return found && { where: `${type} says ${found.field}`, reason: found.text };
}

export const ENDING_RULES: readonly LintRule[] = [
  afterTerminator(({ type }) => (type === 'message_stop' ? type : null), {
    example: messagesExample(...hi(), messageDelta('end_turn'), messageStop, { type: 'ping' }),
    counterexample: messagesExample(...hi({ type: 'ping' }), messageDelta('end_turn'), messageStop),
  }),
  foreignDone(
    'The SDKs of Anthropic pass over it. Clients that parse the data of each event as JSON fail there, at the end of every answer. Stop reading at message_stop, and report it to the server.',
    {
      example: { ...HEALTHY, body: `${HEALTHY.body}data: [DONE]\n\n` },
      counterexample: HEALTHY,
    },
  ),
  finishTwice(
    (data, type) => {
      const reason = type === 'message_delta' ? stringOf(deltaOf(data)?.['stop_reason']) : null;
      return reason === null ? [] : [{ choice: 0, reason }];
    },
    (type) => type === 'message_start',
    {
      example: messagesExample(...hi(), messageDelta('max_tokens'), messageDelta('end_turn'), messageStop),
      counterexample: messagesExample(...hi(), messageDelta(null), messageDelta('end_turn'), messageStop),
    },
  ),
  finishWord(STOP_REASONS, 'stop_reason', {
    example: message('stop', blockStart(0), textDelta(0, 'Hi'), blockStop(0)),
    counterexample: HEALTHY,
  }),
  finishElsewhere('stop_reason', finishIn, {
    example: messagesExample(
      ...hi(),
      { type: 'message_delta', delta: { stop_reason: null }, stop_reason: 'end_turn', usage: { output_tokens: 2 } },
      messageStop,
    ),
    counterexample: HEALTHY,
    comesWith: ['finish-missing'],
  }),
  {
    ...CONTENT_AFTER_FINISH,
    example: messagesExample(
      ...hi(),
      messageDelta('end_turn'),
      blockStart(1),
      textDelta(1, '!'),
      blockStop(1),
      messageStop,
    ),
    counterexample: HEALTHY,
  },
];
