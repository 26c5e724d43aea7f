/** Rules of Ollama's /api/chat. */
import { objectOf, objectsOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { ollama, ollamaLine, OLLAMA_END } from '../../lint/example-bodies.ts';
import { kindOf, type LintRule } from '../../lint/rule.ts';
import { argumentsType, callElsewhere, callNameIn, ARGUMENTS_EMPTY } from '../../lint/shared/calls.ts';
import { afterTerminator, finishElsewhere, finishWord, firstText } from '../../lint/shared/ending.ts';
import { MODEL_CHANGES } from '../../lint/shared/envelope.ts';
import { textType } from '../../lint/shared/text.ts';

const callsOf = (data: JsonObject): readonly JsonObject[] =>
  objectsOf(objectOf(data['message'])?.['tool_calls'])
    .map((call) => objectOf(call['function']))
    .filter((fn) => fn !== null);
const calls = (fn: JsonObject): JsonObject => ollamaLine({ tool_calls: [{ function: fn }] });

const hi = ollamaLine({ content: 'Hi' });
const HEALTHY = ollama(hi, OLLAMA_END);

/** Where the last line may have its done_reason instead. */
const OTHER_FINISHES = new Set(['finish_reason', 'finishReason', 'stop_reason', 'doneReason']);
const ALL_FINISHES = new Set(['done_reason', ...OTHER_FINISHES]);

export const OLLAMA_RULES: readonly LintRule[] = [
  afterTerminator(({ data }) => (data?.['done'] === true ? 'the line with done: true' : null), {
    example: ollama(OLLAMA_END, hi),
    counterexample: HEALTHY,
    comesWith: ['block-left-open'],
  }),
  {
    id: 'ollama-message-missing',
    strict: 'warning',
    lenient: 'info',
    help: 'Each line has a message object, the last one an empty one.',
    advice:
      'The clients of Ollama read message.content of every line and fail without it. Skip such a line; where it has a response instead, the server was asked by /api/generate.',
    example: ollama({ model: 'm', created_at: '2026-01-01T00:00:00Z', response: 'Hi', done: false }, OLLAMA_END),
    counterexample: HEALTHY,
    comesWith: ['no-content'],
    check: () => ({
      settled: true,
      event({ frame, data }, report) {
        if (!data || data['error'] !== undefined || objectOf(data['message'])) return;
        report(
          frame,
          typeof data['response'] === 'string'
            ? 'The line has a response instead of a message, as /api/generate sends it.'
            : 'The line has no message.',
        );
      },
    }),
  },
  {
    id: 'ollama-done-type',
    strict: 'error',
    lenient: 'warning',
    help: 'The field done is true in the last line and false in all others.',
    advice:
      'Clients that ask whether done is true wait for a line that never comes; others end at the first line whose done is a text, even "false". Report it to the server.',
    example: ollama(hi, { ...OLLAMA_END, done: 'true' }),
    counterexample: HEALTHY,
    comesWith: ['no-terminator', 'usage-elsewhere'],
    check: () => ({
      settled: true,
      event({ frame, data }, report) {
        if (!data || data['error'] !== undefined || data['done'] === true) return;
        const { done } = data;
        const reason = stringOf(data['done_reason']);
        if (done !== undefined && done !== false)
          report(
            frame,
            `done is ${done === null ? 'null' : `${JSON.stringify(done)}, ${kindOf(done)}`}, not true or false.`,
          );
        else if (reason)
          report(
            frame,
            `The line has the done_reason ${reason} and ${done === false ? 'done: false' : 'no done'}.`,
            'reason',
          );
      },
    }),
  },
  textType(
    (data, tell) => {
      const message = objectOf(data['message']);
      for (const name of ['content', 'thinking']) tell(message?.[name], name, 'the message');
    },
    { example: ollama(hi, ollamaLine({ content: { text: '!' } }), OLLAMA_END), counterexample: HEALTHY },
  ),
  callElsewhere(
    'message.tool_calls',
    (data) => {
      const message = objectOf(data['message']);
      const top = callNameIn(data, []);
      if (top !== null) return `${top} of the line`;
      const other = callNameIn(message, ['tool_calls']);
      if (other !== null) return `${other} of the message`;
      const list = message?.['tool_calls'];
      if (typeof list === 'string' && list !== '') return 'tool_calls as a text instead of a list';
      if (list && !Array.isArray(list)) return `tool_calls as ${kindOf(list)} instead of a list`;
      return objectsOf(list).some((call) => !objectOf(call['function']) && 'name' in call)
        ? 'the entry of the list itself, without a function object'
        : null;
    },
    {
      example: ollama({ ...ollamaLine({}), tool_calls: [{ function: { name: 'f', arguments: {} } }] }, OLLAMA_END),
      counterexample: ollama(calls({ name: 'f', arguments: {} }), OLLAMA_END),
      comesWith: ['no-content'],
    },
  ),
  argumentsType(
    'object',
    (data) => callsOf(data).map((fn) => ({ name: stringOf(fn['name']) || 'a call', given: fn['arguments'] })),
    {
      example: ollama(calls({ name: 'f', arguments: '{"x":1}' }), OLLAMA_END),
      counterexample: ollama(calls({ name: 'f', arguments: { x: 1 } }), OLLAMA_END),
    },
  ),
  {
    ...ARGUMENTS_EMPTY,
    help: 'A call has no arguments, where Ollama sends {} for a tool without parameters.',
    advice: 'Clients pass undefined or None to the tool, which fails. Take it for {}.',
    example: ollama(calls({ name: 'f' }), OLLAMA_END),
    counterexample: ollama(calls({ name: 'f', arguments: {} }), OLLAMA_END),
  },
  {
    id: 'ollama-counts-missing',
    strict: 'warning',
    lenient: 'info',
    help: 'The last line has prompt_eval_count and eval_count. Old versions leave out the first for a prompt that was cached.',
    advice: 'Tokens and speed of the answer cannot be told. Update the server.',
    example: ollama(hi, { ...OLLAMA_END, eval_count: undefined }),
    counterexample: HEALTHY,
    check: () => ({
      settled: true,
      event({ frame, data }, report) {
        if (data?.['done'] !== true || data['done_reason'] === 'load' || data['done_reason'] === 'unload') return;
        const missing = ['prompt_eval_count', 'eval_count'].filter((field) => typeof data[field] !== 'number');
        if (missing.length > 0) report(frame, `The last line has no ${missing.join(' and no ')}.`);
      },
    }),
  },
  finishWord(['stop', 'length', 'load', 'unload'], 'done_reason', {
    example: ollama(hi, { ...OLLAMA_END, done_reason: 'eos' }),
    counterexample: HEALTHY,
  }),
  finishElsewhere(
    'done_reason',
    (data) => {
      if (stringOf(data['done_reason'])) return null;
      const message = objectOf(data['message']);
      const found = firstText(data, OTHER_FINISHES) ?? firstText(message, ALL_FINISHES);
      return found && { where: `the line says ${found.field}`, reason: found.text };
    },
    {
      example: ollama(hi, { ...OLLAMA_END, done_reason: undefined, finish_reason: 'stop' }),
      counterexample: HEALTHY,
      comesWith: ['finish-missing'],
    },
  ),
  {
    ...MODEL_CHANGES,
    example: ollama(hi, { ...OLLAMA_END, model: 'n' }),
    counterexample: HEALTHY,
  },
];
