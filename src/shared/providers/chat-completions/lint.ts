/** Rules of OpenAI Chat Completions. The format is loose, and compatible servers looser still. */
import { arrayOf, numberOf, objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import { isDone, type LintCheck, type LintEvent, type LintRule, type Report } from '../../lint/rule.ts';
import { DONE_MISSPELT, afterTerminator } from '../../lint/shared-rules.ts';

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
      if (call) look(call, `${index}/${String(call['index'])}`, event, report);
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

export const CHAT_COMPLETIONS_RULES: readonly LintRule[] = [
  DONE_MISSPELT,
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
          report(frame, 'The chunk has no list of choices.');
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
          if (index > expected) report(frame, `Tool call ${index} begins where ${expected} was to come.`);
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
        if (!seen.has(key) && !stringOf(call['id']))
          report(frame, `Tool call ${String(call['index'])} begins without an id.`);
        seen.add(key);
      });
    },
  },
  {
    id: 'tool-name-repeated',
    strict: 'warning',
    lenient: 'info',
    help: 'The name of a tool comes again with a later fragment, as some local servers do. Clients that join names call get_timeget_time.',
    check: () => {
      const names = new Map<string, string>();
      return eachToolCall((call, key, { frame }, report) => {
        const name = stringOf(objectOf(call['function'])?.['name']);
        if (!name) return;
        const id = stringOf(call['id']);
        const callKey = id
          ? `${key}/${id}`
          : ([...names.keys()].findLast((known) => known === key || known.startsWith(`${key}/`)) ?? key);
        if (names.has(callKey)) report(frame, `The name ${name} comes again in a later fragment.`);
        names.set(callKey, name);
      });
    },
  },
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
