/** Requests of Gemini's generateContent. The model stands in the path; a request here names it, too, see `modelInUrl`. */
import { z } from 'zod';
import { arrayOf, objectOf, stringOf } from '../../json/json-object.ts';
import type { OfferedTool, RequestFormat } from '../provider.ts';
import { list, model, notEmpty, QUESTION } from '../request-parts.ts';

const part = z.looseObject({}, { error: 'must be an object such as {"text": "…"}' });
const parts = list(part, 'must be a list of parts');
const turn = z.looseObject(
  { role: z.enum(['user', 'model', 'function'], { error: 'must be user or model' }).optional(), parts },
  { error: 'must be an object with role and parts' },
);

const schema = z.looseObject({
  model,
  contents: list(turn, 'must be a list of turns').min(1, notEmpty),
  systemInstruction: z.looseObject({ parts }, { error: 'must be an object with parts' }).optional(),
  tools: list(z.looseObject({}, { error: 'must be an object' }), 'must be a list of tools').optional(),
});

const textOf = (given: unknown): string =>
  arrayOf(objectOf(given)?.['parts'])
    .map((one) => stringOf(objectOf(one)?.['text']))
    .filter((text) => text !== null)
    .join(' ');

/** Function declarations one by one; a tool of Google's own, such as `googleSearch`, has no name that a call could have. */
function tools(request: unknown): readonly OfferedTool[] {
  return arrayOf(objectOf(request)?.['tools']).flatMap((tool) => {
    const declared = objectOf(tool)?.['functionDeclarations'];
    if (!Array.isArray(declared)) return [{ name: null, tool }];
    return declared.map((one: unknown) => ({ name: stringOf(objectOf(one)?.['name']), tool: one }));
  });
}

/** `…/models/gemini-2.5-flash:streamGenerateContent?alt=sse` */
const MODEL = /\/models\/([^/:?#]+):\w+(?:[?#]|$)/;

export const request: RequestFormat = {
  empty: { contents: [] },
  template: (name) => ({
    model: name,
    contents: [{ role: 'user', parts: [{ text: QUESTION }] }],
    generationConfig: { thinkingConfig: { includeThoughts: true } },
  }),
  schema,
  lastUserText: (given) =>
    arrayOf(objectOf(given)?.['contents'])
      .filter((one) => (objectOf(one)?.['role'] ?? 'user') === 'user')
      .map(textOf)
      .findLast((text) => text.trim() !== ''),
  tools,
  fields: { system: ['systemInstruction'], turns: ['contents'], tools: ['tools'] },
  streams: (url) => /:streamGenerateContent(?:[?#]|$)/.test(url),
  modelInUrl: (url) => {
    const found = MODEL.exec(url)?.[1];
    return found === undefined ? null : decodeURIComponent(found);
  },
};
