/** Rules that hold for every API on token counts that come several times in an answer. */
import { chat, chatEnd, chunk } from './example-bodies.ts';
import type { LintCheck, LintRule, Report } from './rule.ts';
import { said, type Counts } from './usage-rules.ts';
import { UsageSteps, type Increments } from './usage-steps.ts';

/** Counts that go up with the stream: none falls while one answer goes on. */
const GROWING = ['output', 'reasoning', 'total'] as const;

const COUNTS_SO_FAR = chat(
  chunk({ role: 'assistant', content: 'Hi' }, { usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 } }),
  ...chatEnd(),
);

/** A check that looks at each usage of an answer, and at whether they are increments once it is over. */
function eachAnswer(look: {
  usage(usage: Counts, event: number | null): void;
  over(increments: Increments | null, report: Report): void;
}): LintCheck {
  let steps = new UsageSteps();
  return {
    hears: ['event', 'usage'],
    message(message, event, report) {
      // Another message begins, with counts of its own.
      if (message.message_type === 'event' && message.type === 'message') {
        look.over(steps.increments, report);
        steps = new UsageSteps();
      }
      if (message.message_type !== 'usage') return;
      steps.take(message.usage, event);
      look.usage(message.usage, event);
    },
    end: (_stream, report) => look.over(steps.increments, report),
  };
}

export const USAGE_STEP_RULES: readonly LintRule[] = [
  {
    id: 'usage-decreases',
    strict: 'warning',
    lenient: 'info',
    help: 'Counts that come several times in a stream are those of the answer so far, so that none falls.',
    advice:
      'A client that keeps the last count reports too few tokens, and one that keeps the largest reports others. Compare both with the length of the answer, and report it to the server.',
    example: chat(
      chunk(
        { role: 'assistant', content: 'Hi' },
        { usage: { prompt_tokens: 5, completion_tokens: 9, total_tokens: 14 } },
      ),
      ...chatEnd(),
    ),
    counterexample: COUNTS_SO_FAR,
    comesWith: ['usage-repeated'],
    check: () => {
      let last: Counts = {};
      let falls: { readonly event: number | null; readonly fact: string }[] = [];
      return eachAnswer({
        usage(usage, event) {
          for (const field of GROWING) {
            const [before, count] = [last[field], usage[field]];
            if (typeof before === 'number' && typeof count === 'number' && count < before)
              falls.push({
                event,
                fact: `The ${field === 'total' ? 'total' : `${field} tokens`} fall${field === 'total' ? 's' : ''} from ${before} to ${count}.`,
              });
          }
          last = usage;
        },
        over(increments, report) {
          if (!increments) for (const { event, fact } of falls) report(event, fact);
          falls = [];
          last = {};
        },
      });
    },
  },
  {
    id: 'usage-increments',
    strict: 'warning',
    lenient: 'info',
    help: 'Counts that come several times in a stream are those of the answer so far. Here each counts what came since the one before it: the prompt is counted once, or the output falls again and again. A gateway passes on the counts of its own steps.',
    advice:
      'Clients that keep the last count, or the largest, report too few tokens. Add the counts up, and report it to the server.',
    example: chat(
      chunk(
        { role: 'assistant', content: 'Hi' },
        { usage: { prompt_tokens: 5, completion_tokens: 9, total_tokens: 14 } },
      ),
      chunk({ content: ' there' }, { usage: { prompt_tokens: 0, completion_tokens: 4, total_tokens: 4 } }),
      chunk({}, { usage: { prompt_tokens: 0, completion_tokens: 2, total_tokens: 2 } }, { finish_reason: 'stop' }),
      '[DONE]',
    ),
    counterexample: COUNTS_SO_FAR,
    check: () => {
      let last: Counts = {};
      return eachAnswer({
        usage(usage) {
          last = usage;
        },
        over(increments, report) {
          if (!increments) return;
          const { count, event } = increments;
          report(
            event,
            `Usage comes ${count} times, and each counts its own piece of the answer: ${said(increments)} when added up, where the last one says ${said(last)}.`,
          );
        },
      });
    },
  },
];
