/** Rules of Messages on content blocks and their deltas: numbering, order and types. */
import { arrayOf, numberOf, objectOf, stringOf, type JsonObject } from '../../../json/json-object.ts';
import {
  blockDelta,
  blockStart,
  blockStop,
  message,
  messageDelta,
  messagesExample,
  messageStart,
  messageStop,
  textDelta,
  toolUse,
} from '../../../lint/example-bodies.ts';
import { kindOf, type LintRule } from '../../../lint/rule.ts';
import { deltaMissing, indexGap } from '../../../lint/shared/parts.ts';
import { blockType, deltaOf, thought } from './events.ts';
import { HEALTHY, hi } from './examples.ts';

/** Which block types each delta type belongs to. */
const DELTA_FITS: Readonly<Record<string, (type: string) => boolean>> = {
  text_delta: (type) => type === 'text',
  citations_delta: (type) => type === 'text',
  input_json_delta: (type) => type.endsWith('tool_use'),
  thinking_delta: (type) => type === 'thinking',
  signature_delta: (type) => type === 'thinking',
};

/** Whether a type of delta is none, or looks like one of the API and is not: new types have other names. */
const isMisnamed = (delta: string): boolean =>
  !Object.hasOwn(DELTA_FITS, delta) && /^$|^(?:text|content|thinking|reasoning|input|json|tool|signature)/i.test(delta);

/** What each delta type says its text in. */
const DELTA_FIELDS: ReadonlyMap<string, string> = new Map([
  ['text_delta', 'text'],
  ['input_json_delta', 'partial_json'],
  ['thinking_delta', 'thinking'],
  ['signature_delta', 'signature'],
]);

const isArguments = (field: string): boolean => field === DELTA_FIELDS.get('input_json_delta');

/** The arguments that a call starts with, as text; '' for the {} that stands for those to come. */
function argumentsAtStart(input: unknown): string {
  const given = objectOf(input);
  return given && Object.keys(given).length > 0 ? JSON.stringify(given) : '';
}

/** https://platform.claude.com/docs/en/agents-and-tools/tool-use/programmatic-tool-calling */
const isFromCode = (call: JsonObject | null): boolean => {
  const caller = stringOf(objectOf(call?.['caller'])?.['type']);
  return caller !== null && caller !== 'direct';
};

/** Types of the blocks that are open or were, by their index, for checks that ask what a delta belongs to. */
class BlockTypes {
  readonly #types = new Map<number, string>();

  take(data: JsonObject, type: string): void {
    const index = numberOf(data['index']);
    if (type === 'message_start') this.#types.clear();
    if (type === 'content_block_start' && index !== null) this.#types.set(index, blockType(data));
  }

  at(data: JsonObject): string | undefined {
    return this.#types.get(numberOf(data['index']) ?? -1);
  }
}

export const PART_RULES: readonly LintRule[] = [
  {
    id: 'block-order',
    strict: 'error',
    lenient: 'warning',
    help: 'A block is started, gets its deltas and is stopped, once. Converters send deltas or stops for blocks that they never started, or to an index of their own counting.',
    advice:
      'Without its start anthropic-python ends with an IndexError, the TypeScript SDK drops the delta without a word, and Claude Code says "Content block not found". Report it to the server.',
    example: messagesExample(...hi(textDelta(1, '!')), messageDelta('end_turn'), messageStop),
    counterexample: HEALTHY,
    comesWith: ['block-left-open'],
    check: ({ faults }) => {
      const open = new Set<number>();
      const closed = new Set<number>();
      const damage = faults.all.find(({ id }) => id === 'message-damaged')?.start ?? Infinity;
      return {
        settled: true,
        event({ frame, type, data }, report) {
          const index = numberOf(data?.['index']);
          // What the damage took may have been the start of the block, and the damage has its own remark.
          if (index !== null && type !== 'content_block_start' && frame.start > damage && !closed.has(index))
            open.add(index);
          if (type === 'message_start') {
            open.clear();
            closed.clear();
          }
          if (index === null) {
            // Of an event that cannot be read, the framing says what is wrong.
            if (data && type.startsWith('content_block'))
              report(
                frame,
                data['index'] === undefined || data['index'] === null
                  ? `${type} has no index.`
                  : `${type} has ${JSON.stringify(data['index'])} as its index, which is no number.`,
                'no index',
              );
            return;
          }
          if (type === 'content_block_start') {
            if (open.has(index) || closed.has(index)) report(frame, `Block ${index} starts a second time.`, 'twice');
            open.add(index);
          } else if (type === 'content_block_delta') {
            if (!open.has(index))
              report(
                frame,
                `A delta for block ${index}, which was ${closed.has(index) ? 'stopped' : 'not started'}.`,
                `delta ${index}`,
              );
          } else if (type === 'content_block_stop') {
            if (!open.delete(index))
              report(
                frame,
                closed.has(index)
                  ? `Block ${index} is stopped a second time.`
                  : `Block ${index} is stopped but was not started.`,
                'stop',
              );
            closed.add(index);
          }
        },
      };
    },
  },
  {
    id: 'blocks-overlap',
    strict: 'warning',
    lenient: 'info',
    help: 'A block starts before the one before it is stopped. Converters of APIs whose calls come in turn do this. The index of each delta says which block it is for; Anthropic itself sends one block after another.',
    advice:
      'The SDKs of Anthropic go by the index and give the right message, but the events of the TypeScript one speak of the last block alone, and clients that know one block at a time add all to it. Go by the index.',
    example: message('tool_use', blockStart(0), blockStart(1, toolUse), textDelta(0, 'Hi'), blockStop(0), blockStop(1)),
    counterexample: message(
      'tool_use',
      blockStart(0),
      textDelta(0, 'Hi'),
      blockStop(0),
      blockStart(1, toolUse),
      blockStop(1),
    ),
    check: () => {
      const open = new Set<number>();
      return {
        settled: true,
        event({ frame, type, data }, report) {
          const index = numberOf(data?.['index']);
          if (type === 'message_start') open.clear();
          if (index === null) return;
          if (type === 'content_block_stop') open.delete(index);
          if (type !== 'content_block_start') return;
          if (open.size > 0 && !open.has(index))
            report(frame, `Block ${index} starts while block ${[...open].join(', ')} is open.`);
          open.add(index);
        },
      };
    },
  },
  indexGap(
    'index-gap',
    'block',
    (data, type) => (type === 'content_block_start' ? numberOf(data['index']) : null),
    // A message that starts with content goes on counting after it.
    (data, type) => (type === 'message_start' ? arrayOf(objectOf(data['message'])?.['content']).length : null),
    'The SDKs of Anthropic keep blocks in a list: the Python one ends with an IndexError, the TypeScript one loses the deltas. Number the blocks by their order.',
    {
      example: messagesExample(
        messageStart,
        blockStart(2),
        textDelta(2, 'Hi'),
        blockStop(2),
        messageDelta('end_turn'),
        messageStop,
      ),
      counterexample: HEALTHY,
    },
  ),
  {
    id: 'delta-type',
    strict: 'error',
    lenient: 'warning',
    help: 'A delta is of a type that does not belong in its block: thinking in a text block, arguments in one that is no tool call.',
    advice:
      'The SDKs of Anthropic drop it without a word, and Claude Code says "Content block is not a thinking block". It is kept apart here; report it to the server.',
    example: messagesExample(
      messageStart,
      blockStart(0),
      textDelta(0, 'Hi'),
      thought,
      blockStop(0),
      messageDelta('end_turn'),
      messageStop,
    ),
    counterexample: HEALTHY,
    check: () => {
      const types = new BlockTypes();
      return {
        settled: true,
        event({ frame, type, data }, report) {
          if (!data) return;
          types.take(data, type);
          if (type !== 'content_block_delta') return;
          const delta = stringOf(deltaOf(data)?.['type']) ?? '';
          const block = types.at(data);
          if (deltaOf(data) && isMisnamed(delta))
            return report(
              frame,
              `The delta in block ${String(data['index'])} has ${delta === '' ? 'no type' : `the type ${JSON.stringify(delta)}`}, which no client reads; the types are ${Object.keys(DELTA_FITS).join(', ')}.`,
              delta,
            );
          if (!block || !Object.hasOwn(DELTA_FITS, delta) || DELTA_FITS[delta]!(block)) return;
          report(
            frame,
            `${/^[aeiou]/.test(delta) ? 'An' : 'A'} ${delta} in block ${String(data['index'])}, which is of type ${block}.`,
            `${delta}/${block}`,
          );
        },
      };
    },
  },
  {
    id: 'content-in-start',
    strict: 'warning',
    lenient: 'info',
    help: 'A block of text, thinking or a call starts empty, and deltas bring its content. Converters of answers that were not streamed put all of it into content_block_start; Anthropic itself does so only for calls from its code execution.',
    advice:
      'Clients that join the deltas alone lose what the start has: they show no text, or run the call without arguments. Begin with the content of the start, as the SDKs of Anthropic do, and report it to the server.',
    example: message('end_turn', blockStart(0, { type: 'text', text: 'Hi' }), blockStop(0)),
    counterexample: HEALTHY,
    check: () => ({
      event({ frame, type, data }, report) {
        if (!data || type !== 'content_block_start') return;
        const block = objectOf(data['content_block']);
        const kind = blockType(data);
        const said =
          kind === 'tool_use' && !isFromCode(block)
            ? argumentsAtStart(block?.['input'])
            : kind === 'text' || kind === 'thinking'
              ? (stringOf(block?.[kind]) ?? '')
              : '';
        if (said !== '')
          report(
            frame,
            `Block ${String(data['index'])} starts with ${said.length} characters of ${kind === 'tool_use' ? 'arguments' : kind}.`,
            kind,
          );
      },
    }),
  },
  deltaMissing(
    (data, type) => {
      if (type === 'content_block_start') {
        const block = objectOf(data['content_block']);
        if (!block) return 'content_block_start has no content block.';
        return stringOf(block['type']) ? null : 'The content block of content_block_start has no type.';
      }
      if (type !== 'content_block_delta' && type !== 'message_delta') return null;
      const delta = deltaOf(data);
      if (!delta)
        return `${type} has ${data['delta'] === undefined ? 'no delta' : `${kindOf(data['delta'])} in place of its delta`}.`;
      const kind = stringOf(delta['type']) ?? '';
      const field = DELTA_FIELDS.get(kind);
      const given = field === undefined ? undefined : delta[field];
      // Arguments of another type have a rule of their own.
      if (
        field === undefined ||
        typeof given === 'string' ||
        (isArguments(field) && given && typeof given === 'object')
      )
        return null;
      return `${/^[aeiou]/.test(kind) ? 'An' : 'A'} ${kind} has ${given === undefined ? `no ${field}` : `${kindOf(given)} as its ${field}`}.`;
    },
    {
      example: messagesExample(
        messageStart,
        blockStart(0),
        textDelta(0, 'Hi'),
        blockDelta(0, { type: 'text_delta', text: null }),
        blockStop(0),
        messageDelta('end_turn'),
        messageStop,
      ),
      counterexample: HEALTHY,
    },
  ),
];
