/** Rules of Chat Completions on choices, and on the role and the delta of each. */
import { numberOf, objectOf, stringOf, type JsonObject } from '../../../json/json-object.ts';
import { chat, chatEnd, chatText, chunk } from '../../../lint/example-bodies.ts';
import { kindOf, type LintEvent, type LintRule } from '../../../lint/rule.ts';
import { deltaMissing } from '../../../lint/shared/parts.ts';
import { choicesOf, isFilterResult, indexFault, ofAnswer, settled } from './events.ts';
import { finish, hi, usageChunk } from './examples.ts';

/** What stands in a list that should hold objects; null where nothing else does. */
function entryLike(list: unknown): string | null {
  if (Array.isArray(list))
    for (const entry of list as readonly unknown[])
      if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return kindOf(entry);
  return null;
}

/** Words by which servers name an event that keeps a connection alive. */
const HEARTBEAT = /^(?:ping|pong|keep[-_]?alive|heart[-_]?beat|noop)$/i;
const isHeartbeat = (data: JsonObject, type: string): boolean => Object.keys(data).length === 0 || HEARTBEAT.test(type);

/** Whose payload it is that has no choices, where that can be told. */
function otherApi(data: JsonObject): string {
  if (Array.isArray(data['candidates'])) return ", but candidates, like Gemini's own API";
  if ('done' in data && 'message' in data) return ", but the fields of Ollama's own API";
  const type = stringOf(data['type']);
  if (type === null) return '';
  if (type.startsWith('response.')) return `: it is a ${type} event of the Responses API`;
  return /^(?:message|content_block)_(?:start|delta|stop)$/.test(type)
    ? `: it is a ${type} event of Anthropic's Messages API`
    : '';
}

/** Fields of a chunk that say nothing of the answer. */
const PLAIN_FIELDS = new Set([
  'id',
  'object',
  'created',
  'model',
  'choices',
  'system_fingerprint',
  'service_tier',
  'provider',
  'obfuscation',
]);

export const PART_RULES: readonly LintRule[] = [
  {
    id: 'choices-missing',
    strict: 'warning',
    lenient: 'info',
    help: 'A chunk has a list of choices, which is empty where it says of none.',
    advice:
      'The openai SDK fails at a chunk without one: "choices is not iterable", "NoneType is not subscriptable". Pass over events without choices, and look for what sends them.',
    example: chat(hi, finish(), usageChunk(null), '[DONE]'),
    counterexample: chat(hi, finish(), usageChunk([]), '[DONE]'),
    check: ({ faults }) =>
      ofAnswer(({ frame, data, type }, report) => {
        const choices = data?.['choices'];
        if (!data || Array.isArray(choices)) return;
        const what = isHeartbeat(data, type)
          ? ': it is a heartbeat, which this API has as a comment, ": ping"'
          : otherApi(data);
        // Whose it is has been said, if no more can be.
        if (what === '' && faults.ofEvent(frame.index)?.id === 'other-api') return;
        report(
          frame,
          choices === undefined
            ? `The chunk has no list of choices${what}.`
            : `The chunk has ${kindOf(choices)} in place of its list of choices${what}.`,
          what,
        );
      }),
  },
  {
    id: 'choices-empty',
    strict: 'info',
    lenient: null,
    help: "A chunk has an empty list of choices and says nothing beside it: neither a usage nor Azure's filter results. It is a heartbeat, or what a proxy left of a chunk.",
    advice:
      'Clients that read choices[0] without looking fail at it: "list index out of range". Skip chunks without choices.',
    example: chat(hi, chunk({}, { choices: [] }), ...chatEnd()),
    counterexample: chat(hi, finish(), usageChunk([]), '[DONE]'),
    check: () => ({
      settled: true,
      event({ frame, data }, report) {
        const choices = data?.['choices'];
        if (!data || data['error'] || !Array.isArray(choices) || choices.length > 0) return;
        const says = Object.keys(data).some(
          (name) => !PLAIN_FIELDS.has(name) && data[name] !== null && data[name] !== undefined,
        );
        if (!says) report(frame, 'The chunk has no choices and no usage.');
      },
    }),
  },
  {
    id: 'choice-index',
    strict: 'error',
    lenient: 'info',
    help: 'A choice has an index, which says which of several answers it is.',
    advice:
      'The openai SDK ends with an error ("invalid choice index"), and with several choices nobody can tell which one it is. Take choices by their place in the list.',
    example: chat(
      { ...hi, choices: [{ delta: { role: 'assistant', content: 'Hi' }, finish_reason: null }] },
      ...chatEnd(),
    ),
    counterexample: chatText('Hi'),
    check: () =>
      settled((choice, _index, { frame }, report) => {
        const fault = indexFault('a choice', choice['index']);
        if (fault !== null) report(frame, fault);
      }),
  },
  {
    id: 'choice-zero-missing',
    strict: 'warning',
    lenient: 'warning',
    help: 'There are choices, but none with index 0. Some servers count from 1.',
    advice:
      'Clients that look for choice 0 by its index show an empty answer. Take the first choice that there is, and report it to the server.',
    example: chat(
      chunk({ role: 'assistant', content: 'Hi' }, {}, { index: 1 }),
      chunk({}, { usage: usageChunk([])['usage'] }, { index: 1, finish_reason: 'stop' }),
      '[DONE]',
    ),
    counterexample: chatText('Hi'),
    check: () => {
      const seen = new Map<number, LintEvent>();
      return {
        ...settled((_choice, index, event) => {
          if (!seen.has(index)) seen.set(index, event);
        }),
        end(_stream, report) {
          const [first] = seen.values();
          if (first && !seen.has(0))
            report(
              first.frame,
              `There is no choice 0, only choice ${[...seen.keys()].toSorted((a, b) => a - b).join(', ')}.`,
            );
        },
      };
    },
  },
  {
    id: 'choices-interleaved',
    strict: 'info',
    lenient: null,
    help: 'Several choices come in turn, a chunk for each. That is how n > 1 is streamed.',
    advice:
      'Clients that read choices[0] by its place in the list, as most examples do, join the answers into one text. Sort the chunks by the index of their choice, or ask for n = 1.',
    example: chat(
      hi,
      chunk({ role: 'assistant', content: 'Ho' }, {}, { index: 1 }),
      finish(),
      finish({ index: 1 }),
      usageChunk([]),
      '[DONE]',
    ),
    counterexample: chatText('Hi', 'Ho'),
    check: () => {
      const seen = new Set<number>();
      let first: LintEvent | null = null;
      return {
        ...settled((choice, index, event) => {
          seen.add(index);
          // The first of its list, and not the first choice: read by its place it is another one.
          if (index !== 0 && event.data && choicesOf(event.data)[0] === choice) first ??= event;
        }),
        end(_stream, report) {
          if (first && seen.size > 1) report(first.frame, `The answer has ${seen.size} choices, which come in turn.`);
        },
      };
    },
  },
  {
    id: 'role-missing',
    strict: 'warning',
    lenient: null,
    help: 'The first delta of a choice names the role.',
    advice: 'The stream helper of the openai SDK ends with an error when no delta does. Take the role for assistant.',
    example: chat(chunk({ content: 'Hi' }), ...chatEnd()),
    counterexample: chatText('Hi'),
    check: () => {
      const seen = new Set<number>();
      return settled((choice, index, { frame }, report) => {
        if (seen.has(index)) return;
        seen.add(index);
        if (!stringOf(objectOf(choice['delta'])?.['role']))
          report(frame, `The first delta of choice ${index} has no role.`, String(index));
      });
    },
  },
  {
    id: 'role-wrong',
    strict: 'warning',
    lenient: 'warning',
    help: 'The deltas of an answer have the role assistant, or none after the first. openai-python joins the roles of all deltas into one text.',
    advice:
      'Clients put the answer into the history under this role, and providers refuse it there. Take the role for assistant.',
    example: chat(hi, chunk({ role: 'user', content: '!' }), ...chatEnd()),
    counterexample: chat(hi, chunk({ role: 'assistant', content: '!' }), ...chatEnd()),
    check: () =>
      settled((choice, index, { frame }, report) => {
        const role = objectOf(choice['delta'])?.['role'];
        if (role !== undefined && role !== null && role !== '' && role !== 'assistant')
          report(frame, `A delta of choice ${index} has the role ${JSON.stringify(role)}.`, JSON.stringify(role));
      }),
  },
  {
    id: 'role-empty',
    strict: 'warning',
    lenient: 'info',
    help: 'A delta has a role of empty text. The API has assistant, null, or no role at all. MiniMax and servers for GLM send it with each delta.',
    advice:
      'Clients that check the shape of a chunk end the answer there: "Invalid input: expected \'assistant\'". Take it for none, and report it to the server.',
    example: chat(hi, chunk({ role: '', content: '!' }), ...chatEnd()),
    counterexample: chat(hi, chunk({ role: null, content: '!' }), ...chatEnd()),
    check: () =>
      settled((choice, index, { frame }, report) => {
        if (objectOf(choice['delta'])?.['role'] === '')
          report(frame, `The role of a delta of choice ${index} is empty text.`, String(index));
      }),
  },
  deltaMissing(
    (data) => {
      const given = entryLike(data['choices']);
      if (given !== null) return `An entry of choices is ${given}, where a choice is expected.`;
      for (const choice of choicesOf(data)) {
        const delta = objectOf(choice['delta']);
        const entry = delta && entryLike(delta['tool_calls']);
        if (entry) return `An entry of tool_calls is ${entry}, where a fragment of a call is expected.`;
        if (delta || objectOf(choice['message'])) continue;
        const index = numberOf(choice['index']) ?? 0;
        if (isFilterResult(choice))
          return `Choice ${index} has no delta: it carries results of Azure's asynchronous content filter.`;
        if (typeof choice['text'] === 'string')
          return `Choice ${index} has no delta, but text, as in the older Completions API.`;
        return `Choice ${index} has ${choice['delta'] === undefined ? 'no delta' : `${kindOf(choice['delta'])} in place of its delta`}.`;
      }
      return null;
    },
    {
      example: chat(hi, { ...finish(), choices: [{ index: 0, finish_reason: 'stop' }] }, usageChunk([]), '[DONE]'),
      counterexample: chatText('Hi'),
    },
  ),
];
