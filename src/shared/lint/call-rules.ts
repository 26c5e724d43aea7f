/** Rules on tool calls that hold for every API: whether a client could run the call, and send its result back. */
import { isJson, objectOf, parseJson } from '../json/json-object.ts';
import type { WireBlock, WireOutcome } from '../model/messages.ts';
import { nearestName } from '../text/nearest.ts';
import { chat, chatArguments, chatCall, chatEnd, chatFragment, chunk } from './example-bodies.ts';
import { kindOf, type LintCheck, type LintRule } from './rule.ts';

/** Calls that the client runs by their name. Others (a shell, a computer) have none. */
const NAMED = new Set(['function', 'custom', 'function_call', 'custom_tool_call', 'tool_use', 'functionCall']);
/** Calls whose arguments are JSON by contract. */
const TAKES_JSON = new Set(['function', 'function_call', 'tool_use', 'functionCall']);

export const callsOf = ({ blocks }: WireOutcome): readonly WireBlock[] => blocks.filter(({ kind }) => kind === 'tool');
export const callName = ({ name, block }: Pick<WireBlock, 'name' | 'block'>): string =>
  name ? `${name} (${block})` : block;

/** Where the first JSON value of a text ends, when another one follows it; null when the text is one value, or none. */
function secondValueAt(text: string): number | null {
  if (isJson(text)) return null;
  let depth = 0;
  let inText = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (inText) {
      if (char === '\\') at++;
      else if (char === '"') inText = false;
    } else if (char === '"') inText = true;
    else if (char === '{' || char === '[') depth++;
    else if ((char === '}' || char === ']') && --depth === 0) {
      const next = text.slice(at + 1).search(/\S/);
      // Anything else that follows, a bracket or a marker, is no value.
      return next >= 0 && /[{["]/.test(text[at + 1 + next]!) && isJson(text.slice(0, at + 1)) ? at + 1 + next : null;
    }
  }
  return null;
}

/** How a second value after the first came to be there. */
function secondValue(call: WireBlock, at: number): string {
  const first = call.text.slice(0, at).trim();
  const rest = call.text.slice(at).trim();
  const whole = `The arguments of ${callName(call)} are more than one JSON value`;
  if (first === '{}' && rest.startsWith('{'))
    return `${whole}: an empty object comes first, as a placeholder, and the complete arguments after it, from character ${at} on.`;
  if (sameJson(first, rest))
    return `${whole}: the complete arguments, ${rest.length} characters, were sent again after the deltas.`;
  return `${whole}: the second begins at character ${at}, as if two calls had been merged.`;
}

function sameJson(a: string, b: string): boolean {
  return a === b || (isJson(a) && isJson(b) && JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b)));
}

/** What models write around their calls: Mistral's words in brackets, and the tags of Qwen, GLM, DeepSeek and gpt-oss. */
const FORMAT_MARKER =
  /^\[[A-Z_]{3,}\]|<[|｜][^<>]{1,40}[|｜]>|<\/?(?:tool_calls?|arg_(?:key|value)|parameters?|function(?:_call)?|invoke|think)\b[^<>]{0,40}>/;
/** What the text of arguments that are not JSON looks like. */
function looksLike(text: string): string {
  const trimmed = text.trim();
  if (trimmed.startsWith('```')) return ': they stand in a Markdown code fence';
  if (/^\[object \w+\]$/.test(trimmed)) return ': a JavaScript value was written without JSON.stringify()';
  if (/^\{\s*\\"/.test(trimmed)) return ': their quotes are escaped, as within another JSON text';
  if (isJson(trimmed.replaceAll(/[\n\r\t]/g, ' ')))
    return ': a line end or a tab stands in a string without being escaped';
  if (/\b(?:NaN|Infinity)\b/.test(trimmed) && isJson(trimmed.replaceAll(/-?\b(?:NaN|Infinity)\b/g, '0')))
    return ': NaN or Infinity stands for a number';
  if (isJson(`{${trimmed}`)) return ': their first bracket is missing';
  const whole = /^(\{[^]*?\})\s*([^{["\s][^]*)$/.exec(trimmed);
  if (whole && isJson(whole[1]!)) return `: ${JSON.stringify(whole[2]!.slice(0, 20))} follows them`;
  if (/^\{\s*'/.test(trimmed) || /:\s*(?:None|True|False)\b/.test(trimmed))
    return ': they are written as Python writes a dict';
  if (/,\s*[}\]]/.test(trimmed)) return ': a comma stands before a closing bracket';
  if (/^\{\s*[A-Za-z_]\w*\s*:/.test(trimmed)) return ': their keys have no quotes';
  const marker = FORMAT_MARKER.exec(trimmed)?.[0];
  if (marker !== undefined) return `: a marker of the model's chat format, ${JSON.stringify(marker)}, stands in them`;
  if (!/^[{["\d\-tfn]/.test(trimmed)) return `: they begin with ${JSON.stringify(trimmed.slice(0, 20))}`;
  if (endsEarly(trimmed)) return ': they end before their last bracket is closed';
  return '';
}

/** Whether a text is the beginning of an object, or of a list. */
const endsEarly = (text: string): boolean => /^[{[]/.test(text) && !/[}\]]$/.test(text);
/** Whether an error of the provider ended the stream in the middle of a call, although more than the error followed. */
const cutByError = ({ closed, valid, text }: WireBlock, { errors }: WireOutcome): boolean =>
  closed && valid === false && errors.length > 0 && endsEarly(text.trim());

interface Fragments {
  /** Whether each fragment began with all of the one before it. */
  cumulative: boolean;
  count: number;
  last: string;
}

/** Fragments of the arguments of each call, as they came. */
function eachFragment(
  look: (block: string, text: string, event: number | null) => void,
): Required<Pick<LintCheck, 'hears' | 'message'>> {
  return {
    hears: ['tool_call_message'],
    message(message, event) {
      if (message.message_type === 'tool_call_message' && message.tool_call.arguments)
        look(message.block, message.tool_call.arguments, event);
    },
  };
}

export const CALL_RULES: readonly LintRule[] = [
  {
    id: 'call-id-shared',
    strict: 'error',
    lenient: 'error',
    help: 'Each tool call has an id of its own, by which its result is sent back. Servers that make ids of the name and a counter, and gateways that number calls anew in each event, give two calls one id.',
    advice:
      'Clients that keep calls by id lose one of them, and providers refuse the next request ("duplicate tool_call_id"). Give one of the two another id before you send the results back.',
    example: chat(chatCall(0, 'a', 'f', '{}'), chatCall(1, 'a', 'g', '{}'), ...chatEnd('tool_calls')),
    counterexample: chat(chatCall(0, 'a', 'f', '{}'), chatCall(1, 'b', 'g', '{}'), ...chatEnd('tool_calls')),
    check: () => ({
      end({ outcome }, report) {
        const first = new Map<string, WireBlock>();
        for (const one of callsOf(outcome)) {
          const id = one.tool_call_id;
          if (!id) continue;
          const before = first.get(id);
          if (before)
            report(one.firstEvent, `The calls ${callName(before)} and ${callName(one)} have the same id, ${id}.`, id);
          else first.set(id, one);
        }
      },
    }),
  },
  {
    id: 'call-name-missing',
    strict: 'error',
    lenient: 'error',
    help: 'A tool call has the name of the tool that is to run. One that never gets a name, or an empty one, cannot be run by any client.',
    advice:
      'In the history it makes providers refuse the next request. Drop the call, or ask the model again; if the name is in the raw events under another field, report that to the server.',
    example: chat(
      chatFragment({ index: 0, id: 'a', type: 'function', function: { name: null, arguments: '{}' } }),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(chatCall(0, 'a', 'f', '{}'), ...chatEnd('tool_calls')),
    check: () => ({
      end({ outcome }, report) {
        for (const one of callsOf(outcome))
          if (NAMED.has(one.type) && !one.name)
            report(
              one.firstEvent,
              `The call ${one.block}${one.tool_call_id ? `, with id ${one.tool_call_id},` : ''} has no name.`,
            );
      },
    }),
  },
  {
    id: 'call-name-malformed',
    strict: 'error',
    lenient: 'warning',
    help: "Names of tools are letters, digits, - and _. A name with blanks, brackets or markers of the model's chat format shows that the server's parser for tool calls cut the model's text at the wrong place.",
    advice:
      'No client finds a tool of this name, and providers refuse it in the history. Take what is left without the markers for the name, and report it to the server.',
    example: chat(chatCall(0, 'a', 'f<|channel|>commentary', '{}'), ...chatEnd('tool_calls')),
    counterexample: chat(chatCall(0, 'a', 'f', '{}'), ...chatEnd('tool_calls')),
    check: () => ({
      end({ outcome }, report) {
        for (const one of callsOf(outcome))
          if (NAMED.has(one.type) && one.name && isMalformed(one.name))
            report(
              one.firstEvent,
              `The name of the call ${one.block} is ${JSON.stringify(one.name)}${isTwice(one.name) ? ', the same name twice' : ''}.`,
            );
      },
    }),
  },
  {
    id: 'call-cut',
    strict: 'error',
    lenient: 'error',
    help: 'The stream ended inside the arguments of a tool call: the connection closed, or the answer reached its token limit.',
    advice:
      'A client that takes the call as it stands runs half of it, and one that drops it shows an empty turn. Treat the turn as failed; after a token limit, ask again with a larger one.',
    example: chat(chatCall(0, 'a', 'write_file', '{"path":"/tm')),
    counterexample: chat(chatCall(0, 'a', 'write_file', '{"path":"/tmp"}'), ...chatEnd('tool_calls')),
    comesWith: ['no-terminator'],
    check: () => ({
      end({ outcome }, report) {
        const limited = new Map(
          outcome.finish.flatMap(({ choice, unified, raw }) => (unified === 'length' ? [[choice, raw] as const] : [])),
        );
        for (const one of callsOf(outcome)) {
          const limit = limited.get(one.choice);
          const cutAtLimit = one.closed && limit !== undefined && (one.valid === false || one.text === '');
          const failed = cutByError(one, outcome);
          if ((one.closed && !cutAtLimit && !failed) || isJson(one.text) || !TAKES_JSON.has(one.type)) continue;
          const what =
            one.text === '' ? 'before its arguments came' : `after ${one.text.length} characters of its arguments`;
          const why = cutAtLimit
            ? `the answer ends there with ${limit ?? 'a limit'}`
            : failed
              ? 'the provider reported an error'
              : outcome.terminated
                ? 'it was never closed'
                : 'the stream ended there';
          report(one.lastEvent, `The call ${callName(one)} was cut ${what}: ${why}.`, one.block);
        }
      },
    }),
  },
  {
    id: 'arguments-invalid',
    strict: 'error',
    lenient: 'error',
    help: 'A tool call was closed with arguments that are not JSON, by the joined text of its fragments.',
    advice:
      "A client that parses them fails, and some then drop the call without a word. Send the parser's error back as the result of the call, so that the model can try again.",
    example: chat(chatCall(0, 'a', 'f', "{'x': 1}"), ...chatEnd('tool_calls')),
    counterexample: chat(chatCall(0, 'a', 'f', '{"x": 1}'), ...chatEnd('tool_calls')),
    check: () => ({
      end({ outcome }, report) {
        for (const one of outcome.blocks)
          if (one.valid === false && !cutByError(one, outcome))
            report(
              one.lastEvent,
              `The ${one.text.length} characters of arguments of ${callName(one)} are not JSON${looksLike(one.text)}.`,
            );
      },
    }),
  },
  {
    id: 'arguments-two-values',
    strict: 'error',
    lenient: 'error',
    help: 'The arguments of a call are two JSON values in a row: a placeholder {} and then the complete arguments, the complete arguments sent again after their deltas, or two merged calls.',
    advice:
      'Clients join the fragments, as the protocol says, and what they get is not JSON. Take the last complete value, and report the repetition to the server.',
    example: chat(chatCall(0, 'a', 'f', '{}'), chatArguments('{"x":1}'), ...chatEnd('tool_calls')),
    counterexample: chat(chatCall(0, 'a', 'f', ''), chatArguments('{"x":1}'), ...chatEnd('tool_calls')),
    comesWith: ['arguments-invalid'],
    check: () => {
      const fragments = new Map<string, { last: string; before: number }>();
      return {
        ...eachFragment((block, text) => {
          const { last = '', before = 0 } = fragments.get(block) ?? {};
          fragments.set(block, { last: text, before: before + last.length });
        }),
        end({ outcome }, report) {
          for (const one of callsOf(outcome)) {
            if (one.valid !== false) continue;
            const at = secondValueAt(one.text);
            const fragment = fragments.get(one.block);
            if (at !== null) report(one.lastEvent, secondValue(one, at));
            else if (fragment && resent(one.text, fragment.last, fragment.before))
              report(
                one.lastEvent,
                `The last fragment of ${callName(one)} has the complete arguments, ${fragment.last.length} characters, after ${fragment.before} characters of them that had come already.`,
              );
          }
        },
      };
    },
  },
  {
    id: 'arguments-cumulative',
    strict: 'error',
    lenient: 'error',
    help: 'Each fragment of the arguments of a call holds all of the arguments so far, instead of what is new.',
    advice:
      'Clients join the fragments, as the protocol says, and what they get is not JSON. Take the last fragment alone, and report it to the server.',
    example: chat(
      chatCall(0, 'a', 'f', '{"x"'),
      chatArguments('{"x":1'),
      chatArguments('{"x":1}'),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(
      chatCall(0, 'a', 'f', '{"x"'),
      chatArguments(':1'),
      chatArguments('}'),
      ...chatEnd('tool_calls'),
    ),
    comesWith: ['arguments-invalid'],
    check: () => {
      const fragments = new Map<string, Fragments>();
      return {
        ...eachFragment((block, text) => {
          const before = fragments.get(block);
          if (!before) return void fragments.set(block, { cumulative: true, count: 1, last: text });
          before.cumulative &&= text.length > before.last.length && text.startsWith(before.last);
          before.count++;
          before.last = text;
        }),
        end({ outcome }, report) {
          for (const one of callsOf(outcome)) {
            const seen = fragments.get(one.block);
            if (one.valid === true || !seen?.cumulative || seen.count < 3) continue;
            report(
              one.lastEvent,
              `Each of the ${seen.count} fragments of the arguments of ${callName(one)} begins with all of the one before it.`,
            );
          }
        },
      };
    },
  },
  {
    id: 'arguments-not-object',
    strict: 'warning',
    lenient: 'warning',
    help: 'The arguments of a call are JSON, but not an object. Most often they are a text that holds the JSON of the arguments: they were encoded twice.',
    advice:
      'Clients look for the arguments by name and find none. Parse a text once more, and report it to the server.',
    example: chat(chatCall(0, 'a', 'f', '"{\\"x\\":1}"'), ...chatEnd('tool_calls')),
    counterexample: chat(chatCall(0, 'a', 'f', '{"x":1}'), ...chatEnd('tool_calls')),
    check: () => ({
      end({ outcome }, report) {
        for (const one of callsOf(outcome)) {
          if (!one.closed || one.text === '' || !TAKES_JSON.has(one.type) || !isJson(one.text)) continue;
          const value: unknown = JSON.parse(one.text);
          if (objectOf(value)) continue;
          const twice = typeof value === 'string' && objectOf(parseJson(value)) !== null;
          report(
            one.lastEvent,
            `The arguments of ${callName(one)} are ${kindOf(value)} instead of an object${twice ? ': they were encoded as JSON twice' : ''}.`,
          );
        }
      },
    }),
  },
  {
    id: 'arguments-required',
    strict: 'warning',
    lenient: 'warning',
    help: 'The request offers the tool with arguments that its schema requires, and the call does not have all of them.',
    advice:
      'The tool fails, or runs with less than it needs. Check the arguments against the schema before you run a tool, and send what is missing back as the result of the call.',
    example: {
      ...chat(chatCall(0, 'a', 'f', '{}'), ...chatEnd('tool_calls')),
      offered: [{ name: 'f', required: ['path'] }],
    },
    counterexample: {
      ...chat(chatCall(0, 'a', 'f', '{"path":"/"}'), ...chatEnd('tool_calls')),
      offered: [{ name: 'f', required: ['path'] }],
    },
    check: ({ offered }) => ({
      end({ outcome }, report) {
        for (const one of callsOf(outcome)) {
          const tool = offered?.find(({ name }) => name === one.name);
          if (!tool || !one.closed || !TAKES_JSON.has(one.type)) continue;
          // Messages has no text at all for a call without arguments.
          const given = objectOf(one.text === '' ? {} : parseJson(one.text));
          const missing = given ? tool.required.filter((name) => !Object.hasOwn(given, name)) : [];
          if (missing.length > 0)
            report(
              one.lastEvent,
              `The call ${callName(one)} has no ${missing.slice(0, 5).join(', no ')}, which its schema requires.`,
              one.block,
            );
        }
      },
    }),
  },
  {
    id: 'call-not-offered',
    strict: 'warning',
    lenient: 'warning',
    help: 'The model calls a tool that the request does not offer. It made the name up, or a proxy changed it on the way: in case, with a prefix, or by cutting it.',
    advice:
      'A client without a tool of this name still has to answer the call, with an error as its result. Where the name is one of yours in another spelling, look for what rewrites it.',
    example: {
      ...chat(chatCall(0, 'a', 'getWeather', '{}'), ...chatEnd('tool_calls')),
      offered: [{ name: 'get_weather', required: [] }],
    },
    counterexample: {
      ...chat(chatCall(0, 'a', 'get_weather', '{}'), ...chatEnd('tool_calls')),
      offered: [{ name: 'get_weather', required: [] }],
    },
    check: ({ offered }) => ({
      end({ outcome }, report) {
        // A request that offers none may have named them elsewhere: in a prompt that is stored, in the session before.
        if (!offered?.length) return;
        const names = offered.map(({ name }) => name);
        for (const one of callsOf(outcome)) {
          if (!NAMED.has(one.type) || !one.name || names.includes(one.name)) continue;
          const near = nearestName(one.name, names);
          report(
            one.firstEvent,
            `The call ${callName(one)} names a tool that the request does not offer${near === null ? `; it offers ${listed(names)}` : `; the nearest that it offers is ${near}`}.`,
            one.name,
          );
        }
      },
    }),
  },
  {
    id: 'call-repeated',
    strict: 'info',
    lenient: 'info',
    help: 'Two calls in a row have the same name and the same arguments. Models do that at times; servers and gateways do it when they send a call again as if it were new.',
    advice:
      'A client runs the tool twice. If the second run would do harm, ask before it; if the model did not mean it, look for what sends the call again.',
    example: chat(
      chatCall(0, 'a', 'f', '{"x":1}'),
      chunk({ tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'f', arguments: '{"x":1}' } }] }),
      ...chatEnd('tool_calls'),
    ),
    counterexample: chat(
      chatCall(0, 'a', 'f', '{"x":1}'),
      chunk({ tool_calls: [{ index: 1, id: 'b', type: 'function', function: { name: 'f', arguments: '{"x":2}' } }] }),
      ...chatEnd('tool_calls'),
    ),
    check: () => ({
      end({ outcome }, report) {
        let before: WireBlock | undefined;
        for (const one of callsOf(outcome)) {
          const same = before?.name === one.name && before?.text === one.text && before.choice === one.choice;
          if (before && same && one.name && one.text.length > 2)
            report(one.firstEvent, `The calls ${callName(before)} and ${callName(one)} have the same arguments.`);
          before = one;
        }
      },
    }),
  },
];

/** Whether the last fragment is the complete arguments, of which a part had come before it. */
function resent(text: string, last: string, before: number): boolean {
  const given = text.slice(0, before).trim();
  return given !== '' && last.trim().startsWith('{') && isJson(last) && last.trim().startsWith(given);
}

/** With characters that no name has, a word that languages print for nothing, or twice in a row. */
const isMalformed = (name: string): boolean =>
  /[\s<>(){}[\]|"'`,;=]/.test(name) || /^(?:null|undefined|None|nil)$/.test(name) || isTwice(name);
/** Shorter names may be made of two halves. */
const MIN_TWICE = 8;
const isTwice = (name: string): boolean =>
  name.length >= MIN_TWICE && name.slice(0, name.length / 2) === name.slice(name.length / 2);

const MAX_LISTED = 5;

function listed(names: readonly string[]): string {
  const more = names.length - MAX_LISTED;
  return `${names.slice(0, MAX_LISTED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
