/** Rules that hold for every API on why the answer ended. */
import { chat, chatCall, chatEnd, chatText, chunk } from './example-bodies.ts';
import { callName, callsOf } from './call-rules.ts';
import type { LintRule } from './rule.ts';

export const FINISH_RULES: readonly LintRule[] = [
  {
    id: 'finish-filtered',
    strict: 'warning',
    lenient: 'info',
    help: 'A filter of the provider stopped the answer, or blocked the prompt, so that there is none.',
    advice:
      'Clients that know only the end and the limit show what came as the whole answer, or an empty turn. Say that it was filtered, and show no part of it as complete.',
    example: chat(chunk({ role: 'assistant', content: 'Hi' }), ...chatEnd('content_filter')),
    counterexample: chatText('Hi'),
    check: () => {
      let event: number | null = null;
      return {
        hears: ['finish'],
        message(said, at) {
          if (said.message_type === 'finish') event = at;
        },
        end({ outcome }, report) {
          const filtered = outcome.finish.find(({ unified }) => unified === 'content_filter');
          if (!filtered) return;
          const chars = outcome.blocks.reduce((sum, { kind, text }) => sum + (kind === 'text' ? text.length : 0), 0);
          report(
            event,
            chars === 0
              ? `A filter stopped the answer before it had any text: the reason is ${filtered.raw}.`
              : `A filter stopped the answer after ${chars} characters of text: the reason is ${filtered.raw}.`,
          );
        },
      };
    },
  },
  {
    id: 'finish-missing',
    strict: 'error',
    lenient: 'warning',
    help: 'The stream ended without saying why the generation stopped. A full answer cannot be told from one that was cut at a limit, and a call that is to be run from one that is not.',
    advice:
      'Strict clients throw the answer and its calls away, and others take it for complete. Look in the raw events for a reason under another name; take an answer without one for cut.',
    example: chat(
      chunk(
        { role: 'assistant', content: 'Hi' },
        { usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } },
      ),
      '[DONE]',
    ),
    counterexample: chatText('Hi'),
    check: () => ({
      end({ outcome, isOnlyDone }, report) {
        // An error says why there is none, and where nothing came at all that is said.
        if (!outcome.terminated || outcome.errors.length > 0 || isOnlyDone) return;
        const finished = new Set(outcome.finish.filter(({ raw }) => raw !== null).map(({ choice }) => choice));
        const choices = new Set(outcome.blocks.map(({ choice }) => choice));
        for (const { choice } of outcome.finish) choices.add(choice);
        if (choices.size === 0) choices.add(0);
        for (const choice of choices) {
          if (finished.has(choice)) continue;
          const calls = callsOf(outcome).filter((call) => call.choice === choice);
          const beside =
            calls.length === 0
              ? ''
              : `, although there ${calls.length === 1 ? 'is 1 tool call' : `are ${calls.length} tool calls`}`;
          report(
            null,
            `${choices.size > 1 ? `Choice ${choice} has no finish reason` : 'There is no finish reason'}${beside}.`,
            String(choice),
          );
        }
      },
    }),
  },
  {
    id: 'finish-disagrees',
    strict: 'warning',
    lenient: 'info',
    help: 'The finish reason says that tools are to be run but there is no call, or there is a call and the finish reason says otherwise.',
    advice:
      'Clients that go by the reason wait for calls that never come, or take a call for the end of the answer and never run it. Go by the calls themselves.',
    example: chat(chatCall(0, 'a', 'f', '{}'), ...chatEnd('stop')),
    counterexample: chat(chatCall(0, 'a', 'f', '{}'), ...chatEnd('tool_calls')),
    check: () => ({
      end({ outcome }, report) {
        for (const { choice, unified, raw } of outcome.finish) {
          const calls = callsOf(outcome).filter((call) => call.choice === choice);
          if (unified === 'tool_use' && calls.length === 0)
            report(
              null,
              `The finish reason is ${raw}, but there is no ${outcome.blocks.length === 0 ? 'content at all, and no ' : ''}tool call.`,
            );
          if (unified === 'stop' && calls.length > 0)
            report(
              calls.at(-1)!.lastEvent,
              `${calls.length === 1 ? `There is a call of ${callName(calls[0]!)}` : `There are ${calls.length} tool calls`}, but the finish reason is ${raw}.`,
            );
        }
      },
    }),
  },
];
