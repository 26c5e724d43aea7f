/** Rules of OpenAI Responses: numbering, order and pairing of events, and whether the parts add up. */
import { arrayOf, numberOf, objectOf, objectsOf, stringOf, type JsonObject } from '../../json/json-object.ts';
import {
  completed,
  created,
  functionCall,
  itemAdded,
  itemDone,
  outputMessage,
  outputText,
  partAdded,
  responsesExample,
  type ExampleEvent,
} from '../../lint/example-bodies.ts';
import {
  isDone,
  kindOf,
  lintEvent,
  type LintEvent,
  type LintExample,
  type LintRule,
  type Report,
} from '../../lint/rule.ts';
import {
  afterTerminator,
  argumentsType,
  callElsewhere,
  callNameIn,
  ARGUMENTS_EMPTY,
  beforeStart,
  deltaMissing,
  finishWord,
  ID_CHANGES,
  indexGap,
  lacks,
  MODEL_CHANGES,
  NAME_AND_TYPE,
  TYPE_MISSING,
  secondStart,
} from '../../lint/shared-rules.ts';
import { TERMINAL } from './wire.ts';

const isResponseEvent = (type: string): boolean => type.startsWith('response.') && type !== 'response.created';

/** Events of one output item. */
const isOfItem = (type: string): boolean =>
  /^response\.(?:output_item|content_part|output_text|refusal|reasoning\w*|function_call_arguments|custom_tool_call_input|mcp_call_arguments|code_interpreter_call_code|shell_\w+)\.\w+/.test(
    type,
  );
/** Events of shell calls name their item by its index alone. */
const SHELL = /^response\.shell_/;
/** Events that bring a delta of text. */
const TEXT_DELTA =
  /^response\.(?:output_text|refusal|reasoning_text|reasoning_summary_text|function_call_arguments|custom_tool_call_input|mcp_call_arguments|code_interpreter_call_code)\.delta$/;
/** What a terminal event says that the status of its Response is. */
const STATUS_OF: ReadonlyMap<string, string> = new Map([
  ['response.completed', 'completed'],
  ['response.failed', 'failed'],
  ['response.incomplete', 'incomplete'],
  ['response.cancelled', 'cancelled'],
]);

const isAdded = (type: string): boolean => type === 'response.output_item.added';
const isItemDone = (type: string): boolean => type === 'response.output_item.done';
const itemOf = (data: JsonObject | null): JsonObject | null => objectOf(data?.['item']);
/** The item that an event gives whole, when it begins and when it is done. */
const itemIn = (data: JsonObject | null, type: string): JsonObject | null =>
  isAdded(type) || isItemDone(type) ? itemOf(data) : null;

const msg = outputMessage('msg_1');
const said = outputMessage('msg_1', 'Hi');
const call = functionCall('fc_1', '{}');
/** An answer of one message, with these events in place of its delta. */
const hi = (...events: readonly ExampleEvent[]): LintExample =>
  responsesExample(created, itemAdded(0, msg), partAdded(0, 'msg_1'), ...events, itemDone(0, said), completed(said));
const HI = outputText(0, 'msg_1', 'Hi');
const HEALTHY = hi(HI);
const completedWith = (fields: JsonObject, type = 'response.completed'): ExampleEvent => ({
  type,
  response: { ...objectOf(completed(said)['response']), ...fields },
});
/** An answer of one message that ends with this event. */
const endsWith = (end: ExampleEvent): LintExample =>
  responsesExample(created, itemAdded(0, msg), partAdded(0, 'msg_1'), HI, itemDone(0, said), end);
const without = (event: ExampleEvent, field: string): ExampleEvent => ({ ...event, [field]: undefined });

/** What says which part of which item an event is about. */
const PART_FIELDS = ['output_index', 'item_id', 'content_index', 'summary_index'] as const;

export const RESPONSES_RULES: readonly LintRule[] = [
  NAME_AND_TYPE,
  TYPE_MISSING,
  afterTerminator(({ frame, type }) => (isDone(frame.data) ? '[DONE]' : TERMINAL.has(type) ? type : null), {
    example: responsesExample(
      created,
      itemAdded(0, msg),
      partAdded(0, 'msg_1'),
      HI,
      itemDone(0, said),
      completed(said),
      {
        type: 'keepalive',
      },
    ),
    counterexample: HEALTHY,
  }),
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
  beforeStart(
    'before-created',
    'response.created',
    isResponseEvent,
    'openai-python ends with an error: "Expected to have received `response.created` before …". Report it to the server.',
    {
      example: responsesExample(itemAdded(0, msg), partAdded(0, 'msg_1'), HI, itemDone(0, said), completed(said)),
      counterexample: HEALTHY,
    },
  ),
  secondStart(
    'second-created',
    'response.created',
    (type) => TERMINAL.has(type),
    'Clients that begin anew lose what came before, and others put two answers into one. Take each for an answer of its own.',
    {
      example: responsesExample(
        created,
        created,
        itemAdded(0, msg),
        partAdded(0, 'msg_1'),
        HI,
        itemDone(0, said),
        completed(said),
      ),
      counterexample: HEALTHY,
    },
  ),
  {
    id: 'item-order',
    strict: 'error',
    lenient: 'warning',
    help: 'An output item is added, gets its events and is done. Here an event speaks of one that was not added or is done already, one is never done, or two share a place.',
    advice:
      'openai-node ends with an error ("missing output at index", "Duplicate response output index"), and openai-python with an IndexError. Tell items apart by their ids, and report it to the server.',
    example: responsesExample(
      created,
      itemAdded(0, msg),
      partAdded(0, 'msg_1'),
      HI,
      itemDone(0, said),
      outputText(0, 'msg_1', '!'),
      completed(said),
    ),
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
    example: responsesExample(created, itemAdded(0, msg), HI, itemDone(0, said), completed(said)),
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
          if (last?.type === type && PART_FIELDS.every((field) => last?.data?.[field] === data?.[field])) return;
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
  {
    id: 'text-without-deltas',
    strict: 'warning',
    lenient: 'info',
    help: 'A text comes with deltas, and whole with the events that end it. Here only the whole is there: a converter took an answer that was not streamed.',
    advice:
      'Clients that show what the deltas bring, as most do, show an empty answer. Take the whole where no delta came, and report it to the server.',
    example: hi({ type: 'response.output_text.done', output_index: 0, item_id: 'msg_1', content_index: 0, text: 'Hi' }),
    counterexample: HEALTHY,
    check: () => {
      /** Items of which a delta came, by their index and id. */
      const seen = new Set<unknown>();
      let last: JsonObject | null = null;
      const told = new Set<unknown>();
      return {
        settled: true,
        event({ frame, type, data }, report) {
          if (!data) return;
          const { output_index: index, item_id: id } = data;
          if (type === 'response.output_text.delta' || type === 'response.refusal.delta') {
            // Deltas of one item come in a row.
            if (!last || last['output_index'] !== index || last['item_id'] !== id) seen.add(index).add(id);
            last = data;
            return;
          }
          const done = type === 'response.output_text.done' || type === 'response.refusal.done';
          const item = isItemDone(type) ? itemOf(data) : null;
          const text = done
            ? (stringOf(data['text']) ?? stringOf(data['refusal']))
            : item?.['type'] === 'message'
              ? contentOf(item)
              : '';
          if (!text || seen.has(index ?? null) || seen.has(id ?? item?.['id'] ?? null) || told.has(index)) return;
          told.add(index);
          report(
            frame,
            `The ${text.length} characters of output item ${String(index ?? id)} come whole, and no delta brings them.`,
          );
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
  {
    id: 'text-in-start',
    strict: 'error',
    lenient: 'warning',
    help: 'A part is added without text, which its deltas bring. A server that writes the part as it stands when the event is sent, and not as it was when it began, has some of the text in it already.',
    advice:
      'The SDKs of OpenAI join the deltas to what the part had, so that the beginning of the answer stands there twice. Take the text from the deltas alone, and report it to the server.',
    example: responsesExample(
      created,
      itemAdded(0, msg),
      { ...partAdded(0, 'msg_1'), part: { type: 'output_text', text: 'Hi', annotations: [] } },
      HI,
      itemDone(0, said),
      completed(said),
    ),
    counterexample: HEALTHY,
    comesWith: ['done-differs'],
    check: () => {
      /** The text with which the last part was added. */
      let start = '';
      let joined = '';
      let added: LintEvent | null = null;
      return {
        event(event, report) {
          const { type, data } = event;
          if (type === 'response.content_part.added') {
            start = stringOf(objectOf(data?.['part'])?.['text']) ?? '';
            joined = '';
            added = start === '' ? null : event;
          } else if (added && type === 'response.output_text.delta') {
            joined += stringOf(data?.['delta']) ?? '';
            if (!start.startsWith(joined) && !joined.startsWith(start)) added = null;
            else if (joined.length >= start.length) {
              report(
                added.frame,
                `A part is added with ${start.length} characters of text, which its deltas bring again.`,
              );
              added = null;
            }
          }
        },
      };
    },
  },
  {
    id: 'event-name-missing',
    strict: 'info',
    lenient: null,
    help: 'Each event has a name, in an event line before its data, which is its type. Servers and proxies that write the data lines alone leave it out.',
    advice:
      'The SDKs of OpenAI go by the type in the data; clients that listen for events by their name see none. Go by the type, and report it to the server.',
    example: { ...HEALTHY, body: HEALTHY.body.replaceAll(/event: .*\n/g, '') },
    counterexample: HEALTHY,
    check: () => ({
      settled: true,
      event({ frame, data, type }, report) {
        if (data && frame.sse && frame.name === '' && type.startsWith('response.'))
          report(frame, `${type} has no name.`);
      },
    }),
  },
  {
    id: 'done-differs',
    strict: 'error',
    lenient: 'warning',
    help: 'The whole text or arguments of a done event are not what the deltas add up to.',
    advice:
      'Clients that show deltas and clients that take the whole see two answers. Show both, and report it to the server.',
    example: hi(outputText(0, 'msg_1', 'Ho'), {
      type: 'response.output_text.done',
      output_index: 0,
      item_id: 'msg_1',
      content_index: 0,
      text: 'Hi',
    }),
    counterexample: hi(HI, {
      type: 'response.output_text.done',
      output_index: 0,
      item_id: 'msg_1',
      content_index: 0,
      text: 'Hi',
    }),
    check: () => ({
      end({ outcome, frames, eventAt }, report) {
        for (const { block, kind, text, attachments, lastEvent } of outcome.blocks) {
          const done = attachments?.find(({ type }) => type === 'done');
          if (done)
            report(
              lastEvent,
              `The deltas of ${block} add up to ${text.length} characters, its done event gives other ${String(done.value).length}.`,
            );
          else if (kind === 'tool' && text.length > 1) {
            // What the deltas left out is taken from the whole.
            const [first, last] = [eventAt(block, 0), eventAt(block, text.length - 1)].map((at) => frames[at ?? -1]);
            if (first && last && lintEvent(first).type.endsWith('.delta') && lintEvent(last).type.endsWith('.done'))
              report(
                last,
                `The deltas of ${block} do not bring all of it: its done event gives ${text.length} characters.`,
              );
          }
        }
      },
    }),
  },
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
          if (type !== 'response.completed') return;
          // Without an index they stand in the order in which they came.
          const streamed = items.toSorted((a, b) => (a.index ?? 0) - (b.index ?? 0)).map((one) => one.type);
          const output = objectOf(data?.['response'])?.['output'];
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
  callElsewhere(
    'an item of type function_call',
    (data, type) => {
      const item = itemIn(data, type);
      const named = stringOf(item?.['type']) ?? '';
      if (/^(?:tool_calls?|function|tool_use|functionCall)$/.test(named)) return `an item of type ${named}`;
      const inside = callNameIn(item, []);
      return inside === null ? null : `${inside} of an item`;
    },
    {
      example: responsesExample(
        created,
        itemAdded(0, { ...call, type: 'tool_call' }),
        itemDone(0, { ...call, type: 'tool_call' }),
        completed({ ...call, type: 'tool_call' }),
      ),
      counterexample: responsesExample(created, itemAdded(0, call), itemDone(0, call), completed(call)),
    },
  ),
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
  deltaMissing(
    (data, type) => {
      const { delta } = data;
      // Arguments of another type have a rule of their own.
      if (!TEXT_DELTA.test(type) || typeof delta === 'string' || (delta && /arguments|input/.test(type))) return null;
      return `${type} has ${delta === undefined ? 'no delta' : `${kindOf(delta)} in place of its delta`}.`;
    },
    { example: hi(HI, { ...HI, delta: null }), counterexample: HEALTHY },
  ),
  argumentsType(
    'text',
    (data, type) => {
      const item = itemIn(data, type);
      if (item?.['type'] === 'function_call')
        return [{ name: stringOf(item['name']) || 'a call', given: item['arguments'] }];
      return type.startsWith('response.function_call_arguments.')
        ? [{ name: 'a call', given: data[type.endsWith('.delta') ? 'delta' : 'arguments'] }]
        : [];
    },
    {
      example: responsesExample(
        created,
        itemAdded(0, { ...call, arguments: '' }),
        { type: 'response.function_call_arguments.delta', output_index: 0, item_id: 'fc_1', delta: '{}' },
        { type: 'response.function_call_arguments.done', output_index: 0, item_id: 'fc_1', arguments: {} },
        itemDone(0, call),
        completed(call),
      ),
      counterexample: responsesExample(created, itemAdded(0, call), itemDone(0, call), completed(call)),
    },
  ),
  {
    ...ARGUMENTS_EMPTY,
    example: responsesExample(
      created,
      itemAdded(0, functionCall('fc_1', '')),
      itemDone(0, functionCall('fc_1', '')),
      completed(functionCall('fc_1', '')),
    ),
    counterexample: responsesExample(created, itemAdded(0, call), itemDone(0, call), completed(call)),
  },
  {
    id: 'call-id-missing',
    strict: 'error',
    lenient: 'warning',
    help: 'A function call has a call_id beside the id of its item: by it the result is sent back.',
    advice:
      'Clients cannot send the result back: OpenAI refuses one without the call_id of its call ("No tool output found"). Give the call a call_id of your own, in the history and in its result.',
    example: responsesExample(
      created,
      itemAdded(0, { ...call, call_id: '' }),
      itemDone(0, { ...call, call_id: '' }),
      completed({ ...call, call_id: '' }),
    ),
    counterexample: responsesExample(created, itemAdded(0, call), itemDone(0, call), completed(call)),
    check: () => ({
      settled: true,
      event({ frame, type, data }, report) {
        const item = itemIn(data, type);
        if (item && NEEDS_CALL_ID.has(item['type']) && !stringOf(item['call_id']))
          report(frame, `The call ${stringOf(item['name']) || String(item['id'])} has no call_id.`, String(item['id']));
      },
    }),
  },
  {
    id: 'call-name-late',
    strict: 'warning',
    lenient: 'info',
    help: 'A function call is added without a name, which a later event brings.',
    advice: 'Clients that open the call when its item is added have no tool to run. Open it when the name has come.',
    example: responsesExample(created, itemAdded(0, { ...call, name: '' }), itemDone(0, call), completed(call)),
    counterexample: responsesExample(created, itemAdded(0, call), itemDone(0, call), completed(call)),
    check: () => {
      const unnamed = new Map<string, LintEvent>();
      return {
        event(event, report) {
          const { frame, type, data } = event;
          const item = itemOf(data);
          const key = String(data?.['output_index'] ?? data?.['item_id'] ?? item?.['id']);
          const name = stringOf(item?.['name']) || stringOf(data?.['name']);
          if (isAdded(type) && NEEDS_CALL_ID.has(item?.['type']) && !name) unnamed.set(key, event);
          const start = name ? unnamed.get(key) : undefined;
          if (!start) return;
          unnamed.delete(key);
          report(start.frame, `The call begins without a name; ${name} comes with event ${frame.index}.`, key);
        },
      };
    },
  },
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

interface Streamed {
  readonly index: number | null;
  readonly id: string | null;
  type: string;
}

/** Calls that the client answers by their call_id. */
const NEEDS_CALL_ID: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call']);

const MAX_NAMES = 3;

function namesOf(ids: ReadonlySet<string>): string {
  const more = ids.size - MAX_NAMES;
  return `${[...ids].slice(0, MAX_NAMES).join(', then ')}${more > 0 ? `, then ${more} more ids` : ''}`;
}

/** The text of a message, or the arguments of a call. */
const contentOf = (item: JsonObject): string =>
  stringOf(item['arguments']) ??
  objectsOf(item['content'])
    .map((part) => stringOf(part['text']) ?? stringOf(part['refusal']) ?? '')
    .join('');
