/** Rules of Messages on what each event says of itself, and on the event that begins the message. */
import { numberOf, objectOf, stringOf } from '../../../json/json-object.ts';
import {
  blockStart,
  blockStop,
  messageDelta,
  messagesExample,
  messageStart,
  messageStop,
  textDelta,
} from '../../../lint/example-bodies.ts';
import { kindOf, type LintRule } from '../../../lint/rule.ts';
import { beforeStart, NAME_AND_TYPE, nameless, secondStart, TYPE_MISSING } from '../../../lint/shared/envelope.ts';
import { HEALTHY, hi } from './examples.ts';

export const ENVELOPE_RULES: readonly LintRule[] = [
  NAME_AND_TYPE,
  TYPE_MISSING,
  nameless(
    'unnamed-event',
    ['error', 'warning'],
    () => true,
    'The SDKs of Anthropic drop every event without one, so that the stream looks empty: "stream ended without receiving message_start". Look for the proxy that drops the event lines.',
    { example: { api: 'messages', body: HEALTHY.body.replaceAll(/event: .*\n/g, '') }, counterexample: HEALTHY },
  ),
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
];
