/** Rules of Anthropic Messages: order and pairing of events. */
import { arrayOf, numberOf, objectOf, stringOf, type JsonObject } from '../../json/json-object.ts';
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
  type ExampleEvent,
} from '../../lint/example-bodies.ts';
import { kindOf, type LintEvent, type LintRule } from '../../lint/rule.ts';
import {
  afterTerminator,
  argumentsType,
  callElsewhere,
  callNameIn,
  beforeStart,
  CALL_ID_MISSING,
  CONTENT_AFTER_FINISH,
  deltaMissing,
  finishElsewhere,
  finishTwice,
  finishWord,
  firstText,
  indexGap,
  NAME_AND_TYPE,
  TYPE_MISSING,
  secondStart,
} from '../../lint/shared-rules.ts';

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
const STOP_REASONS = [
  'end_turn',
  'max_tokens',
  'stop_sequence',
  'tool_use',
  'pause_turn',
  'refusal',
  'model_context_window_exceeded',
];

/** An answer of one block of text; `events` come between the block and the end. */
const hi = (...events: readonly ExampleEvent[]): readonly ExampleEvent[] => [
  messageStart,
  blockStart(0),
  textDelta(0, 'Hi'),
  blockStop(0),
  ...events,
];
const HEALTHY = message('end_turn', blockStart(0), textDelta(0, 'Hi'), blockStop(0));
const thinking = { type: 'thinking', thinking: '', signature: '' };
const thought = blockDelta(0, { type: 'thinking_delta', thinking: 'Hm' });
const answered = [blockStart(1), textDelta(1, 'Hi'), blockStop(1)];
const signed = blockDelta(0, { type: 'signature_delta', signature: 'EqQB' });

const blockType = (data: JsonObject): string => stringOf(objectOf(data['content_block'])?.['type']) ?? '';
const deltaOf = (data: JsonObject | null): JsonObject | null => objectOf(data?.['delta']);
const isTool = (type: string): boolean => type === 'tool_use';

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

const FINISH_NAMES = new Set(['stop_reason', 'stopReason', 'finish_reason', 'finishReason']);

function finishIn(data: JsonObject, type: string): { readonly where: string; readonly reason: string } | null {
  if (type === 'message_delta' && stringOf(deltaOf(data)?.['stop_reason'])) return null;
  const names = FINISH_NAMES;
  if (type === 'message_delta') {
    const found = firstText(deltaOf(data), names);
    if (found) return { where: `the delta of message_delta says ${found.field}`, reason: found.text };
  }
  const inside = type === 'message_stop' ? firstText(objectOf(data['message']), names) : null;
  const found = type === 'message_delta' || type === 'message_stop' ? (firstText(data, names) ?? inside) : null;
  return found && { where: `${type} says ${found.field}`, reason: found.text };
}

export const MESSAGES_RULES: readonly LintRule[] = [
  NAME_AND_TYPE,
  TYPE_MISSING,
  afterTerminator(({ type }) => (type === 'message_stop' ? type : null), {
    example: messagesExample(...hi(), messageDelta('end_turn'), messageStop, { type: 'ping' }),
    counterexample: messagesExample(...hi({ type: 'ping' }), messageDelta('end_turn'), messageStop),
  }),
  {
    id: 'unnamed-event',
    strict: 'error',
    lenient: 'warning',
    help: 'Each event has a name, in an event line before its data. Proxies that pass on the data lines alone lose it.',
    advice:
      'The SDKs of Anthropic drop every event without one, so that the stream looks empty: "stream ended without receiving message_start". Look for the proxy that drops the event lines.',
    example: { api: 'messages', body: HEALTHY.body.replaceAll(/event: .*\n/g, '') },
    counterexample: HEALTHY,
    check: () => ({
      settled: true,
      event({ frame, data }, report) {
        if (data && frame.name === '') report(frame, 'The event has no name.');
      },
    }),
  },
  beforeStart(
    'before-message-start',
    'message_start',
    (type) => type.startsWith('content_block') || type === 'message_delta' || type === 'message_stop',
    'The SDKs of Anthropic drop what comes before it, and clients end with "stream ended without receiving message_start". Report it to the server.',
    {
      example: messagesExample(
        blockStart(0),
        messageStart,
        textDelta(0, 'Hi'),
        blockStop(0),
        messageDelta('end_turn'),
        messageStop,
      ),
      counterexample: HEALTHY,
      comesWith: ['block-left-open', 'block-order'],
    },
  ),
  secondStart(
    'second-message-start',
    'message_start',
    (type) => type === 'message_stop',
    'The SDKs of Anthropic end with an error ("Unexpected event order"); clients that begin anew lose what came before. Take each message for an answer of its own.',
    {
      example: messagesExample(messageStart, ...hi(), messageDelta('end_turn'), messageStop),
      counterexample: HEALTHY,
    },
  ),
  {
    id: 'block-order',
    strict: 'error',
    lenient: 'warning',
    help: 'A block is started, gets its deltas and is stopped, and then the next one starts. Converters send deltas or stops for blocks that they never started, or to an index of their own counting.',
    advice:
      'Without its start anthropic-python ends with an IndexError, the TypeScript SDK drops the delta without a word, and Claude Code says "Content block not found"; while two blocks are open, clients that go by the order add all to the last. Report it to the server.',
    example: messagesExample(...hi(textDelta(1, '!')), messageDelta('end_turn'), messageStop),
    counterexample: HEALTHY,
    comesWith: ['block-left-open'],
    check: () => {
      const open = new Map<number, string>();
      const closed = new Set<number>();
      return {
        settled: true,
        event({ frame, type, data }, report) {
          const index = numberOf(data?.['index']);
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
            else if (open.size > 0)
              report(frame, `Block ${index} starts while block ${[...open.keys()].join(', ')} is open.`, 'while open');
            open.set(index, blockType(data!));
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
  deltaMissing(
    (data, type) => {
      if (type === 'content_block_start') {
        const block = objectOf(data['content_block']);
        if (!block) return 'content_block_start has no content block.';
        return stringOf(block['type']) ? null : 'The content block of content_block_start has no type.';
      }
      if (type !== 'content_block_delta' && type !== 'message_delta') return null;
      const delta = deltaOf(data);
      if (!delta) return `${type} has ${data['delta'] === null ? 'null in place of its delta' : 'no delta'}.`;
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
  {
    id: 'message-start-shape',
    strict: 'error',
    lenient: 'info',
    help: 'message_start has the message without its content: an id, the role, the model, an empty list and the tokens of the prompt. The SDKs fill the list with the blocks.',
    advice:
      'The SDKs of Anthropic end with an error where the content is no list, and clients count no input tokens without the usage. Take what is missing for empty, and report it to the server.',
    example: messagesExample(
      { type: 'message_start', message: { ...objectOf(messageStart['message']), content: null } },
      blockStart(0),
      textDelta(0, 'Hi'),
      blockStop(0),
      messageDelta('end_turn'),
      messageStop,
    ),
    counterexample: HEALTHY,
    check: () => {
      // A message that goes on with an earlier one has its content from the start, and counts on.
      let given = 0;
      return {
        settled: true,
        event({ frame, type, data }, report) {
          if (type === 'content_block_start' && (numberOf(data?.['index']) ?? given) < given)
            report(
              frame,
              `The message of message_start has ${given} content block${given === 1 ? '' : 's'} already, and block ${String(data?.['index'])} starts again.`,
              'again',
            );
          if (!data || type !== 'message_start') return;
          const started = objectOf(data['message']);
          if (!started) return report(frame, 'message_start has no message.');
          const { content } = started;
          if (!Array.isArray(content))
            report(
              frame,
              `The message of message_start has ${content === undefined ? 'no' : `${kindOf(content)} as its`} content.`,
              'content',
            );
          if (!objectOf(started['usage'])) report(frame, 'The message of message_start has no usage.', 'usage');
          if (!stringOf(started['id'])) report(frame, 'The message of message_start has no id.', 'id');
          given = Array.isArray(content) ? content.length : 0;
        },
      };
    },
  },
  callElsewhere(
    'a block of type tool_use',
    (data, type) => {
      if (type === 'content_block_start') {
        const block = blockType(data);
        return /^(?:tool_calls?|function(?:_call)?|functionCall|toolUse)$/.test(block)
          ? `a block of type ${block}`
          : null;
      }
      const holder = type === 'message_start' ? objectOf(data['message']) : deltaOf(data);
      const name = callNameIn(holder, []) ?? callNameIn(data, []);
      return name === null ? null : `${name} of ${type || 'an event'}`;
    },
    {
      example: message('tool_use', blockStart(0, { ...toolUse, type: 'function' }), blockStop(0)),
      counterexample: message('tool_use', blockStart(0, toolUse), blockStop(0)),
      comesWith: ['finish-disagrees'],
    },
  ),
  argumentsType(
    'text',
    (data, type) => {
      const delta = type === 'content_block_delta' ? deltaOf(data) : null;
      return delta?.['type'] === 'input_json_delta'
        ? [{ name: `block ${String(data['index'])}`, given: delta['partial_json'] }]
        : [];
    },
    {
      example: message(
        'tool_use',
        blockStart(0, toolUse),
        blockDelta(0, { type: 'input_json_delta', partial_json: { x: 1 } }),
        blockStop(0),
      ),
      counterexample: message(
        'tool_use',
        blockStart(0, toolUse),
        blockDelta(0, { type: 'input_json_delta', partial_json: '{"x":1}' }),
        blockStop(0),
      ),
    },
  ),
  {
    id: 'arguments-empty',
    strict: 'warning',
    lenient: 'info',
    help: 'A call starts with the input {}, which stands when no delta brings arguments: Anthropic sends a call without arguments so, with an empty delta or none. Here the start has no such object, so that the call has no arguments at all.',
    advice:
      'A client that joins the deltas gets empty text, for which JSON.parse("") throws, and the SDKs leave the input undefined. Take it for {}, and report it to the server.',
    example: message('tool_use', blockStart(0, { ...toolUse, input: null }), blockStop(0)),
    counterexample: message(
      'tool_use',
      blockStart(0, toolUse),
      blockDelta(0, { type: 'input_json_delta', partial_json: '' }),
      blockStop(0),
    ),
    check: () => {
      /** Calls that started without an input, by their index. */
      const bare = new Map<number, LintEvent>();
      return {
        event(event, report) {
          const { data, type } = event;
          const index = numberOf(data?.['index']);
          if (!data || index === null) return;
          const input = objectOf(data['content_block'])?.['input'];
          if (
            type === 'content_block_start' &&
            isTool(blockType(data)) &&
            (!objectOf(input) || typeof input === 'string')
          )
            bare.set(index, event);
          else if (type === 'content_block_delta' && deltaOf(data)?.['partial_json']) bare.delete(index);
          const start = type === 'content_block_stop' ? bare.get(index) : undefined;
          if (!start) return;
          const given = objectOf(start.data?.['content_block'])?.['input'];
          report(
            start.frame,
            `The call in block ${index} has ${given === undefined ? 'no input' : `${JSON.stringify(given)} as its input`}, and no delta brings any.`,
          );
          bare.delete(index);
        },
      };
    },
  },
  CALL_ID_MISSING,
  {
    id: 'call-id-characters',
    strict: 'info',
    lenient: null,
    help: 'Ids of tool calls are letters, digits, - and _ alone. Gateways pass on the ids of other APIs, such as "functions.grep:3".',
    advice:
      'Anthropic refuses such an id when the history goes there: "String should match pattern". Give the call another id, in the history and in its result.',
    example: message('tool_use', blockStart(0, { ...toolUse, id: 'functions.f:0' }), blockStop(0)),
    counterexample: message('tool_use', blockStart(0, toolUse), blockStop(0)),
    check: () => ({
      end({ outcome }, report) {
        for (const { kind, tool_call_id: id, firstEvent } of outcome.blocks)
          if (kind === 'tool' && id && !/^[\w-]+$/.test(id))
            report(firstEvent, `The id of a call is ${JSON.stringify(id)}.`);
      },
    }),
  },
  {
    id: 'message-delta-usage',
    strict: 'warning',
    lenient: 'info',
    help: 'message_delta has the usage of the message, with its output tokens.',
    advice:
      'The TypeScript SDK reads it without looking and fails: "Cannot read properties of undefined (reading \'output_tokens\')". Add a usage on the way, or report it to the server.',
    example: messagesExample(
      ...hi(),
      { type: 'message_delta', delta: { stop_reason: 'end_turn', stop_sequence: null } },
      messageStop,
    ),
    counterexample: HEALTHY,
    check: () => ({
      settled: true,
      event({ frame, data, type }, report) {
        if (data && type === 'message_delta' && !objectOf(data['usage'])) report(frame, 'message_delta has no usage.');
      },
    }),
  },
  {
    id: 'input-tokens-zero',
    strict: 'warning',
    lenient: 'info',
    help: 'message_start has the tokens of the prompt. Servers and gateways that learn the count with the last event send 0 there, and others send 0 with message_delta after the count has come.',
    advice:
      'Clients that read the count from one of the two events, as Claude Code does for the context, show 0, and the SDKs keep the one of message_delta. Take the larger, and report it to the server.',
    example: messagesExample(
      {
        type: 'message_start',
        message: { ...objectOf(messageStart['message']), usage: { input_tokens: 0, output_tokens: 0 } },
      },
      ...hi().slice(1),
      { ...messageDelta('end_turn'), usage: { input_tokens: 5, output_tokens: 2 } },
      messageStop,
    ),
    counterexample: messagesExample(
      ...hi(),
      { ...messageDelta('end_turn'), usage: { input_tokens: 5, output_tokens: 2 } },
      messageStop,
    ),
    check: () => {
      let start: LintEvent | null = null;
      const inputOf = (usage: unknown): number | null => numberOf(objectOf(usage)?.['input_tokens']);
      return {
        settled: true,
        event(event, report) {
          const { type, data } = event;
          if (type === 'message_start') start = event;
          if (type !== 'message_delta' || !start) return;
          const first = inputOf(objectOf(start.data?.['message'])?.['usage']);
          const last = inputOf(data?.['usage']);
          if (first === 0 && last)
            report(start.frame, `message_start says 0 input tokens; the count, ${last}, comes with message_delta.`);
          else if (first && last === 0)
            report(event.frame, `message_delta says 0 input tokens, where message_start said ${first}.`);
        },
      };
    },
  },
  {
    id: 'signature-twice',
    strict: 'warning',
    lenient: 'info',
    help: 'A thinking block starts with an empty signature, and one signature_delta at its end brings it. Gateways that write a stream anew from a whole answer give it with the start as well, and others cut it in pieces.',
    advice:
      'The SDKs of Anthropic keep the last, and clients that join what comes send a signature that is refused: "invalid signature in thinking block". Keep the last, and report it to the server.',
    example: message(
      'end_turn',
      blockStart(0, { ...thinking, signature: 'EqQB' }),
      thought,
      signed,
      blockStop(0),
      blockStart(1),
      textDelta(1, 'Hi'),
      blockStop(1),
    ),
    counterexample: message(
      'end_turn',
      blockStart(0, thinking),
      thought,
      signed,
      blockStop(0),
      blockStart(1),
      textDelta(1, 'Hi'),
      blockStop(1),
    ),
    check: () => {
      /** Where each block has its signature. */
      const signatures = new Map<number, string>();
      return {
        settled: true,
        event({ frame, type, data }, report) {
          const index = numberOf(data?.['index']);
          if (!data || index === null) return;
          if (type === 'content_block_start') {
            const given = stringOf(objectOf(data['content_block'])?.['signature']);
            if (given) signatures.set(index, 'its start');
            else signatures.delete(index);
          }
          if (type !== 'content_block_delta') return;
          const delta = deltaOf(data);
          if (delta?.['type'] !== 'signature_delta' || !stringOf(delta['signature'])) return;
          const before = signatures.get(index);
          signatures.set(index, 'a signature_delta');
          if (before !== undefined)
            report(frame, `Block ${index} has a signature in ${before}, and one comes with a later signature_delta.`);
        },
      };
    },
  },
  {
    id: 'thinking-unsigned',
    strict: 'warning',
    lenient: 'info',
    help: 'A thinking block has a signature, which comes as its last delta. Gateways drop the signature_delta, or never had one from another model.',
    advice:
      'Sent back with the next turn, as tool use asks for, the block is refused: "invalid signature in thinking block". Leave the block out of the history, and report it to the gateway.',
    example: message('end_turn', blockStart(0, thinking), thought, blockStop(0), ...answered),
    counterexample: message('end_turn', blockStart(0, thinking), thought, signed, blockStop(0), ...answered),
    check: () => ({
      end({ outcome }, report) {
        for (const { type, closed, signature, text, block, lastEvent } of outcome.blocks)
          if (type === 'thinking' && closed && !signature && text !== '')
            report(lastEvent, `The thinking block ${block} was closed without a signature.`);
      },
    }),
  },
  {
    id: 'thinking-last',
    strict: 'warning',
    lenient: 'info',
    help: 'Thinking comes before the text or the call that it is for. Gateways that learn of a signature only at the end write a thinking block for it behind the answer.',
    advice:
      'Sent back with the next turn, the message is refused: "The final block in an assistant message cannot be thinking". Claude Code shows nothing of such an answer. Leave the block out of the history, and report it to the gateway.',
    example: message(
      'end_turn',
      blockStart(0),
      textDelta(0, 'Hi'),
      blockStop(0),
      blockStart(1, thinking),
      { ...thought, index: 1 },
      { ...signed, index: 1 },
      blockStop(1),
    ),
    counterexample: message('end_turn', blockStart(0, thinking), thought, signed, blockStop(0), ...answered),
    check: () => ({
      end({ outcome: { blocks, finish } }, report) {
        const last = blocks.at(-1);
        const why = finish[0]?.unified;
        // A token limit and a pause end an answer anywhere.
        if (last?.type !== 'thinking' || (why !== 'stop' && why !== 'tool_use')) return;
        if (last.closed && blocks.some(({ type }) => type === 'text' || type === 'tool_use'))
          report(last.firstEvent, `The thinking block ${last.block} is the last block, behind the answer.`);
      },
    }),
  },
  {
    id: 'thinking-redacted-empty',
    strict: 'warning',
    lenient: 'info',
    help: 'A redacted_thinking block brings its encrypted thoughts as data, with its start. Gateways that know only the fields of thinking blocks drop the data.',
    advice:
      'Sent back with the next turn, the block is refused, since its data is required. Leave the block out of the history, and report it to the gateway.',
    example: message('end_turn', blockStart(0, { type: 'redacted_thinking' }), blockStop(0), ...answered),
    counterexample: message(
      'end_turn',
      blockStart(0, { type: 'redacted_thinking', data: 'EqQB' }),
      blockStop(0),
      ...answered,
    ),
    check: () => ({
      end({ outcome }, report) {
        for (const { type, text, block, firstEvent } of outcome.blocks)
          if (type === 'redacted_thinking' && text === '')
            report(firstEvent, `The redacted_thinking block ${block} has no data.`);
      },
    }),
  },
  finishTwice(
    (data, type) => {
      const reason = type === 'message_delta' ? stringOf(deltaOf(data)?.['stop_reason']) : null;
      return reason === null ? [] : [{ choice: 0, reason }];
    },
    (type) => type === 'message_start',
    {
      example: messagesExample(...hi(), messageDelta('max_tokens'), messageDelta('end_turn'), messageStop),
      counterexample: messagesExample(...hi(), messageDelta(null), messageDelta('end_turn'), messageStop),
    },
  ),
  finishWord(STOP_REASONS, 'stop_reason', {
    example: message('stop', blockStart(0), textDelta(0, 'Hi'), blockStop(0)),
    counterexample: HEALTHY,
  }),
  finishElsewhere('stop_reason', finishIn, {
    example: messagesExample(
      ...hi(),
      { type: 'message_delta', delta: { stop_reason: null }, stop_reason: 'end_turn', usage: { output_tokens: 2 } },
      messageStop,
    ),
    counterexample: HEALTHY,
    comesWith: ['finish-missing'],
  }),
  {
    ...CONTENT_AFTER_FINISH,
    example: messagesExample(
      ...hi(),
      messageDelta('end_turn'),
      blockStart(1),
      textDelta(1, '!'),
      blockStop(1),
      messageStop,
    ),
    counterexample: HEALTHY,
  },
];
