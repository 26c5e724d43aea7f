/** Rules of Messages on tool calls. */
import { numberOf, objectOf, objectsOf, stringOf, type JsonObject } from '../../../json/json-object.ts';
import {
  blockDelta,
  blockStart,
  blockStop,
  message,
  textDelta,
  toolUse,
  type ExampleEvent,
} from '../../../lint/example-bodies.ts';
import type { LintEvent, LintRule } from '../../../lint/rule.ts';
import { argumentsType, CALL_ID_MISSING, callElsewhere, callNameIn } from '../../../lint/shared/calls.ts';
import { blockType, deltaOf } from './events.ts';

/** A search of the web, with what stands in its result. */
const searched = (content: unknown): readonly ExampleEvent[] => [
  blockStart(0, { type: 'server_tool_use', id: 'srvtoolu_1', name: 'web_search', input: {} }),
  blockDelta(0, { type: 'input_json_delta', partial_json: '{"query":"x"}' }),
  blockStop(0),
  blockStart(1, { type: 'web_search_tool_result', tool_use_id: 'srvtoolu_1', content }),
  blockStop(1),
  blockStart(2),
  textDelta(2, 'Hi'),
  blockStop(2),
];

/** What a result says of its error, to follow "is an error"; null for any other result. */
function resultError(result: JsonObject | null): string | null {
  const content = objectOf(result?.['content']);
  const type = stringOf(content?.['type']);
  if (type?.endsWith('_tool_result_error') !== true && result?.['is_error'] !== true) return null;
  const code = stringOf(content?.['error_code']);
  const said = code ?? objectsOf(result?.['content']).map((part) => stringOf(part['text']) ?? '')[0] ?? '';
  return said === '' ? '' : `: ${said.length > MAX_SHOWN ? `${said.slice(0, MAX_SHOWN)}…` : said}`;
}

const MAX_SHOWN = 80;

const isTool = (type: string): boolean => type === 'tool_use';

export const CALL_RULES: readonly LintRule[] = [
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
    id: 'server-tool-failed',
    strict: 'warning',
    lenient: 'info',
    help: 'A tool that Anthropic runs itself, such as the search of the web, ended in an error. It stands in the result block: the answer goes on, and its stop reason says nothing of it.',
    advice:
      'Clients that show the text alone hide that the answer was written without the result. Show the error, and ask again where it is one that passes, such as too_many_requests.',
    example: message(
      'end_turn',
      ...searched({ type: 'web_search_tool_result_error', error_code: 'max_uses_exceeded' }),
    ),
    counterexample: message('end_turn', ...searched([])),
    check: () => ({
      event({ frame, data, type }, report) {
        if (!data || type !== 'content_block_start' || !blockType(data).endsWith('_tool_result')) return;
        const error = resultError(objectOf(data['content_block']));
        if (error !== null)
          report(
            frame,
            `The result of ${blockType(data).replace(/_tool_result$/, '')} in block ${String(data['index'])} is an error${error}.`,
          );
      },
    }),
  },
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
];
