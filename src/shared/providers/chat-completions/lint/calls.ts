/** Rules of Chat Completions on what a tool call says: its id, its name, its type, its arguments. */
import { numberOf, objectOf, stringOf, type JsonObject } from '../../../json/json-object.ts';
import { chat, chatArguments, chatCall, chatEnd, chatFragment, chunk } from '../../../lint/example-bodies.ts';
import { kindOf, type LintEvent, type LintRule } from '../../../lint/rule.ts';
import {
  ARGUMENTS_EMPTY,
  argumentsType,
  CALL_ID_LONG,
  callElsewhere,
  callNameIn,
  callNameLate,
  type GivenArguments,
  type GivenName,
} from '../../../lint/shared/calls.ts';
import { beginsAnew } from '../one-index.ts';
import {
  argumentsOf,
  callsIn,
  choicesOf,
  Drifting,
  eachChoice,
  eachToolCall,
  functionOf,
  isPlainText,
  keyOf,
  nameIn,
  unlessPlain,
  type IndexedCall,
} from './events.ts';

/** Whether a call of an event has a number for its id. */
const hasNumber = (data: JsonObject | null): boolean =>
  choicesOf(data).some((choice) => callsIn(choice).some(({ id }) => typeof id === 'number'));

const NONE: readonly string[] = [];
const OWN_CALLS = ['tool_calls', 'function_call'] as const;

/** Where a chunk has a call that is not in the list of its delta, or not in the form of one. */
function callIn(data: JsonObject): string | null {
  const top = callNameIn(data, NONE);
  if (top !== null) return `${top} of the chunk`;
  for (const choice of choicesOf(data)) {
    const delta = objectOf(choice['delta']);
    const beside = callNameIn(choice, NONE);
    if (beside !== null) return `${beside} of the choice`;
    const inMessage = callNameIn(objectOf(choice['message']), []);
    if (inMessage !== null) return `${inMessage} of the message`;
    const other = callNameIn(delta, OWN_CALLS);
    if (other !== null) return `${other} of the delta`;
    const list = delta?.['tool_calls'];
    if (list !== undefined && list !== null && list !== '' && !Array.isArray(list))
      return `tool_calls as ${kindOf(list)} instead of a list`;
    for (const call of callsIn(choice)) {
      const fn = functionOf(call);
      if (!fn && ('name' in call || 'arguments' in call))
        return 'the entry of the list itself, without a function object';
      const given = fn && (['parameters', 'args', 'params'] as const).find((name) => isGiven(fn[name]));
      if (given && !isGiven(fn['arguments'])) return `an entry whose arguments are called ${given}`;
    }
  }
  return null;
}

/** The arguments in an event that are no text. */
function argumentsIn(data: JsonObject): readonly GivenArguments[] {
  let given: GivenArguments[] | null = null;
  const add = (name: string, value: unknown): void => {
    if (typeof value !== 'string') (given ??= []).push({ name, given: value });
  };
  for (const choice of choicesOf(data)) {
    const delta = objectOf(choice['delta']);
    const old = objectOf(delta?.['function_call']);
    if (old) add('a function call', old['arguments']);
    if (!delta?.['tool_calls']) continue;
    for (const call of callsIn(choice)) {
      const fn = functionOf(call);
      add(stringOf(fn?.['name']) || 'a call', fn?.['arguments'] ?? fn?.['input']);
    }
  }
  return given ?? NO_ARGUMENTS;
}

const NO_ARGUMENTS: readonly GivenArguments[] = [];
const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

const NO_NAMES: readonly GivenName[] = [];
const namesIn = (data: JsonObject): readonly GivenName[] =>
  choicesOf(data).flatMap((choice) =>
    callsIn(choice).map((call) => ({
      key: keyOf(call, numberOf(choice['index']) ?? 0),
      name: nameIn(call) || null,
    })),
  );

export const CALL_RULES: readonly LintRule[] = [
  {
    id: 'call-id-missing',
    strict: 'error',
    lenient: 'warning',
    help: 'A tool call has an id, in the first fragment, by which its result is sent back.',
    advice:
      'Clients that open a call at its first fragment have none for its result, which providers then refuse. Give the call an id of your own, in the history and in its result.',
    example: chat(
      chatFragment({ index: 0, type: 'function', function: { name: 'f', arguments: '{}' } }),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(chatCall(0, 'a', 'f', '{}'), ...chatEnd('tool_calls')),
    check: () => {
      const without = new Map<string, LintEvent>();
      const ids = new Map<string, LintEvent>();
      const drifting = new Drifting();
      return {
        ...eachToolCall((call, key, event, report) => {
          // What goes on with another call needs no id of its own.
          if (drifting.take(call, Number.parseInt(key, 10))) return;
          // Which call a fragment without an index belongs to is a question of its own.
          if (numberOf(call['index']) === null) return;
          const { id } = call;
          if (stringOf(id)) {
            if (!ids.has(key)) ids.set(key, event);
          } else if (!ids.has(key) && !without.has(key)) without.set(key, event);
          if (typeof id === 'number')
            report(
              event.frame,
              `Tool call ${String(call['index'])} has ${id} as its id, a number where text is expected.`,
              `number/${key}`,
            );
        }),
        end(_stream, report) {
          for (const [key, { frame, data }] of without) {
            if (hasNumber(data)) continue;
            const call = `Tool call ${key.slice(key.indexOf('/') + 1)} begins without an id`;
            const late = ids.get(key);
            report(
              frame,
              late ? `${call}, which comes with event ${late.frame.index}.` : `${call} and never gets one.`,
              key,
            );
          }
        },
      };
    },
  },
  {
    id: 'tool-name-repeated',
    strict: 'warning',
    lenient: 'info',
    help: 'The name and the id of a call stand in its first fragment alone. Some local servers repeat them with each.',
    advice:
      'openai-python joins them, so that each stands there twice. Take the name and the id of the first fragment, and report it to the server.',
    example: chat(
      chatCall(0, 'a', 'f', '{'),
      chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '}' } }] }),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(chatCall(0, 'a', 'f', '{'), chatArguments('}'), ...chatEnd('tool_calls')),
    check: () => {
      const seen = new Map<string, IndexedCall>();
      return eachToolCall((call, key, { frame }, report) => {
        const id = stringOf(call['id']) || null;
        const name = nameIn(call) || null;
        const before = seen.get(key);
        // Only of calls without ids does the text tell where another begins.
        const text = id === null && (before === undefined || before.id === null) ? argumentsOf(call) : '';
        // Another id is another call.
        const another =
          before &&
          (id === null && before.id === null
            ? beginsAnew(before, { name, text })
            : id !== null && before.id !== null && id !== before.id);
        if (!before || another) return void seen.set(key, { id, name, text });
        if (name !== null && name === before.name)
          report(frame, `The name ${name} is repeated in a later fragment.`, `${key}/${before.id}`);
        else if (id !== null && id === before.id)
          report(frame, `The id ${id} is repeated in a later fragment.`, `${key}/${before.id}`);
        before.id ??= id;
        before.name ??= name;
        before.text += text;
      });
    },
  },
  {
    id: 'call-field-null',
    strict: 'info',
    lenient: null,
    help: 'Fragments of a call leave out what they do not say. Servers and gateways that write every field send null, or empty text: for the arguments in the first fragment, for the name and the id in later ones.',
    advice:
      'Clients that keep the last name, as far as the field is there, run a tool without a name ("unknown tool"), and clients that join arguments fail at null. Take null and empty text for nothing, and report it to the server.',
    example: chat(
      chatCall(0, 'a', 'f', '{'),
      chunk({ tool_calls: [{ index: 0, id: null, function: { name: null, arguments: '}' } }] }),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(chatCall(0, 'a', 'f', '{'), chatArguments('}'), ...chatEnd('tool_calls')),
    check: () => {
      const named = new Map<string, string>();
      return eachToolCall((call, key, { frame }, report) => {
        const fn = functionOf(call);
        const name = fn?.['name'];
        if (name && fn['arguments'] === null)
          report(frame, `The first fragment of ${String(name)} has null as its arguments.`, 'arguments');
        if (name) return void named.set(key, String(name));
        const before = named.get(key);
        // Empty text for the name alone is what Mistral sends.
        if (before !== undefined && (name === null || (name === '' && call['id'] === '')))
          report(
            frame,
            `A later fragment of ${before} has ${name === null ? 'null' : 'empty text'} as its name.`,
            'name',
          );
      });
    },
  },
  {
    id: 'call-name-pieces',
    strict: 'warning',
    lenient: 'info',
    help: 'The name of a tool call comes in pieces, or once more and longer. The API sends it whole, in the first fragment.',
    advice:
      'Clients that take the first piece for the name find no such tool; openai-python joins all pieces. Wait for the arguments before you look the tool up, and report it to the server.',
    example: chat(
      chatCall(0, 'a', 'get_', ''),
      chunk({ tool_calls: [{ index: 0, function: { name: 'weather', arguments: '{}' } }] }),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(chatCall(0, 'a', 'get_weather', ''), chatArguments('{}'), ...chatEnd('tool_calls')),
    check: () => {
      const calls = new Map<string, IndexedCall>();
      return eachToolCall((call, key, { frame }, report) => {
        const before = calls.get(key);
        // Once there are arguments another name is another call, and most fragments are arguments.
        if (before && before.text !== '') return;
        const id = stringOf(call['id']) || null;
        const name = nameIn(call) || null;
        const text = argumentsOf(call);
        if (!before || (id !== null && before.id !== null && id !== before.id))
          return void calls.set(key, { id, name, text });
        if (name !== null && before.name !== null && name !== before.name) {
          report(
            frame,
            name.startsWith(before.name)
              ? `The name of a call comes again and longer: ${before.name}, then ${name}.`
              : `The name of a call comes in pieces: ${before.name}, then ${name}.`,
            key,
          );
          before.name += name;
        }
        before.id ??= id;
        before.name ??= name;
        before.text += text;
      });
    },
  },
  callNameLate(
    (data) => (isPlainText(data) ? NO_NAMES : namesIn(data)),
    'Clients that open the call at its first fragment fail: "Expected \'function.name\' to be a string". Open it when the name has come.',
    {
      example: chat(
        chatFragment({ index: 0, id: 'a', type: 'function', function: { arguments: '' } }),
        chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '{}' } }] }),
        ...chatEnd('tool_calls'),
      ),
      counterexample: chat(chatCall(0, 'a', 'f', ''), chatArguments('{}'), ...chatEnd('tool_calls')),
    },
  ),
  callElsewhere('delta.tool_calls', callIn, {
    example: chat(
      chunk({ role: 'assistant', toolCalls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] }),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(chatCall(0, 'a', 'f', '{}'), ...chatEnd('tool_calls')),
    comesWith: ['finish-disagrees'],
  }),
  {
    id: 'function-call',
    strict: 'info',
    lenient: null,
    help: 'A call stands in function_call, the form before tool calls: one to an answer, without an id.',
    advice:
      'Clients that read tool_calls alone find no call: the turn ends and nothing is run. Send tools in the request instead of functions, or read both fields.',
    example: chat(
      chunk({ role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } }),
      ...chatEnd('function_call'),
    ),
    counterexample: chat(chatCall(0, 'a', 'f', '{}'), ...chatEnd('tool_calls')),
    check: () => {
      const seen = new Set<number>();
      return unlessPlain(
        eachChoice((choice, index, { frame }, report) => {
          const call = objectOf(objectOf(choice['delta'])?.['function_call']);
          if (!call || Object.keys(call).length === 0 || seen.has(index)) return;
          seen.add(index);
          const name = stringOf(call['name']);
          report(frame, `The call${name ? ` of ${name}` : ''} stands in function_call, which tool_calls replaced.`);
        }),
      );
    },
  },
  {
    id: 'call-type',
    strict: 'warning',
    lenient: 'info',
    help: 'A tool call is of type function or custom.',
    advice: 'Clients that check the type skip the call, or end with an error. Take it for a function if it has one.',
    example: chat(
      chatFragment({ index: 0, id: 'a', type: 'tool', function: { name: 'f', arguments: '{}' } }),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(chatCall(0, 'a', 'f', '{}'), ...chatEnd('tool_calls')),
    check: () => {
      const untyped = new Set<string>();
      return eachToolCall((call, key, { frame }, report) => {
        const { type } = call;
        const none = type === undefined || type === null;
        if (!none && type !== 'function' && type !== 'custom')
          report(frame, `The type of a tool call is ${JSON.stringify(type)}.`, key);
        if (none && nameIn(call)) untyped.add(key);
        else if (!none && untyped.delete(key) && !nameIn(call))
          report(frame, 'The type of a tool call comes with a later fragment, after its name.', `late ${key}`);
      });
    },
  },
  argumentsType('text', argumentsIn, {
    example: chat(
      chatFragment({ index: 0, id: 'a', type: 'function', function: { name: 'f', arguments: { x: 1 } } }),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(chatCall(0, 'a', 'f', '{"x":1}'), ...chatEnd('tool_calls')),
  }),
  ARGUMENTS_EMPTY,
  CALL_ID_LONG,
];
