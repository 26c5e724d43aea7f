/** Rules of OpenAI Chat Completions. The format is loose, and compatible servers looser still. */
import { isJson, numberOf, objectOf, objectsOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import {
  chat,
  chatArguments,
  chatCall,
  chatEnd,
  chatEndWith,
  chatFragment,
  chatText,
  chunk,
} from '../../lint/example-bodies.ts';
import { kindOf, type LintCheck, type LintEvent, type LintRule, type Report } from '../../lint/rule.ts';
import {
  AFTER_DONE,
  argumentsType,
  callElsewhere,
  callNameIn,
  ARGUMENTS_EMPTY,
  CONTENT_AFTER_FINISH,
  deltaMissing,
  finishElsewhere,
  finishTwice,
  finishWord,
  firstText,
  ID_CHANGES,
  MODEL_CHANGES,
  textType,
  type GivenArguments,
  type TellText,
} from '../../lint/shared-rules.ts';
import { beginsAnew, goesOn } from './one-index.ts';
import { isNoFinish } from './usage.ts';

let lastData: JsonObject | null = null;
let lastChoices: readonly JsonObject[] = [];
let lastPlain = true;
/** Remembers those of the last event: most rules ask for them, one after another. */
function choicesOf(data: JsonObject | null): readonly JsonObject[] {
  if (data === lastData) return lastChoices;
  lastData = data;
  lastChoices = objectsOf(data?.['choices']);
  lastPlain = true;
  for (const choice of lastChoices) lastPlain &&= isPlainChoice(choice);
  return lastChoices;
}

/** Whether a choice has nothing but a piece of text, as nearly all have. */
function isPlainChoice(choice: JsonObject): boolean {
  for (const name in choice)
    if (name !== 'index' && name !== 'delta' && name !== 'finish_reason' && name !== 'logprobs') return false;
  const delta = objectOf(choice['delta']);
  for (const name in delta) if (name !== 'content' && name !== 'role') return false;
  return true;
}

/** A check that has nothing to look for in choices of text alone. */
const unlessPlain = (check: LintCheck): LintCheck => ({
  ...check,
  event(event, report) {
    choicesOf(event.data);
    if (!lastPlain) check.event?.(event, report);
  },
});

/** A check that looks at each choice of each chunk. */
function eachChoice(look: LookAtChoice): LintCheck {
  return {
    event(event, report) {
      for (const choice of choicesOf(event.data)) look(choice, numberOf(choice['index']) ?? 0, event, report);
    },
  };
}

type LookAtChoice = (choice: JsonObject, index: number, event: LintEvent, report: Report) => void;

/** One that looks at the structure of each choice, not at its text. */
const settled = (look: LookAtChoice): LintCheck => ({ settled: true, ...eachChoice(look) });

let lastChoice: JsonObject | null = null;
let lastCalls: readonly JsonObject[] = [];
/** Remembered likewise. */
function callsIn(choice: JsonObject): readonly JsonObject[] {
  if (choice !== lastChoice) [lastChoice, lastCalls] = [choice, objectsOf(objectOf(choice['delta'])?.['tool_calls'])];
  return lastCalls;
}

let lastCall: JsonObject | null = null;
let lastKey = '';
function keyOf(call: JsonObject, choice: number): string {
  if (call !== lastCall) [lastCall, lastKey] = [call, `${choice}/${String(call['index'] ?? call['id'] ?? 'none')}`];
  return lastKey;
}

/** A check that looks at each fragment of a tool call. `key` names its choice and index. */
function eachToolCall(look: (call: JsonObject, key: string, event: LintEvent, report: Report) => void): LintCheck {
  return unlessPlain(
    eachChoice((choice, index, event, report) => {
      // Without an index a fragment belongs to its id; the rule on missing indexes says so.
      for (const call of callsIn(choice)) look(call, keyOf(call, index), event, report);
    }),
  );
}

/** Whether a call of an event has a number for its id. */
const hasNumber = (data: JsonObject | null): boolean =>
  choicesOf(data).some((choice) => callsIn(choice).some(({ id }) => typeof id === 'number'));

/** What stands in a list that should hold objects; null where nothing else does. */
function entryLike(list: unknown): string | null {
  if (Array.isArray(list))
    for (const entry of list as readonly unknown[])
      if (typeof entry !== 'object' || entry === null || Array.isArray(entry)) return kindOf(entry);
  return null;
}

/** Whether a value counts from 0. */
const isPlace = (index: unknown): boolean => typeof index === 'number' && Number.isInteger(index) && index >= 0;
const functionOf = (call: JsonObject): JsonObject | null => objectOf(call['function'] ?? call['custom']);
const argumentsOf = (call: JsonObject): string => stringOf(functionOf(call)?.['arguments']) ?? '';
const nameIn = (call: JsonObject): string | null => stringOf(functionOf(call)?.['name']);

/** The call that an index means, as far as it has come. */
interface IndexedCall {
  id: string | null;
  name: string | null;
  text: string;
}

/** Plain reasoning text, by server; the wire lane reads the same. */
const REASONING_FIELDS = ['reasoning_content', 'reasoning', 'reasoning_text'] as const;
/** The text of a delta, in whichever field it has some. */
function textOf(delta: JsonObject | null): string {
  for (const name of ['content', ...REASONING_FIELDS, 'refusal'])
    if (stringOf(delta?.[name])) return String(delta?.[name]);
  return '';
}
/** The text of the tokens that log probabilities name. */
const tokenText = (logprobs: JsonObject | null): string =>
  objectsOf(logprobs?.['content'])
    .map(({ token }) => stringOf(token) ?? '')
    .join('');
/** The log probabilities of a choice, for examples. */
const tokens = (...texts: readonly string[]): JsonObject => ({
  logprobs: { content: texts.map((token) => ({ token, logprob: -0.1 })) },
});
/** A token that is a marker of the chat format, which is in no text. */
const MARKER = /<[^>]*>|\[[A-Z_]+\]/;
/** Names of reasoning in other APIs, or in none. */
const OTHER_REASONING = new Set([
  'thinking',
  'thought',
  'thoughts',
  'thinking_content',
  'reasoningContent',
  'reasoningText',
  'reasoning_summary',
]);
/** Text, or an object with some. */
const isReasoning = (value: unknown): boolean =>
  Boolean(stringOf(value)) || Object.values(objectOf(value) ?? {}).some((inner) => Boolean(stringOf(inner)));

/** Where compatible servers put the reason why the generation stopped. */
const OTHER_FINISHES = new Set(['finishReason', 'finish', 'stop_reason', 'stopReason', 'done_reason', 'reason']);
const ALL_FINISHES = new Set(['finish_reason', ...OTHER_FINISHES]);
/** With the words of DeepSeek, Mistral, GLM and the form before tool calls. */
const FINISH_WORDS = [
  'stop',
  'length',
  'tool_calls',
  'content_filter',
  'function_call',
  'insufficient_system_resource',
  'model_length',
  'network_error',
  'sensitive',
  'error',
];

/** A check that looks at events, but not at those in which the provider reported an error. */
function ofAnswer(look: (event: LintEvent, report: Report) => void): LintCheck {
  let held: LintEvent | null = null;
  let failed = -1;
  const take = (report: Report): void => {
    if (held && held.frame.index !== failed) look(held, report);
    held = null;
  };
  return {
    event(event, report) {
      take(report);
      if (!event.data?.['error']) held = event;
    },
    hears: ['error'],
    message(said, event) {
      if (said.message_type === 'error' && event !== null) failed = event;
    },
    end: (_stream, report) => take(report),
  };
}

/** Words by which servers name an event that keeps a connection alive. */
const HEARTBEAT = /^(?:ping|pong|keep[-_]?alive|heart[-_]?beat|noop)$/i;
const isHeartbeat = (data: JsonObject, type: string): boolean => Object.keys(data).length === 0 || HEARTBEAT.test(type);

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

/** The fields of a delta that are text, beside its content. */
const OTHER_TEXTS = new Set<string>(['refusal', ...REASONING_FIELDS]);
/** Perplexity's chunks while it searches, and its last one. */
const OBJECTS_OF_PERPLEXITY: ReadonlySet<unknown> = new Set([
  'chat.reasoning',
  'chat.reasoning.done',
  'chat.completion.done',
]);
const isOfPerplexity = (data: JsonObject): boolean =>
  OBJECTS_OF_PERPLEXITY.has(data['object']) &&
  (stringOf(data['model'])?.startsWith('sonar') === true || choicesOf(data).some((choice) => 'message' in choice));
/** Whether a choice has results of Azure's asynchronous content filter in the place of a delta. */
const isFilterResult = (choice: JsonObject): boolean =>
  Object.keys(choice).some((field) => field.startsWith('content_filter'));
const FILTER_FIELDS = ['content_filter_result', 'content_filter_results'] as const;
/** What Mistral streams in a list: its reasoning, and the text after it. */
const MISTRAL_PARTS = new Set<unknown>(['thinking', 'text', 'reference']);

function tellTexts(data: JsonObject, tell: TellText): void {
  for (const choice of choicesOf(data)) {
    const delta = objectOf(choice['delta']);
    if (!delta) continue;
    const { content } = delta;
    if (!isParts(content)) tell(content, 'content', 'a delta');
    // Nearly all deltas have their content alone.
    for (const name in delta) if (OTHER_TEXTS.has(name)) tell(delta[name], name, 'a delta');
  }
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

/** A list of parts in the form of Mistral. */
const isParts = (value: unknown): value is readonly JsonObject[] =>
  Array.isArray(value) && value.every((part) => MISTRAL_PARTS.has(objectOf(part)?.['type']));

const isGiven = (value: unknown): boolean => value !== undefined && value !== null && value !== '';

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

/** Says of a message where a delta belongs: `beside` deltas that bring the text, or in their place. */
function messages(beside: boolean): LintCheck {
  const found: {
    readonly event: LintEvent;
    readonly index: number;
    readonly fact: string;
    readonly delta: boolean;
  }[] = [];
  return {
    ...unlessPlain(
      eachChoice((choice, index, event) => {
        const message = objectOf(choice['message']);
        if (!message) return;
        const delta = objectOf(choice['delta']);
        const length = stringOf(message['content'])?.length;
        const fact = `Choice ${index} has a message${delta ? ' beside its delta' : ' and no delta'}${length ? `, with ${length} characters of text` : ''}.`;
        found.push({ event, index, fact, delta: typeof delta?.['content'] === 'string' });
      }),
    ),
    end({ outcome }, report) {
      if (found.length === 0) return;
      const streamed = new Set(
        outcome.blocks.filter(({ kind, text }) => kind === 'text' && text !== '').map(({ choice }) => choice),
      );
      for (const { event, index, fact, delta } of found)
        if (beside === (delta && streamed.has(index))) report(event.frame, fact, String(index));
    },
  };
}

const usageChunk = (choices: unknown): JsonObject =>
  chunk({}, { choices, usage: { prompt_tokens: 5, completion_tokens: 2, total_tokens: 7 } });
/** A last chunk without a usage. */
const finish = (choice: JsonObject = {}): JsonObject => chunk({}, {}, { finish_reason: 'stop', ...choice });
const hi = chunk({ role: 'assistant', content: 'Hi' });
/** What every chunk says of its completion, beside its object type. */
const ENVELOPE = ['id', 'created', 'model'] as const;
/** No time in seconds is so late for thousands of years; one in milliseconds is that since 1973. */
const FIRST_MILLISECONDS = 100_000_000_000;

/** What a value of created is instead of seconds; null for seconds. */
function createdLike(created: unknown): string | null {
  if (typeof created !== 'number') return `${kindOf(created)} where a number of seconds is expected`;
  if (created >= FIRST_MILLISECONDS) return 'which counts milliseconds where seconds are expected';
  return Number.isInteger(created) ? null : 'a fraction where whole seconds are expected';
}

/** A check that looks at each chunk that has a list of choices and no error. */
const settledChunks = (look: (data: JsonObject, event: LintEvent, report: Report) => void): LintCheck => ({
  settled: true,
  event(event, report) {
    const { data } = event;
    if (data && Array.isArray(data['choices']) && !data['error']) look(data, event, report);
  },
});

/** What stands where the log probabilities of a choice are expected; null for those, or none. */
function logprobsLike(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  const given = objectOf(value);
  if (!given) return kindOf(value);
  if ('token_logprobs' in given || 'text_offset' in given) return 'an object in the form of the older Completions API';
  const { content } = given;
  return content === undefined || content === null || Array.isArray(content)
    ? null
    : `an object whose content is ${kindOf(content)}`;
}

/** What a usage lacks of the counts that the API has in each; null where it has all, or other names for them. */
function lackedBy(usage: JsonObject): string | null {
  const lacking = USAGE_COUNTS.filter((name) => typeof usage[name] !== 'number');
  if (lacking.length === 0) return null;
  if (Object.keys(usage).length === 0) return 'has no counts: it is an empty object';
  return lacking.length < USAGE_COUNTS.length ? `has no ${lacking.join(' and no ')}` : null;
}

const USAGE_COUNTS = ['prompt_tokens', 'completion_tokens', 'total_tokens'] as const;
/** More than an hour apart, no clock restamps the chunks of one answer. */
const MAX_CREATED_STEP = 3600;

export const CHAT_COMPLETIONS_RULES: readonly LintRule[] = [
  AFTER_DONE,
  {
    id: 'id-missing',
    strict: 'info',
    lenient: null,
    help: 'Every chunk has the id of the completion. Here none has one: it is missing, null or empty text.',
    advice:
      'Clients that keep answers by their id put all of them into one, or drop them. Make an id of your own, and report it to the server.',
    example: chat(chunk({ role: 'assistant', content: 'Hi' }, { id: '' }), ...chatEndWith({ id: '' })),
    counterexample: chatText('Hi'),
    check: () => ({
      end({ outcome: { id, terminated, errors, blocks } }, report) {
        if (!id && terminated && errors.length === 0 && blocks.length > 0) report(null, 'No chunk has an id.');
      },
    }),
  },
  ID_CHANGES,
  MODEL_CHANGES,
  {
    id: 'created-changes',
    strict: 'info',
    lenient: null,
    help: 'created is the time at which the completion began, in seconds. Servers that stamp each chunk anew are common and harmless; a time that falls, or jumps by hours or to milliseconds, shows that chunks of two answers, or of two servers, are in one stream.',
    advice: 'Clients that sort or group by it take the chunks for two answers. Go by the order of the events.',
    example: chat(hi, chunk({ content: '!' }, { created: 1_700_000_000 }), ...chatEndWith({ created: 1_700_000_000 })),
    counterexample: chat(hi, chunk({ content: '!' }, { created: 2 }), ...chatEndWith({ created: 3 })),
    check: () => {
      let last: number | null = null;
      return {
        settled: true,
        event({ frame, data }, report) {
          const created = numberOf(data?.['created']);
          // Azure's first chunk, with the filter results of the prompt, has 0.
          if (!created) return;
          if (last !== null && (created < last || created - last > MAX_CREATED_STEP))
            report(frame, `created goes from ${last} to ${created}.`);
          last = created;
        },
      };
    },
  },
  {
    id: 'created-form',
    strict: 'warning',
    lenient: 'info',
    help: 'created is a whole number of seconds since 1970. Servers put milliseconds there, fractions, or a date as text.',
    advice:
      'Clients with types refuse the chunk or fail at the date: "invalid type: floating point", "value out of range". Turn it into whole seconds on the server.',
    example: chat({ ...hi, created: 1_767_000_000_123 }, ...chatEndWith({ created: 1_767_000_000_123 })),
    counterexample: chat({ ...hi, created: 1_767_000_000 }, ...chatEndWith({ created: 1_767_000_000 })),
    check: () =>
      settledChunks((data, { frame }, report) => {
        const { created } = data;
        if (created === undefined || created === null) return;
        const what = createdLike(created);
        if (what !== null) report(frame, `created is ${JSON.stringify(created)}, ${what}.`, what);
      }),
  },
  {
    id: 'fields-missing',
    strict: 'warning',
    lenient: null,
    help: 'Every chunk has created and model, and the id that the chunks before it have. Gateways leave them out of chunks that they make themselves: of a usage, a price, a heartbeat.',
    advice:
      'Clients with types refuse such a chunk and end the answer: "missing field `id`", "Field \'created\' is required". Report it to the server.',
    example: chat(hi, ...chatEnd().slice(0, 1), { choices: [], cost: '0', object: 'chat.completion.chunk' }, '[DONE]'),
    counterexample: chatText('Hi'),
    check: () => {
      let identified = false;
      return settledChunks((data, { frame }, report) => {
        const lacks = (name: string): boolean => data[name] === undefined || data[name] === null;
        const none = ENVELOPE.filter((name) => lacks(name) && (name !== 'id' || identified));
        identified ||= !lacks('id');
        if (none.length > 0) report(frame, `The chunk has no ${none.join(', no ')}.`, none.join());
      });
    },
  },
  {
    id: 'object-type',
    strict: 'warning',
    lenient: null,
    help: 'Every chunk has the object type chat.completion.chunk.',
    advice: 'Clients that check it skip such a chunk. Report it to the server.',
    example: chat({ ...hi, object: 'chat.completion' }, ...chatEnd()),
    counterexample: chatText('Hi'),
    check: ({ faults }) =>
      ofAnswer(({ frame, data }, report) => {
        // What is no chunk at all has a word of its own.
        // Azure's first chunk, with the filter results of the prompt, has empty text.
        if (data?.['object'] === '' && ('prompt_filter_results' in data || choicesOf(data).some(isFilterResult)))
          return;
        if (data && isOfPerplexity(data)) return;
        if (faults.ofEvent(frame.index)?.id === 'other-api') return;
        if (!data || data['object'] === 'chat.completion.chunk' || (!('object' in data) && !('choices' in data)))
          return;
        report(
          frame,
          data['object'] === undefined
            ? 'The chunk has no object type.'
            : `The object type is ${JSON.stringify(data['object'])}.`,
          String(data['object']),
        );
      }),
  },
  {
    id: 'choices-missing',
    strict: 'warning',
    lenient: 'info',
    help: 'A chunk has a list of choices, which is empty where it says of none.',
    advice:
      'The openai SDK fails at a chunk without one: "choices is not iterable", "NoneType is not subscriptable". Where no event has one, check that the base URL and the API belong together.',
    example: chat(hi, finish(), usageChunk(null), '[DONE]'),
    counterexample: chat(hi, finish(), usageChunk([]), '[DONE]'),
    check: ({ faults }) =>
      ofAnswer(({ frame, data, type }, report) => {
        const choices = data?.['choices'];
        if (!data || Array.isArray(choices)) return;
        const what = isHeartbeat(data, type)
          ? ': it is a heartbeat, which belongs in a comment, ": ping"'
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
        const { index } = choice;
        if (!isPlace(index))
          report(
            frame,
            index === undefined || index === null
              ? 'A choice has no index.'
              : `The index of a choice is ${JSON.stringify(index)}, which is no ${typeof index === 'number' ? 'place in a list' : 'number'}.`,
          );
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
  {
    id: 'logprobs-form',
    strict: 'warning',
    lenient: 'info',
    help: 'The log probabilities of a choice are an object with a list of tokens, or null. Some servers send them in the form of the older Completions API, or one number.',
    advice:
      'Clients that check the shape of a chunk end the answer there, even those that never asked for log probabilities. Do not ask for them, or report it to the server.',
    example: chat(chunk({ role: 'assistant', content: 'Hi' }, {}, { logprobs: -0.25 }), ...chatEnd()),
    counterexample: chat(chunk({ role: 'assistant', content: 'Hi' }, {}, { logprobs: { content: [] } }), ...chatEnd()),
    check: () =>
      settled((choice, _index, { frame }, report) => {
        const what = logprobsLike(choice['logprobs']);
        if (what !== null) report(frame, `The log probabilities of a choice are ${what}.`, what);
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
  textType(tellTexts, {
    example: chat(hi, chunk({ content: { text: '!' } }), ...chatEnd()),
    counterexample: chatText('Hi', '!'),
  }),
  {
    id: 'content-parts',
    strict: 'info',
    lenient: null,
    help: 'The content of a delta is a list of parts, where OpenAI has text. Mistral streams reasoning so; other servers pass on the form of a message.',
    advice:
      'Clients that join the content as text show "[object Object]", or fail at it. Read the text of each part, as is done here.',
    example: chat(hi, chunk({ content: [{ type: 'text', text: '!' }] }), ...chatEnd()),
    counterexample: chatText('Hi', '!'),
    check: () => {
      let thinks = false;
      const lists: LintEvent[] = [];
      return {
        ...eachChoice((choice, _index, event) => {
          const content = objectOf(choice['delta'])?.['content'];
          if (!isParts(content) || content.length === 0) return;
          if (lists.at(-1) !== event) lists.push(event);
          thinks ||= content.some((part) => part['type'] === 'thinking');
        }),
        end(_stream, report) {
          // The one form that is documented.
          if (!thinks)
            for (const { frame } of lists) report(frame, 'The content of a delta is a list of parts, not a text.');
        },
      };
    },
  },
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
  {
    id: 'message-instead-of-delta',
    strict: 'error',
    lenient: 'warning',
    help: 'A choice has a message where a delta is expected: the server sends, or ends with, an answer as it would be without streaming.',
    advice:
      'Clients of a stream do not read it, or show its text a second time after the deltas. Read it only where no delta came, and report it to the server.',
    example: chat(
      hi,
      {
        ...finish(),
        choices: [{ index: 0, message: { role: 'assistant', content: 'Hi' }, finish_reason: 'stop' }],
      },
      usageChunk([]),
      '[DONE]',
    ),
    counterexample: chatText('Hi'),
    check: () => messages(false),
  },
  {
    id: 'message-beside-delta',
    strict: 'info',
    lenient: null,
    help: 'Chunks have the message so far, or the whole of it, beside the delta. Perplexity sends both; gateways keep the message of the API that they convert.',
    advice: 'Clients that read both show the text twice. Read the deltas alone.',
    example: chat(
      {
        ...hi,
        choices: [
          {
            index: 0,
            delta: { role: 'assistant', content: 'Hi' },
            message: { role: 'assistant', content: 'Hi' },
            finish_reason: null,
          },
        ],
      },
      ...chatEnd(),
    ),
    counterexample: chatText('Hi'),
    check: () => messages(true),
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
  finishWord(FINISH_WORDS, 'finish_reason', {
    example: chat(hi, ...chatEnd('STOP')),
    counterexample: chatText('Hi'),
  }),
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
  {
    id: 'tool-index-missing',
    strict: 'error',
    lenient: 'warning',
    help: 'Each fragment of a tool call has the index of its call, which is all that tells where a fragment without an id belongs.',
    advice:
      'openai-python and openai-node end with an error, and others join the fragments of all calls. Go by the id, and without one by the place in the list, as is done here.',
    example: chat(
      chatFragment({ id: 'a', type: 'function', function: { name: 'f', arguments: '{}' } }),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(chatCall(0, 'a', 'f', '{}'), ...chatEnd('tool_calls')),
    check: () =>
      eachToolCall((call, _key, { frame }, report) => {
        const index = call['index'];
        if (isPlace(index)) return;
        report(
          frame,
          index === undefined || index === null
            ? 'A fragment of a tool call has no index.'
            : `The index of a tool call is ${JSON.stringify(index)}, which is no ${typeof index === 'number' ? 'place in a list' : 'number'}.`,
        );
      }),
  },
  {
    id: 'tool-index-gap',
    strict: 'warning',
    lenient: 'info',
    help: 'Tool calls are numbered from 0 in the order in which they begin.',
    advice:
      'openai-node leaves holes in its list, and openai-python puts the call at another index, to which no later fragment fits. Go by the indexes as they are.',
    example: chat(chatCall(1, 'a', 'f', '{}'), ...chatEnd('tool_calls')),
    counterexample: chat(chatCall(0, 'a', 'f', '{}'), ...chatEnd('tool_calls')),
    check: () => {
      const next = new Map<number, number>();
      return eachChoice((choice, at, { frame }, report) => {
        for (const call of callsIn(choice)) {
          const index = numberOf(call['index']);
          const expected = next.get(at) ?? 0;
          if (index === null || index < expected) continue;
          if (index > expected) report(frame, `Tool call ${index} begins where ${expected} was expected.`);
          next.set(at, index + 1);
        }
      });
    },
  },
  {
    id: 'tool-index-reused',
    strict: 'error',
    lenient: 'error',
    help: 'Two calls share an index: gateways that convert whole calls of Gemini or Ollama number each from 0. Or one call has another id in each fragment, because the server makes one whenever it writes a call.',
    advice:
      'openai-python joins their ids, names and arguments into one call, openai-node ends with an error, and adapters that go by index lose one. Tell calls apart by id as well.',
    example: chat(chatCall(0, 'a', 'f', '{}'), chatCall(0, 'b', 'g', '{}'), ...chatEnd('tool_calls')),
    counterexample: chat(chatCall(0, 'a', 'f', '{}'), chatCall(1, 'b', 'g', '{}'), ...chatEnd('tool_calls')),
    check: () => {
      const calls = new Map<string, IndexedCall>();
      const byId = new Map<string, IndexedCall>();
      return eachToolCall((call, key, { frame }, report) => {
        const id = stringOf(call['id']) || null;
        const part = { name: nameIn(call) || null, text: argumentsOf(call) };
        let known = calls.get(key);
        if (known && id !== null && known.id !== null && id !== known.id) {
          const before = known;
          const begun = byId.get(`${key}/${id}`);
          const continues = !begun && goesOn(before, part);
          known = continues ? before : begun;
          const how = continues
            ? ', in the middle of its arguments: each fragment has an id of its own'
            : before.text !== '' && !isJson(before.text)
              ? `, before the arguments of ${before.id} are complete`
              : '';
          report(frame, `Index ${String(call['index'])} was ${before.id} and is now ${id}${how}.`, key);
        } else if (known && id === null && known.id === null && beginsAnew(known, part)) {
          report(
            frame,
            `Index ${String(call['index'])} has arguments of ${known.name} and begins again with those of ${part.name}: neither call has an id.`,
            key,
          );
          known = undefined;
        }
        known ??= { id: null, name: null, text: '' };
        known.id = id ?? known.id;
        known.name ??= part.name;
        known.text += part.text;
        calls.set(key, known);
        if (id !== null) byId.set(`${key}/${id}`, known);
      });
    },
  },
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
      return {
        ...eachToolCall((call, key, event, report) => {
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
  {
    id: 'tool-index-drifts',
    strict: 'error',
    lenient: 'warning',
    help: 'A fragment with neither id nor name begins an index of its own, while the arguments of the call before it are not complete. The server counts fragments, or events, where the index should say which call a fragment belongs to.',
    advice:
      'Clients make a call without a name of each fragment, and the first has half of its arguments. Join the fragments in the order in which they come, and report it to the server.',
    example: chat(
      chatCall(0, 'a', 'f', '{"x"'),
      chunk({ tool_calls: [{ index: 1, function: { arguments: ':1}' } }] }),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(
      chatCall(0, 'a', 'f', '{"x"'),
      chunk({ tool_calls: [{ index: 0, function: { arguments: ':1}' } }] }),
      ...chatEnd('tool_calls'),
    ),
    comesWith: ['arguments-invalid', 'call-id-missing', 'call-name-missing'],
    check: () => {
      const seen = new Set<string>();
      let last: (IndexedCall & { readonly index: unknown; readonly choice: number }) | null = null;
      return unlessPlain(
        eachChoice((choice, at, { frame }, report) => {
          for (const call of callsIn(choice)) {
            if (last && last.choice === at && last.index === call['index']) {
              last.text += argumentsOf(call);
              continue;
            }
            const key = `${at}/${String(call['index'])}`;
            const name = nameIn(call) || null;
            const id = stringOf(call['id']) || null;
            const text = argumentsOf(call);
            const begins = isPlace(call['index']) && !seen.has(key);
            seen.add(key);
            if (
              begins &&
              name === null &&
              id === null &&
              last?.choice === at &&
              last.name !== null &&
              !isJson(last.text)
            ) {
              report(
                frame,
                `A fragment with neither id nor name begins index ${String(call['index'])}, while the arguments of ${last.name}, index ${String(last.index)}, are not complete.`,
              );
              last.text += text;
            } else if (begins) last = { id, name, text, index: call['index'], choice: at };
            else if (last) last.text += text;
          }
        }),
      );
    },
  },
  {
    id: 'call-name-late',
    strict: 'warning',
    lenient: 'info',
    help: 'A tool call begins without a name, which a later fragment brings.',
    advice:
      'Clients that open the call at its first fragment fail: "Expected \'function.name\' to be a string". Open it when the name has come.',
    example: chat(
      chatFragment({ index: 0, id: 'a', type: 'function', function: { arguments: '' } }),
      chunk({ tool_calls: [{ index: 0, function: { name: 'f', arguments: '{}' } }] }),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(chatCall(0, 'a', 'f', ''), chatArguments('{}'), ...chatEnd('tool_calls')),
    check: () => {
      const unnamed = new Map<string, LintEvent>();
      const named = new Set<string>();
      return eachToolCall((call, key, event, report) => {
        const name = nameIn(call);
        if (named.has(key)) return;
        if (!name) {
          if (!unnamed.has(key)) unnamed.set(key, event);
          return;
        }
        named.add(key);
        const first = unnamed.get(key);
        if (first)
          report(first.frame, `The call begins without a name; ${name} comes with event ${event.frame.index}.`, key);
      });
    },
  },
  callElsewhere('delta.tool_calls', callIn, {
    example: chat(
      chunk({ role: 'assistant', toolCalls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] }),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(chatCall(0, 'a', 'f', '{}'), ...chatEnd('tool_calls')),
    comesWith: ['finish-disagrees'],
  }),
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
  {
    id: 'reasoning-elsewhere',
    strict: 'warning',
    lenient: 'info',
    help: 'Reasoning has another name or place than in the servers that send it: camel case, the name of another API, the choice instead of its delta. Compatible servers have it in reasoning_content, reasoning, reasoning_text or reasoning_details of the delta.',
    advice: 'No client looks for it there. Read it from where it is, and report it to the server.',
    example: chat(chunk({ role: 'assistant', thinking: 'Hm' }), hi, ...chatEnd()),
    counterexample: chat(chunk({ role: 'assistant', reasoning_content: 'Hm' }), hi, ...chatEnd()),
    check: () =>
      unlessPlain(
        eachChoice((choice, _index, { frame }, report) => {
          const delta = objectOf(choice['delta']);
          for (const name in delta)
            if (OTHER_REASONING.has(name) && isReasoning(delta[name]))
              report(frame, `Reasoning stands in ${name} of the delta, where clients look in reasoning_content.`, name);
          for (const name in choice)
            if ((OTHER_REASONING.has(name) || name.startsWith('reasoning')) && isReasoning(choice[name]))
              report(
                frame,
                `Reasoning stands in ${name} of the choice, where clients look in its delta.`,
                `choice/${name}`,
              );
        }),
      ),
  },
  {
    id: 'reasoning-mirrored',
    strict: 'info',
    lenient: 'info',
    help: 'The same reasoning is in two fields, to serve two kinds of clients. It is taken once here.',
    advice: 'Clients that read both fields show it twice. Read one of them.',
    example: chat(chunk({ role: 'assistant', reasoning: 'Hm', reasoning_content: 'Hm' }), hi, ...chatEnd()),
    counterexample: chat(chunk({ role: 'assistant', reasoning_content: 'Hm' }), hi, ...chatEnd()),
    check: () =>
      unlessPlain(
        eachChoice((choice, _index, { frame }, report) => {
          const delta = objectOf(choice['delta']);
          const said = REASONING_FIELDS.filter((field) => stringOf(delta?.[field]));
          if (said.length > 1 && delta?.[said[0]!] === delta?.[said[1]!])
            report(frame, `${said[0]} and ${said[1]} say the same.`);
        }),
      ),
  },
  {
    id: 'delta-of-two',
    strict: 'info',
    lenient: null,
    help: 'One delta brings reasoning and text, or text and a tool call. Servers whose parser is given several tokens at once send what is on both sides of the border together.',
    advice:
      'Clients that look for the one and else for the other, as many examples do, lose a piece. Read every field of a delta, reasoning first.',
    example: chat(chunk({ role: 'assistant', reasoning_content: 'Hm', content: 'Hi' }), ...chatEnd()),
    counterexample: chat(chunk({ role: 'assistant', reasoning_content: 'Hm' }), chunk({ content: 'Hi' }), ...chatEnd()),
    check: () => ({
      settled: true,
      ...unlessPlain(
        eachChoice((choice, _index, { frame }, report) => {
          const delta = objectOf(choice['delta']);
          if (!delta || !stringOf(delta['content'])) return;
          if (REASONING_FIELDS.some((name) => stringOf(delta[name])))
            report(frame, 'A delta has reasoning and text.', 'reasoning');
          else if (callsIn(choice).length > 0) report(frame, 'A delta has text and a tool call.', 'call');
        }),
      ),
    }),
  },
  {
    id: 'token-without-text',
    strict: 'warning',
    lenient: 'info',
    help: 'The log probabilities of an event name tokens that the model gave, and neither this delta nor the next one has their text. Parsers of reasoning and tool calls drop what comes with the marker that they wait for.',
    advice:
      'The answer begins, or goes on, without its first word: the text is lost on the server. Compare with an answer that is not streamed, and report it to the server.',
    example: chat(
      chunk({ role: 'assistant', content: null }, {}, tokens('Hel')),
      chunk({ content: 'lo' }, {}, tokens('lo')),
      ...chatEnd(),
    ),
    counterexample: chat(
      chunk({ role: 'assistant', content: 'Hel' }, {}, tokens('Hel')),
      chunk({ content: 'lo' }, {}, tokens('lo')),
      ...chatEnd(),
    ),
    check: () => {
      /** Tokens of the delta before, which had no text, by choice. */
      const waiting = new Map<number, { readonly event: LintEvent; readonly text: string }>();
      // Events without log probabilities say nothing, and those with some are not alike.
      return settled((choice, index, event, report) => {
        const logprobs = objectOf(choice['logprobs']);
        if (!logprobs && waiting.size === 0) return;
        const delta = objectOf(choice['delta']);
        const said = textOf(delta);
        const given = tokenText(logprobs);
        const before = waiting.get(index);
        waiting.delete(index);
        // Only where the delta after it has the text of its own tokens was the text not held back.
        if (before && said !== '' && said === given)
          report(before.event.frame, `The log probabilities name ${JSON.stringify(before.text)}, and no delta has it.`);
        if (said === '' && !delta?.['tool_calls'] && /\S/.test(given) && !MARKER.test(given))
          waiting.set(index, before?.text === given ? before : { event, text: given });
      });
    },
  },
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
      return {
        event(event) {
          const usage = objectOf(event.data?.['usage']);
          if (!usage) return;
          count++;
          sum += numberOf(usage['completion_tokens']) ?? 0;
          last = event;
        },
        end({ outcome: { usage } }, report) {
          if (count < 2) return;
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
