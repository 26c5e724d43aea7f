/** Rules of Messages on the usage. */
import { numberOf, objectOf } from '../../../json/json-object.ts';
import { messageDelta, messagesExample, messageStart, messageStop } from '../../../lint/example-bodies.ts';
import type { LintEvent, LintRule } from '../../../lint/rule.ts';
import { HEALTHY, hi } from './examples.ts';

export const USAGE_RULES: readonly LintRule[] = [
  {
    id: 'message-delta-usage',
    strict: 'warning',
    lenient: 'info',
    help: 'message_delta has the usage of the message, with its output tokens.',
    advice:
      'The TypeScript SDK reads it without looking and fails: "Cannot read properties of undefined (reading \'output_tokens\')". Add a usage on the way, or report it to the server.',
    example: messagesExample(
      ...hi(),
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null } },
      messageStop,
    ),
    counterexample: HEALTHY,
    check: () => ({
      settled: true,
      event({ frame, data, type }, report) {
        if (data && type === 'message_delta' && !objectOf(data['usage'])) report(frame, 'message_delta has no usage.');
      },
    }),
  },
  {
    id: 'input-tokens-zero',
    strict: 'warning',
    lenient: 'info',
    help: 'message_start has the tokens of the prompt. Servers and gateways that learn the count with the last event send 0 there, and others send 0 with message_delta after the count has come.',
    advice:
      'Clients that read the count from one of the two events, as Claude Code does for the context, show 0, and the SDKs keep the one of message_delta. Take the larger, and report it to the server.',
    example: messagesExample(
      {
        type: 'message_start',
        message: { ...objectOf(messageStart['message']), usage: { input_tokens: 0, output_tokens: 0 } },
      },
      ...hi().slice(1),
      { ...messageDelta('end_turn'), usage: { input_tokens: 5, output_tokens: 2 } },
      messageStop,
    ),
    counterexample: messagesExample(
      ...hi(),
      { ...messageDelta('end_turn'), usage: { input_tokens: 5, output_tokens: 2 } },
      messageStop,
    ),
    check: () => {
      let start: LintEvent | null = null;
      const inputOf = (usage: unknown): number | null => numberOf(objectOf(usage)?.['input_tokens']);
      return {
        settled: true,
        event(event, report) {
          const { type, data } = event;
          if (type === 'message_start') start = event;
          if (type !== 'message_delta' || !start) return;
          const first = inputOf(objectOf(start.data?.['message'])?.['usage']);
          const last = inputOf(data?.['usage']);
          if (first === 0 && last)
            report(start.frame, `message_start says 0 input tokens; the count, ${last}, comes with message_delta.`);
          else if (first && last === 0)
            report(event.frame, `message_delta says 0 input tokens, where message_start said ${first}.`);
        },
      };
    },
  },
];
