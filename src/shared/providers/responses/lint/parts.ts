/** Rules of Responses on output items and their parts: numbering, order and ids. */
import { arrayOf, numberOf, objectOf, stringOf } from '../../../json/json-object.ts';
import {
  completed,
  created,
  itemAdded,
  itemDone,
  outputText,
  partAdded,
  responsesExample,
  textDone,
} from '../../../lint/example-bodies.ts';
import type { LintEvent, LintRule } from '../../../lint/rule.ts';
import { lacks } from '../../../lint/shared/envelope.ts';
import { indexGap } from '../../../lint/shared/parts.ts';
import { isAdded, isItemDone, itemOf, isSamePart } from './events.ts';
import { call, endsWith, HEALTHY, hi, HI, msg, said, without, SAID_HI } from './examples.ts';

/** Events of one output item. */
const isOfItem = (type: string): boolean =>
  /^response\.(?:output_item|content_part|output_text|refusal|reasoning\w*|function_call_arguments|custom_tool_call_input|mcp_call_arguments|code_interpreter_call_code|shell_\w+)\.\w+/.test(
    type,
  );

/** Events of shell calls name their item by its index alone. */
const SHELL = /^response\.shell_/;

/** Which item has the events of which name. */
const ITEM_OF: Readonly<Record<string, string>> = {
  output_text: 'message',
  refusal: 'message',
  function_call_arguments: 'function_call',
  custom_tool_call_input: 'custom_tool_call',
  reasoning_text: 'reasoning',
  reasoning_summary_text: 'reasoning',
  reasoning_summary_part: 'reasoning',
};

const EVENTS_OF_ITEM = new RegExp(`^response\\.(${Object.keys(ITEM_OF).join('|')})\\.`);
const KNOWN_ITEMS: ReadonlySet<string> = new Set(Object.values(ITEM_OF));
const MAX_NAMES = 3;

function namesOf(ids: ReadonlySet<string>): string {
  const more = ids.size - MAX_NAMES;
  return `${[...ids].slice(0, MAX_NAMES).join(', then ')}${more > 0 ? `, then ${more} more ids` : ''}`;
}

export const PART_RULES: readonly LintRule[] = [
  {
    id: 'output-index-missing',
    strict: 'error',
    lenient: 'warning',
    help: 'Every event of an output item has its output_index, the place of the item in the output.',
    advice:
      'openai-python and openai-node throw on it ("Invalid response output index"), and others put the pieces of two items together. Tell the items apart by item_id, as is done here.',
    example: hi(without(HI, 'output_index')),
    counterexample: HEALTHY,
    check: () => lacks('output_index', ({ data, type }) => isOfItem(type) && numberOf(data?.['output_index']) === null),
  },
  {
    id: 'item-id-missing',
    strict: 'warning',
    lenient: 'info',
    help: 'Every event of an output item that does not carry the item has its item_id.',
    advice: 'Clients that route events by id lose them. Go by output_index, and report it to the server.',
    example: hi(without(HI, 'item_id')),
    counterexample: HEALTHY,
    check: () =>
      lacks(
        'item_id',
        ({ data, type }) =>
          isOfItem(type) &&
          !type.startsWith('response.output_item.') &&
          !SHELL.test(type) &&
          !stringOf(data?.['item_id']),
      ),
  },
  {
    id: 'item-order',
    strict: 'error',
    lenient: 'warning',
    help: 'An output item is added, gets its events and is done. Here an event speaks of one that was not added or is done already, one is never done, or two share a place.',
    advice:
      'openai-node ends with an error ("missing output at index", "Duplicate response output index"), and openai-python with an IndexError. Tell items apart by their ids, and report it to the server.',
    example: endsWith(outputText(0, 'msg_1', '!'), completed(said)),
    counterexample: HEALTHY,
    check: () => {
      const added = new Map<number, { readonly id: string | null; readonly event: LintEvent }>();
      const done = new Set<number>();
      return {
        settled: true,
        event(event, report) {
          const { frame, type, data } = event;
          const index = numberOf(data?.['output_index']);
          if (index === null) return;
          if (isAdded(type)) {
            const id = stringOf(itemOf(data)?.['id']);
            const before = added.get(index);
            if (before?.id && id && before.id !== id) {
              report(frame, `Two output items, ${before.id} and ${id}, share output_index ${index}.`, `share ${index}`);
              done.delete(index);
            } else if (before) report(frame, `Output item ${index} is added a second time.`, `again ${index}`);
            added.set(index, { id, event });
          } else if (!added.has(index))
            report(frame, `${type} speaks of output item ${index}, which was not added.`, `unknown ${index}`);
          else if (done.has(index))
            report(frame, `${type} speaks of output item ${index}, which is done.`, `done ${index}`);
          if (isItemDone(type)) done.add(index);
        },
        end({ outcome }, report) {
          if (!outcome.terminated) return;
          for (const [index, { event }] of added)
            if (!done.has(index)) report(event.frame, `Output item ${index} was never done.`, 'never done');
        },
      };
    },
  },
  indexGap(
    'output-index-gap',
    'output item',
    (data, type) => (isAdded(type) ? numberOf(data['output_index']) : null),
    () => null,
    'openai-python keeps items in a list by their order, and ends with an IndexError or puts text into the wrong item. Go by the ids.',
    {
      example: responsesExample(
        created,
        itemAdded(1, msg),
        partAdded(1, 'msg_1'),
        outputText(1, 'msg_1', 'Hi'),
        textDone(1, 'msg_1', 'Hi'),
        itemDone(1, said),
        completed(said),
      ),
      counterexample: HEALTHY,
    },
  ),
  {
    id: 'part-order',
    strict: 'error',
    lenient: 'info',
    help: 'A content or summary part is added before its deltas.',
    advice:
      'openai-python ends with an IndexError, and openai-node with "missing content at index". Add the part on the way, or report it to the server.',
    example: responsesExample(created, itemAdded(0, msg), HI, SAID_HI, itemDone(0, said), completed(said)),
    counterexample: HEALTHY,
    check: () => {
      const parts = new Set<string>();
      const added = new Set<string>();
      /** The index that the next part of an item should have. */
      const next = new Map<string, number>();
      let last: LintEvent | null = null;
      return {
        settled: true,
        event(event, report) {
          const { frame, type, data } = event;
          const summary = type.startsWith('response.reasoning_summary');
          const at = numberOf(data?.[summary ? 'summary_index' : 'content_index']);
          if (at === null) return;
          // Deltas of one part come in a row, and the first of them says it all.
          if (last?.type === type && isSamePart(last.data, data)) return;
          last = event;
          // An event may name its item by either; the rules on what is missing say so.
          const named = [data?.['output_index'], data?.['item_id']]
            .filter((name) => name !== undefined && name !== null)
            .map((name) => `${summary ? 'summary' : 'content'} part ${at} of output item ${String(name)}`);
          if (type === 'response.content_part.added' || type === 'response.reasoning_summary_part.added') {
            const [twice] = named.filter((part) => added.has(part));
            if (twice !== undefined)
              report(frame, `${twice[0]!.toUpperCase()}${twice.slice(1)} is added a second time.`);
            for (const part of named) added.add(part);
            const key = `${summary} ${String(data?.['output_index'] ?? data?.['item_id'])}`;
            const expected = next.get(key) ?? 0;
            next.set(key, at + 1);
            if (at > expected && named.length > 0)
              report(
                frame,
                `${named[0]![0]!.toUpperCase()}${named[0]!.slice(1)} is added where ${expected} was expected.`,
                'gap',
              );
          }
          const known = named.some((part) => parts.has(part));
          for (const part of named) parts.add(part);
          if (type.endsWith('.delta') && !known && named.length > 0)
            report(frame, `A delta speaks of ${named[0]}, which was not added.`);
        },
      };
    },
  },
  {
    id: 'item-id-changes',
    strict: 'error',
    lenient: 'info',
    help: 'All events of an output item name it by the id that it was added with. Proxies make a new id for each event, and gateways one for the final response.',
    advice:
      'Clients that route events by id lose them, and openai-node ends with an error. Go by output_index, as is done here.',
    example: responsesExample(
      created,
      itemAdded(0, msg),
      partAdded(0, 'msg_1'),
      outputText(0, 'msg_2', 'Hi'),
      SAID_HI,
      itemDone(0, said),
      completed(said),
    ),
    counterexample: HEALTHY,
    check: () => {
      const ids = new Map<number, string>();
      /** All the ids that an item was named by. */
      const seen = new Map<number, Set<string>>();
      return {
        settled: true,
        event({ frame, type, data }, report) {
          if (type === 'response.completed') {
            arrayOf(objectOf(data?.['response'])?.['output']).forEach((item, index) => {
              const id = stringOf(objectOf(item)?.['id']);
              const known = seen.get(index);
              if (id && known && !known.has(id))
                report(
                  frame,
                  `Output item ${index} was ${namesOf(known)}; the final response names it ${id}.`,
                  'final',
                );
            });
            return;
          }
          const index = numberOf(data?.['output_index']);
          const id = stringOf(data?.['item_id']) ?? stringOf(itemOf(data)?.['id']);
          if (index === null || id === null) return;
          const known = ids.get(index);
          seen.set(index, (seen.get(index) ?? new Set()).add(id));
          if (known === undefined || isAdded(type)) ids.set(index, id);
          else if (known !== id) report(frame, `Output item ${index} was ${known} and is now ${id}.`, String(index));
        },
      };
    },
  },
  {
    id: 'item-event-type',
    strict: 'error',
    lenient: 'warning',
    help: 'The events of an item are those of its type: a function call has function_call_arguments, a custom tool custom_tool_call_input, a message output_text or refusal.',
    advice:
      'Clients drop an event that does not fit its item, so that a call is left without its arguments. Take the text for what the item is, and report it to the server.',
    example: responsesExample(
      created,
      itemAdded(0, { ...call, arguments: '' }),
      { type: 'response.custom_tool_call_input.delta', output_index: 0, item_id: 'fc_1', delta: '{}' },
      itemDone(0, call),
      completed(call),
    ),
    counterexample: responsesExample(
      created,
      itemAdded(0, { ...call, arguments: '' }),
      { type: 'response.function_call_arguments.delta', output_index: 0, item_id: 'fc_1', delta: '{}' },
      { type: 'response.function_call_arguments.done', output_index: 0, item_id: 'fc_1', arguments: '{}' },
      itemDone(0, call),
      completed(call),
    ),
    check: () => {
      const types = new Map<unknown, string>();
      return {
        settled: true,
        event({ frame, type, data }, report) {
          if (isAdded(type)) {
            const item = itemOf(data);
            const named = stringOf(item?.['type']);
            if (named !== null) types.set(data?.['output_index'] ?? item?.['id'], named);
            return;
          }
          const fits = EVENTS_OF_ITEM.exec(type)?.[1];
          const item = fits === undefined ? undefined : types.get(data?.['output_index'] ?? data?.['item_id']);
          if (item !== undefined && ITEM_OF[fits!] !== item && KNOWN_ITEMS.has(item))
            report(frame, `${type} speaks of an item of type ${item}.`, `${fits} ${item}`);
        },
      };
    },
  },
];
