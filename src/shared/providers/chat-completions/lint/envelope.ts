/** Rules of Chat Completions on what each chunk says of its completion. */
import { numberOf, objectOf, stringOf, type JsonObject } from '../../../json/json-object.ts';
import { chat, chatEnd, chatEndWith, chatText, chunk } from '../../../lint/example-bodies.ts';
import { kindOf, type LintCheck, type LintEvent, type LintRule, type Report } from '../../../lint/rule.ts';
import { ID_CHANGES, MODEL_CHANGES } from '../../../lint/shared/envelope.ts';
import { choicesOf, eachChoice, isFilterResult, ofAnswer } from './events.ts';
import { hi } from './examples.ts';

/** Perplexity's chunks while it searches, and its last one. */
const OBJECTS_OF_PERPLEXITY: ReadonlySet<unknown> = new Set([
  'chat.reasoning',
  'chat.reasoning.done',
  'chat.completion.done',
]);

const isOfPerplexity = (data: JsonObject): boolean =>
  OBJECTS_OF_PERPLEXITY.has(data['object']) &&
  (stringOf(data['model'])?.startsWith('sonar') === true || choicesOf(data).some((choice) => 'message' in choice));

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

/** A delta that says a role: alone, as the one that opens an answer, or beside content. */
type Opening = 'alone' | 'beside';

function openingOf(delta: JsonObject): Opening | null {
  if (!stringOf(delta['role'])) return null;
  return hasContent(delta) ? 'beside' : 'alone';
}

function hasContent(delta: JsonObject): boolean {
  for (const name in delta) {
    const value = delta[name];
    if (name === 'role' || value === null || value === '') continue;
    if (!Array.isArray(value) || value.length > 0) return true;
  }
  return false;
}

/** More openings than that are heartbeats. */
const MAX_OPENINGS = 3;

/** One choice, as far as it tells whether its answer begins anew. */
interface Begun {
  /** Deltas with content since it began, or began again. */
  deltas: number;
  /** A delta that opens the answer again, until content follows. */
  waiting: LintEvent | null;
  readonly again: { readonly event: LintEvent; readonly deltas: number }[];
}

/** More than an hour apart, no clock restamps the chunks of one answer. */
const MAX_CREATED_STEP = 3600;

export const ENVELOPE_RULES: readonly LintRule[] = [
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
    id: 'answer-opened-again',
    strict: 'warning',
    lenient: 'info',
    help: 'The first delta of an answer says the role and no content, and no other delta says it. Here such a delta stands in the middle. A gateway that loses its server and asks again writes the new answer into the same stream, from its beginning.',
    advice:
      'Clients join what comes before it and what comes after it. Where both begin alike, or the second is whole by itself, take the second alone, and report it to the gateway.',
    example: chat(
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'The answer' }),
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'The answer is 42.' }),
      ...chatEnd(),
    ),
    counterexample: chat(
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'The answer' }),
      chunk({ role: 'assistant', content: ' is 42.' }),
      ...chatEnd(),
    ),
    check: () => {
      const choices = new Map<number, Begun>();
      /** Choices whose server does not open answers that way, or says the role with content as well. */
      const others = new Set<number>();
      return {
        ...eachChoice((choice, index, event) => {
          const delta = objectOf(choice['delta']);
          if (!delta || others.has(index)) return;
          const opening = openingOf(delta);
          const begun = choices.get(index);
          if (opening === 'beside' || (!begun && opening === null)) return void others.add(index);
          if (!begun) choices.set(index, { deltas: 0, waiting: null, again: [] });
          else if (opening === 'alone') {
            if (begun.deltas > 0 && !choice['finish_reason']) begun.waiting = event;
          } else if (hasContent(delta)) {
            if (begun.waiting) {
              begun.again.push({ event: begun.waiting, deltas: begun.deltas });
              begun.waiting = null;
              begun.deltas = 0;
            }
            begun.deltas++;
          }
        }),
        end(_stream, report) {
          for (const [index, { again }] of choices)
            if (!others.has(index) && again.length <= MAX_OPENINGS)
              for (const { event, deltas } of again)
                report(
                  event.frame,
                  `Choice ${index} is opened again, by a delta with the role and no content, after ${deltas} ${deltas === 1 ? 'delta' : 'deltas'} with content.`,
                  String(index),
                );
        },
      };
    },
  },
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
];
