/** Requests of Messages. */
import { z } from 'zod';
import { objectOf } from '../../json/json-object.ts';
import type { RequestFormat } from '../provider.ts';
import {
  content,
  lastUserText,
  list,
  model,
  notEmpty,
  offeredTools,
  part,
  QUESTION,
  stream,
  text,
} from '../request-parts.ts';

const ROLES = ['user', 'assistant'] as const;

const schema = z.looseObject({
  model,
  max_tokens: z
    .int({ error: 'must be a whole number: the maximum number of tokens in the answer' })
    .min(1, { error: 'must be 1 or more' }),
  messages: list(
    z.looseObject(
      {
        role: z.enum(ROLES, { error: 'must be user or assistant; a system prompt belongs in `system`' }),
        content,
      },
      { error: 'must be an object with role and content' },
    ),
    'must be a list of messages',
  ).min(1, notEmpty),
  system: z.union([z.string(), z.array(part)], { error: 'must be a string or a list of text parts' }).optional(),
  tools: list(
    z.looseObject({ name: text('must be the name of the tool') }, { error: 'must be an object with a name' }),
    'must be a list of tools',
  ).optional(),
  stream,
});

export const request: RequestFormat = {
  empty: { messages: [] },
  template: (name) => ({ model: name, max_tokens: 1024, messages: [{ role: 'user', content: QUESTION }] }),
  schema,
  lastUserText: (given) => lastUserText(objectOf(given)?.['messages']),
  tools: offeredTools,
  fields: { system: ['system'], turns: ['messages'], tools: ['tools'] },
};
