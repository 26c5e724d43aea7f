/** Requests of Chat Completions. */
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
  QUESTION,
  stream,
  text,
} from '../request-parts.ts';

const ROLES = ['developer', 'system', 'user', 'assistant', 'tool', 'function'] as const;

const message = z
  .looseObject(
    {
      role: z.enum(ROLES, { error: `must be one of ${ROLES.join(', ')}` }),
      content: content.nullish(),
      tool_calls: list(
        z.looseObject({ id: text('must be the id of the call') }),
        'must be a list of tool calls',
      ).nullish(),
      tool_call_id: text('must be the id of the call that this answers').optional(),
    },
    { error: 'must be an object with role and content' },
  )
  .superRefine((fields, context) => {
    const silent =
      fields.role === 'assistant' &&
      (fields.tool_calls ?? fields['function_call'] ?? fields['audio'] ?? fields['refusal']) !== undefined;
    if (!silent && (fields.content === undefined || fields.content === null))
      context.addIssue({ code: 'custom', path: ['content'], message: 'must be a string or a list of parts' });
    if (fields.role === 'tool' && fields.tool_call_id === undefined)
      context.addIssue({
        code: 'custom',
        path: ['tool_call_id'],
        message: 'must be the id of the call that this answers',
      });
  });

const tool = z.discriminatedUnion(
  'type',
  [
    z.looseObject({
      type: z.literal('function'),
      function: z.looseObject(
        { name: text('must be the name of the function') },
        { error: 'must be an object with a name' },
      ),
    }),
    z.looseObject({
      type: z.literal('custom'),
      custom: z.looseObject({ name: text('must be the name of the tool') }, { error: 'must be an object with a name' }),
    }),
  ],
  { error: 'must be an object of type "function" or "custom"' },
);

const schema = z.looseObject({
  model,
  messages: list(message, 'must be a list of messages').min(1, notEmpty),
  tools: list(tool, 'must be a list of tools').optional(),
  stream,
});

export const request: RequestFormat = {
  empty: { messages: [] },
  template: (name) => ({
    model: name,
    messages: [{ role: 'user', content: QUESTION }],
    stream_options: { include_usage: true },
  }),
  schema,
  lastUserText: (given) => lastUserText(objectOf(given)?.['messages']),
  tools: offeredTools,
  fields: { system: [], turns: ['messages'], tools: ['tools'] },
};
