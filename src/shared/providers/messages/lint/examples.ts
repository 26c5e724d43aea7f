/** Pieces of the examples of rules of Messages. */
import {
  blockStart,
  blockStop,
  message,
  messageStart,
  textDelta,
  type ExampleEvent,
} from '../../../lint/example-bodies.ts';

/** An answer of one block of text; `events` come between the block and the end. */
export const hi = (...events: readonly ExampleEvent[]): readonly ExampleEvent[] => [
  messageStart,
  blockStart(0),
  textDelta(0, 'Hi'),
  blockStop(0),
  ...events,
];

export const HEALTHY = message('end_turn', blockStart(0), textDelta(0, 'Hi'), blockStop(0));
