/** Rules of Responses on how an answer ends, and on the final response. */
import { arrayOf, numberOf, objectOf, objectsOf, stringOf, type JsonObject } from '../../../json/json-object.ts';
import { completed, created, itemAdded, itemDone, responsesExample } from '../../../lint/example-bodies.ts';
import { isDone, type LintEvent, type LintRule, type Report } from '../../../lint/rule.ts';
import { afterTerminator, finishWord } from '../../../lint/shared/ending.ts';
import { TERMINAL } from '../wire.ts';
import { contentOf, isAdded, isItemDone, itemIn, itemOf, NEEDS_CALL_ID } from './events.ts';
import { call, completedWith, endsWith, HEALTHY, said } from './examples.ts';

/** What a terminal event says that the status of its Response is. */
const STATUS_OF: ReadonlyMap<string, string> = new Map([
  ['response.completed', 'completed'],
  ['response.failed', 'failed'],
  ['response.incomplete', 'incomplete'],
  ['response.cancelled', 'cancelled'],
]);

interface Streamed {
  readonly index: number | null;
  readonly id: string | null;
  type: string;
}

export const ENDING_RULES: readonly LintRule[] = [
  afterTerminator(({ frame, type }) => (isDone(frame.data) ? '[DONE]' : TERMINAL.has(type) ? type : null), {
    example: endsWith(completed(said), { type: 'keepalive' }),
    counterexample: HEALTHY,
  }),
  {
    id: 'output-disagrees',
    strict: 'warning',
    lenient: 'info',
    help: 'The output of the final response lists the items that were streamed.',
    advice:
      'Clients that read the final response, as responses.create() without streaming does, miss what they streamed; openai-python fails at null ("NoneType object is not iterable"). Keep the items of the stream.',
    example: endsWith(completed()),
    counterexample: HEALTHY,
    check: () => {
      const items: Streamed[] = [];
      const byId = new Map<string | null, Streamed>();
      const byIndex = new Map<number | null, Streamed>();
      return {
        event({ frame, type, data }, report) {
          if (isAdded(type) || isItemDone(type)) {
            const item = itemOf(data);
            const index = numberOf(data?.['output_index']);
            const id = stringOf(item?.['id']);
            const name = stringOf(item?.['type']) ?? '';
            const known = (id === null ? undefined : byId.get(id)) ?? (index === null ? undefined : byIndex.get(index));
            if (known && (type.endsWith('done') || known.id === id)) known.type = name;
            else {
              const one = { index, id, type: name };
              items.push(one);
              byId.set(id, one);
              byIndex.set(index, one);
            }
          }
          if (!data || type !== 'response.completed') return;
          // Without an index they stand in the order in which they came.
          const streamed = items.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0)).map((one) => one.type);
          const output = objectOf(data['response'])?.['output'];
          const listed = arrayOf(output).map((item) => stringOf(objectOf(item)?.['type']) ?? '');
          if (streamed.join() !== listed.join())
            report(
              frame,
              `The stream has ${streamed.join(', ') || 'no items'}; the output of the final response ${Array.isArray(output) ? `lists ${listed.join(', ') || 'none'}` : `is ${output === undefined ? 'missing' : JSON.stringify(output)}`}.`,
            );
        },
      };
    },
  },
  {
    id: 'item-changes',
    strict: 'error',
    lenient: 'warning',
    help: 'An item says the same in its added event, its done event and the final response, where they say it at all: the name and call_id of a call, its arguments, the text of a message.',
    advice:
      'Clients keep what they saw first, or last, and differ: a result is sent back under an id that the provider does not know, or a text is lost from the history. Go by the done event of the item, and report it to the server.',
    example: responsesExample(
      created,
      itemAdded(0, call),
      itemDone(0, call),
      completed({ ...call, call_id: 'call_9' }),
    ),
    counterexample: responsesExample(created, itemAdded(0, call), itemDone(0, call), completed(call)),
    check: () => {
      const before = new Map<number, { readonly item: JsonObject; readonly done: boolean }>();
      const compare = (event: LintEvent, index: number, item: JsonObject, final: boolean, report: Report): void => {
        const known = before.get(index);
        if (!known || known.item['type'] !== item['type']) return;
        // OpenAI itself gives its own tools another call_id at their end.
        for (const field of NEEDS_CALL_ID.has(item['type']) ? ['call_id', 'name'] : [])
          if (stringOf(known.item[field]) && stringOf(item[field]) && known.item[field] !== item[field])
            report(
              event.frame,
              `The ${field} of output item ${index} changes from ${String(known.item[field])} to ${String(item[field])}.`,
              `${index}/${field}`,
            );
        const [was, is] = [contentOf(known.item), contentOf(item)];
        if (final && known.done && was !== is)
          report(
            event.frame,
            `Output item ${index} has ${was.length} characters in its done event and ${is.length === was.length ? 'others' : is.length} in the final response.`,
            `${index}/content`,
          );
      };
      return {
        event(event, report) {
          const { type, data } = event;
          const item = itemIn(data, type);
          const index = numberOf(data?.['output_index']);
          const done = isItemDone(type);
          if (item && index !== null) {
            if (done) compare(event, index, item, false, report);
            before.set(index, { item, done });
          }
          if (type !== 'response.completed') return;
          const output = objectsOf(objectOf(data?.['response'])?.['output']);
          // What lists other items has a rule of its own.
          if (output.length === before.size) output.forEach((one, at) => compare(event, at, one, true, report));
        },
      };
    },
  },
  {
    id: 'status-disagrees',
    strict: 'warning',
    lenient: 'info',
    help: 'The status of the final response is the one that its event is named after.',
    advice:
      'Clients that go by the event and clients that go by the status end differently. Go by the event, and report it to the server.',
    example: endsWith(completedWith({ status: 'in_progress' })),
    counterexample: HEALTHY,
    comesWith: ['finish-unknown'],
    check: () => ({
      settled: true,
      event({ frame, type, data }, report) {
        const status = stringOf(objectOf(data?.['response'])?.['status']);
        const expected = STATUS_OF.get(type);
        if (expected !== undefined && status !== null && status !== expected)
          report(frame, `${type} has a response with the status ${status}.`);
      },
    }),
  },
  finishWord(
    ['completed', 'failed', 'cancelled', 'incomplete', 'max_output_tokens', 'content_filter'],
    'status or reason',
    {
      example: endsWith(
        completedWith({ status: 'incomplete', incomplete_details: { reason: 'length' } }, 'response.incomplete'),
      ),
      counterexample: HEALTHY,
    },
  ),
];
