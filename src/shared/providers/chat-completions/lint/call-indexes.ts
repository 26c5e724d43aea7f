/** Rules of Chat Completions on the index of a tool call, by which its fragments are joined. */
import { isJson, numberOf, stringOf } from '../../../json/json-object.ts';
import { chat, chatCall, chatEnd, chatFragment, chunk } from '../../../lint/example-bodies.ts';
import type { LintRule } from '../../../lint/rule.ts';
import { beginsAnew, goesOn } from '../one-index.ts';
import {
  argumentsOf,
  callsIn,
  Drifting,
  eachChoice,
  eachToolCall,
  indexFault,
  nameIn,
  unlessPlain,
  type IndexedCall,
} from './events.ts';

export const CALL_INDEX_RULES: readonly LintRule[] = [
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
        const fault = indexFault('a fragment of a tool call', call['index']);
        if (fault !== null) report(frame, fault);
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
      'openai-python joins their ids, names and arguments into one call, openai-node ends with an error, and adapters that go by index lose one. Tell calls apart by id as well, and join what can only be the next piece of a call.',
    example: chat(chatCall(0, 'a', 'f', '{}'), chatCall(0, 'b', 'g', '{}'), ...chatEnd('tool_calls')),
    counterexample: chat(chatCall(0, 'a', 'f', '{}'), chatCall(1, 'b', 'g', '{}'), ...chatEnd('tool_calls')),
    check: () => {
      const calls = new Map<string, IndexedCall>();
      const byId = new Map<string, IndexedCall>();
      return eachToolCall((call, key, { frame }, report, place) => {
        const id = stringOf(call['id']) || null;
        const part = { name: nameIn(call) || null, text: argumentsOf(call) };
        let known = calls.get(key);
        if (known && id !== null && known.id !== null && id !== known.id) {
          const before = known;
          const begun = byId.get(`${key}/${id}`);
          const continues = !begun && goesOn(before, part, place);
          known = continues ? before : begun;
          const how = continues
            ? `, ${before.text === '' && part.name !== null ? 'before' : 'in the middle of'} its arguments: each fragment has an id of its own`
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
    id: 'tool-index-drifts',
    strict: 'error',
    lenient: 'warning',
    help: 'A fragment that can only go on with the arguments of the call before it has an index of its own. The server counts fragments, or events, where the index should say which call a fragment belongs to. They are joined here.',
    advice:
      'Clients make a call of each fragment, none of which has arguments that can be parsed. Join the fragments in the order in which they come, and report it to the server.',
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
    check: () => {
      const drifting = new Drifting();
      return unlessPlain(
        eachChoice((choice, at, { frame }, report) => {
          for (const call of callsIn(choice)) {
            const drifted = drifting.take(call, at);
            if (drifted)
              report(
                frame,
                `The index of the call of ${drifted.name} goes from ${String(drifted.index)} to ${String(call['index'])} in the middle of its arguments.`,
              );
          }
        }),
      );
    },
  },
];
