/** Rules of Gemini's streamGenerateContent. */
import { arrayOf, numberOf, objectOf, stringOf } from '../../json/json-object.ts';
import type { LintRule } from '../../lint/rule.ts';

export const GEMINI_RULES: readonly LintRule[] = [
  {
    id: 'gemini-no-candidates',
    strict: 'warning',
    lenient: 'info',
    help: 'An event has no candidates, no reason why the prompt was blocked and no usage. Clients that read candidates[0] fail at it.',
    check: () => ({
      event({ frame, data }, report) {
        if (!data || data['error'] !== undefined || data['promptFeedback'] !== undefined) return;
        if (data['usageMetadata'] === undefined && arrayOf(data['candidates']).length === 0)
          report(frame, 'The event has no candidates.');
      },
    }),
  },
  {
    id: 'gemini-call-without-name',
    strict: 'error',
    lenient: 'error',
    help: 'A function call has no name. No client can run it, and the next request with it is refused.',
    check: () => ({
      event({ frame, data }, report) {
        for (const candidate of arrayOf(data?.['candidates'])) {
          for (const part of arrayOf(objectOf(objectOf(candidate)?.['content'])?.['parts'])) {
            const call = objectOf(objectOf(part)?.['functionCall']);
            if (call && !stringOf(call['name'])) report(frame, 'A function call has no name.');
          }
        }
      },
    }),
  },
  {
    id: 'gemini-counts-fall',
    strict: 'warning',
    lenient: 'info',
    help: 'usageMetadata counts up with the stream. A count that falls makes clients that keep the last one, and those that keep the largest, disagree.',
    check: () => {
      const last = new Map<string, number>();
      return {
        event({ frame, data }, report) {
          const usage = objectOf(data?.['usageMetadata']);
          for (const field of ['candidatesTokenCount', 'thoughtsTokenCount', 'totalTokenCount']) {
            const count = numberOf(usage?.[field]);
            if (count === null) continue;
            const before = last.get(field);
            if (before !== undefined && count < before) report(frame, `${field} falls from ${before} to ${count}.`);
            last.set(field, count);
          }
        },
      };
    },
  },
];
