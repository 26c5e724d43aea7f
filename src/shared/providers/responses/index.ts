/** OpenAI Responses. */
import { objectOf } from '../../json/json-object.ts';
import { OPENAI } from '../kinds/openai.ts';
import { isRealtime } from '../foreign.ts';
import type { ApiSign, FrameFacts, ProviderDefinition } from '../provider.ts';
import { eventsOfAnswer } from './answer.ts';
import { RESPONSES_RULES } from './lint/index.ts';
import { request } from './request.ts';
import { ResponsesWire, TERMINAL } from './wire.ts';

function detect(facts: FrameFacts): ApiSign | null {
  const { json, type } = facts;
  if (json && isRealtime(json, facts)) return null;
  if (type.startsWith('response.')) return { why: `It has ${type} events.` };
  if (type === 'error' && !objectOf(json?.['error']))
    return { why: 'Its error has the shape of the Responses API’s.', weak: true };
  return null;
}

export const responses: ProviderDefinition = {
  id: 'responses',
  label: 'Responses',
  chip: 'RESP',
  endpointKinds: [OPENAI],
  framing: 'sse',
  agentServer: 'openai',
  terminator: 'response.completed',
  path: /\/responses$/,
  ends: ({ type }) => TERMINAL.has(type),
  detect,
  eventsOfAnswer,
  request,
  usage: {},
  wire: (recorder) => new ResponsesWire(recorder),
  rules: RESPONSES_RULES,
};
