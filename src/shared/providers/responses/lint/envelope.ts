/** Rules of Responses on what each event says of itself and of its response. */
import { numberOf, objectOf, stringOf, type JsonObject } from '../../../json/json-object.ts';
import { completed, created, responsesExample } from '../../../lint/example-bodies.ts';
import type { LintEvent, LintRule, Report } from '../../../lint/rule.ts';
import {
  beforeStart,
  ID_CHANGES,
  lacks,
  MODEL_CHANGES,
  NAME_AND_TYPE,
  nameless,
  secondStart,
  TYPE_MISSING,
} from '../../../lint/shared/envelope.ts';
import { TERMINAL } from '../wire.ts';
import { itemOf } from './events.ts';
import { completedWith, endsWith, HEALTHY, hi, HI, said, SAYS_HI } from './examples.ts';

const isResponseEvent = (type: string): boolean => type.startsWith('response.') && type !== 'response.created';

/** Events that carry the response. */
const HAS_RESPONSE: ReadonlySet<string> = new Set([
  'response.created',
  'response.queued',
  'response.in_progress',
  'response.completed',
  'response.incomplete',
]);

type Fields = readonly (readonly [name: string, list?: 'list'])[];

const RESPONSE_FIELDS: Fields = [['id'], ['status'], ['model'], ['output', 'list']];

/** What clients need of an item, by its type. */
const ITEM_FIELDS: ReadonlyMap<string, Fields> = new Map([
  ['message', [['id'], ['status'], ['role'], ['content', 'list']]],
  ['function_call', [['id'], ['status']]],
  ['reasoning', [['id']]],
]);

function tellLacking(
  frame: LintEvent['frame'],
  fields: Fields,
  holder: JsonObject,
  what: string,
  report: Report,
): void {
  const lacking = fields.flatMap(([name, list]) =>
    (list ? Array.isArray(holder[name]) : stringOf(holder[name])) ? [] : [name],
  );
  if (lacking.length > 0) report(frame, `${what} has no ${lacking.join(', no ')}.`, lacking.join());
}

export const ENVELOPE_RULES: readonly LintRule[] = [
  NAME_AND_TYPE,
  TYPE_MISSING,
  {
    id: 'sequence-gap',
    strict: 'error',
    lenient: 'warning',
    help: 'sequence_number counts every event up by one. A gap means that an event was lost on the way; a number that comes again means that one was sent twice, or that two answers were spliced.',
    advice:
      'Clients that resume after a number miss what was lost, and clients that join deltas lose or double text without noticing. Look for what drops or repeats events on the way.',
    example: hi({ ...HI, sequence_number: 9 }),
    counterexample: HEALTHY,
    check: () => {
      let last: number | null = null;
      return {
        event({ frame, data }, report) {
          const number = numberOf(data?.['sequence_number']);
          if (number === null) return;
          if (last !== null && number !== last + 1) {
            const back = number <= last;
            report(
              frame,
              back
                ? `sequence_number ${number} follows ${last}: an event came again or out of order.`
                : `sequence_number jumps from ${last} to ${number}: ${number - last - 1} missing.`,
              back ? 'back' : 'gap',
            );
          }
          last = number;
        },
      };
    },
  },
  {
    id: 'sequence-missing',
    strict: 'warning',
    lenient: null,
    help: 'Every event has a sequence_number.',
    advice:
      'Clients need it to resume after a broken connection, and cannot tell whether an event is missing. Go by the order of the events.',
    example: { ...HEALTHY, body: HEALTHY.body.replaceAll(/,"sequence_number":\d+/g, '') },
    counterexample: HEALTHY,
    check: () =>
      lacks(
        'sequence_number',
        ({ data, type }) => type.startsWith('response.') && numberOf(data?.['sequence_number']) === null,
      ),
  },
  beforeStart(
    'before-created',
    'response.created',
    isResponseEvent,
    'openai-python ends with an error: "Expected to have received `response.created` before …". Report it to the server.',
    {
      example: responsesExample(...SAYS_HI, completed(said)),
      counterexample: HEALTHY,
    },
  ),
  secondStart(
    'second-created',
    'response.created',
    (type) => TERMINAL.has(type),
    'Clients that begin anew lose what came before, and others put two answers into one. Take each for an answer of its own.',
    {
      example: responsesExample(created, created, ...SAYS_HI, completed(said)),
      counterexample: HEALTHY,
    },
  ),
  {
    id: 'response-shape',
    strict: 'warning',
    lenient: 'info',
    help: 'The response in an event has an id, a status, a model and a list as its output, and an item an id, a status and what its type has. Converters leave out what their own client does not read.',
    advice:
      'Clients with typed models, as Codex and others in Rust, Go or Swift, end there with an error: "missing field". Take what is missing from the events around it, and report it to the server.',
    example: endsWith(completedWith({ id: undefined })),
    counterexample: HEALTHY,
    check: () => ({
      settled: true,
      event({ frame, type, data }, report) {
        if (!data) return;
        if (type.startsWith('response.output_item.')) {
          const item = itemOf(data);
          if (!item) return report(frame, `${type} has no item.`, 'no item');
          const fields = ITEM_FIELDS.get(stringOf(item['type']) ?? '') ?? [];
          return tellLacking(frame, fields, item, `The item of ${type}`, report);
        }
        if (type === 'response.content_part.added' && !objectOf(data['part']))
          return report(frame, `${type} has no part.`);
        if (!HAS_RESPONSE.has(type)) return;
        const response = objectOf(data['response']);
        if (!response) return report(frame, `${type} has no response.`, 'no response');
        tellLacking(frame, RESPONSE_FIELDS, response, `The response of ${type}`, report);
      },
    }),
  },
  nameless(
    'event-name-missing',
    ['info', null],
    (type) => type.startsWith('response.'),
    'The SDKs of OpenAI go by the type in the data; clients that listen for events by their name see none. Go by the type, and report it to the server.',
    { example: { ...HEALTHY, body: HEALTHY.body.replaceAll(/event: .*\n/g, '') }, counterexample: HEALTHY },
  ),
  {
    ...ID_CHANGES,
    example: endsWith(completedWith({ id: 'resp_2' })),
    counterexample: HEALTHY,
  },
  {
    ...MODEL_CHANGES,
    example: endsWith(completedWith({ model: 'n' })),
    counterexample: HEALTHY,
  },
];
