/** Rules of OpenAI Chat Completions. The format is loose, and compatible servers looser still. */
import { arrayOf, numberOf, objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { isDone, type LintCheck, type LintEvent, type LintRule, type Report } from '../../lint/rule.ts';
import {
  ARGUMENTS_EMPTY,
  afterTerminator,
  textCumulative,
  textRepeated,
  type TextPiece,
} from '../../lint/shared-rules.ts';

/** A check that looks at each choice of each chunk. */
function eachChoice(look: (choice: JsonObject, index: number, event: LintEvent, report: Report) => void): LintCheck {
  return {
    event(event, report) {
      for (const item of arrayOf(event.data?.['choices'])) {
        const choice = objectOf(item);
        if (choice) look(choice, numberOf(choice['index']) ?? 0, event, report);
      }
    },
  };
}

/** A check that looks at each fragment of a tool call. `key` names its choice and index. */
function eachToolCall(look: (call: JsonObject, key: string, event: LintEvent, report: Report) => void): LintCheck {
  return eachChoice((choice, index, event, report) => {
    for (const item of arrayOf(objectOf(choice['delta'])?.['tool_calls'])) {
      const call = objectOf(item);
      // Without an index a fragment belongs to its id; the rule on missing indexes says so.
      if (call) look(call, `${index}/${String(call['index'] ?? call['id'] ?? 'none')}`, event, report);
    }
  });
}

/** A check that reports when a field of the chunk is not what it was before. */
function steady(field: string): LintCheck {
  let last: unknown;
  return {
    event({ frame, data }, report) {
      const value = data?.[field];
      // Azure's first chunk, with the filter results of the prompt, has empty ones.
      if (value === undefined || value === null || value === '') return;
      if (last !== undefined && value !== last)
        report(frame, `${field} changes from ${String(last)} to ${String(value)}.`);
      last = value;
    },
  };
}

/** The text that a chunk adds to its first choice. */
function pieceOf({ data }: LintEvent): TextPiece | null {
  const choice = objectOf(arrayOf(data?.['choices'])[0]);
  const text = stringOf(objectOf(choice?.['delta'])?.['content']);
  return text === null ? null : { block: String(choice?.['index']), text };
}

/** Plain reasoning text, by server; the wire lane reads the same. */
const REASONING_FIELDS = ['reasoning_content', 'reasoning', 'reasoning_text'] as const;
/** Where compatible servers put the reason why the generation stopped. */
const OTHER_FINISHES = ['finishReason', 'stop_reason', 'stopReason', 'done_reason', 'finish', 'reason'] as const;

/** Whose payload it is that has no choices, where that can be told. */
function otherApi(data: JsonObject): string {
  if (Array.isArray(data['candidates'])) return " It has candidates, like Gemini's own API.";
  if ('done' in data && ('message' in data || 'response' in data)) return " It has the fields of Ollama's own API.";
  const type = stringOf(data['type']);
  if (type === null) return '';
  if (type.startsWith('response.')) return ` It is a ${type} event of the Responses API.`;
  return /^(?:message|content_block)_(?:start|delta|stop)$/.test(type)
    ? ` It is a ${type} event of Anthropic's Messages API.`
    : '';
}

export const CHAT_COMPLETIONS_RULES: readonly LintRule[] = [
  afterTerminator(({ frame }) => (isDone(frame.data) ? '[DONE]' : null)),
  {
    id: 'id-changes',
    strict: 'warning',
    lenient: 'info',
    help: 'All chunks of a completion have one id.',
    check: () => steady('id'),
  },
  {
    id: 'model-changes',
    strict: 'warning',
    lenient: 'info',
    help: 'The model changes in mid-stream: a router or a fallback took over.',
    check: () => steady('model'),
  },
  {
    id: 'object-type',
    strict: 'warning',
    lenient: null,
    help: 'Every chunk has the object type chat.completion.chunk.',
    check: () => ({
      event({ frame, data }, report) {
        if (data && !data['error'] && data['object'] !== 'chat.completion.chunk')
          report(frame, `The object is ${JSON.stringify(data['object']) ?? 'missing'}.`);
      },
    }),
  },
  {
    id: 'choices-missing',
    strict: 'warning',
    lenient: 'info',
    help: 'A chunk without a list of choices. The openai SDK fails at it with "choices is not iterable".',
    check: () => ({
      event({ frame, data }, report) {
        if (data && !data['error'] && !Array.isArray(data['choices']))
          report(frame, `The chunk has no list of choices.${otherApi(data)}`);
      },
    }),
  },
  {
    id: 'choice-index',
    strict: 'error',
    lenient: 'info',
    help: 'A choice without an index; with several choices nobody can tell which one it is.',
    check: () =>
      eachChoice((choice, _index, { frame }, report) => {
        if (numberOf(choice['index']) === null) report(frame, 'A choice has no index.');
      }),
  },
  {
    id: 'role-missing',
    strict: 'warning',
    lenient: null,
    help: 'The first delta of a choice names the role. The openai helper ends with an error when none does.',
    check: () => {
      const seen = new Set<number>();
      return eachChoice((choice, index, { frame }, report) => {
        if (seen.has(index)) return;
        seen.add(index);
        if (!stringOf(objectOf(choice['delta'])?.['role']))
          report(frame, `The first delta of choice ${index} has no role.`);
      });
    },
  },
  {
    id: 'content-after-finish',
    strict: 'error',
    lenient: 'warning',
    help: 'Content follows the finish reason of its choice.',
    check: () => {
      const finished = new Set<number>();
      return eachChoice((choice, index, { frame }, report) => {
        const delta = objectOf(choice['delta']);
        if (finished.has(index) && (stringOf(delta?.['content']) || arrayOf(delta?.['tool_calls']).length > 0))
          report(frame, `Content of choice ${index} after its finish_reason.`);
        if (choice['finish_reason']) finished.add(index);
      });
    },
  },
  {
    id: 'finish-twice',
    strict: 'warning',
    lenient: 'info',
    help: 'A choice has two finish reasons.',
    check: () => {
      const reasons = new Map<number, unknown>();
      return eachChoice((choice, index, { frame }, report) => {
        const reason = choice['finish_reason'];
        if (!reason) return;
        if (reasons.has(index))
          report(frame, `Choice ${index} finishes again with ${String(reason)}, after ${String(reasons.get(index))}.`);
        reasons.set(index, reason);
      });
    },
  },
  {
    id: 'tool-index-missing',
    strict: 'error',
    lenient: 'warning',
    help: 'A fragment of a tool call without an index. The openai SDK ends with an error.',
    check: () =>
      eachToolCall((call, _key, { frame }, report) => {
        if (numberOf(call['index']) === null) report(frame, 'A tool call has no index.');
      }),
  },
  {
    id: 'tool-index-gap',
    strict: 'warning',
    lenient: 'info',
    help: 'Tool call indexes do not count up from 0. The openai SDK leaves holes in its list.',
    check: () => {
      const next = new Map<number, number>();
      return eachChoice((choice, at, { frame }, report) => {
        for (const item of arrayOf(objectOf(choice['delta'])?.['tool_calls'])) {
          const index = numberOf(objectOf(item)?.['index']);
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
    help: 'Two calls share an index. The openai SDK, and adapters that go by index, join their arguments into one call.',
    check: () => {
      const ids = new Map<string, string>();
      return eachToolCall((call, key, { frame }, report) => {
        const id = stringOf(call['id']);
        if (!id) return;
        const known = ids.get(key);
        if (known !== undefined && known !== id)
          report(frame, `Index ${String(call['index'])} was ${known} and is now ${id}.`);
        ids.set(key, id);
      });
    },
  },
  {
    id: 'tool-id-missing',
    strict: 'error',
    lenient: 'warning',
    help: 'A tool call begins without an id. Its result cannot be sent back.',
    check: () => {
      const seen = new Set<string>();
      return eachToolCall((call, key, { frame }, report) => {
        // Which call a fragment without an index belongs to is a question of its own.
        if (numberOf(call['index']) !== null && !seen.has(key) && !stringOf(call['id']))
          report(frame, `Tool call ${String(call['index'])} begins without an id.`);
        seen.add(key);
      });
    },
  },
  {
    id: 'tool-name-repeated',
    strict: 'warning',
    lenient: 'info',
    help: 'The name of a tool is repeated in a later fragment, as some local servers do. Clients that join names call get_timeget_time.',
    check: () => {
      const names = new Map<string, string>();
      return eachToolCall((call, key, { frame }, report) => {
        const name = stringOf(objectOf(call['function'])?.['name']);
        if (!name) return;
        const id = stringOf(call['id']);
        const callKey = id
          ? `${key}/${id}`
          : ([...names.keys()].findLast((known) => known === key || known.startsWith(`${key}/`)) ?? key);
        if (names.has(callKey)) report(frame, `The name ${name} is repeated in a later fragment.`);
        names.set(callKey, name);
      });
    },
  },
  {
    id: 'delta-missing',
    strict: 'error',
    lenient: 'warning',
    help: "A choice without a delta. Clients that read choices[0].delta.content fail at it. Azure's asynchronous content filter sends such choices with its results.",
    check: () =>
      eachChoice((choice, index, { frame }, report) => {
        if (objectOf(choice['delta']) || 'message' in choice) return;
        const azure = Object.keys(choice).some((field) => field.startsWith('content_filter'));
        const text = typeof choice['text'] === 'string' ? ' It has text instead, as the older Completions API.' : '';
        report(
          frame,
          `Choice ${index} has no delta.${azure ? " It carries results of Azure's asynchronous content filter." : text}`,
        );
      }),
  },
  {
    id: 'message-instead-of-delta',
    strict: 'error',
    lenient: 'warning',
    help: 'A choice has a message where a delta is expected. A client of a stream does not read it, or shows its text a second time after the deltas.',
    check: () =>
      eachChoice((choice, index, { frame }, report) => {
        const message = objectOf(choice['message']);
        if (!message) return;
        const length = stringOf(message['content'])?.length;
        report(
          frame,
          `Choice ${index} has a message${objectOf(choice['delta']) ? ' beside its delta' : ' and no delta'}${length ? `, with ${length} characters of text` : ''}.`,
        );
      }),
  },
  {
    id: 'choice-zero-missing',
    strict: 'warning',
    lenient: 'warning',
    help: 'There are choices, but none with index 0. Clients that look for choice 0 by its index see an empty answer.',
    check: () => {
      const seen = new Set<number>();
      return {
        ...eachChoice((_choice, index) => void seen.add(index)),
        end(_outcome, report) {
          if (seen.size > 0 && !seen.has(0))
            report(null, `There is no choice 0, only choice ${[...seen].toSorted((a, b) => a - b).join(', ')}.`);
        },
      };
    },
  },
  {
    id: 'finish-empty',
    strict: 'warning',
    lenient: 'info',
    help: 'A finish_reason that is empty text. It stands for "not yet", but a client that asks whether there is one takes the answer for finished.',
    check: () => {
      let count = 0;
      let first: LintEvent | null = null;
      return {
        ...eachChoice((choice, _index, event) => {
          if (choice['finish_reason'] !== '') return;
          first ??= event;
          count++;
        }),
        end(_outcome, report) {
          if (count > 0)
            report(
              first?.frame ?? null,
              `The finish_reason is empty text in ${count === 1 ? 'one choice' : `${count} choices`}, where null is expected.`,
            );
        },
      };
    },
  },
  {
    id: 'finish-elsewhere',
    strict: 'error',
    lenient: 'warning',
    help: 'The reason why the generation stopped has a name other than finish_reason, where no client looks for it.',
    check: () => {
      const look = (holder: JsonObject, where: string, { frame }: LintEvent, report: Report): void => {
        for (const field of OTHER_FINISHES) {
          const reason = stringOf(holder[field]);
          if (reason) report(frame, `There is no finish_reason; ${where} says ${field}: ${reason}.`);
        }
      };
      return {
        event(event, report) {
          const { data } = event;
          if (!data || data['error']) return;
          const choices = arrayOf(data['choices']).map(objectOf);
          if (choices.some((choice) => stringOf(choice?.['finish_reason']))) return;
          look(data, 'the chunk', event, report);
          for (const choice of choices) {
            if (!choice) continue;
            look(choice, 'the choice', event, report);
            const delta = objectOf(choice['delta']);
            if (delta && stringOf(delta['finish_reason']))
              report(
                event.frame,
                `There is no finish_reason in the choice; its delta says ${String(delta['finish_reason'])}.`,
              );
          }
        },
      };
    },
  },
  {
    id: 'call-name-late',
    strict: 'warning',
    lenient: 'info',
    help: 'A tool call begins without a name, which a later fragment brings. Clients that open the call at its first fragment fail: "Expected \'function.name\' to be a string".',
    check: () => {
      const unnamed = new Map<string, LintEvent>();
      const named = new Set<string>();
      return eachToolCall((call, key, event, report) => {
        const name = stringOf(objectOf(call['function'] ?? call['custom'])?.['name']);
        if (named.has(key)) return;
        if (!name) {
          if (!unnamed.has(key)) unnamed.set(key, event);
          return;
        }
        named.add(key);
        const first = unnamed.get(key);
        if (first)
          report(first.frame, `The call begins without a name; ${name} comes with event ${event.frame.index}.`);
      });
    },
  },
  {
    id: 'arguments-object',
    strict: 'error',
    lenient: 'warning',
    help: 'The arguments of a call come as an object instead of as text. Clients that join text get "[object Object]", or fail.',
    check: () =>
      eachToolCall((call, _key, { frame }, report) => {
        const given = objectOf(call['function'])?.['arguments'];
        if (typeof given === 'object' && given !== null)
          report(frame, `The arguments are ${Array.isArray(given) ? 'a list' : 'an object'}, not text.`);
      }),
  },
  {
    id: 'reasoning-mirrored',
    strict: 'info',
    lenient: 'info',
    help: 'The same reasoning is in two fields, to serve two kinds of clients. One that reads both shows it twice.',
    check: () => {
      let count = 0;
      let first: LintEvent | null = null;
      let fields = '';
      return {
        ...eachChoice((choice, _index, event) => {
          const delta = objectOf(choice['delta']);
          const said = REASONING_FIELDS.filter((field) => stringOf(delta?.[field]));
          if (said.length < 2 || delta?.[said[0]!] !== delta?.[said[1]!]) return;
          first ??= event;
          fields = `${said[0]} and ${said[1]}`;
          count++;
        }),
        end(_outcome, report) {
          if (count > 0)
            report(
              first?.frame ?? null,
              `${fields} say the same${count > 1 ? `, in ${count} events` : ''}; it is taken once.`,
            );
        },
      };
    },
  },
  {
    id: 'usage-in-choice',
    strict: 'warning',
    lenient: 'info',
    help: 'The usage is in a choice instead of in the chunk, as Moonshot sends it. Clients that read the chunk report zero tokens; here it is read.',
    check: () =>
      eachChoice((choice, index, { frame, data }, report) => {
        if (objectOf(choice['usage']) && !objectOf(data?.['usage']))
          report(frame, `The usage is in choice ${index}, not in the chunk.`);
      }),
  },
  ARGUMENTS_EMPTY,
  textRepeated(pieceOf),
  textCumulative(pieceOf),
  {
    id: 'usage-repeated',
    strict: 'info',
    lenient: null,
    help: 'Usage comes with more than one chunk. Clients that add the counts up report too many.',
    check: () => {
      let count = 0;
      let last: LintEvent | null = null;
      return {
        event(event) {
          if (!objectOf(event.data?.['usage'])) return;
          count++;
          last = event;
        },
        end(_outcome, report) {
          if (count > 1) report(last?.frame ?? null, `Usage comes with ${count} chunks; the last one counts.`);
        },
      };
    },
  },
];
