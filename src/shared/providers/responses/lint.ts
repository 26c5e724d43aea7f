/** Rules of OpenAI Responses: numbering, order and pairing of events, and whether the parts add up. */
import { arrayOf, numberOf, objectOf, stringOf } from '../../json/json-object.ts';
import { isDone, type LintCheck, type LintEvent, type LintRule } from '../../lint/rule.ts';
import { TERMINAL } from './wire.ts';
import {
  ARGUMENTS_EMPTY,
  NAME_AND_TYPE,
  afterTerminator,
  textCumulative,
  textRepeated,
  type TextPiece,
} from '../../lint/shared-rules.ts';

const isResponseEvent = (type: string): boolean => type.startsWith('response.') && type !== 'response.created';

/** Events of one output item. */
const isOfItem = (type: string): boolean =>
  /^response\.(?:output_item|content_part|output_text|refusal|reasoning\w*|function_call_arguments|custom_tool_call_input|mcp_call_arguments|code_interpreter_call_code|shell_\w+)\.\w+/.test(
    type,
  );
/** Events of shell calls name their item by its index alone. */
const SHELL = /^response\.shell_/;

/** A check that tells once, at the first event, how many lack a field: a server that leaves it out leaves it out everywhere. */
function counted(lacks: (event: LintEvent) => boolean, field: string): LintCheck {
  let first: LintEvent | null = null;
  let count = 0;
  return {
    event(event) {
      if (!event.data || !lacks(event)) return;
      first ??= event;
      count++;
    },
    end(_outcome, report) {
      if (!first) return;
      const more = count > 1 ? `, and ${count - 1} more event${count > 2 ? 's have' : ' has'} none` : '';
      report(first.frame, `${first.type} has no ${field}${more}.`);
    },
  };
}

function pieceOf({ data, type }: LintEvent): TextPiece | null {
  const text = type === 'response.output_text.delta' ? stringOf(data?.['delta']) : null;
  if (text === null) return null;
  return { block: `${String(data?.['output_index'] ?? data?.['item_id'])}/${String(data?.['content_index'])}`, text };
}

export const RESPONSES_RULES: readonly LintRule[] = [
  NAME_AND_TYPE,
  afterTerminator(({ frame, type }) => (isDone(frame.data) ? '[DONE]' : TERMINAL.has(type) ? type : null)),
  {
    id: 'sequence-gap',
    strict: 'error',
    lenient: 'warning',
    help: 'sequence_number counts every event up by one. A gap means that an event was lost on the way; one that repeats was sent twice.',
    check: () => {
      let last: number | null = null;
      return {
        event({ frame, data }, report) {
          const number = numberOf(data?.['sequence_number']);
          if (number === null) return;
          if (last !== null && number !== last + 1) {
            report(
              frame,
              number <= last
                ? `sequence_number ${number} follows ${last}: an event repeated or out of order.`
                : `sequence_number jumps from ${last} to ${number}: ${number - last - 1} missing.`,
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
    help: 'An event without a sequence_number. Clients need it to resume after a broken connection.',
    check: () =>
      counted(
        ({ data, type }) => type.startsWith('response.') && numberOf(data?.['sequence_number']) === null,
        'sequence_number',
      ),
  },
  {
    id: 'output-index-missing',
    strict: 'error',
    lenient: 'warning',
    help: 'Events without an output_index. Official SDKs throw on them, or put the pieces of two items together; here they are told apart by item_id.',
    check: () =>
      counted(({ data, type }) => isOfItem(type) && numberOf(data?.['output_index']) === null, 'output_index'),
  },
  {
    id: 'item-id-missing',
    strict: 'warning',
    lenient: 'info',
    help: 'Events without an item_id. Clients that route by id lose them.',
    check: () =>
      counted(
        ({ data, type }) =>
          isOfItem(type) &&
          !type.startsWith('response.output_item.') &&
          !SHELL.test(type) &&
          !stringOf(data?.['item_id']),
        'item_id',
      ),
  },
  {
    id: 'before-created',
    strict: 'error',
    lenient: 'warning',
    help: 'An event before response.created has no response to belong to; the SDK ends with an error.',
    check: () => {
      let created = false;
      return {
        event({ frame, type }, report) {
          if (type === 'response.created') {
            if (created) report(frame, 'A second response.created.');
            created = true;
          } else if (!created && isResponseEvent(type)) report(frame, `${type} comes before response.created.`);
        },
      };
    },
  },
  {
    id: 'item-order',
    strict: 'error',
    lenient: 'warning',
    help: 'An event for an output item that was not added, or that is done already.',
    check: () => {
      const added = new Map<number, string | null>();
      const done = new Set<number>();
      return {
        event({ frame, type, data }, report) {
          const index = numberOf(data?.['output_index']);
          if (index === null) return;
          if (type === 'response.output_item.added') {
            const id = stringOf(objectOf(data?.['item'])?.['id']);
            const before = added.get(index);
            if (before && id && before !== id) {
              report(frame, `Two output items, ${before} and ${id}, share output_index ${index}.`);
              done.delete(index);
            } else if (before !== undefined) report(frame, `Output item ${index} is added a second time.`);
            added.set(index, id);
          } else if (!added.has(index)) report(frame, `${type} for output item ${index}, which was not added.`);
          else if (done.has(index)) report(frame, `${type} for output item ${index}, which is done.`);
          if (type === 'response.output_item.done') done.add(index);
        },
        end(outcome, report) {
          if (outcome.terminated)
            for (const index of added.keys())
              if (!done.has(index)) report(null, `Output item ${index} was never done.`);
        },
      };
    },
  },
  {
    id: 'output-index-gap',
    strict: 'warning',
    lenient: 'info',
    help: 'Output indexes do not count up by one.',
    check: () => {
      let next = 0;
      return {
        event({ frame, type, data }, report) {
          const index = type === 'response.output_item.added' ? numberOf(data?.['output_index']) : null;
          if (index === null) return;
          if (index !== next) report(frame, `Output item ${index} is added where ${next} was expected.`);
          next = index + 1;
        },
      };
    },
  },
  {
    id: 'part-order',
    strict: 'error',
    lenient: 'info',
    help: 'A delta for a content or summary part that was not added.',
    check: () => {
      const parts = new Set<string>();
      return {
        event({ frame, type, data }, report) {
          const summary = type.startsWith('response.reasoning_summary');
          const at = numberOf(data?.[summary ? 'summary_index' : 'content_index']);
          if (at === null) return;
          const part = `${summary ? 'summary' : 'content'} part ${at} of output item ${String(data?.['output_index'])}`;
          if (type.endsWith('_part.added')) parts.add(part);
          else if (type.endsWith('.delta') && !parts.has(part)) {
            parts.add(part);
            report(frame, `A delta for ${part}, which was not added.`);
          }
        },
      };
    },
  },
  {
    id: 'item-id-changes',
    strict: 'error',
    lenient: 'info',
    help: 'The item_id of an event is not the id its item was added with. Clients that route by id lose the event.',
    check: () => {
      const ids = new Map<number, string>();
      /** All the ids that an item was named by. */
      const seen = new Map<number, Set<string>>();
      return {
        event({ frame, type, data }, report) {
          if (type === 'response.completed') {
            arrayOf(objectOf(data?.['response'])?.['output']).forEach((item, index) => {
              const id = stringOf(objectOf(item)?.['id']);
              const known = seen.get(index);
              if (id && known && !known.has(id))
                report(
                  frame,
                  `Output item ${index} was ${[...known].join(', then ')}; the final response names it ${id}.`,
                );
            });
            return;
          }
          const index = numberOf(data?.['output_index']);
          const id = stringOf(data?.['item_id']) ?? stringOf(objectOf(data?.['item'])?.['id']);
          if (index === null || id === null) return;
          const known = ids.get(index);
          seen.set(index, (seen.get(index) ?? new Set()).add(id));
          if (known === undefined || type === 'response.output_item.added') ids.set(index, id);
          else if (known !== id) report(frame, `Output item ${index} was ${known} and is now ${id}.`);
        },
      };
    },
  },
  {
    id: 'done-differs',
    strict: 'error',
    lenient: 'warning',
    help: 'The whole text or arguments of a done event are not what the deltas add up to. Clients that show deltas and clients that take the whole see two answers.',
    check: () => ({
      end(outcome, report) {
        for (const { block, text, attachments } of outcome.blocks) {
          const done = attachments?.find(({ type }) => type === 'done');
          if (done)
            report(
              null,
              `The deltas of ${block} add up to ${text.length} characters, its done event gives other ${String(done.value).length}.`,
            );
        }
      },
    }),
  },
  {
    id: 'output-disagrees',
    strict: 'warning',
    lenient: 'info',
    help: 'The output of the final response does not list the items that were streamed.',
    check: () => {
      interface Streamed {
        readonly index: number | null;
        readonly id: string | null;
        type: string;
      }
      const items: Streamed[] = [];
      const byId = new Map<string | null, Streamed>();
      const byIndex = new Map<number | null, Streamed>();
      return {
        event({ frame, type, data }, report) {
          if (type === 'response.output_item.added' || type === 'response.output_item.done') {
            const item = objectOf(data?.['item']);
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
          const listed = arrayOf(objectOf(data?.['response'])?.['output']).map(
            (item) => stringOf(objectOf(item)?.['type']) ?? '',
          );
          if (streamed.join() !== listed.join())
            report(
              frame,
              `The stream has ${streamed.join(', ') || 'no items'}; the final response lists ${listed.join(', ') || 'none'}.`,
            );
        },
      };
    },
  },
  ARGUMENTS_EMPTY,
  textRepeated(pieceOf),
  textCumulative(pieceOf),
];
