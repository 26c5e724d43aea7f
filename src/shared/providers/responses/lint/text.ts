/** Rules of Responses on text: whether its deltas, its done events and its items say the same. */
import { objectOf, stringOf, type JsonObject } from '../../../json/json-object.ts';
import {
  completed,
  created,
  itemAdded,
  itemDone,
  outputText,
  partAdded,
  responsesExample,
} from '../../../lint/example-bodies.ts';
import type { BlockKind } from '../../../model/messages.ts';
import { kindOf, lintEvent, type LintEvent, type LintRule, type Report } from '../../../lint/rule.ts';
import { deltaMissing } from '../../../lint/shared/parts.ts';
import { contentOf, isItemDone, isSamePart, itemOf } from './events.ts';
import { HEALTHY, hi, HI, msg, said, SAID_HI } from './examples.ts';

/** Events that bring a delta of text. */
const TEXT_DELTA =
  /^response\.(?:output_text|refusal|reasoning_text|reasoning_summary_text|function_call_arguments|custom_tool_call_input|mcp_call_arguments|code_interpreter_call_code)\.delta$/;

/** What clients show, or join, as it comes. */
const JOINED_DELTA =
  /^response\.(?:output_text|refusal|reasoning_text|reasoning_summary_text|function_call_arguments)\.delta$/;
const JOINED_DONE =
  /^response\.(?:output_text|refusal|reasoning_text|reasoning_summary_text|function_call_arguments)\.done$/;
/** Blocks whose content comes in deltas first. */
const IN_DELTAS: ReadonlySet<BlockKind> = new Set(['text', 'refusal', 'reasoning', 'tool']);
/** What comes in deltas and, by a done event, whole. */
const DELTA_OR_DONE =
  /^(response\.(?:output_text|refusal|reasoning_text|reasoning_summary_text|function_call_arguments))\.(delta|done)$/;

export const TEXT_RULES: readonly LintRule[] = [
  {
    id: 'text-without-deltas',
    strict: 'warning',
    lenient: 'info',
    help: 'Text, reasoning and the arguments of a call come with deltas, and whole with the events that end them. Here only the whole is there: a converter took an answer that was not streamed.',
    advice:
      'Clients that join what the deltas bring, as most do, show an empty answer, or run a call without its arguments. Take the whole where no delta came, and report it to the server.',
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
          if (JOINED_DELTA.test(type)) {
            // Deltas of one item come in a row.
            if (!last || last['output_index'] !== index || last['item_id'] !== id) seen.add(index).add(id);
            last = data;
            return;
          }
          const item = isItemDone(type) ? itemOf(data) : null;
          const text = JOINED_DONE.test(type)
            ? (stringOf(data['text']) ?? stringOf(data['refusal']) ?? stringOf(data['arguments']))
            : item?.['type'] === 'message' || item?.['type'] === 'function_call'
              ? contentOf(item)
              : '';
          // Of a call without arguments there is nothing for a delta to bring.
          if (
            !text ||
            text === '{}' ||
            seen.has(index ?? null) ||
            seen.has(id ?? item?.['id'] ?? null) ||
            told.has(index)
          )
            return;
          told.add(index);
          const what = type.startsWith('response.reasoning')
            ? 'characters of reasoning'
            : item?.['type'] === 'function_call' || type.startsWith('response.function_call')
              ? 'characters of arguments'
              : 'characters';
          report(
            frame,
            `The ${text.length} ${what} of output item ${String(index ?? id)} come whole, and no delta brings them.`,
          );
        },
      };
    },
  },
  {
    id: 'done-missing',
    strict: 'warning',
    lenient: 'info',
    help: 'What comes in deltas is ended by a done event that has the whole of it: output_text.done after output_text.delta, function_call_arguments.done after its deltas. Converters end the item, and leave it out.',
    advice:
      'Clients that take the whole text or the arguments from that event have none. Take them from the done event of the item, or join the deltas, and report it to the server.',
    example: responsesExample(
      created,
      itemAdded(0, msg),
      partAdded(0, 'msg_1'),
      HI,
      itemDone(0, said),
      completed(said),
    ),
    counterexample: HEALTHY,
    check: () => {
      /** The first delta of what has no done event yet, by its kind and place. */
      const open = new Map<string, { readonly event: LintEvent; readonly kind: string; readonly item: unknown }>();
      let last: LintEvent | null = null;
      const end = (key: string, report: Report): void => {
        const { event, kind, item } = open.get(key)!;
        open.delete(key);
        report(event.frame, `Output item ${String(item)} has ${kind}.delta, and no ${kind}.done.`, kind);
      };
      return {
        event(event, report) {
          const { type, data } = event;
          if (!data) return;
          const item = data['output_index'] ?? data['item_id'] ?? itemOf(data)?.['id'];
          const [, kind, what] = DELTA_OR_DONE.exec(type) ?? [];
          if (kind === undefined) {
            if (isItemDone(type)) for (const [key, one] of open) if (one.item === item) end(key, report);
            return;
          }
          // Deltas of one part come in a row.
          if (what === 'delta' && last?.type === type && isSamePart(last.data, data)) return;
          last = event;
          const key = `${kind} ${String(item)} ${String(data['content_index'] ?? data['summary_index'] ?? '')}`;
          if (what === 'done') open.delete(key);
          else if (!open.has(key)) open.set(key, { event, kind, item });
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
      SAID_HI,
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
      end({ outcome, frameAt, eventAt }, report) {
        for (const { block, kind, text, attachments, lastEvent } of outcome.blocks) {
          const done = attachments?.find(({ type }) => type === 'done');
          if (done)
            report(
              lastEvent,
              `The deltas of ${block} add up to ${text.length} characters, its done event gives other ${String(done.value).length}.`,
            );
          else if (IN_DELTAS.has(kind) && text.length > 1) {
            // What the deltas left out is taken from the whole.
            const [first, last] = [eventAt(block, 0), eventAt(block, text.length - 1)].map((at) => frameAt(at ?? -1));
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
  deltaMissing(
    (data, type) => {
      const { delta } = data;
      // Arguments of another type have a rule of their own.
      if (!TEXT_DELTA.test(type) || typeof delta === 'string' || (delta && /arguments|input/.test(type))) return null;
      return `${type} has ${delta === undefined ? 'no delta' : `${kindOf(delta)} in place of its delta`}.`;
    },
    { example: hi(HI, { ...HI, delta: null }), counterexample: HEALTHY },
  ),
];
