/** Requests of Ollama's /api/chat. */
import { z } from 'zod';
import { objectOf } from '../../json/json-object.ts';
import type { RequestFormat } from '../provider.ts';
import { lastUserText, list, model, notEmpty, offeredTools, QUESTION, stream, text } from '../request-parts.ts';

const ROLES = ['system', 'user', 'assistant', 'tool'] as const;

/** Content is always one text; images stand beside it, as base64. */
const message = z.looseObject(
  {
    role: z.enum(ROLES, { error: `must be one of ${ROLES.join(', ')}` }),
    content: z.string({ error: 'must be a string' }).optional(),
    images: list(z.string({ error: 'must be base64 text' }), 'must be a list of images').nullish(),
  },
  { error: 'must be an object with role and content' },
);

const tool = z.looseObject(
  {
    type: z.literal('function', { error: 'must be "function"' }),
    function: z.looseObject(
      { name: text('must be the name of the function') },
      { error: 'must be an object with a name' },
    ),
  },
  { error: 'must be an object of type "function"' },
);

const schema = z.looseObject({
  model,
  messages: list(message, 'must be a list of messages').min(1, notEmpty),
  tools: list(tool, 'must be a list of tools').optional(),
  stream,
});

export const request: RequestFormat = {
  streams: (_url, given) => objectOf(given)?.['stream'] !== false,
  empty: { messages: [] },
  template: (name) => ({ model: name, messages: [{ role: 'user', content: QUESTION }] }),
  schema,
  lastUserText: (given) => lastUserText(objectOf(given)?.['messages']),
  tools: offeredTools,
  fields: { system: [], turns: ['messages'], tools: ['tools'] },
};
