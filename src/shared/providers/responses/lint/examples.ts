/** Pieces of the examples of rules of Responses. */
import { objectOf, type JsonObject } from '../../../json/json-object.ts';
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
  textDone,
  type ExampleEvent,
} from '../../../lint/example-bodies.ts';
import type { LintExample } from '../../../lint/rule.ts';

export const msg = outputMessage('msg_1');
export const said = outputMessage('msg_1', 'Hi');
export const call = functionCall('fc_1', '{}');

export const HI = outputText(0, 'msg_1', 'Hi');
/** The whole of it. */
export const SAID_HI = textDone(0, 'msg_1', 'Hi');

/** An answer of one message, with these events in place of its delta. */
export const hi = (...events: readonly ExampleEvent[]): LintExample =>
  responsesExample(
    created,
    itemAdded(0, msg),
    partAdded(0, 'msg_1'),
    ...events,
    ...(events.some(({ type }) => type === SAID_HI.type) ? [] : [SAID_HI]),
    itemDone(0, said),
    completed(said),
  );

export const HEALTHY = hi(HI);

export const completedWith = (fields: JsonObject, type = 'response.completed'): ExampleEvent => ({
  type,
  response: { ...objectOf(completed(said)['response']), ...fields },
});

/** One message, from its begin to its end. */
export const SAYS_HI: readonly ExampleEvent[] = [
  itemAdded(0, msg),
  partAdded(0, 'msg_1'),
  HI,
  SAID_HI,
  itemDone(0, said),
];

/** An answer of one message that ends with these events. */
export const endsWith = (...end: readonly ExampleEvent[]): LintExample => responsesExample(created, ...SAYS_HI, ...end);

export const without = (event: ExampleEvent, field: string): ExampleEvent => ({ ...event, [field]: undefined });
