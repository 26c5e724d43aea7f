/** Anthropic Messages. */
import { objectOf } from '../../json/json-object.ts';
import { ANTHROPIC } from '../kinds/anthropic.ts';
import { BEDROCK } from '../kinds/bedrock.ts';
import type { ApiSign, FrameFacts, ProviderDefinition } from '../provider.ts';
import { eventsOfAnswer } from './answer.ts';
import { MESSAGES_RULES } from './lint/index.ts';
import { request } from './request.ts';
import { MessagesWire } from './wire.ts';

/** Types of its events; each stands in the payload as well as in the event's name. */
const TYPES: ReadonlySet<string> = new Set([
  'message_start',
  'message_delta',
  'message_stop',
  'content_block_start',
  'content_block_delta',
  'content_block_stop',
]);

function detect({ json, type }: FrameFacts): ApiSign | null {
  if (TYPES.has(type)) return { why: `It has ${type} events.` };
  if (type === 'ping') return { why: 'It has ping events.', weak: true };
  if (type === 'error' && objectOf(json?.['error']))
    return { why: 'Its error has the shape of Anthropic’s.', weak: true };
  return null;
}

export const messages: ProviderDefinition = {
  id: 'messages',
  label: 'Messages',
  chip: 'MSG',
  endpointKinds: [ANTHROPIC, BEDROCK],
  framing: 'sse',
  agentServer: 'anthropic',
  terminator: 'message_stop',
  path: /\/messages$/,
  ends: ({ type }) => type === 'message_stop',
  detect,
  eventsOfAnswer,
  request,
  usage: { inputLeavesOutCache: true, firstCountIn: 'message_start' },
  wire: (recorder) => new MessagesWire(recorder),
  rules: MESSAGES_RULES,
};
