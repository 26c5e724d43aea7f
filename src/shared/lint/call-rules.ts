/** Rules on tool calls that hold for every API: whether a client could run the call, and send its result back. */
import { isJson } from '../json/json-object.ts';
import type { WireBlock, WireOutcome } from '../model/messages.ts';
import type { LintRule } from './rule.ts';

/** Calls that the client runs by their name. Others (a shell, a computer) have none. */
const NAMED = new Set(['function', 'custom', 'function_call', 'custom_tool_call', 'tool_use']);

const callsOf = ({ blocks }: WireOutcome): readonly WireBlock[] => blocks.filter(({ kind }) => kind === 'tool');
const nameOf = ({ name, block }: WireBlock): string => (name ? `${name} (${block})` : block);

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
      return next >= 0 && isJson(text.slice(0, at + 1)) ? at + 1 + next : null;
    }
  }
  return null;
}

/** How a second value after the first came to be there. */
function secondValue(call: WireBlock, at: number): string {
  const first = call.text.slice(0, at).trim();
  const rest = call.text.slice(at).trim();
  const whole = `The arguments of ${nameOf(call)} are more than one JSON value`;
  if (first === '{}' && rest.startsWith('{'))
    return `${whole}: an empty object comes first, as a placeholder, and the complete arguments after it.`;
  if (sameJson(first, rest)) return `${whole}: the complete arguments were sent again after the deltas.`;
  return `${whole}: the second begins at character ${at}.`;
}

function sameJson(a: string, b: string): boolean {
  return a === b || (isJson(b) && JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b)));
}

const chat = (...deltas: readonly string[]): string => deltas.map((delta) => chatChunk(`"delta":${delta}`)).join('');
const chatChunk = (choice: string): string =>
  `data: {"id":"c","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,${choice}}]}\n\n`;
const call = (index: number, id: string, name: string, text: string): string =>
  `{"tool_calls":[{"index":${index},"id":"${id}","type":"function","function":{"name":"${name}","arguments":${JSON.stringify(text)}}}]}`;
const END = `${chatChunk('"delta":{},"finish_reason":"tool_calls"')}data: [DONE]\n\n`;

export const CALL_RULES: readonly LintRule[] = [
  {
    id: 'call-id-shared',
    strict: 'error',
    lenient: 'error',
    help: 'Two tool calls have the same id. Their results cannot be told apart, and providers refuse the next request: "duplicate tool_call_id".',
    example: chat(call(0, 'a', 'f', '{}'), call(1, 'a', 'g', '{}')) + END,
    counterexample: chat(call(0, 'a', 'f', '{}'), call(1, 'b', 'g', '{}')) + END,
    check: () => ({
      end(outcome, report) {
        const first = new Map<string, WireBlock>();
        for (const one of callsOf(outcome)) {
          const id = one.tool_call_id;
          if (!id) continue;
          const before = first.get(id);
          if (before) report(one.firstEvent, `The calls ${nameOf(before)} and ${nameOf(one)} have the same id, ${id}.`);
          else first.set(id, one);
        }
      },
    }),
  },
  {
    id: 'call-name-missing',
    strict: 'error',
    lenient: 'error',
    help: 'A tool call never got a name, so no client can run it. In the history it makes providers refuse the next request.',
    example:
      chat('{"tool_calls":[{"index":0,"id":"a","type":"function","function":{"name":null,"arguments":"{}"}}]}') + END,
    counterexample: chat(call(0, 'a', 'f', '{}')) + END,
    check: () => ({
      end(outcome, report) {
        for (const one of callsOf(outcome))
          if (NAMED.has(one.type) && !one.name) report(one.firstEvent, `The call ${one.block} has no name.`);
      },
    }),
  },
  {
    id: 'call-cut',
    strict: 'error',
    lenient: 'error',
    help: 'The stream ended inside the arguments of a tool call. A client that takes the call as it stands runs half of it; one that drops it must say so.',
    example: chat(call(0, 'a', 'write_file', '{"path":"/tm')),
    counterexample: chat(call(0, 'a', 'write_file', '{"path":"/tmp"}')) + END,
    check: () => ({
      end(outcome, report) {
        for (const one of callsOf(outcome)) {
          if (one.closed || isJson(one.text) || !NAMED.has(one.type) || one.type.startsWith('custom')) continue;
          const what =
            one.text === '' ? 'before its arguments came' : `after ${one.text.length} characters of its arguments`;
          report(
            one.lastEvent,
            `The call ${nameOf(one)} was cut ${what}: ${outcome.terminated ? 'it was never closed' : 'the stream ended there'}.`,
          );
        }
      },
    }),
  },
  {
    id: 'arguments-two-values',
    strict: 'error',
    lenient: 'error',
    help: 'The arguments of a call are two JSON values in a row: a placeholder {} and then the complete arguments, the complete arguments sent again after their deltas, or two merged calls. Joined, as the protocol says, they are not JSON.',
    example: chat(call(0, 'a', 'f', '{}'), '{"tool_calls":[{"index":0,"function":{"arguments":"{\\"x\\":1}"}}]}') + END,
    counterexample:
      chat(call(0, 'a', 'f', ''), '{"tool_calls":[{"index":0,"function":{"arguments":"{\\"x\\":1}"}}]}') + END,
    check: () => ({
      end(outcome, report) {
        for (const one of callsOf(outcome)) {
          if (one.valid !== false) continue;
          const at = secondValueAt(one.text);
          if (at !== null) report(one.lastEvent, secondValue(one, at));
        }
      },
    }),
  },
  {
    id: 'call-not-offered',
    strict: 'warning',
    lenient: 'warning',
    help: 'The model calls a tool that the request does not offer. It made the name up, or a proxy changed it; a client without the tool still has to answer it.',
    check: ({ offered }) => ({
      end(outcome, report) {
        if (!offered) return;
        for (const one of callsOf(outcome)) {
          if (NAMED.has(one.type) && one.name && !offered.includes(one.name))
            report(one.firstEvent, `The call ${nameOf(one)} names a tool that the request does not offer.`);
        }
      },
    }),
  },
];
