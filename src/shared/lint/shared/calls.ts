/** Rules of several APIs on tool calls: where they stand, their ids and their arguments. */
import { objectOf, type JsonObject } from '../../json/json-object.ts';
import { codePoints } from '../../text/code-points.ts';
import { callName, callsOf } from '../call-rules.ts';
import { blockStart, blockStop, chat, chatCall, chatEnd, message, toolUse } from '../example-bodies.ts';
import { kindOf, type Examples, type LintEvent, type LintRule } from '../rule.ts';

/** For APIs in which the arguments of a call come as text, or not at all. */
export const ARGUMENTS_EMPTY: LintRule = {
  id: 'arguments-empty',
  strict: 'warning',
  lenient: 'info',
  help: 'A call was closed with empty arguments. Empty text is not JSON, where {} would be right for a tool without parameters.',
  advice: 'A client that parses them fails: JSON.parse("") throws. Take empty arguments for {}.',
  example: chat(chatCall(0, 'a', 'f', ''), ...chatEnd('tool_calls')),
  counterexample: chat(chatCall(0, 'a', 'f', '{}'), ...chatEnd('tool_calls')),
  check: () => ({
    end({ outcome }, report) {
      for (const one of callsOf(outcome))
        if (one.closed && one.text === '' && (one.type === 'function' || one.type === 'function_call'))
          report(one.lastEvent, `The arguments of ${callName(one)} are empty text, which is not JSON.`);
    },
  }),
};

/** For APIs whose results of calls are sent back by an id. */
export const CALL_ID_MISSING: LintRule = {
  id: 'call-id-missing',
  strict: 'error',
  lenient: 'warning',
  help: 'A tool call has an id, in the first event that speaks of it, by which its result is sent back.',
  advice:
    'Clients cannot send the result back: providers refuse one without the id of its call. Give the call an id of your own, in the history and in its result.',
  example: message('tool_use', blockStart(0, { ...toolUse, id: '' }), blockStop(0)),
  counterexample: message('tool_use', blockStart(0, toolUse), blockStop(0)),
  check: () => ({
    end({ outcome }, report) {
      for (const one of callsOf(outcome))
        if (!one.tool_call_id) report(one.firstEvent, `The call ${callName(one)} has no id.`);
    },
  }),
};

/** Characters of a call's id: a longer one is refused with `string_above_max_length`. Chat Completions of OpenAI and Azure have refused more than 40. */
const MAX_CALL_ID = 64;

/** What an event says of the name of a call. `key`: which call. `name`: null where a call begins without one. */
export interface GivenName {
  readonly key: string;
  readonly name: string | null;
}

/** `namesIn`: of the calls that an event begins or names. */
export const callNameLate = (
  namesIn: (data: JsonObject, type: string) => readonly GivenName[],
  advice: string,
  examples: Examples,
): LintRule => ({
  id: 'call-name-late',
  strict: 'warning',
  lenient: 'info',
  help: 'A tool call begins without a name, which a later event brings.',
  advice,
  ...examples,
  check: () => {
    const unnamed = new Map<string, LintEvent>();
    const named = new Set<string>();
    return {
      event(event, report) {
        if (!event.data) return;
        for (const { key, name } of namesIn(event.data, event.type)) {
          if (named.has(key)) continue;
          if (name === null) {
            if (!unnamed.has(key)) unnamed.set(key, event);
            continue;
          }
          named.add(key);
          const start = unnamed.get(key);
          if (start)
            report(start.frame, `The call begins without a name; ${name} comes with event ${event.frame.index}.`, key);
        }
      },
    };
  },
});

/** For the APIs of OpenAI, which alone refuse a request for the length of an id. */
export const CALL_ID_LONG: LintRule = {
  id: 'call-id-long',
  strict: 'warning',
  lenient: 'info',
  help: `OpenAI takes back no id of a tool call that has more than ${MAX_CALL_ID} characters. Gateways that put something of their own into the id, such as a signature of the model's thoughts, make longer ones.`,
  advice:
    'OpenAI refuses the next request with the history: "string too long". Give the call a shorter id, in the history and in its result.',
  example: chat(chatCall(0, `call_${'a'.repeat(MAX_CALL_ID)}`, 'f', '{}'), ...chatEnd('tool_calls')),
  counterexample: chat(chatCall(0, 'a'.repeat(MAX_CALL_ID), 'f', '{}'), ...chatEnd('tool_calls')),
  check: () => ({
    end({ outcome }, report) {
      for (const one of callsOf(outcome)) {
        const length = codePoints(one.tool_call_id ?? '');
        if (length > MAX_CALL_ID)
          report(one.firstEvent, `The id of the call ${callName(one)} has ${length} characters.`);
      }
    },
  }),
};

/** One call or delta of arguments, and what stands in the place of its arguments. */
export interface GivenArguments {
  readonly name: string;
  readonly given: unknown;
}

/** `expected`: what the API has arguments as. `argumentsOf`: those that an event says. */
export const argumentsType = (
  expected: 'text' | 'object',
  argumentsOf: (data: JsonObject, type: string) => readonly GivenArguments[],
  examples: Examples,
): LintRule => ({
  id: 'arguments-type',
  strict: 'error',
  lenient: 'warning',
  help: 'OpenAI and Anthropic stream the arguments of a call as text that is JSON; Ollama and Gemini send them whole, as an object. A gateway that passes on the one as the other sends arguments of a type that no client of the API expects.',
  advice:
    expected === 'text'
      ? 'Clients written in JavaScript that join it as text get "[object Object]" for an object; those in Python fail: "can only concatenate str". Take the value as it is, and report it to the server.'
      : 'Clients pass the text on to the tool as if it were its arguments. Parse it, and report it to the server.',
  ...examples,
  check: () => ({
    settled: true,
    event({ frame, data, type }, report) {
      if (!data) return;
      for (const { name, given } of argumentsOf(data, type)) {
        if (given === null || given === undefined || (expected === 'text') === (typeof given === 'string')) continue;
        if (expected === 'object' && objectOf(given)) continue;
        report(
          frame,
          `The arguments of ${name} come as ${typeof given === 'string' ? 'text' : kindOf(given)}, not as ${expected === 'text' ? 'text' : 'an object'}.`,
        );
      }
    },
  }),
});

/** `callIn`: where an event has a tool call that is not in `field`, or not in its form; null where it has none. */
export const callElsewhere = (
  field: string,
  callIn: (data: JsonObject, type: string) => string | null,
  examples: Examples,
): LintRule => ({
  id: 'call-elsewhere',
  strict: 'error',
  lenient: 'warning',
  help: "A tool call has another name, place or form than in the API: camel case, the singular, beside the delta, the name without its function object, another API's block. A gateway converts calls by half, or passes on those of another API.",
  advice:
    'No client finds a call there: the turn ends and nothing is run. Read it from where it is, and report it to the server.',
  ...examples,
  check: () => ({
    settled: true,
    event({ frame, data, type }, report) {
      const where = data ? callIn(data, type) : null;
      if (where !== null) report(frame, `A tool call stands in ${where}, where clients look in ${field}.`, where);
    },
  }),
});

/** Names that stand for a list of calls, or for one, in some API or in none. */
const CALL_NAMES = new Set([
  'tool_calls',
  'toolCalls',
  'tool_call',
  'toolCall',
  'function_calls',
  'functionCalls',
  'functionCall',
  'function_call',
  'tool_use',
]);

/** The first field of an object that holds a call by its name; `own`: names that the API has. */
export function callNameIn(holder: JsonObject | null, own: readonly string[]): string | null {
  if (holder)
    for (const name in holder) if (CALL_NAMES.has(name) && !own.includes(name) && isFilled(holder[name])) return name;
  return null;
}

const isFilled = (value: unknown): boolean =>
  Array.isArray(value)
    ? value.length > 0
    : typeof value === 'object'
      ? value !== null
      : typeof value === 'string' && value !== '';
