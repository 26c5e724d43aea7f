/** Requests of Responses. */
import { z } from 'zod';
import { objectOf } from '../../json/json-object.ts';
import type { RequestFormat } from '../provider.ts';
import { lastUserText, list, model, offeredTools, QUESTION, stream, text } from '../request-parts.ts';

const tool = z
  .looseObject(
    {
      type: text('must say what kind of tool this is, such as "function"'),
      name: text('must be the name of the function').optional(),
    },
    { error: 'must be an object with a type' },
  )
  .superRefine((fields, context) => {
    if (fields.type === 'function' && fields.name === undefined)
      context.addIssue({ code: 'custom', path: ['name'], message: 'must be the name of the function' });
  });

const schema = z.looseObject({
  model,
  input: z.union([z.string().min(1), z.array(z.looseObject({})).min(1)], {
    error: 'must be a string or a list of input items',
  }),
  tools: list(tool, 'must be a list of tools').optional(),
  stream,
});

export const request: RequestFormat = {
  empty: { input: [] },
  template: (name) => ({ model: name, input: QUESTION }),
  schema,
  lastUserText: (given) => lastUserText(objectOf(given)?.['input']),
  tools: offeredTools,
  fields: { system: ['instructions'], turns: ['input'], tools: ['tools'] },
};
