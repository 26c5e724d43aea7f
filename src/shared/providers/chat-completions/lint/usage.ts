/** Rules of Chat Completions on the usage. */
import { numberOf, objectOf, type JsonObject } from '../../../json/json-object.ts';
import { chat, chatEnd, chatEndWith, chatText } from '../../../lint/example-bodies.ts';
import type { LintEvent, LintRule } from '../../../lint/rule.ts';
import { UsageSteps } from '../../../lint/usage-steps.ts';
import { hi } from './examples.ts';

/** What a usage lacks of the counts that the API has in each; null where it has all, or other names for them. */
function lackedBy(usage: JsonObject): string | null {
  const lacking = USAGE_COUNTS.filter((name) => typeof usage[name] !== 'number');
  if (lacking.length === 0) return null;
  if (Object.keys(usage).length === 0) return 'has no counts: it is an empty object';
  return lacking.length < USAGE_COUNTS.length ? `has no ${lacking.join(' and no ')}` : null;
}

const USAGE_COUNTS = ['prompt_tokens', 'completion_tokens', 'total_tokens'] as const;

export const USAGE_RULES: readonly LintRule[] = [
  {
    id: 'usage-incomplete',
    strict: 'warning',
    lenient: 'info',
    help: 'The usage has the tokens of the prompt or those of the answer, and not both.',
    advice:
      'Clients that check the shape of a chunk refuse it ("completion_tokens: Required"), and others take what is missing for 0. Take the difference from the total, where there is one.',
    example: chat(hi, ...chatEndWith({ usage: { prompt_tokens: 5, total_tokens: 7 } })),
    counterexample: chatText('Hi'),
    check: () => ({
      end({ outcome: { usage, terminated, errors } }, report) {
        if (!usage || !terminated || errors.length > 0) return;
        const { input, output, total } = usage;
        if ((typeof input === 'number') === (typeof output === 'number')) return;
        const [lacking, given] =
          typeof input === 'number' ? ['output', `${input} in`] : ['input', `${String(output)} out`];
        const inAll = typeof total === 'number' ? ` and ${total} in all` : '';
        report(null, `The usage has no ${lacking} tokens, only ${given}${inAll}.`);
      },
    }),
  },
  {
    id: 'usage-fields',
    strict: 'warning',
    lenient: null,
    help: 'A usage has prompt_tokens, completion_tokens and total_tokens, or it is null. Some servers send an empty one, or nulls, with each chunk until the counts are known, and others no total.',
    advice:
      'Clients with types end the answer at such a chunk: "missing field `total_tokens`". Have null sent until the counts are known.',
    example: chat({ ...hi, usage: {} }, ...chatEnd()),
    counterexample: chat({ ...hi, usage: null }, ...chatEnd()),
    comesWith: ['usage-repeated'],
    check: () => {
      let first: { readonly frame: LintEvent['frame']; readonly lacks: string } | null = null;
      let count = 0;
      return {
        event({ frame, data }) {
          const usage = data && objectOf(data['usage']);
          const lacks = usage ? lackedBy(usage) : null;
          if (lacks === null) return;
          first ??= { frame, lacks };
          count++;
        },
        end({ outcome: { usage } }, report) {
          // One that lacks a count to the end has a word of its own.
          if (first === null || (typeof usage?.input === 'number') !== (typeof usage?.output === 'number')) return;
          const more = count > 1 ? ` (and that of ${count - 1} more)` : '';
          report(first.frame, `The usage of a chunk ${first.lacks}${more}.`, '', count);
        },
      };
    },
  },
  {
    id: 'usage-repeated',
    strict: 'info',
    lenient: null,
    help: 'Usage comes with more than one chunk, where the API has it in the last one alone. Each holds the counts so far; the last one counts.',
    advice: 'Clients that add the counts up report too many. Keep the last one.',
    example: chat({ ...hi, usage: { prompt_tokens: 5, completion_tokens: 1, total_tokens: 6 } }, ...chatEnd()),
    counterexample: chatText('Hi'),
    check: () => {
      let count = 0;
      let sum = 0;
      let last: LintEvent | null = null;
      const steps = new UsageSteps();
      return {
        hears: ['usage'],
        message(said, event) {
          if (said.message_type === 'usage') steps.take(said.usage, event);
        },
        event(event) {
          const usage = objectOf(event.data?.['usage']);
          if (!usage) return;
          count++;
          sum += numberOf(usage['completion_tokens']) ?? 0;
          last = event;
        },
        end({ outcome: { usage } }, report) {
          // Counts to be added up have a rule of their own.
          if (count < 2 || steps.increments) return;
          const output = usage?.output;
          const added =
            typeof output === 'number' && sum !== output
              ? `: added up they are ${sum} output tokens, where the last one says ${output}`
              : '';
          report(last?.frame ?? null, `Usage comes with ${count} chunks${added}.`);
        },
      };
    },
  },
];
