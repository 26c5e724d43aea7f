/** Rules of Responses on tool calls. */
import { stringOf } from '../../../json/json-object.ts';
import {
  completed,
  created,
  functionCall,
  itemAdded,
  itemDone,
  responsesExample,
} from '../../../lint/example-bodies.ts';
import type { LintRule } from '../../../lint/rule.ts';
import {
  ARGUMENTS_EMPTY,
  argumentsType,
  CALL_ID_LONG,
  callElsewhere,
  callNameIn,
  callNameLate,
} from '../../../lint/shared/calls.ts';
import { isAdded, itemIn, itemOf, NEEDS_CALL_ID } from './events.ts';
import { call } from './examples.ts';

export const CALL_RULES: readonly LintRule[] = [
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
  callNameLate(
    (data, type) => {
      const item = itemOf(data);
      const name = stringOf(item?.['name']) || stringOf(data['name']) || null;
      const begins = isAdded(type) && NEEDS_CALL_ID.has(item?.['type']);
      return name !== null || begins
        ? [{ key: String(data['output_index'] ?? data['item_id'] ?? item?.['id']), name }]
        : [];
    },
    'Clients that open the call when its item is added have no tool to run. Open it when the name has come.',
    {
      example: responsesExample(created, itemAdded(0, { ...call, name: '' }), itemDone(0, call), completed(call)),
      counterexample: responsesExample(created, itemAdded(0, call), itemDone(0, call), completed(call)),
    },
  ),
  CALL_ID_LONG,
];
