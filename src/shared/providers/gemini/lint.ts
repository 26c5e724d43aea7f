/** Rules of Gemini's streamGenerateContent. */
import { arrayOf, objectOf, objectsOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { gemini, geminiEvent } from '../../lint/example-bodies.ts';
import type { LintRule } from '../../lint/rule.ts';
import { argumentsType, callElsewhere, callNameIn } from '../../lint/shared/calls.ts';
import {
  CONTENT_AFTER_FINISH,
  finishElsewhere,
  finishTwice,
  finishWord,
  firstText,
  foreignDone,
} from '../../lint/shared/ending.ts';
import { ID_CHANGES, MODEL_CHANGES } from '../../lint/shared/envelope.ts';
import { textType } from '../../lint/shared/text.ts';
import { FINISH_WORDS } from './usage.ts';

const candidatesOf = (data: JsonObject): readonly JsonObject[] => objectsOf(data['candidates']);
const partsOf = (data: JsonObject): readonly JsonObject[] =>
  candidatesOf(data).flatMap((candidate) => objectsOf(objectOf(candidate['content'])?.['parts']));
const callsOf = (data: JsonObject): readonly JsonObject[] =>
  partsOf(data)
    .map((part) => objectOf(part['functionCall']))
    .filter((call) => call !== null);

const hi = geminiEvent([{ text: 'Hi' }]);
const end = geminiEvent([{ text: '!' }], { finishReason: 'STOP' });
const HEALTHY = gemini(hi, end);

/** Where a candidate may have its finishReason instead. */
const OTHER_FINISHES = new Set(['finish_reason', 'stopReason', 'stop_reason']);

export const GEMINI_RULES: readonly LintRule[] = [
  {
    id: 'gemini-no-candidates',
    strict: 'warning',
    lenient: 'info',
    help: 'An event has no candidates, no reason why the prompt was blocked and no usage.',
    advice: 'Clients that read candidates[0] fail at it. Skip such an event, and report it to the server.',
    example: gemini(hi, { modelVersion: 'm', responseId: 'r' }, end),
    counterexample: HEALTHY,
    check: ({ faults }) => ({
      event({ frame, data }, report) {
        if (!data || data['error'] !== undefined || data['promptFeedback'] !== undefined) return;
        if (faults.ofEvent(frame.index)?.id === 'other-api') return;
        if (data['usageMetadata'] === undefined && arrayOf(data['candidates']).length === 0)
          report(frame, 'The event has no candidates.');
      },
    }),
  },
  {
    id: 'finish-malformed',
    strict: 'warning',
    lenient: 'warning',
    help: 'The answer ended because Google could not make a tool call of what the model wrote, or because the call was not allowed.',
    advice:
      'Clients that know no such reason show an empty turn. Ask again; a simpler schema of the tool, or fewer tools, help.',
    example: gemini(geminiEvent([], { finishReason: 'MALFORMED_FUNCTION_CALL', finishMessage: 'Malformed: f(' })),
    counterexample: HEALTHY,
    check: () => ({
      settled: true,
      event({ frame, data }, report) {
        for (const candidate of data ? candidatesOf(data) : []) {
          const reason = stringOf(candidate['finishReason']) ?? '';
          if (!/^(?:MALFORMED_|UNEXPECTED_TOOL_CALL$|TOO_MANY_TOOL_CALLS$)/.test(reason)) continue;
          const why = stringOf(candidate['finishMessage']);
          report(frame, `The answer ended with ${reason}${why ? `: ${JSON.stringify(why.slice(0, 200))}` : ''}.`);
        }
      },
    }),
  },
  textType(
    (data, tell) => {
      for (const part of partsOf(data)) tell(part['text'], 'text', 'a part');
    },
    {
      example: gemini(hi, geminiEvent([{ text: ['!'] }]), end),
      counterexample: HEALTHY,
    },
  ),
  foreignDone(
    "Google's SDKs parse each event as JSON and end with an error there. Leave it out of streams of this API.",
    { example: gemini(hi, end, '[DONE]'), counterexample: HEALTHY },
  ),
  callElsewhere(
    'functionCall of a part',
    (data) => {
      for (const candidate of candidatesOf(data)) {
        const content = objectOf(candidate['content']);
        for (const part of objectsOf(content?.['parts'])) {
          const name = callNameIn(part, ['functionCall', 'toolCall']);
          if (name !== null) return `${name} of a part`;
        }
        const name = callNameIn(candidate, []) ?? callNameIn(content, []);
        if (name !== null) return `${name} of the candidate`;
      }
      return null;
    },
    {
      example: gemini(geminiEvent([{ function_call: { name: 'f', args: {} } }], { finishReason: 'STOP' })),
      counterexample: gemini(geminiEvent([{ functionCall: { name: 'f', args: {} } }], { finishReason: 'STOP' })),
      comesWith: ['no-content'],
    },
  ),
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
      const found = firstText(first, OTHER_FINISHES);
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
