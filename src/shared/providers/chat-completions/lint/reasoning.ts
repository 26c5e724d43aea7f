/** Rules of Chat Completions on reasoning, which the API itself does not have. */
import { objectOf, stringOf } from '../../../json/json-object.ts';
import { chat, chatEnd, chunk } from '../../../lint/example-bodies.ts';
import type { LintRule } from '../../../lint/rule.ts';
import { callsIn, eachChoice, REASONING_FIELDS, unlessPlain } from './events.ts';
import { hi } from './examples.ts';

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

export const REASONING_RULES: readonly LintRule[] = [
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
];
