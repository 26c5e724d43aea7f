/**
 * What each API asks of a request before it takes it: the required fields and the shapes of what is in them. Fields that
 * are not named here are let through, since providers add new ones all the time and compatible servers have their own.
 * Every message goes on after the field's name: `messages` + "must be …".
 */
import { z } from 'zod';
import type { Api } from '../../../shared/model/stream.ts';

const text = (error: string) => z.string({ error }).min(1, { error: 'must not be empty' });
const list = <Item extends z.ZodType>(item: Item, error: string) => z.array(item, { error });
const model = text('must be the name of a model');
/** Streams are what this program records; the field is set when it is left out. */
const stream = z.literal(true, { error: 'must be true or left out: streams are what is recorded' }).optional();
const part = z.looseObject(
  { type: text('must say what kind of part this is, such as "text"') },
  { error: 'must be an object with a type' },
);
const content = z.union([z.string(), z.array(part)], { error: 'must be a text or a list of parts, each with a type' });
const notEmpty = { error: 'must have at least one message' };

const CHAT_ROLES = ['developer', 'system', 'user', 'assistant', 'tool', 'function'] as const;

const chatMessage = z
  .looseObject(
    {
      role: z.enum(CHAT_ROLES, { error: `must be one of ${CHAT_ROLES.join(', ')}` }),
      content: content.nullish(),
      tool_calls: list(
        z.looseObject({ id: text('must be the id of the call') }),
        'must be a list of tool calls',
      ).nullish(),
      tool_call_id: text('must be the id of the call that this answers').optional(),
    },
    { error: 'must be an object with role and content' },
  )
  .superRefine((message, context) => {
    const silent =
      message.role === 'assistant' &&
      (message.tool_calls ?? message['function_call'] ?? message['audio'] ?? message['refusal']) !== undefined;
    if (!silent && (message.content === undefined || message.content === null))
      context.addIssue({ code: 'custom', path: ['content'], message: 'must be a text or a list of parts' });
    if (message.role === 'tool' && message.tool_call_id === undefined)
      context.addIssue({
        code: 'custom',
        path: ['tool_call_id'],
        message: 'must be the id of the call that this answers',
      });
  });

const chatTool = z.discriminatedUnion(
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

const chatCompletions = z.looseObject({
  model,
  messages: list(chatMessage, 'must be a list of messages').min(1, notEmpty),
  tools: list(chatTool, 'must be a list of tools').optional(),
  stream,
});

const namedWhenFunction = z
  .looseObject(
    {
      type: text('must say what kind of tool this is, such as "function"'),
      name: text('must be the name of the function').optional(),
    },
    { error: 'must be an object with a type' },
  )
  .superRefine((tool, context) => {
    if (tool.type === 'function' && tool.name === undefined)
      context.addIssue({ code: 'custom', path: ['name'], message: 'must be the name of the function' });
  });

const responses = z.looseObject({
  model,
  input: z.union([z.string().min(1), z.array(z.looseObject({})).min(1)], {
    error: 'must be a text or a list of input items',
  }),
  tools: list(namedWhenFunction, 'must be a list of tools').optional(),
  stream,
});

const MESSAGES_ROLES = ['user', 'assistant'] as const;

const messages = z.looseObject({
  model,
  max_tokens: z
    .int({ error: 'must be a whole number: the most tokens that the answer may have' })
    .min(1, { error: 'must be 1 or more' }),
  messages: list(
    z.looseObject(
      {
        role: z.enum(MESSAGES_ROLES, { error: 'must be user or assistant; a system prompt stands in `system`' }),
        content,
      },
      { error: 'must be an object with role and content' },
    ),
    'must be a list of messages',
  ).min(1, notEmpty),
  system: z.union([z.string(), z.array(part)], { error: 'must be a text or a list of text parts' }).optional(),
  tools: list(
    z.looseObject({ name: text('must be the name of the tool') }, { error: 'must be an object with a name' }),
    'must be a list of tools',
  ).optional(),
  stream,
});

export const REQUEST_SCHEMAS: Readonly<Record<Api, z.ZodType>> = {
  chat_completions: chatCompletions,
  responses,
  messages,
};
