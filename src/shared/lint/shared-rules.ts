/**
 * Rules that several APIs share and others have no use for. Each provider lists those that hold for it, and says how its
 * events speak of what the rule looks at.
 */
import { nearestName } from '../text/nearest.ts';
import { objectOf, stringOf, type JsonObject } from '../json/json-object.ts';
import { callName, callsOf } from './call-rules.ts';
import {
  blockStart,
  blockStop,
  chat,
  chatCall,
  chatEnd,
  chatEndWith,
  chatText,
  chunk,
  message,
  textDelta,
  toolUse,
} from './example-bodies.ts';
import type { Frame } from '../model/stream.ts';
import { isDone, kindOf, type LintCheck, type LintEvent, type LintRule, type Report } from './rule.ts';

/** An example and its counterexample, where they differ from API to API. */
export type Examples = Pick<LintRule, 'example' | 'counterexample'> & Partial<Pick<LintRule, 'comesWith'>>;

/** For events that are named twice: by the frame and in their data. */
export const NAME_AND_TYPE: LintRule = {
  id: 'name-and-type',
  strict: 'error',
  lenient: 'warning',
  help: "The event's name and the type in its data differ.",
  advice:
    'The SDKs of Anthropic and OpenAI go by the type, and by the name only for errors and pings; clients that listen by name read another stream. Report it to the server.',
  example: {
    api: 'messages',
    body: message('end_turn', blockStart(0), textDelta(0, 'Hi'), blockStop(0)).body.replace(
      'event: content_block_delta',
      'event: message_delta',
    ),
  },
  counterexample: message('end_turn', blockStart(0), textDelta(0, 'Hi'), blockStop(0)),
  check: () => ({
    settled: true,
    event({ frame, data, type }, report) {
      // Vertex AI names pings by itself.
      if (type === 'ping') return;
      if (data && typeof data['type'] === 'string' && frame.name !== '' && frame.name !== type)
        report(frame, `The event is named ${frame.name}, its data says ${type}.`, `${frame.name}/${type}`);
    },
  }),
};

/** For events whose data says their type beside the name. */
export const TYPE_MISSING: LintRule = {
  id: 'type-missing',
  strict: 'error',
  lenient: 'warning',
  help: 'The type of an event stands in its data as well as in its name. A gateway that writes events anew has left it out.',
  advice:
    "The SDKs go by the type, and drop or fail at an event without one. Add the event's name as its type, and report it to the server.",
  example: {
    api: 'messages',
    body: message('end_turn', blockStart(0), textDelta(0, 'Hi'), blockStop(0)).body.replaceAll(
      /"type":"(?:message|content_block)_\w+",?/g,
      '',
    ),
  },
  counterexample: message('end_turn', blockStart(0), textDelta(0, 'Hi'), blockStop(0)),
  check: () => ({
    settled: true,
    event({ frame, data }, report) {
      if (
        data &&
        frame.sse &&
        frame.name !== '' &&
        frame.name !== 'error' &&
        frame.name !== 'ping' &&
        !('type' in data) &&
        !('error' in data)
      )
        report(frame, `The event is named ${frame.name}, and its data has no type.`);
    },
  }),
};

/** `endOf`: what an event is called that ends the stream; null for every other. */
export const afterTerminator = (endOf: (event: LintEvent) => string | null, examples: Examples): LintRule => ({
  id: 'after-terminator',
  strict: 'warning',
  lenient: 'info',
  help: 'Data follows the event that ends the stream.',
  pastEnd: true,
  advice:
    'Clients stop reading there, as the openai SDK does at [DONE], and lose what follows; others, as the Anthropic SDK, append it. Look at what was sent too late, and report it to the server.',
  ...examples,
  check: () => {
    let ended: string | null = null;
    return {
      settled: true,
      event(event, report) {
        const { frame } = event;
        // A Responses stream of a compatible server may end with [DONE] as well.
        if (ended !== null && frame.dispatches && !(isDone(frame.data) && ended !== '[DONE]'))
          report(frame, `This event follows ${ended}.`);
        ended = endOf(event) ?? ended;
      },
    };
  },
});

export const AFTER_DONE = afterTerminator(({ frame }) => (isDone(frame.data) ? '[DONE]' : null), {
  example: chat(chunk({ role: 'assistant', content: 'Hi' }), chatEnd()[0], '[DONE]', chunk({ content: '!' })),
  counterexample: chatText('Hi'),
});

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
      ? 'Clients that join text get "[object Object]", and others fail. Take the value as it is, and report it to the server.'
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

/** Says that a value stands in a place of text, which is called by its field and what has the field. */
export type TellText = (given: unknown, field: string, of: string) => void;

/** `tellTexts`: tells what an event has in the places of text. */
export const textType = (tellTexts: (data: JsonObject, tell: TellText) => void, examples: Examples): LintRule => ({
  id: 'text-type',
  strict: 'error',
  lenient: 'warning',
  help: 'A piece of the text is no text in the JSON: an object, a list of parts, a number, true or false. A gateway passes on the form of another API, or the server writes a token that looks like a number without its quotes.',
  advice:
    'Clients join it as text and get "[object Object]", or fail at it: "can only concatenate str". Read the text out of it, and report it to the server.',
  ...examples,
  check: () => {
    let at: Frame | null = null;
    let told: Report | null = null;
    const tell: TellText = (given, field, of) => {
      if (typeof given === 'string' || given === null || given === undefined) return;
      const kind = kindOf(given);
      told?.(at, `The ${field} of ${of} is ${kind}, not a text.`, `${field}/${kind}`);
    };
    return {
      settled: true,
      event({ frame, data }, report) {
        if (!data) return;
        [at, told] = [frame, report];
        tellTexts(data, tell);
      },
    };
  },
});

/** For APIs of events that are not ended by [DONE]. */
export const foreignDone = (advice: string, examples: Examples): LintRule => ({
  id: 'done-foreign',
  strict: 'warning',
  lenient: 'info',
  help: 'The stream ends with [DONE], which is the terminator of Chat Completions and no event of this API. A gateway that speaks several APIs ends all of them alike.',
  advice,
  pastEnd: true,
  ...examples,
  check: () => ({
    event({ frame }, report) {
      if (isDone(frame.data)) report(frame, 'This event is [DONE], which this API does not have.');
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

/** For APIs whose finish reason is not what ends the stream. */
export const CONTENT_AFTER_FINISH: LintRule = {
  id: 'content-after-finish',
  strict: 'error',
  lenient: 'warning',
  help: 'Content follows the reason why the answer ended.',
  advice:
    'Clients that act on the reason never see it: they run the tools, or close the answer. Read on up to the terminator, and report it to the server.',
  example: chat(chunk({ role: 'assistant', content: 'Hi' }), chatEnd()[0], chunk({ content: ' there' }), '[DONE]'),
  counterexample: chatText('Hi', ' there'),
  check: () => {
    const choices = new Map<string, number>();
    const finished = new Map<number, string | null>();
    return {
      message(said, event, report) {
        if (said.message_type === 'block_start') choices.set(said.block, said.choice);
        if (said.message_type === 'finish' && said.finish.raw !== null) finished.set(said.choice, said.finish.raw);
        // A message that begins anew has its end before it.
        if (said.message_type === 'event' && said.type === 'message') finished.clear();
        if (finished.size === 0 || !('block' in said) || said.message_type === 'block_stop') return;
        const choice = choices.get(said.block) ?? 0;
        const reason = finished.get(choice);
        if (reason === undefined || !adds(said)) return;
        report(event, `Content of choice ${choice} comes after its finish reason, ${reason}.`, String(choice));
      },
    };
  },
};

/** Whether a message of a block adds content to it. */
function adds(said: { readonly message_type: string } & JsonObject): boolean {
  if (said.message_type === 'tool_call_message') return true;
  return ['content', 'reasoning'].some((field) => Boolean(said[field]));
}

/** `reasonsOf`: the finish reasons that an event says, with their choices. `renews`: whether an event begins another answer. */
export const finishTwice = (
  reasonsOf: (data: JsonObject, type: string) => readonly { readonly choice: number; readonly reason: string }[],
  renews: (type: string) => boolean,
  examples: Examples,
): LintRule => ({
  id: 'finish-twice',
  strict: 'warning',
  lenient: 'info',
  help: 'The answer has two finish reasons: a proxy or a fallback ended it a second time.',
  advice:
    'Clients that keep the last one, as the SDKs do, may lose a tool call that the first announced; clients that act on the first act too early. Go by the calls themselves, and report it to the server.',
  ...examples,
  check: () => {
    const reasons = new Map<number, string>();
    return {
      settled: true,
      event({ frame, data, type }, report) {
        if (renews(type)) reasons.clear();
        for (const { choice, reason } of data ? reasonsOf(data, type) : []) {
          const before = reasons.get(choice);
          if (before !== undefined)
            report(
              frame,
              before === reason
                ? `The answer has two finish reasons: ${reason} comes again.`
                : `The answer has two finish reasons: ${before}, and now ${reason}.`,
              String(choice),
            );
          reasons.set(choice, reason);
        }
      },
    };
  },
});

/** `words`: the reasons that the API has. */
export const finishWord = (words: readonly string[], field: string, examples: Examples): LintRule => ({
  id: 'finish-unknown',
  strict: 'warning',
  lenient: 'info',
  help: "The finish reason is not one that the API has: it is spelt in another way, or it is another API's word, passed on by a gateway.",
  advice:
    'Clients that know the words of the API alone take it for an error, or for an answer that goes on. Map it to the word of the API, and report it to the server.',
  ...examples,
  check: () => ({
    hears: ['finish'],
    message(said, event, report) {
      if (said.message_type !== 'finish' || said.finish.raw === null || words.includes(said.finish.raw)) return;
      const { raw, unified } = said.finish;
      const near = words.find((word) => word === SAME_AS[raw.toLowerCase()]) ?? nearestWord(raw, words);
      if (unified === 'error') return;
      report(
        event,
        `${JSON.stringify(raw)} is no ${field} of this API${near === null ? '' : `; the nearest is ${near}`}.`,
        raw,
      );
    },
  }),
});

/** A word that is much longer than the one that it contains means something else. */
const MAX_LONGER = 4;
function nearestWord(raw: string, words: readonly string[]): string | null {
  const near = nearestName(raw, words);
  return near !== null && raw.length - near.length <= MAX_LONGER ? near : null;
}

/** Words of one API that mean what those of another do. */
const SAME_AS: Readonly<Record<string, string>> = {
  end_turn: 'stop',
  eos: 'stop',
  max_tokens: 'length',
  tool_use: 'tool_calls',
  tool_calls: 'tool_use',
  stop: 'end_turn',
  length: 'max_tokens',
};

/** `reasonOf`: a reason that an event has in another place than its own, with that place; null where there is none. */
export const finishElsewhere = (
  field: string,
  reasonOf: (data: JsonObject, type: string) => { readonly where: string; readonly reason: string } | null,
  examples: Examples,
): LintRule => ({
  id: 'finish-elsewhere',
  strict: 'error',
  lenient: 'warning',
  help: 'The reason why the answer ended has another name or place than in the API: camel case, the name of another API, the delta instead of the choice.',
  advice:
    'No client looks for it there: the answer looks as if it had been cut. Read it from where it is, and report it to the server.',
  ...examples,
  check: () => ({
    settled: true,
    event({ frame, data, type }, report) {
      const found = data && !data['error'] ? reasonOf(data, type) : null;
      if (found) report(frame, `There is no ${field}; ${found.where}: ${found.reason}.`, found.where);
    },
  }),
});

/** The first field of an object that is a text and one of some. */
export function firstText(
  holder: JsonObject | null,
  fields: ReadonlySet<string>,
): { readonly field: string; readonly text: string } | null {
  if (holder)
    for (const field in holder) {
      const text = fields.has(field) ? stringOf(holder[field]) : null;
      if (text) return { field, text };
    }
  return null;
}

/** For APIs that name the response and its model, in each event or in several. */
export const ID_CHANGES: LintRule = {
  id: 'id-changes',
  strict: 'warning',
  lenient: 'info',
  help: 'All events of a response have one id.',
  advice:
    'Clients that group events by the id take them for two answers, and the openai SDK ends a Responses stream with an error. Two answers may have been spliced; look at what changes with the id.',
  example: chat(
    chunk({ role: 'assistant', content: 'Hi' }),
    chunk({ content: '!' }, { id: 'chatcmpl-2' }),
    ...chatEndWith({ id: 'chatcmpl-2' }),
  ),
  counterexample: chat(chunk({ role: 'assistant', content: 'Hi' }), chunk({ content: '!' }, { id: '' }), ...chatEnd()),
  check: () => steady('id'),
};

export const MODEL_CHANGES: LintRule = {
  id: 'model-changes',
  strict: 'warning',
  lenient: 'info',
  help: 'The model changes in mid-stream: a router or a fallback took over.',
  advice:
    'Clients that show or bill one model show the wrong one for a part of the answer. Ask the router which model wrote what.',
  example: chat(
    chunk({ role: 'assistant', content: 'Hi' }),
    chunk({ content: '!' }, { model: 'n' }),
    ...chatEndWith({ model: 'n' }),
  ),
  counterexample: chat(
    chunk({ role: 'assistant', content: 'Hi' }),
    chunk({ content: '!' }, { model: '' }),
    ...chatEnd(),
  ),
  check: () => steady('model'),
};

/** Reports when what the response says of itself is not what it said before. Empty words say nothing. */
function steady(field: 'id' | 'model'): LintCheck {
  let last: string | null = null;
  return {
    hears: ['response'],
    message(said, event, report) {
      if (said.message_type !== 'response') return;
      const value = said[field];
      if (value === null) return;
      if (last !== null && value !== last) report(event, `The ${field} changes from ${last} to ${value}.`);
      last = value;
    },
  };
}

/** `start`: the type of the event that begins the answer. `belongs`: whether an event needs it. */
export const beforeStart = (
  id: string,
  start: string,
  belongs: (type: string) => boolean,
  advice: string,
  examples: Examples,
): LintRule => ({
  id,
  strict: 'error',
  lenient: start === 'message_start' ? 'error' : 'warning',
  help: `The stream begins with ${start}, which says what all other events belong to.`,
  advice,
  ...examples,
  check: () => {
    let started = false;
    let first: LintEvent | null = null;
    let early = 0;
    return {
      event(event) {
        if (event.type === start) started = true;
        else if (!started && belongs(event.type)) {
          first ??= event;
          early++;
        }
      },
      end(_stream, report) {
        if (!first) return;
        const more = early > 1 ? `, and ${early - 1} more event${early > 2 ? 's' : ''}` : '';
        report(
          first.frame,
          started
            ? `${first.type}${more} come${early > 1 ? '' : 's'} before ${start}.`
            : `${first.type}${more} come${early > 1 ? '' : 's'} without any ${start} in the stream.`,
        );
      },
    };
  },
});

/** `startOf`: the index of a part of the answer that an event begins. `from`: where the count begins anew, else null. */
export const indexGap = (
  id: string,
  noun: string,
  startOf: (data: JsonObject, type: string) => number | null,
  from: (data: JsonObject, type: string) => number | null,
  advice: string,
  examples: Examples,
): LintRule => ({
  id,
  strict: 'warning',
  lenient: 'info',
  help: `Indexes count up by one from 0, in the order in which each ${noun} begins.`,
  advice,
  ...examples,
  check: () => {
    let next = 0;
    const begun = new Set<number>();
    return {
      settled: true,
      event({ frame, type, data }, report) {
        if (!data) return;
        const first = from(data, type);
        if (first !== null) {
          next = first;
          begun.clear();
        }
        const index = startOf(data, type);
        if (index === null) return;
        // That one begins again has a rule of its own.
        if (begun.has(index)) return;
        begun.add(index);
        if (index !== next) report(frame, `The ${noun} ${index} begins where ${next} was expected.`);
        next = index + 1;
      },
    };
  },
});

/** `lacking`: what an event of deltas has in the place of its delta, where that is none. */
export const deltaMissing = (
  lacking: (data: JsonObject, type: string) => string | null,
  examples: Examples,
): LintRule => ({
  id: 'delta-missing',
  strict: 'error',
  lenient: 'warning',
  help: 'An event that brings a delta has none, or null in its place.',
  advice:
    'Clients that read what is new from it fail: "NoneType has no attribute", "cannot read properties of null". Skip such an event, and report it to the server.',
  ...examples,
  check: () => ({
    settled: true,
    event({ frame, data, type }, report) {
      const lack = data ? lacking(data, type) : null;
      if (lack !== null) report(frame, lack);
    },
  }),
});

/** `start` and `stop`: the types of the events that begin and end an answer. */
export const secondStart = (
  id: string,
  start: string,
  stop: (type: string) => boolean,
  advice: string,
  examples: Examples,
): LintRule => ({
  id,
  strict: 'error',
  lenient: 'error',
  help: `A second ${start} comes while an answer goes on. A proxy spliced two answers, or sent the beginning again after a new try.`,
  advice,
  ...examples,
  check: () => {
    let open = false;
    return {
      settled: true,
      event({ frame, type }, report) {
        if (type === start && open) report(frame, `A second ${start} comes before the first answer is over.`);
        if (type === start) open = true;
        if (stop(type)) open = false;
      },
    };
  },
});

/** A check for a field that events of some types have: a server that leaves it out leaves it out everywhere. */
export const lacks = (field: string, lacking: (event: LintEvent) => boolean): LintCheck => ({
  settled: true,
  event(event, report) {
    if (!event.data || !lacking(event)) return;
    const given = event.data[field];
    const odd = given !== undefined && given !== null && given !== '';
    report(
      event.frame,
      odd ? `${event.type} has ${JSON.stringify(given)} as its ${field}.` : `${event.type} has no ${field}.`,
    );
  },
});
