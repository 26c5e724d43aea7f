/** Rules of Chat Completions on text, and on the log probabilities that name its tokens. */
import { objectOf, objectsOf, stringOf, type JsonObject } from '../../../json/json-object.ts';
import { chat, chatEnd, chatText, chunk } from '../../../lint/example-bodies.ts';
import { kindOf, type LintCheck, type LintEvent, type LintRule } from '../../../lint/rule.ts';
import { textType, type TellText } from '../../../lint/shared/text.ts';
import { choicesOf, eachChoice, REASONING_FIELDS, settled, unlessPlain } from './events.ts';
import { finish, hi, usageChunk } from './examples.ts';

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

/** The fields of a delta that are text, beside its content. */
const OTHER_TEXTS = new Set<string>(['refusal', ...REASONING_FIELDS]);

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

/** A list of parts in the form of Mistral. */
const isParts = (value: unknown): value is readonly JsonObject[] =>
  Array.isArray(value) && value.every((part) => MISTRAL_PARTS.has(objectOf(part)?.['type']));

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

export const TEXT_RULES: readonly LintRule[] = [
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
];
