/** Rules of Gemini's streamGenerateContent. */
import { arrayOf, objectOf, objectsOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { gemini, geminiEvent } from '../../lint/example-bodies.ts';
import type { LintRule } from '../../lint/rule.ts';
import {
  argumentsType,
  CONTENT_AFTER_FINISH,
  finishElsewhere,
  finishTwice,
  finishWord,
  firstText,
  ID_CHANGES,
  MODEL_CHANGES,
} from '../../lint/shared-rules.ts';
import { FINISH_WORDS } from './usage.ts';

const candidatesOf = (data: JsonObject): readonly JsonObject[] => objectsOf(data['candidates']);
const callsOf = (data: JsonObject): readonly JsonObject[] =>
  candidatesOf(data)
    .flatMap((candidate) => objectsOf(objectOf(candidate['content'])?.['parts']))
    .map((part) => objectOf(part['functionCall']))
    .filter((call) => call !== null);

const hi = geminiEvent([{ text: 'Hi' }]);
const end = geminiEvent([{ text: '!' }], { finishReason: 'STOP' });
const HEALTHY = gemini(hi, end);

export const GEMINI_RULES: readonly LintRule[] = [
  {
    id: 'gemini-no-candidates',
    strict: 'warning',
    lenient: 'info',
    help: 'An event has no candidates, no reason why the prompt was blocked and no usage.',
    advice: 'Clients that read candidates[0] fail at it. Skip such an event, and report it to the server.',
    example: gemini(hi, { modelVersion: 'm', responseId: 'r' }, end),
    counterexample: HEALTHY,
    check: () => ({
      event({ frame, data }, report) {
        if (!data || data['error'] !== undefined || data['promptFeedback'] !== undefined) return;
        if (data['usageMetadata'] === undefined && arrayOf(data['candidates']).length === 0)
          report(frame, 'The event has no candidates.');
      },
    }),
  },
  argumentsType(
    'object',
    (data) => callsOf(data).map((call) => ({ name: stringOf(call['name']) || 'a call', given: call['args'] })),
    {
      example: gemini(geminiEvent([{ functionCall: { name: 'f', args: '{"x":1}' } }], { finishReason: 'STOP' })),
      counterexample: gemini(geminiEvent([{ functionCall: { name: 'f', args: { x: 1 } } }], { finishReason: 'STOP' })),
      comesWith: ['arguments-not-object'],
    },
  ),
  finishTwice(
    (data) =>
      candidatesOf(data).flatMap((candidate, place) => {
        const reason = stringOf(candidate['finishReason']);
        return reason ? [{ choice: Number(candidate['index'] ?? place), reason }] : [];
      }),
    () => false,
    {
      example: gemini(hi, geminiEvent([], { finishReason: 'MAX_TOKENS' }), geminiEvent([], { finishReason: 'STOP' })),
      counterexample: HEALTHY,
    },
  ),
  finishWord(FINISH_WORDS, 'finishReason', {
    example: gemini(geminiEvent([{ text: 'Hi' }], { finishReason: 'stop' })),
    counterexample: HEALTHY,
  }),
  finishElsewhere(
    'finishReason',
    (data) => {
      const [first] = candidatesOf(data);
      if (!first || stringOf(first['finishReason'])) return null;
      const found = firstText(first, ['finish_reason', 'stopReason', 'stop_reason']);
      return found && { where: `the candidate says ${found.field}`, reason: found.text };
    },
    {
      example: gemini(geminiEvent([{ text: 'Hi' }], { finish_reason: 'STOP' })),
      counterexample: HEALTHY,
      comesWith: ['no-terminator'],
    },
  ),
  {
    ...CONTENT_AFTER_FINISH,
    example: gemini(end, hi),
    counterexample: HEALTHY,
    comesWith: ['block-left-open'],
  },
  {
    ...ID_CHANGES,
    example: gemini(hi, { ...end, responseId: 's' }),
    counterexample: HEALTHY,
  },
  {
    ...MODEL_CHANGES,
    example: gemini(hi, { ...end, modelVersion: 'n' }),
    counterexample: HEALTHY,
  },
];
