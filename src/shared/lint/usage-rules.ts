/** Rules on token counts that hold for every API. */
import { objectOf } from '../json/json-object.ts';
import type { WireOutcome } from '../model/messages.ts';
import type { Usage } from '../model/usage.ts';
import { chat, chatText, chunk } from './example-bodies.ts';
import { type LintCheck, type LintExample, type LintRule, type Report } from './rule.ts';

/** A usage without the objects that said it. */
export type Counts = Omit<Usage, 'raw'>;

/** An answer whose last chunk has this usage. */
const withUsage = (usage: unknown): LintExample =>
  chat(
    chunk({ role: 'assistant', content: 'Hi' }),
    chunk({}, usage === undefined ? {} : { usage }, { finish_reason: 'stop' }),
    '[DONE]',
  );

const hasCounts = ({ input, output }: Counts): boolean => [input, output].some((count) => typeof count === 'number');

/** The counts of a usage, for a sentence. */
export function said({ input, output, total }: Counts): string {
  const parts = [
    typeof input === 'number' && `${input} in`,
    typeof output === 'number' && `${output} out`,
    typeof input !== 'number' && typeof output !== 'number' && typeof total === 'number' && `${total} in all`,
  ].filter((part) => part !== false);
  return parts.length > 0 ? parts.join(', ') : 'nothing';
}

/** A check that looks at the usage of the whole answer, with the event that said it last. */
function onUsage(look: (usage: Counts, event: number | null, outcome: WireOutcome, report: Report) => void): LintCheck {
  let last: number | null = null;
  return {
    hears: ['usage'],
    message(said, event) {
      if (said.message_type === 'usage') last = event;
    },
    end({ outcome }, report) {
      if (outcome.usage) look(outcome.usage, last, outcome, report);
    },
  };
}

/** All counts, as a sentence names them. */
const COUNTS = [
  ['input', 'the input'],
  ['cachedInput', 'the input from a cache'],
  ['cacheWrite', 'the input written to a cache'],
  ['output', 'the output'],
  ['reasoning', 'the reasoning'],
  ['total', 'the total'],
] as const;
const CACHE_PARTS = [
  ['cachedInput', 'from'],
  ['cacheWrite', 'written to'],
] as const;

export const USAGE_RULES: readonly LintRule[] = [
  {
    id: 'usage-missing',
    strict: 'info',
    lenient: null,
    help: 'No token counts. Chat Completions sends them only when the request says stream_options.include_usage; other APIs always do.',
    advice:
      'Clients show and bill zero tokens. In Chat Completions, ask for them in the request; elsewhere, look for what drops them on the way.',
    example: withUsage(undefined),
    counterexample: chatText('Hi'),
    check: () => ({
      end({ outcome: { terminated, usage, errors }, isOnlyDone }, report) {
        if (!terminated || errors.length > 0 || (usage && hasCounts(usage)) || isOnlyDone) return;
        const fields = (usage?.raw ?? []).flatMap((raw) => Object.entries(objectOf(raw) ?? {}));
        const text = fields.find(([name, value]) => name.endsWith('tokens') && typeof value === 'string');
        if (text) return report(null, `The counts of the usage are text: ${text[0]} is ${JSON.stringify(text[1])}.`);
        const names = fields.map(([name]) => name);
        report(
          null,
          names.length === 0
            ? 'The stream reports no usage.'
            : `The usage has neither input nor output tokens under the names of this API; it has ${[...new Set(names)].join(', ')}.`,
        );
      },
    }),
  },
  {
    id: 'usage-elsewhere',
    strict: 'warning',
    lenient: 'info',
    help: 'Token counts stand where the API has none: in a choice, as Moonshot sends them, in an event after the terminator, in a field of a gateway, or under the names of another API. Where there is no usage in its place they are read here.',
    advice:
      'Clients look in the place that the API gives and report zero tokens, or the counts that stand there. Read them from where they are, and report it to the server.',
    example: chat(
      chunk({ role: 'assistant', content: 'Hi' }),
      chunk({}, {}, { finish_reason: 'stop', usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } }),
      '[DONE]',
    ),
    counterexample: chatText('Hi'),
    check: () => ({
      end({ outcome: { usage, strayUsage = [] } }, report) {
        for (const { path, event, counts, taken } of strayUsage) {
          if (taken) {
            // After the end it is the place in the stream that is unusual.
            const [late, field] = path.split(/\.(?=[^.]*$)/);
            const where = path.startsWith('after ') ? `comes ${late}, in ${field}` : `stands in ${path}`;
            report(event, `The usage, ${said(counts)}, ${where}.`, path);
          } else if (usage && !sameCounts(usage, counts))
            report(event, `${path} counts ${said(counts)}, where the usage of the answer counts ${said(usage)}.`, path);
        }
      },
    }),
  },
  {
    id: 'usage-zero',
    strict: 'warning',
    lenient: 'info',
    help: 'All token counts are 0, or that of the output is, although the answer has text. The server sends the object without counting, or a gateway replaced it.',
    advice: 'Clients show and bill zero tokens. Count them yourself, and report it to the server.',
    example: withUsage({ prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 }),
    counterexample: withUsage({ prompt_tokens: 0, completion_tokens: 2, total_tokens: 2 }),
    check: () =>
      onUsage(({ input, output, total }, event, { blocks }, report) => {
        const given = [input, output, total].filter((count) => typeof count === 'number');
        const chars = blocks.reduce((sum, { kind, text }) => sum + (kind === 'text' ? text.length : 0), 0);
        if (given.length === 0 || chars === 0) return;
        if (given.every((count) => count === 0))
          report(event, `The usage says 0 tokens for an answer of ${chars} characters.`);
        else if (output === 0) report(event, `The usage says 0 output tokens for an answer of ${chars} characters.`);
      }),
  },
  {
    id: 'usage-total',
    strict: 'warning',
    lenient: 'info',
    help: 'The total is not the sum of input and output. Some providers leave the reasoning out of the output count, others count the prompt of a tool apart.',
    advice:
      'Clients that bill by the parts and clients that bill by the total differ. Ask the provider which one it bills.',
    example: withUsage({ prompt_tokens: 5, completion_tokens: 2, total_tokens: 11 }),
    counterexample: withUsage({ prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }),
    check: () => {
      let largest = 0;
      const check = onUsage(({ input, output, reasoning, total }, event, { model }, report) => {
        if (typeof input !== 'number' || typeof output !== 'number' || typeof total !== 'number') return;
        // One that fell has a rule of its own: the parts may be those of an earlier usage.
        if (input + output === total || total < largest) return;
        const adds = reasoning && input + output + reasoning === total;
        // xAI documents its counts so.
        if (adds && model?.toLowerCase().startsWith('grok')) return;
        const apart = adds ? `, which adds ${reasoning} of reasoning` : '';
        report(event, `The usage says ${input} + ${output} tokens, but a total of ${total}${apart}.`);
      });
      return {
        ...check,
        message(said, event, report) {
          if (said.message_type === 'usage') largest = Math.max(largest, said.usage.total ?? 0);
          check.message?.(said, event, report);
        },
      };
    },
  },
  {
    id: 'usage-parts',
    strict: 'warning',
    lenient: 'info',
    help: 'A part of a count is larger than the count: tokens from the cache than those of the input, tokens of reasoning than those of the output. The server counts the part beside the whole, or a gateway mixed the counts of two providers.',
    advice:
      'Clients that take the part from the whole show and bill less than nothing. Take the part for counted apart, and ask the provider which one it bills.',
    example: withUsage({
      prompt_tokens: 5,
      completion_tokens: 2,
      total_tokens: 7,
      prompt_tokens_details: { cached_tokens: 9 },
    }),
    counterexample: withUsage({
      prompt_tokens: 5,
      completion_tokens: 2,
      total_tokens: 7,
      prompt_tokens_details: { cached_tokens: 5 },
    }),
    check: () =>
      onUsage((usage, event, _outcome, report) => {
        const { input, output, reasoning, total } = usage;
        for (const [part, name] of CACHE_PARTS) {
          const count = usage[part];
          if (typeof count === 'number' && typeof input === 'number' && count > input)
            report(event, `The usage says ${count} input tokens ${name} a cache, but ${input} in all.`, part);
        }
        if (typeof reasoning !== 'number' || typeof output !== 'number' || reasoning <= output) return;
        // Where the total has them apart, the rule on totals says so.
        if (total !== (input ?? 0) + output + reasoning)
          report(
            event,
            `The usage says ${reasoning} tokens of reasoning, but ${output} output tokens in all.`,
            'reasoning',
          );
      }),
  },
  {
    id: 'usage-fraction',
    strict: 'warning',
    lenient: 'warning',
    help: 'A token count is not a whole number: it was reckoned from characters, or it is a price.',
    advice:
      'Clients with types end in an error: "cannot unmarshal number into field of type int". Round it up, and report it to the server.',
    example: withUsage({ prompt_tokens: 5, completion_tokens: 2.25, total_tokens: 7.25 }),
    counterexample: withUsage({ prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 }),
    check: () =>
      onUsage((usage, event, _outcome, report) => {
        for (const [field, name] of COUNTS) {
          const count = usage[field];
          if (typeof count === 'number' && !Number.isInteger(count))
            report(event, `The usage says ${count} for ${name}.`, field);
        }
      }),
  },
  {
    id: 'usage-negative',
    strict: 'error',
    lenient: 'error',
    help: 'A token count is below zero.',
    advice: 'Clients that add counts up report too few. Take it for not reported, and report it to the server.',
    example: withUsage({ prompt_tokens: 5, completion_tokens: -5, total_tokens: 0 }),
    counterexample: withUsage({ prompt_tokens: 5, completion_tokens: 0, total_tokens: 5 }),
    check: () =>
      onUsage((usage, event, _outcome, report) => {
        for (const [field, name] of COUNTS) {
          const count = usage[field];
          if (typeof count === 'number' && count < 0) report(event, `The usage says ${count} for ${name}.`, field);
        }
      }),
  },
];

/** The same counts, as far as both have them; an input may be counted with what came from a cache or without. */
function sameCounts(usage: Counts, stray: Counts): boolean {
  const { input, output, total, cachedInput, cacheWrite } = stray;
  const withCache = (input ?? 0) + (cachedInput ?? 0) + (cacheWrite ?? 0);
  const alike = (a: number | null | undefined, b: number | null | undefined): boolean =>
    typeof a !== 'number' || typeof b !== 'number' || a === b;
  return (
    alike(usage.output, output) &&
    alike(usage.total, total) &&
    (alike(usage.input, input) || alike(usage.input, withCache))
  );
}
