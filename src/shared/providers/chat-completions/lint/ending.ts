/** Rules of Chat Completions on how an answer ends. */
import { numberOf, objectOf, stringOf, type JsonObject } from '../../../json/json-object.ts';
import { chat, chatEnd, chatText, chunk } from '../../../lint/example-bodies.ts';
import type { LintRule } from '../../../lint/rule.ts';
import {
  AFTER_DONE,
  CONTENT_AFTER_FINISH,
  finishElsewhere,
  finishTwice,
  finishWord,
  firstText,
} from '../../../lint/shared/ending.ts';
import { finishWordOf, isNoFinish } from '../usage.ts';
import { choicesOf, eachChoice, settled, unlessPlain } from './events.ts';
import { finish, hi, usageChunk } from './examples.ts';

/** Where compatible servers put the reason why the generation stopped. */
const OTHER_FINISHES = new Set([
  'finishReason',
  'finish',
  'stop_reason',
  'stopReason',
  'done_reason',
  'reason',
  'native_finish_reason',
]);
const ALL_FINISHES = new Set(['finish_reason', ...OTHER_FINISHES]);

/** With the words of DeepSeek, Mistral, GLM, Google and the form before tool calls. */
const FINISH_WORDS = [
  'stop',
  'length',
  'tool_calls',
  'content_filter',
  'function_call',
  'function_call_filter',
  'insufficient_system_resource',
  'model_length',
  'network_error',
  'sensitive',
  'error',
];

const FILTER_FIELDS = ['content_filter_result', 'content_filter_results'] as const;

/** A finish reason that is not in `finish_reason` of its choice. */
function finishIn(data: JsonObject): { readonly where: string; readonly reason: string } | null {
  const choices = choicesOf(data);
  if (choices.some((choice) => stringOf(choice['finish_reason']))) return null;
  const [choice = null] = choices;
  return (
    finishAmong('the choice', choice, OTHER_FINISHES) ??
    finishAmong('its delta', objectOf(choice?.['delta']), ALL_FINISHES) ??
    finishAmong('its message', objectOf(choice?.['message']), ALL_FINISHES) ??
    (Array.isArray(data['choices']) ? finishAmong('the chunk', data, ALL_FINISHES) : null)
  );
}

function finishAmong(
  place: string,
  holder: JsonObject | null,
  fields: ReadonlySet<string>,
): { readonly where: string; readonly reason: string } | null {
  const found = holder && firstText(holder, fields);
  return found && { where: `${place} says ${found.field}`, reason: found.text };
}

export const ENDING_RULES: readonly LintRule[] = [
  AFTER_DONE,
  {
    id: 'filter-failed',
    strict: 'warning',
    lenient: 'info',
    help: "Azure's content filter ended in an error: the answer was sent without having been filtered.",
    advice: 'Clients that rely on the filter show what it would have stopped. Filter it yourself, or ask again.',
    example: chat(
      hi,
      finish({
        content_filter_result: { error: { code: 'content_filter_error', message: 'The contents are not filtered' } },
      }),
      usageChunk([]),
      '[DONE]',
    ),
    counterexample: chat(
      hi,
      finish({ content_filter_results: { hate: { filtered: false, severity: 'safe' } } }),
      usageChunk([]),
      '[DONE]',
    ),
    check: () =>
      unlessPlain(
        eachChoice((choice, index, { frame }, report) => {
          for (const name of FILTER_FIELDS) {
            const error = objectOf(objectOf(choice[name])?.['error']);
            if (error)
              report(
                frame,
                `The content filter of choice ${index} failed: ${stringOf(error['message']) ?? 'it says no more'}.`,
                String(index),
              );
          }
        }),
      ),
  },
  CONTENT_AFTER_FINISH,
  finishTwice(
    (data) =>
      choicesOf(data).flatMap((choice) => {
        const reason = stringOf(choice['finish_reason']);
        return reason && !isNoFinish(reason) ? [{ choice: numberOf(choice['index']) ?? 0, reason }] : [];
      }),
    () => false,
    { example: chat(hi, finish(), ...chatEnd('length')), counterexample: chatText('Hi') },
  ),
  finishWord(
    FINISH_WORDS,
    'finish_reason',
    { example: chat(hi, ...chatEnd('STOP')), counterexample: chatText('Hi') },
    finishWordOf,
  ),
  {
    id: 'finish-empty',
    strict: 'warning',
    lenient: 'info',
    help: 'A finish_reason is empty text, or no text at all. It stands for "not yet", for which the API has null.',
    advice:
      'A client that asks whether there is a reason takes the answer for finished at its first chunk. Take it for null.',
    example: chat(chunk({ role: 'assistant', content: 'Hi' }, {}, { finish_reason: '' }), ...chatEnd()),
    counterexample: chatText('Hi'),
    check: () =>
      settled((choice, _index, { frame }, report) => {
        const reason = choice['finish_reason'];
        if (reason === undefined || reason === null) return;
        if (typeof reason === 'string' && reason !== '' && !isNoFinish(reason)) return;
        const what =
          reason === '' ? 'empty text' : typeof reason === 'string' ? `the text "${reason}"` : JSON.stringify(reason);
        report(frame, `A finish_reason is ${what}, where null or a reason is expected.`, what);
      }),
  },
  finishElsewhere('finish_reason', finishIn, {
    example: chat(hi, chunk({}, { usage: usageChunk([])['usage'] }, { finishReason: 'stop' }), '[DONE]'),
    counterexample: chatText('Hi'),
    comesWith: ['finish-missing'],
  }),
];
